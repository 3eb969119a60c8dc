"""VTIMEZONE read back by a small interpreter of our own, and compared with zoneinfo."""

import functools
import io
import random
import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytz
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars import clock
from seminars.calendars import vtimezone

HALF_HOUR = timedelta(minutes=30)
SCHOOL = datetime(2025, 11, 1, tzinfo=UTC), datetime(2028, 11, 1, tzinfo=UTC)
HARD = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Vancouver",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Kolkata",
    "Asia/Pyongyang",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Apia",
]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def span(text: str) -> timedelta:
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].ljust(6, "0")
    return sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:]))


def yearly(start: datetime, rule: str) -> Iterator[datetime]:
    match = re.fullmatch(r"FREQ=YEARLY;BYMONTH=(\d+);BYDAY=(-1|[1-4])(\w\w)", rule)
    assert match, rule
    month, nth, weekday = (
        int(match[1]),
        int(match[2]),
        ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].index(match[3]),
    )
    for year in range(start.year, 2063):
        days = [
            day
            for day in range(1, monthrange(year, month)[1] + 1)
            if datetime(year, month, day).weekday() == weekday
        ]
        yield start.replace(year=year, month=month, day=days[nth if nth < 0 else nth - 1])


class Reader:
    """Onsets as UTC instants and the offset that each brings."""

    def __init__(self, text: str) -> None:
        assert text.startswith("BEGIN:VTIMEZONE\r\nTZID:")
        assert text.endswith("END:VTIMEZONE\r\n")
        found: list[tuple[datetime, timedelta, str]] = []
        for kind, body in re.findall(r"BEGIN:(STANDARD|DAYLIGHT)\r\n(.*?)END:\1\r\n", text, re.DOTALL):
            facts = dict(line.split(":", 1) for line in body.splitlines() if not line.startswith("RDATE"))
            start, before = local(facts["DTSTART"]), span(facts["TZOFFSETFROM"])
            walls = [start, *map(local, re.findall(r"RDATE:(\S+)", body))]
            if "RRULE" in facts:
                walls = list(yearly(start, facts["RRULE"]))
                assert walls[0] == start, "DTSTART must be the rule's own first"
            assert kind
            for wall in walls:
                found.append((wall.replace(tzinfo=UTC) - before, span(facts["TZOFFSETTO"]), facts["TZNAME"]))
        found.sort()
        self.instants, self.offsets, self.names = zip(*found, strict=True)

    def at(self, instant: datetime) -> tuple[timedelta, str]:
        index = bisect_right(self.instants, instant) - 1
        assert index >= 0, "nothing is in force yet"
        return self.offsets[index], self.names[index]


def wrong(zone: str, first: datetime, last: datetime, seed: int = 0) -> list[datetime]:
    """Instants of the window where our text and zoneinfo differ: around each change, and at random."""
    reader, tz, chance = Reader(vtimezone.render(zone, first, last).text), ZoneInfo(zone), random.Random(seed)
    samples = {first, last, *(first + (last - first) * chance.random() for _ in range(40))}
    for change in clock.shifts(zone, first, last):
        samples |= {change.instant + HALF_HOUR * step for step in range(-6, 7)}
        samples |= {change.instant - timedelta(seconds=1)}
    kept = sorted(each for each in samples if first <= each <= last)
    return [each for each in kept if reader.at(each)[0] != each.astimezone(tz).utcoffset()]


@functools.cache
def rendered(zone: str) -> vtimezone.Rendered:
    return vtimezone.render(zone, *SCHOOL)


def test_every_zone_is_exact_for_the_next_years() -> None:
    assert {zone: bad for zone in pytz.common_timezones if (bad := wrong(zone, *SCHOOL))} == {}


