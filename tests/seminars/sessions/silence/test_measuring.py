"""Who was not seen: registered or came counts, and hours that may be why are named."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.people.models import Community, Person
from seminars.sessions.attendance.models import Attendance, Way
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.sessions.silence import measuring
from tests.factories import NOW, make_member, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
EARLIER = NOW - timedelta(days=300)


def registered(session: Session, person: Person, **fields: Any) -> None:
    given = {"email": f"p{person.pk}@example.org", "name": person.name, "language": "en", "made_at": NOW}
    token = f"{session.pk}-{person.pk}"
    Registration.objects.create(
        session=session, person=person, token=token, **given | {"confirmed_at": NOW} | fields
    )


def live_in(community: Community, zone: str, number: int, **fields: Any) -> list[Person]:
    people = [make_person(zone=zone, **fields) for _ in range(number)]
    for each in people:
        make_member(community, person=each, since=EARLIER)
    return people


@pytest.fixture
def held(community: Community) -> list[Session]:
    """Four past sessions at 17:30 in Johannesburg: 23:30 in Manila."""
    series = make_series(community)
    return [make_session(series, wall=datetime(2026, month, 3, 17, 30)) for month in (7, 8, 9, 10)]


def test_zones_that_are_not_seen_at_hours_that_may_be_why(community: Community, held: list[Session]) -> None:
    here, far = (
        live_in(community, "Africa/Johannesburg", 3, country="ZA"),
        live_in(community, "Asia/Manila", 4),
    )
    for session in held:
        registered(session, here[0])
    found = measuring.measure(community=community, sessions=3, now=NOW)
    assert found is not None
    assert found.sessions == held[:0:-1]
    assert (found.members, len(found.people)) == (7, 6)
    zones = [(each.key, each.members, each.silent, len(each.hard)) for each in found.zones]
    assert zones == [("Asia/Manila", 4, 4, 3), ("Africa/Johannesburg", 3, 2, 0)]
    assert {each.minutes for each in found.zones[0].hours} == {23 * 60 + 30}
    assert [each.key for each in found.by_hour] == ["Asia/Manila"]
    assert [(each.key, each.silent) for each in found.countries] == [("ZA", 2)]
    assert {each.person for each in found.people} == {*far, *here[1:]}


def test_who_came_is_seen_though_not_registered(community: Community, held: list[Session]) -> None:
    one, other = live_in(community, "Asia/Manila", 2)
    for session in held:
        registered(session, one)
    Attendance.objects.create(session=held[2], person=other, way=Way.ROOM, made_at=NOW)
    found = measuring.measure(community=community, sessions=3, now=NOW)
    assert found is not None
    assert found.people == []


def test_withdrawn_struck_and_older_ones_do_not_count(community: Community, held: list[Session]) -> None:
    one, other, third = live_in(community, "Asia/Manila", 3)
    for session in held:
        registered(session, one)
    registered(held[3], other, withdrawn_at=NOW)
    Attendance.objects.create(session=held[3], person=other, way=Way.ROOM, struck_at=NOW, made_at=NOW)
    registered(held[0], third)
    found = measuring.measure(community=community, sessions=3, now=NOW)
    assert found is not None
    assert {each.person for each in found.people} == {other, third}


def test_new_members_are_not_missed_and_a_twin_counts(community: Community, held: list[Session]) -> None:
    one, other = live_in(community, "Asia/Manila", 2)
    make_member(community, since=NOW)
    for session in held:
        registered(session, one)
    twin = make_session(held[0].series, wall=datetime(2026, 10, 4, 9, 0), lead=held[3], echo="twin")
    registered(twin, other)
    found = measuring.measure(community=community, sessions=3, now=NOW)
    assert found is not None
    assert (found.members, found.people) == (2, [])


def test_sessions_of_which_nothing_is_known_say_nothing(community: Community, held: list[Session]) -> None:
    (one,) = live_in(community, "Asia/Manila", 1)
    registered(held[0], one)
    assert measuring.measure(community=community, sessions=2, now=NOW) is None
    registered(held[3], one)
    assert measuring.measure(community=community, sessions=2, now=NOW) is not None


def test_small_groups_are_for_managers() -> None:
    groups = [measuring.Group("MX", 2, 2), measuring.Group("ZA", 3, 1), measuring.Group("SE", 9, 0)]
    assert measuring.named(groups, manager=True) == (groups[:2], 0)
    assert measuring.named(groups, manager=False) == (groups[1:2], 1)


def test_it_asks_the_same_however_many(community: Community, held: list[Session]) -> None:
    people = live_in(community, "Asia/Manila", 2)
    for session in held:
        registered(session, people[0])
    with CaptureQueriesContext(connection) as few:
        measuring.measure(community=community, sessions=3, now=NOW)
    live_in(community, "Asia/Kolkata", 20)
    with CaptureQueriesContext(connection) as many:
        measuring.measure(community=community, sessions=3, now=NOW)
    assert len(many) == len(few) <= 5
