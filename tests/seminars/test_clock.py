"""Wall times and instants: round trips in every zone, gaps, folds, names and shifts."""

import functools
import itertools
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars import clock

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
zones = st.sampled_from(sorted(pytz.common_timezones))
instants = st.datetimes(datetime(1970, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
walls = st.datetimes(datetime(1970, 1, 2), datetime(2059, 12, 30))
quick = settings(max_examples=200, deadline=None)


@functools.cache
def shifting() -> list[str]:
    return [zone for zone in sorted(pytz.common_timezones) if clock.shifts(zone, FIRST, LAST)]


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, clock.Shift]:
    zone = draw(st.sampled_from(shifting()))
    return zone, draw(st.sampled_from(clock.shifts(zone, FIRST, LAST)))


@quick
@given(zones, instants)
def test_every_instant_comes_back_from_its_wall_time(zone: str, instant: datetime) -> None:
    assert clock.to_instant(clock.to_wall(instant, zone), zone) == instant


@quick
@given(changes(), st.integers(-7200, 7200))
def test_instants_around_a_change_come_back_too(change: tuple[str, clock.Shift], seconds: int) -> None:
    zone, shift = change
    instant = shift.instant + timedelta(seconds=seconds)
    wall = clock.to_wall(instant, zone)
    assert wall.tzinfo is None
    assert clock.to_instant(wall, zone) == instant


@quick
@given(changes(), st.floats(0, 1, exclude_max=True), st.integers(0, 1))
def test_gaps_move_forward_by_the_gap_and_folds_are_in_order(
    change: tuple[str, clock.Shift], part: float, fold: int
) -> None:
    zone, shift = change
    size = shift.after - shift.before
    inside = timedelta(seconds=int(abs(size).total_seconds() * part))
    wall = (shift.instant + min(shift.before, shift.after)).replace(tzinfo=None) + inside
    reading = clock.inspect(wall.replace(fold=fold), zone)
    assert reading.instant == clock.to_instant(wall.replace(fold=fold), zone)
    if size > timedelta():
        assert reading.kind is clock.Kind.GAP
        assert reading.suggestion == wall + size == clock.to_wall(reading.instant, zone)
    else:
        assert reading.kind is clock.Kind.FOLD
        assert reading.first is not None
        assert reading.second is not None
        assert reading.second - reading.first == -size
        assert reading.instant == (reading.second if fold else reading.first)


@quick
@given(zones, walls)
def test_an_exact_time_ignores_fold(zone: str, wall: datetime) -> None:
    reading = clock.inspect(wall, zone)
    if reading.kind is clock.Kind.EXACT:
        assert clock.to_wall(reading.instant, zone) == wall
        assert clock.to_instant(wall.replace(fold=1), zone) == reading.instant


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        (datetime(2026, 7, 1, 15), "Europe/Lisbon", datetime(2026, 7, 1, 14)),
        (datetime(2026, 3, 29, 2, 30), "Europe/Berlin", datetime(2026, 3, 29, 1, 30)),
        (datetime(2026, 3, 29, 2, 30, fold=1), "Europe/Berlin", datetime(2026, 3, 29, 1, 30)),
        (datetime(2026, 10, 25, 2, 30), "Europe/Berlin", datetime(2026, 10, 25, 0, 30)),
        (datetime(2026, 10, 25, 2, 30, fold=1), "Europe/Berlin", datetime(2026, 10, 25, 1, 30)),
        (datetime(2026, 4, 5, 1, 45), "Australia/Lord_Howe", datetime(2026, 4, 4, 14, 45)),
        (datetime(2026, 4, 5, 1, 45, fold=1), "Australia/Lord_Howe", datetime(2026, 4, 4, 15, 15)),
        (datetime(2026, 3, 29, 2, 0), "Antarctica/Troll", datetime(2026, 3, 29, 2, 0)),
        (datetime(2011, 12, 30, 12), "Pacific/Apia", datetime(2011, 12, 30, 22)),  # a day that never was
        (datetime(2026, 1, 1, 9), "Asia/Kathmandu", datetime(2026, 1, 1, 3, 15)),
    ],
)
def test_known_times(wall: datetime, zone: str, expected: datetime) -> None:
    assert clock.to_instant(wall, zone) == expected.replace(tzinfo=UTC)