@pytest.mark.parametrize("zone", HARD)
def test_hard_zones_are_exact_at_every_half_hour_of_a_long_window(zone: str) -> None:
    first, last = datetime(1970, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
    assert wrong(zone, first, last) == []
    reader, tz = Reader(rendered(zone).text), ZoneInfo(zone)
    steps = int((SCHOOL[1] - SCHOOL[0]) / HALF_HOUR)
    for step in range(steps + 1):
        instant = SCHOOL[0] + HALF_HOUR * step
        assert reader.at(instant)[0] == instant.astimezone(tz).utcoffset()


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([*HARD, *pytz.common_timezones]),
    st.datetimes(datetime(1970, 1, 1), datetime(2059, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 4000),
)
def test_any_window_is_exact(zone: str, first: datetime, days: int) -> None:
    first = first.replace(microsecond=0)
    last = min(first + timedelta(days=days), datetime(2060, 1, 1, tzinfo=UTC))
    assert wrong(zone, first, last, seed=days) == []


def test_names_are_those_of_the_zone_in_its_era() -> None:
    for zone in (each for each in pytz.common_timezones if rendered(each).outlook_safe):
        reader = Reader(rendered(zone).text)
        for day in range(0, 1096, 50):
            instant = SCHOOL[0] + timedelta(days=day)
            assert reader.at(instant)[1] == instant.astimezone(ZoneInfo(zone)).tzname(), zone


def test_safe_texts_have_one_of_each_and_no_lists() -> None:
    unsafe = set()
    for zone in pytz.common_timezones:
        found = rendered(zone)
        components = re.findall(r"BEGIN:(STANDARD|DAYLIGHT)", found.text)
        if found.outlook_safe:
            assert components in (["STANDARD"], ["STANDARD", "DAYLIGHT"]), zone
            assert "RDATE" not in found.text
            assert found.text.count("RRULE") in (0, 2)
        else:
            unsafe.add(zone)
            assert "RRULE" not in found.text
    assert {"Africa/Cairo", "America/Vancouver", "America/Nuuk", "America/Santiago", "Asia/Gaza"} <= unsafe
    assert not {"Europe/Berlin", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe"} & unsafe
    assert len(unsafe) < 25


def test_the_text_of_lisbon() -> None:
    assert rendered("Europe/Lisbon").text.splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Lisbon",
        "BEGIN:STANDARD",
        "DTSTART:19701025T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "TZNAME:WET",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700329T010000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "TZNAME:WEST",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    ]


def test_the_text_does_not_move_with_the_window() -> None:
    winter = vtimezone.render("Europe/Berlin", SCHOOL[0], SCHOOL[0] + timedelta(days=2))
    assert winter == rendered("Europe/Berlin")
    assert "DAYLIGHT" in winter.text


def test_summer_time_below_zero_is_written_the_usual_way() -> None:
    text = rendered("Europe/Dublin").text
    assert "BEGIN:DAYLIGHT\r\nDTSTART:19700329T010000" in text
    assert text.index("TZNAME:GMT") < text.index("BEGIN:DAYLIGHT") < text.index("TZNAME:IST")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])
def test_dateutil_reads_the_same(zone: str) -> None:
    tz = tzical(io.StringIO(rendered(zone).text)).get(zone)
    assert tz is not None
    for hour in range(0, 24 * 1000, 7):
        wall = datetime(2025, 11, 2, 12) + timedelta(hours=hour)
        if clock.inspect(wall, zone).kind is clock.Kind.EXACT:
            assert wall.replace(tzinfo=tz).utcoffset() == wall.replace(tzinfo=ZoneInfo(zone)).utcoffset(), (
                wall
            )


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/New_York", datetime(2007, 3, 11, 7)),
        ("Europe/Berlin", datetime(1996, 3, 31, 1)),
        ("Asia/Tokyo", datetime(1951, 9, 8, 15)),
        ("UTC", datetime(1900, 1, 1)),
    ],
)
def test_the_era_begins_with_the_first_change_of_the_present_rule(zone: str, expected: datetime) -> None:
    assert vtimezone.era(zone) == expected.replace(tzinfo=UTC)


def test_only_moments_that_every_program_reads_alike_stand_as_local_time() -> None:
    def safe(zone: str, *moment: int) -> bool:
        return vtimezone.is_local_safe(zone, datetime(*moment, tzinfo=UTC))  # type: ignore[arg-type, misc]

    assert safe("Europe/Berlin", 2026, 11, 21, 12)
    assert not safe("Europe/Berlin", 2026, 10, 25, 0, 30)  # the first of two
    assert not safe("Europe/Berlin", 2026, 10, 25, 1, 30)  # the second of two
    assert safe("Europe/Berlin", 2026, 10, 25, 2, 30)
    assert not safe("America/New_York", 2006, 6, 1)
    assert safe("America/New_York", 2007, 6, 1)
    assert not safe("Africa/Cairo", 2026, 6, 1)
    assert not safe("Asia/Gaza", 2026, 6, 1)
    assert safe("Asia/Kolkata", 2026, 6, 1)


@pytest.mark.parametrize("zone", pytz.common_timezones[::7])
def test_local_safe_moments_are_exact_in_the_eras_own_text(zone: str) -> None:
    start = vtimezone.era(zone)
    text = vtimezone.render(zone, start, start + timedelta(days=1)).text
    reader = Reader(text)
    for day in range(0, 3000, 11):
        instant = SCHOOL[0] + timedelta(days=day, hours=day % 24)
        if vtimezone.is_local_safe(zone, instant):
            assert reader.at(instant)[0] == clock.offset(instant, zone)


def test_bad_input_is_refused() -> None:
    with pytest.raises(clock.ZoneError):
        vtimezone.render("Mars/Olympus", *SCHOOL)
    with pytest.raises(ValueError, match="ends before"):
        vtimezone.render("Europe/Berlin", SCHOOL[1], SCHOOL[0])
    with pytest.raises(ValueError, match="Give an instant"):
        vtimezone.render("Europe/Berlin", datetime(2026, 1, 1), SCHOOL[1])
