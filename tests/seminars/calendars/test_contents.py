"""Which sessions stay in a feed, and which leave first."""

from datetime import UTC, datetime, timedelta

from seminars.calendars import contents
from seminars.calendars.contents import Candidate, choose, fit

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def at(pk: int, days: float, **more: object) -> Candidate:
    """Return a session of one hour, so many days from now."""
    start = NOW + days * DAY
    return Candidate(pk, start, start + timedelta(hours=1), **more)  # type: ignore[arg-type]


def test_everything_that_fits_stays() -> None:
    sessions = [at(1, -4000), at(2, -10), at(3, 10), at(4, 3000)]
    chosen = choose(sessions, NOW)
    assert {each.pk for each in chosen.staying} == {1, 2, 3, 4}
    assert (chosen.cut, chosen.good_until) == (False, None)


def test_the_first_to_leave_are_old_ones_without_materials() -> None:
    sessions = [
        at(1, -900, materials=True),
        at(2, -800),
        at(3, -1000),
        at(4, -700),
        at(5, 5),
        at(6, 500),
        at(7, -3),
    ]
    assert [each.pk for each in choose(sessions, NOW).staying] == [3, 2, 1, 4, 7, 6, 5]


def test_at_most_a_thousand_and_it_is_said() -> None:
    sessions = [at(number, -1000 + number) for number in range(1200)]
    chosen = choose(sessions, NOW)
    assert chosen.cut
    assert len(chosen.staying) == contents.MAX_ENTRIES
    assert {each.pk for each in chosen.staying} == set(range(200, 1200))
    assert chosen.good_until is not None
    assert NOW < chosen.good_until <= NOW + DAY


def test_all_of_the_past_on_request() -> None:
    sessions = [at(number, -1000 + number, off_since=NOW - 900 * DAY) for number in range(1200)]
    chosen = choose(sessions, NOW, everything=True)
    assert (len(chosen.staying), chosen.cut) == (1200, False)


def test_a_cancelled_one_is_told_for_sixty_days_after_its_date() -> None:
    ahead = at(1, 30, off_since=NOW - 100 * DAY)
    assert choose([ahead], NOW).staying == [ahead]
    assert choose([ahead], NOW).good_until == ahead.ends_at + 60 * DAY
    assert choose([ahead], ahead.ends_at + 60 * DAY).staying == []


def test_a_late_cancellation_is_told_for_sixty_days_as_well() -> None:
    past = at(1, -30, off_since=NOW)
    assert past.off_until == NOW + 60 * DAY


def test_bytes_are_counted_from_the_end() -> None:
    assert fit([10, 20, 30], limit=60) == 0
    assert fit([10, 20, 30], limit=55) == 1
    assert fit([10, 20, 30], limit=29) == 3
