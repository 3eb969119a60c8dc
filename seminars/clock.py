"""Wall time and zone to instant, and back: gaps, overlaps, names and shifts of clocks are decided here.

Plain Python without a database. A *wall* is a naive `datetime` as a clock on the wall shows it; an *instant*
is an aware one; a *zone* is an IANA name. The law of the clocks is the `tzdata` package (see the comment in
`seminars/__init__.py`).
"""

import functools
import importlib.resources
import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytz
import tzdata  # type: ignore[import-untyped]

_DATA = importlib.resources.files("tzdata").joinpath("zoneinfo")
_MINUS = "\N{MINUS SIGN}"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PICKABLE = frozenset(pytz.common_timezones)
# In the files, but no place: `Factory` means "not set", the others name the machine's own zone.
_NOT_ZONES = frozenset({"Factory", "localtime", "posixrules"})
# Old spellings that tzdata links to another country's zone, because only their older history differed. The
# targets are from the comments of tzdata's own `backward` file; browsers still send several of the names.
_RESPELLED = {
    "Africa/Asmera": "Africa/Asmara",
    "Africa/Timbuktu": "Africa/Bamako",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Virgin": "America/St_Thomas",
    "Antarctica/South_Pole": "Antarctica/McMurdo",
    "Atlantic/Jan_Mayen": "Arctic/Longyearbyen",
    "Iceland": "Atlantic/Reykjavik",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
}


class ZoneError(ValueError):
    """No such time zone."""


class Kind(StrEnum):
    """How a wall time stands in its zone."""

    EXACT = "exact"  # it happens once
    GAP = "gap"  # it is skipped: clocks go forward over it
    FOLD = "fold"  # it happens twice: clocks go back over it


@dataclass(frozen=True)
class Reading:
    """What `inspect` says of a wall time.

    `instant` is what `to_instant` gives. In a gap, `suggestion` is the wall time moved forward by the gap; in
    a fold, `first` and `second` are the two instants to choose from.
    """

    kind: Kind
    instant: datetime
    suggestion: datetime | None = None
    first: datetime | None = None
    second: datetime | None = None


@dataclass(frozen=True)
class Shift:
    """Clocks change at `instant` (UTC), from the offset `before` to the offset `after`."""

    instant: datetime
    before: timedelta
    after: timedelta


@dataclass(frozen=True)
class Steady:
    """From the day `first` up to, but not with, `until`, a zone is `offset` ahead of UTC at every wall time."""

    first: date
    until: date
    offset: timedelta


@dataclass(frozen=True)
class YearlyDay:
    """The day and time of a yearly change, from a POSIX TZ string (POSIX 8.3, RFC 9636 §3.3.1).

    `weekday` (0 = Monday), `week` (1 to 4, 5 = last) and `month`, or, where `month` is 0, the plain `day` of
    the year counted from 0 (`leap` says whether 29 February counts). `time` is from midnight, in local time
    before the change; it may be negative, or more than a day.
    """

    month: int
    week: int
    weekday: int
    time: timedelta
    day: int = 0
    leap: bool = True

    def date_in(self, year: int) -> date:
        """The day in `year`, before `time` is added."""
        if not self.month:
            skips = not self.leap and self.day >= 59 and _is_leap(year)
            return date(year, 1, 1) + timedelta(days=self.day + skips)
        opening = date(year, self.month, 1)
        found = opening + timedelta(days=(self.weekday - opening.weekday()) % 7 + 7 * (self.week - 1))
        return found if found.month == self.month else found - timedelta(days=7)


@dataclass(frozen=True)
class YearlyRule:
    """What a zone does for ever after its last listed change: offsets, and the two changes if it has them."""

    standard: timedelta
    daylight: timedelta
    starts: YearlyDay | None = None
    ends: YearlyDay | None = None

    def shifts_in(self, year: int) -> list[Shift]:
        """The changes of one year, in order of time; empty where clocks never change."""
        if self.starts is None or self.ends is None:
            return []
        return sorted(
            (
                _yearly_shift(self.starts.date_in(year), self.starts.time, self.standard, self.daylight),
                _yearly_shift(self.ends.date_in(year), self.ends.time, self.daylight, self.standard),
            ),
            key=lambda shift: shift.instant,
        )


