"""Laws of the clocks as data: what they say of an instant, and how the change of one is called."""

from datetime import UTC, datetime, timedelta

import pytest

from seminars import clock
from seminars.sessions.laws import HORIZON, Turn, law_at, offset_in, turn_between
from tests.factories import NOW

HOUR = 3600
# Summers of the north, by when a fictitious zone was looked at.
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def steps(first: int, *changes: tuple[str, int]) -> list[list[int]]:
    """A zone's law from 2026 on; offsets in hours."""
    later = [
        [int(datetime.fromisoformat(f"{day}T01:00Z").timestamp()), hours * HOUR] for day, hours in changes
    ]
    return [[int(SINCE.timestamp()), first * HOUR], *later]


SUMMERS = steps(2, ("2026-03-29", 3), ("2026-10-25", 2), ("2027-03-28", 3), ("2027-10-31", 2))


@pytest.mark.parametrize(
    ("before", "after", "turn"),
    [
        (SUMMERS, steps(2), Turn.SUMMER_ENDED),
        (SUMMERS, steps(2, ("2026-03-29", 3)), Turn.DAYS),
        (SUMMERS, steps(3), Turn.SUMMER_KEPT),
        (steps(2), SUMMERS, Turn.SUMMER_BEGUN),
        (SUMMERS, steps(2, ("2026-04-21", 3), ("2026-10-25", 2), ("2027-03-28", 3)), Turn.DAYS),
        (steps(6), steps(6, ("2026-03-01", 5)), Turn.OFFSET),
        (steps(6), steps(5), Turn.OFFSET),
        (SUMMERS, steps(4), Turn.OFFSET),
    ],
)
def test_the_change_of_a_law_has_a_name(before: list[list[int]], after: list[list[int]], turn: Turn) -> None:
    assert turn_between(before, after, SINCE) == turn


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Africa/Casablanca", "Asia/Kolkata", "America/Asuncion"])
def test_a_kept_law_says_what_the_clock_says(zone: str) -> None:
    law = law_at(NOW)
    for days in range(0, HORIZON.days, 17):
        instant = NOW + timedelta(days=days)
        assert offset_in(law, zone, instant) == clock.offset(instant, zone).total_seconds()


def test_a_kept_law_says_nothing_beyond_its_reach() -> None:
    law = law_at(NOW)
    assert offset_in(law, "Europe/Lisbon", NOW - timedelta(days=1)) is None
    assert offset_in(law, "Europe/Lisbon", NOW + HORIZON) is None
    assert offset_in(law, "Mars/Olympus", NOW) is None
    assert len(law) > 400