def test_a_gap_names_the_time_to_take_instead() -> None:
    reading = clock.inspect(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")
    assert reading.kind == "gap"
    assert reading.suggestion == datetime(2026, 3, 29, 3, 30)


def test_to_wall_marks_the_second_of_two() -> None:
    assert clock.to_wall(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin").fold == 0
    assert clock.to_wall(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Berlin").fold == 1


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "Factory", "localtime", "posixrules", "Europe", "../etc/passwd", "tzdata.zi"]
)
def test_what_is_no_zone_is_refused(zone: str) -> None:
    assert not clock.is_zone(zone)
    with pytest.raises(clock.ZoneError, match="not a time zone"):
        clock.to_instant(datetime(2026, 1, 1), zone)
    with pytest.raises(clock.ZoneError):
        clock.canonical(zone)
    with pytest.raises(clock.ZoneError):
        clock.shifts(zone, FIRST, LAST)


def test_the_wrong_kind_of_time_is_refused() -> None:
    with pytest.raises(ValueError, match="without an offset"):
        clock.to_instant(datetime(2026, 1, 1, tzinfo=UTC), "Europe/Berlin")
    with pytest.raises(ValueError, match="Give an instant"):
        clock.to_wall(datetime(2026, 1, 1), "Europe/Berlin")
    with pytest.raises(ValueError, match="end of the calendar"):
        clock.to_instant(datetime(1, 1, 1), "Asia/Tokyo")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Atlantic/Faeroe", "Atlantic/Faroe"),
        ("Africa/Asmera", "Africa/Asmara"),
        ("Etc/UTC", "UTC"),
        ("Zulu", "UTC"),
        ("EST", "America/Panama"),
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("America/Montreal", "America/Toronto"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_aliases_resolve_and_places_stay(name: str, expected: str) -> None:
    assert clock.canonical(name) == expected


def test_every_pickable_name_is_its_own_canonical_and_an_alias_keeps_the_time() -> None:
    assert all(clock.canonical(name) == name for name in pytz.common_timezones)
    now = datetime(2026, 7, 1, tzinfo=UTC)
    for name in pytz.all_timezones:
        if name != "Factory":
            assert clock.offset(now, name) == clock.offset(now, clock.canonical(name)), name


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "UTC+2"),
        ("America/St_Johns", "UTC\N{MINUS SIGN}2:30"),
        ("Asia/Kolkata", "UTC+5:30"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/New_York", "UTC\N{MINUS SIGN}4"),
        ("UTC", "UTC"),
    ],
)
def test_offsets_in_words(zone: str, words: str) -> None:
    assert clock.offset_words(datetime(2026, 7, 1, tzinfo=UTC), zone) == words


def test_offsets_with_seconds_are_not_rounded() -> None:
    assert (
        clock.offset_words(datetime(1971, 7, 1, tzinfo=UTC), "Africa/Monrovia") == "UTC\N{MINUS SIGN}0:44:30"
    )


def test_the_release_is_the_one_the_pickers_were_made_from() -> None:
    assert clock.release() == vars(pytz)["OLSON_VERSION"]


def test_shifts_are_exactly_the_changes_of_offset_in_every_zone() -> None:
    second = timedelta(seconds=1)
    for zone in pytz.common_timezones:
        tz = ZoneInfo(zone)
        current = FIRST.astimezone(tz).utcoffset()
        for shift in clock.shifts(zone, FIRST, LAST):
            assert (shift.instant - second).astimezone(tz).utcoffset() == shift.before == current, zone
            assert shift.instant.astimezone(tz).utcoffset() == shift.after != current, zone
            current = shift.after
        assert current == LAST.astimezone(tz).utcoffset(), zone


@quick
@given(zones, instants, st.integers(0, 3000))
def test_no_shift_means_no_change_between(zone: str, first: datetime, days: int) -> None:
    last = first + timedelta(days=days)
    current = clock.offset(first, zone)
    bounds = [first, *(shift.instant for shift in clock.shifts(zone, first, last)), last]
    for begin, end in itertools.pairwise(bounds):
        current = clock.offset(begin, zone)
        for step in range(8):
            assert clock.offset(begin + (end - begin) * step / 8, zone) == current


def test_a_window_opens_after_its_first_moment_and_takes_its_last() -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    expected = [clock.Shift(change, hour, 2 * hour)]
    assert clock.shifts("Europe/Berlin", change - hour, change) == expected
    assert clock.shifts("Europe/Berlin", change, change + hour) == []
    far = datetime(2055, 1, 1, tzinfo=timezone(hour))
    assert len(clock.shifts("Europe/Berlin", far, far.replace(year=2057))) == 4
    assert clock.shifts("Asia/Kolkata", FIRST, LAST) == []


def test_plain_days_of_the_year_count_leap_days_as_posix_says() -> None:
    assert (
        clock.YearlyDay(0, 0, 0, timedelta(), day=59, leap=False).date_in(2028) == datetime(2028, 3, 1).date()
    )
    assert clock.YearlyDay(0, 0, 0, timedelta(), day=59).date_in(2028) == datetime(2028, 2, 29).date()
    assert clock.YearlyDay(2, 5, 0, timedelta()).date_in(2027) == datetime(2027, 2, 22).date()


@given(
    st.sampled_from(sorted(pytz.common_timezones)),
    st.dates(date(1970, 1, 1), date(2060, 12, 31)),
    st.lists(st.tuples(st.integers(0, 800), st.times()), min_size=1, max_size=6),
)
def test_steady_days_are_plain_subtraction(zone: str, day: date, picks: list[tuple[int, time]]) -> None:
    found = clock.steady(day, zone)
    if found.first == found.until:
        near = datetime.combine(day, time(12), UTC)
        assert clock.shifts(zone, near - timedelta(days=3), near + timedelta(days=3))
        return
    assert found.first <= day < found.until
    length = (found.until - found.first).days
    edges = [(0, time.min), (length - 1, time(23, 59, 59))]
    for ahead, at in [*edges, *((ahead % length, at) for ahead, at in picks)]:
        wall = datetime.combine(found.first + timedelta(days=ahead), at)
        reading = clock.inspect(wall, zone)
        assert (reading.kind, reading.instant) == (clock.Kind.EXACT, wall.replace(tzinfo=UTC) - found.offset)