def release() -> str:
    """The tzdata release in use, as IANA names it: "2026f"."""
    return str(tzdata.IANA_VERSION)


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone or an alias of one."""
    return name in _names()


def canonical(name: str) -> str:
    """The name to show and store for `name`: a name of the pickers stays, an old alias becomes one.

    Links between places (Europe/Stockholm to Europe/Berlin) are kept apart: only names outside
    `pytz.common_timezones` are resolved. Raises `ZoneError`.
    """
    _require(name)
    if name in _PICKABLE:
        return name
    if name in _RESPELLED:
        return _RESPELLED[name]
    target = _links().get(name, name)
    if target in _PICKABLE:
        return target
    twins = sorted(alias for alias, goal in _links().items() if goal == target and alias in _PICKABLE)
    return twins[0] if twins else target


def to_instant(wall: datetime, zone: str) -> datetime:
    """The instant (UTC) at which a clock in `zone` shows the naive `wall`.

    A time that is skipped moves forward by the gap; of a time that happens twice the first is meant, unless
    `wall.fold` is 1 (as RFC 5545 §3.3.5). Raises `ZoneError`, and `ValueError` for an aware `wall` or one at
    the very ends of the calendar.
    """
    return inspect(wall, zone).instant


def to_wall(instant: datetime, zone: str) -> datetime:
    """What a clock in `zone` shows at the aware `instant`: naive, with `fold` 1 in the second of two.

    Raises `ZoneError`, and `ValueError` for a naive `instant`.
    """
    return _aware(instant).astimezone(_load(zone)).replace(tzinfo=None)


def inspect(wall: datetime, zone: str) -> Reading:
    """Whether the naive `wall` happens in `zone` once, never or twice, with the choices for forms to offer.

    Raises as `to_instant` does.
    """
    if wall.tzinfo is not None:
        raise ValueError("Give the time as the clock on the wall shows it, without an offset.")
    tz = _load(zone)
    try:
        first = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
        second = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{wall:%Y-%m-%d} is too near the end of the calendar.") from error
    if first == second:
        return Reading(Kind.EXACT, first)
    if first < second:
        return Reading(Kind.FOLD, second if wall.fold else first, first=first, second=second)
    # In a gap the offset before it (fold 0) carries the time past it; fold 1 would carry it back.
    return Reading(Kind.GAP, first, suggestion=to_wall(first, zone))


def steady(day: date, zone: str) -> Steady:
    """Return the days about `day` on which `zone` keeps one offset from UTC, so that every wall time happens once.

    None, from `day` to itself, where clocks change within about a day of it: ask `inspect` there. Raises `ZoneError`.
    """
    noon = datetime.combine(day, time(12), UTC)
    first, until, about = day, day, _shifts_about(zone, day.year) if 3 <= day.year <= 9990 else None
    if about is not None:
        past = [shift.instant for shift in about if shift.instant <= noon]
        coming = [shift.instant for shift in about if shift.instant > noon]
        first = past[-1].date() + timedelta(days=2) if past else date(day.year - 1, 1, 3)
        until = coming[0].date() - timedelta(days=1) if coming else date(day.year + 1, 12, 29)
    return Steady(first, until, offset(noon, zone)) if first <= day < until else Steady(day, day, timedelta())


def offset(instant: datetime, zone: str) -> timedelta:
    """How far `zone` is ahead of UTC at the aware `instant`. Raises as `to_wall` does."""
    found = _aware(instant).astimezone(_load(zone)).utcoffset()
    return found if found is not None else timedelta()


def offset_words(instant: datetime, zone: str) -> str:
    """The offset of `zone` at `instant` as people write it: "UTC", "UTC+2", "UTC+5:30".

    West of Greenwich the sign is a true minus (U+2212).
    """
    seconds = round(offset(instant, zone).total_seconds())
    if not seconds:
        return "UTC"
    hours, rest = divmod(abs(seconds), 3600)
    words = f"UTC{'+' if seconds > 0 else _MINUS}{hours}"
    if rest:
        words += f":{rest // 60:02}"
    # Seconds belong to clocks of before 1972 only.
    return f"{words}:{rest % 60:02}" if rest % 60 else words


def shifts(zone: str, first: datetime, last: datetime) -> list[Shift]:
    """The changes of the clock in `zone` after `first` and up to `last` (aware, both), in order.

    Only changes of the offset count, not those of a name alone. Raises `ZoneError`, and `ValueError` for
    naive bounds.
    """
    after, until = _aware(first).astimezone(UTC), _aware(last).astimezone(UTC)
    law = _law(_require(zone))
    start = bisect_right(law.instants, after)
    found = list(law.listed[start : bisect_right(law.instants, until)])
    ended = law.ended or after
    if law.rule.starts is not None and until > ended:
        current = law.listed[-1].after if law.listed else law.opening
        found += [shift for shift in _by_rule(law.rule, ended, until, current) if shift.instant > after]
    return found


def yearly_rule(zone: str) -> YearlyRule:
    """What `zone` does every year from its last listed change on, for ever. Raises `ZoneError`."""
    return _law(_require(zone)).rule


# How the files are read.


@dataclass(frozen=True)
class _Law:
    opening: timedelta
    ended: datetime | None  # the last listed change, be it of a name alone: the rule holds after it
    listed: tuple[Shift, ...]
    instants: tuple[datetime, ...]
    rule: YearlyRule


_POSIX_NAME = r"(?:<[^>]+>|[A-Za-z]+)"
_POSIX = re.compile(
    rf"{_POSIX_NAME}([-+\d:]+)(?:{_POSIX_NAME}([-+\d:]+)?,([^,/]+)(?:/([-+\d:]+))?,([^,/]+)(?:/([-+\d:]+))?)?"
)


def _require(zone: str) -> str:
    if zone not in _names():
        raise ZoneError(f"{zone!r} is not a time zone. Use a name such as Europe/Lisbon.")
    return zone


@functools.lru_cache(maxsize=1024)
def _load(zone: str) -> ZoneInfo:
    return ZoneInfo(_require(zone))


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError("Give an instant: a time with its offset from UTC.")
    return instant


@functools.lru_cache(maxsize=2**12)
def _shifts_about(zone: str, year: int) -> tuple[Shift, ...]:
    return tuple(shifts(zone, datetime(year - 1, 1, 1, tzinfo=UTC), datetime(year + 2, 1, 1, tzinfo=UTC)))


@functools.cache
def _lines() -> tuple[tuple[str, ...], ...]:
    text = _DATA.joinpath("tzdata.zi").read_text(encoding="utf-8")
    return tuple(tuple(line.split()) for line in text.splitlines())


@functools.cache
def _links() -> dict[str, str]:
    """Every alias and the zone it ends at; links of links are followed."""
    links = {words[2]: words[1] for words in _lines() if words and words[0] == "L"}
    for alias in links:
        while links[alias] in links:
            links[alias] = links[links[alias]]
    return links


@functools.cache
def _names() -> frozenset[str]:
    zones = {words[1] for words in _lines() if words and words[0] == "Z"}
    return frozenset(zones.union(_links())) - _NOT_ZONES


@functools.cache
def _law(zone: str) -> _Law:
    """The listed changes and the yearly rule from a TZif file of version 2 or later (RFC 9636 §3)."""
    data = _DATA.joinpath(*zone.split("/")).read_bytes()
    skipped, start = _counts(data, 0), 44
    start += skipped[3] * 5 + skipped[4] * 6 + skipped[5] + skipped[2] * 8 + skipped[1] + skipped[0]
    isutc, isstd, leaps, times, types, chars = _counts(data, start)
    at = start + 44
    seconds = struct.unpack_from(f">{times}q", data, at)
    indices = data[at + times * 8 : at + times * 9]
    at += times * 9
    offsets = [timedelta(seconds=struct.unpack_from(">i", data, at + 6 * n)[0]) for n in range(types)]
    footer = data[at + types * 6 + chars + leaps * 12 + isstd + isutc :].strip(b"\n").decode("ascii")
    listed, current, ended = [], offsets[0], None
    for second, index in zip(seconds, indices, strict=True):
        # Some files open with a "big bang" mark far before our calendar.
        ended = _EPOCH + timedelta(seconds=max(second, -62135596800))
        if offsets[index] != current:
            listed.append(Shift(ended, current, offsets[index]))
            current = offsets[index]
    instants = tuple(shift.instant for shift in listed)
    return _Law(offsets[0], ended, tuple(listed), instants, _posix_rule(footer))


def _counts(data: bytes, start: int) -> tuple[int, int, int, int, int, int]:
    isutc, isstd, leaps, times, types, chars = struct.unpack_from(">6I", data, start + 20)
    return isutc, isstd, leaps, times, types, chars


def _posix_rule(text: str) -> YearlyRule:
    match = _POSIX.fullmatch(text)
    if match is None:
        raise ZoneError(f"The time zone data is damaged: {text!r} is no yearly rule.")
    standard = -_clock(match[1])
    if match[3] is None:
        return YearlyRule(standard, standard)
    daylight = -_clock(match[2]) if match[2] else standard + timedelta(hours=1)
    return YearlyRule(standard, daylight, _posix_day(match[3], match[4]), _posix_day(match[5], match[6]))


def _posix_day(day: str, time: str | None) -> YearlyDay:
    at = _clock(time) if time else timedelta(hours=2)
    if day.startswith("M"):
        month, week, weekday = (int(part) for part in day[1:].split("."))
        return YearlyDay(month, week, (weekday - 1) % 7, at)
    if day.startswith("J"):
        return YearlyDay(0, 0, 0, at, day=int(day[1:]) - 1, leap=False)
    return YearlyDay(0, 0, 0, at, day=int(day))


def _clock(text: str) -> timedelta:
    hours, minutes, seconds = [*(int(part) for part in text.lstrip("+-").split(":")), 0, 0][:3]
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -span if text.startswith("-") else span


def _yearly_shift(day: date, time: timedelta, before: timedelta, after: timedelta) -> Shift:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Shift(midnight + time - before, before, after)


def _by_rule(rule: YearlyRule, ended: datetime, until: datetime, current: timedelta) -> Iterator[Shift]:
    """The changes by rule after `ended` up to `until`; `current` is the offset in force at `ended`."""
    for year in range(max(2, ended.year - 1), min(9998, until.year + 1) + 1):
        for shift in rule.shifts_in(year):
            if ended < shift.instant <= until and shift.after != current:
                yield Shift(shift.instant, current, shift.after)
                current = shift.after


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
