"""The public note of a series: whole counts, never few enough to find somebody by."""

from datetime import datetime

import pytest
from django.test import Client

from seminars.people.expecting import expect
from seminars.people.models import Community
from seminars.series.models import Series
from tests.factories import NOW, make_member, make_person, make_series, make_session

pytestmark = pytest.mark.usefixtures("stopped")
KNOWN = "members whose time zone is known are awake"
# At 13:00 UTC in December: office hours, awake, awake, asleep.
LAGOS, KOLKATA, MANILA, AUCKLAND = "Africa/Lagos", "Asia/Kolkata", "Asia/Manila", "Pacific/Auckland"


def note(client: Client, series: Series) -> str:
    page = client.get(f"/series/{series.slug}/")
    assert page.status_code == 200
    words: str = page.context["equity"]
    assert not words or words in page.content.decode()
    return words


@pytest.fixture
def series(community: Community) -> Series:
    """15:00 in Johannesburg, which is 13:00 UTC."""
    found = make_series(community)
    make_session(found, wall=datetime(2026, 12, 1, 15))
    return found


def live(community: Community, **numbers: int) -> None:
    for name, zone in {"lagos": LAGOS, "kolkata": KOLKATA, "manila": MANILA, "auckland": AUCKLAND}.items():
        for _number in range(numbers.get(name, 0)):
            make_member(community, person=make_person(zone=zone))


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (
            {"lagos": 6, "kolkata": 3, "auckland": 4},
            f"At 13:00 UTC, 9 of the 13 {KNOWN}, and for 6 it is within office hours.",
        ),
        ({"lagos": 10}, f"At 13:00 UTC, 10 of the 10 {KNOWN}, and for 10 it is within office hours."),
        ({"lagos": 10, "auckland": 2}, f"At 13:00 UTC, nearly all of the 12 {KNOWN}."),
        ({"lagos": 2, "auckland": 10}, f"At 13:00 UTC, hardly any of the 12 {KNOWN}."),
        ({"lagos": 2, "kolkata": 10}, f"At 13:00 UTC, 12 of the 12 {KNOWN}."),
        ({"lagos": 10, "manila": 2}, f"At 13:00 UTC, 12 of the 12 {KNOWN}."),
        ({"lagos": 9}, ""),
        ({}, ""),
    ],
)
def test_few_are_never_counted(
    as_nobody: Client, community: Community, series: Series, numbers: dict[str, int], words: str
) -> None:
    live(community, **numbers)
    assert note(as_nobody, series) == words


def test_expected_members_and_unknown_zones_do_not_count(
    as_nobody: Client, community: Community, series: Series
) -> None:
    live(community, lagos=9)
    make_member(community, person=make_person())
    expect(community=community, numbers={LAGOS: 100}, now=NOW, actor_id=None)
    assert note(as_nobody, series) == ""


def test_where_nobody_takes_part_by_clock_there_is_no_note(as_nobody: Client, community: Community) -> None:
    live(community, lagos=12)
    for fields in ({"form": "in-person"}, {"external": True}, {"local_time": None}):
        found = make_series(community, **fields)
        make_session(found, wall=datetime(2026, 12, 1, 15), all_day="local_time" in fields)
        assert note(as_nobody, found) == ""
    assert note(as_nobody, make_series(community)) == ""


def test_others_members_do_not_count(as_nobody: Client, series: Series, closed_community: Community) -> None:
    live(closed_community, lagos=12)
    assert note(as_nobody, series) == ""
