"""What came of sessions, from what other rooms keep."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.changes.models import Change
from seminars.people.models import Community
from seminars.results.figures import GROUPS, figures, withheld
from seminars.results.measuring import Results, measure
from seminars.results.models import Use
from seminars.results.periods import ALL, Period
from seminars.sessions.attendance.models import Attendance, Headcount
from seminars.sessions.feedback.models import Feedback
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.sessions.sites.models import ListeningSite
from tests.factories import NOW, make_series, make_session
from tests.seminars.results.cast import come, promise, record, register

pytestmark = pytest.mark.django_db
THIRD = Period(2026, 3)


def held(community: Community, month: int = 9, day: int = 1, **fields: Any) -> Session:
    series = make_series(community, external=fields.pop("external", False))
    return make_session(series, wall=datetime(2026, month, day, 15, 0), **fields)


def of(community: Community, period: Period = THIRD) -> Results:
    ours = Session.objects.filter(series__community=community)
    return measure(sessions=ours, period=period, zone=community.home_zone, now=NOW)


def site(session: Session, came: int, zone: str) -> None:
    ListeningSite.objects.create(
        session=session, place=zone, city="Here", zone=zone, contact="C", email="c@example.org", expected=9,
        came=came, token=zone, made_at=NOW, changed_at=NOW,
    )  # fmt: skip


def test_only_what_took_place_in_the_period_is_counted(community: Community) -> None:
    september = held(community)
    held(community, month=6)
    held(community, month=9, cancelled_at=NOW)
    held(community, month=9, external=True)
    held(community, month=9, published=False)
    held(community, month=12)
    found = of(community)
    assert [each.session for each in found.held] == [september]
    assert found.cancelled == 1
    assert len(of(community, ALL).held) == 2


def test_a_quarter_begins_by_the_communitys_clock(community: Community) -> None:
    series = make_series(community)
    make_session(series, wall=datetime(2026, 7, 1, 0, 30))  # 22:30 UTC on 30 June
    assert len(of(community).held) == 1
    assert len(of(community, Period(2026, 2)).held) == 0


def test_registered_waiting_and_different_people(community: Community) -> None:
    one, other = held(community), held(community, day=8)
    register(one, 2)
    register(one, coming="room")
    register(one, 2, seat="waiting")
    register(one, withdrawn_at=NOW)
    register(one, confirmed_at=None)
    register(one, email="same@example.org")
    register(other, email="same@example.org")
    found = of(community)
    first = found.held[0]
    assert (first.online, first.room, first.registered, first.waiting) == (3, 1, 4, 2)
    assert found.registrants == 6


def test_who_came_by_way_country_and_clock(community: Community) -> None:
    session = held(community)
    come(session, 3)
    come(session, country="")  # its clock is Kenya's
    come(session, country="", zone="")
    come(session, way="room", zone="Africa/Johannesburg", country="ZA", email="r@example.org")
    come(session, struck_at=NOW, country="SE")
    Headcount.objects.create(session=session, joins=4, room=12)
    site(session, 7, "Africa/Maputo")
    found = of(community)
    counts = found.counts
    assert (counts.devices, counts.unknown, counts.room, counts.sites) == (5, 4, 12, 7)
    assert counts.people == 28
    assert found.countries == {"KE": 4, "ZA": 1, "MZ": 7}
    assert found.zones == {"Africa/Nairobi": 4, "Africa/Johannesburg": 1, "Africa/Maputo": 7}
    assert found.known == 1


def test_time_to_the_archive_and_promises(community: Community) -> None:
    one, other, third = held(community), held(community, day=8), held(community, day=15)
    record(one, 2)
    record(other, 6)
    due = datetime(2026, 9, 20, tzinfo=NOW.tzinfo)
    promise(one, due, due - timedelta(days=1))
    promise(one, due, due + timedelta(days=3), kind="recording", due_at=due + timedelta(days=5))
    promise(other, due, due + timedelta(days=3))
    promise(other, due, None, kind="report")
    promise(third, due, None, kind="paper", state="waiting")
    promise(third, due, None, kind="captions", state="waived")
    found = of(community)
    assert found.days == 4
    assert found.recorded == 2
    kept = found.promises
    assert (kept.kept, kept.moved, kept.missed, kept.open, kept.due) == (1, 1, 2, 1, 4)


def test_moved_sessions_are_counted_once(community: Community) -> None:
    session = held(community)
    for kind in ("rescheduled", "rescheduled", "edited"):
        Change.objects.create(at=NOW, kind=kind, subject=f"session:{session.uid}")
    assert of(community).moved == 1


def test_feedback_of_fewer_than_three_has_no_average(community: Community) -> None:
    session = held(community)
    for at, value in enumerate([4, 5]):
        Feedback.objects.create(session=session, voice=str(at), answers={"useful": value})
    assert [each.mean for each in of(community).opinions] == [None]
    Feedback.objects.create(session=session, voice="3", answers={"useful": 3, "pace": 1})
    assert [(each.number, each.mean) for each in of(community).opinions] == [(3, 4.0)]


def test_provinces_are_counted_where_registration_asks(community: Community) -> None:
    one, other = held(community), held(community, day=8)
    said = {"name": "q1", "kind": "one", "asked": "Province"}
    register(one, email="a@example.org", answers=[said | {"said": "Limpopo"}])
    register(other, email="a@example.org", answers=[said | {"said": "Limpopo"}])
    register(
        one, answers=[said | {"said": "Gauteng"}, {"name": "q2", "kind": "text", "asked": "Why", "said": "x"}]
    )
    found = of(community).asked
    assert [(each.words, each.number, list(each.answers)) for each in found] == [
        ("Province", 2, [("Gauteng", 1), ("Limpopo", 1)])
    ]


def test_later_use_is_of_the_days_of_the_period_of_earlier_sessions_too(community: Community) -> None:
    earlier = held(community, month=3)
    rows = [
        ("2026-08-01", "voice", "listen", 5, 4, 50, 500),
        ("2026-08-02", "video", "view", 2, 1, 20, 20),
        ("2026-08-02", "page", "page", 9, 3, 0, 0),
        ("2026-11-02", "video", "view", 7, 7, 70, 70),
    ]
    for day, edition, kind, number, first, size, big in rows:
        Use.objects.create(
            session=earlier,
            day=day,
            edition=edition,
            kind=kind,
            number=number,
            first=first,
            size=size,
            big=big,
        )
    found = of(community)
    assert found.used("listen").number == 5
    assert found.used("view").number == 2
    assert found.used("view", "listen", "page").first == 8
    assert found.used("listen").saved == 450
    assert of(community, ALL).used("view").number == 9


def test_every_figure_says_how_it_was_counted(community: Community) -> None:
    lines = [line for group in GROUPS for line in group.lines]
    assert len({line.key for line in lines}) == len(lines)
    assert all(str(line.how).endswith(".") for line in lines)
    assert all(line.of(Results()) in (0, None) for line in lines)
    told = [each for _group, rows in figures(of(community), None) for each in rows]
    assert [each.value for each in told if each.line.key == "sessions"] == [0]


def test_questions_do_not_grow_with_sessions_and_people(community: Community) -> None:
    numbers = []
    for rows in (2, 10):
        series = make_series(community)
        for day in range(rows):
            session = make_session(series, wall=datetime(2026, 9, 1 + day, 9, 0))
            register(session, 5)
            come(session, 3)
            record(session, 2)
        with CaptureQueriesContext(connection) as asked:
            of(community)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 18
    assert Registration.objects.count() == 60
    assert Attendance.objects.count() == 36


def test_a_report_withholds_few_people_and_what_would_tell_them(community: Community) -> None:
    session = held(community)
    come(session, 9)
    come(session, 4, way="hand")
    come(session, 1, way="phone")
    register(session, 5)
    register(session, 4, coming="room")
    assert withheld(of(community)) == {"phone", "by-hand"}
    come(session, 2, way="phone")
    assert withheld(of(community)) == set()
    register(session, 2, seat="waiting")
    assert withheld(of(community)) == {"waiting"}
