"""The promise of a series, as pure data: a first date, an RFC 5545 rule, and dates added or left out.

Everything here is local dates: the time of day, the zone and its gaps are `seminars.clock`'s. A rule by
itself skips the days that a month lacks (RFC 5545 §3.3.10), so day 29, 30 or 31 is stored as the last that
the month has of the days from 28 on: `BYMONTHDAY=28,29,30,31;BYSETPOS=-1`.
"""

import heapq
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from itertools import islice, takewhile

from dateutil.rrule import rrule, rrulestr

from seminars.series import stepping

MOST = 10_000
"""How many dates one cadence may promise, and one call may give."""

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# The Gregorian calendar repeats itself, weekdays included, every 400 years.
_CYCLE = 400
_NUMBERS = r"[-+]?\d{1,3}(,[-+]?\d{1,3})*"
_PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d{0,3}",
    "COUNT": r"[1-9]\d{0,8}",
    "UNTIL": r"\d{8}",
    "WKST": "|".join(_WEEKDAYS),
    "BYDAY": r"([-+]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([-+]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU))*",
    "BYMONTH": r"\d{1,2}(,\d{1,2})*",
    "BYMONTHDAY": _NUMBERS,
    "BYYEARDAY": _NUMBERS,
    "BYWEEKNO": _NUMBERS,
    "BYSETPOS": _NUMBERS,
}
_BOUNDS = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}


class CadenceError(ValueError):
    """The rule cannot be kept. The text says what to do; `code` names the reason for translations."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Cadence:
    """`first` is the earliest date: the rule's first date is its first match on or after it.

    Without `rrule` the promise is `first` and `rdates`. `exdates` are left out; COUNT counts them (RFC 5545
    §3.8.5.3).
    """

    first: date
    rrule: str = ""
    rdates: tuple[date, ...] = ()
    exdates: tuple[date, ...] = ()


class Rhythm(StrEnum):
    """What a rule is in words of people."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY_DAY = "monthly_day"
    MONTHLY_WEEKDAY = "monthly_weekday"
    YEARLY = "yearly"
    DATES = "dates"
    OTHER = "other"


@dataclass(frozen=True)
class Description:
    """A rule taken apart, for the words of a page. Weekdays are 0 = Monday; `nth` is 1 to 4, or -1 = last.

    `weekdays` is empty where a weekly rule keeps the weekday of its first date. Quarterly is a monthly kind
    with `interval` 3. `day` above 28 means the last day in shorter months.
    """

    kind: Rhythm
    interval: int = 1
    nth: int | None = None
    weekdays: tuple[int, ...] = ()
    day: int | None = None
    month: int | None = None
    count: int | None = None
    until: date | None = None


# Builders: each returns RRULE text for `Cadence.rrule` and raises `CadenceError`.


def daily(*, interval: int = 1, count: int | None = None, until: date | None = None) -> str:
    """Every `interval` days, for `count` dates, or up to and with `until`, or without end."""
    return _write("DAILY", interval, [], count, until)


def weekly(
    *, interval: int = 1, weekdays: Iterable[int] = (), count: int | None = None, until: date | None = None
) -> str:
    """Every `interval` weeks (from Monday) on `weekdays`, or, without any, on the first date's weekday."""
    days = sorted(set(weekdays))
    byday = [f"BYDAY={','.join(_weekday(day) for day in days)}"] if days else []
    return _write("WEEKLY", interval, byday, count, until)


def monthly_day(*, day: int, interval: int = 1, count: int | None = None, until: date | None = None) -> str:
    """Every `interval` months on day 1 to 31; the last day where a month is shorter."""
    return _write("MONTHLY", interval, _month_day(day), count, until)


def monthly_weekday(
    *, nth: int, weekday: int, interval: int = 1, count: int | None = None, until: date | None = None
) -> str:
    """Every `interval` months on the `nth` (1 to 4, or -1 = last) weekday (0 = Monday)."""
    if nth not in (1, 2, 3, 4, -1):
        raise CadenceError("nth", "Choose the first, second, third, fourth or last weekday of the month.")
    return _write("MONTHLY", interval, [f"BYDAY={nth}{_weekday(weekday)}"], count, until)


def yearly(
    *, month: int, day: int, interval: int = 1, count: int | None = None, until: date | None = None
) -> str:
    """Every `interval` years on a day; 29 February is 28 February in common years."""
    if not 1 <= month <= 12:
        raise CadenceError("month", "Choose a month from 1 to 12.")
    if not 1 <= day <= monthrange(2000, month)[1]:
        raise CadenceError("day", f"Month {month} has no day {day}. Choose another day.")
    parts = _month_day(day) if (month, day) == (2, 29) else [f"BYMONTHDAY={day}"]
    return _write("YEARLY", interval, [f"BYMONTH={month}", *parts], count, until)


def dates(days: Iterable[date]) -> Cadence:
    """The cadence of single dates, in any order. Raises `CadenceError` where there is none."""
    found = sorted(set(days))
    if not found:
        raise CadenceError("empty", "Give at least one date.")
    return Cadence(found[0], rdates=tuple(found[1:]))


# Questions.


def occurrences(
    cadence: Cadence, *, after: date | None = None, until: date | None = None, limit: int | None = None
) -> Iterator[date]:
    """The dates of `cadence`, rising, each once: later than `after`, up to and with `until`, at most `limit`.

    Lazy. Raises `CadenceError` as `check` does, and when more than `MOST` dates are drawn.
    """
    check(cadence)
    if limit is not None and limit > MOST:
        raise _too_many()
    return islice(_capped(_dates(cadence), after, until), limit)


@lru_cache(maxsize=512)
def check(cadence: Cadence) -> None:
    """Raise `CadenceError` where `cadence` cannot be kept: unreadable, never, too often, or all left out."""
    if max(len(cadence.rdates), len(cadence.exdates)) > MOST:
        raise _too_many()
    if any(day < cadence.first for day in cadence.rdates):
        raise CadenceError("rdate", "A date is before the first one. Move the first date.")
    parts = _read(cadence.rrule)
    until = _until(parts)
    if until is not None and until < cadence.first:
        raise CadenceError("until", "The last date is before the first one. Choose a later one.")
    if cadence.rrule and not _ever(parts, cadence.first):
        raise CadenceError("never", "This rule never gives a date. Choose another day or month.")
    found = _dates(cadence)
    if next(found, None) is None:
        raise CadenceError("empty", "No date is left. Choose a later last date, or leave out fewer dates.")
    endless = cadence.rrule and not {"COUNT", "UNTIL"} & parts.keys()
    if not endless and next(islice(found, MOST - 1, None), None) is not None:
        raise _too_many()


def describe(text: str) -> Description:
    """What the RRULE `text` means, for words; `Rhythm.OTHER` for a rule that no builder here writes."""
    try:
        parts = _read(text)
    except CadenceError:
        return Description(Rhythm.OTHER)
    if not parts:
        return Description(Rhythm.DATES)
    interval, until = int(parts.pop("INTERVAL", "1")), _until(parts)
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    core = {name: value for name, value in parts.items() if name not in ("COUNT", "UNTIL")}
    if core.get("WKST") == "MO":
        del core["WKST"]
    freq = core.pop("FREQ")
    kind, nth, weekdays, day, month = _recognise(freq, core)
    return Description(kind, interval, nth, weekdays, day, month, count, until)


# Below: how rules are written and read.

_Core = tuple[Rhythm, int | None, tuple[int, ...], int | None, int | None]
_OTHER: _Core = (Rhythm.OTHER, None, (), None, None)


def _recognise(freq: str, core: dict[str, str]) -> _Core:
    """The kind, nth, weekdays, day and month of a rule without its interval and end."""
    names = set(core)
    byday = re.fullmatch(r"\+?(-1|[1-4])?([A-Z]{2}(?:,[A-Z]{2})*)", core.get("BYDAY", ""))
    if freq == "DAILY" and not names:
        return Rhythm.DAILY, None, (), None, None
    if freq == "WEEKLY" and not names:
        return Rhythm.WEEKLY, None, (), None, None
    if freq == "WEEKLY" and names == {"BYDAY"} and byday and not byday[1]:
        days = sorted({_WEEKDAYS.index(name) for name in byday[2].split(",")})
        return Rhythm.WEEKLY, None, tuple(days), None, None
    if freq == "MONTHLY" and byday and len(byday[2]) == 2:
        nth = byday[1] if names == {"BYDAY"} else None
        if names == {"BYDAY", "BYSETPOS"} and not byday[1]:
            nth = core["BYSETPOS"] if core["BYSETPOS"] in ("1", "2", "3", "4", "-1") else None
        if nth:
            return Rhythm.MONTHLY_WEEKDAY, int(nth), (_WEEKDAYS.index(byday[2]),), None, None
    month = int(core["BYMONTH"]) if core.get("BYMONTH", ",").isdigit() else None
    if freq == "MONTHLY" and "BYMONTH" not in names and (day := _recognise_day(core, 28)):
        return Rhythm.MONTHLY_DAY, None, (), day, None
    if freq == "YEARLY" and month and (day := _recognise_day(core, monthrange(2001, month)[1])):
        return Rhythm.YEARLY, None, (), day, month
    return _OTHER


def _recognise_day(core: dict[str, str], always: int) -> int | None:
    """The day of the month, where every month concerned has the days up to `always`."""
    names, days = core.keys() - {"BYMONTH"}, core.get("BYMONTHDAY", "")
    if names == {"BYMONTHDAY"}:
        return int(days) if days.isdigit() and 1 <= int(days) <= always else None
    if names == {"BYMONTHDAY", "BYSETPOS"} and core["BYSETPOS"] == "-1":
        return next((day for day in (29, 30, 31) if f"BYMONTHDAY={days}" == _month_day(day)[0]), None)
    return None


def _write(freq: str, interval: int, parts: list[str], count: int | None, until: date | None) -> str:
    if interval < 1 or interval > 9999:
        raise CadenceError("interval", "Repeat every 1 or more: the interval is a number from 1 to 9999.")
    if count is not None and until is not None:
        raise CadenceError("ends", "Choose either a number of dates, or a last date.")
    if count is not None and count < 1:
        raise CadenceError("count", "The number of dates must be 1 or more.")
    if count is not None and count > MOST:
        raise _too_many()
    words = [f"FREQ={freq}", *([f"INTERVAL={interval}"] if interval > 1 else []), *parts]
    if count is not None:
        words.append(f"COUNT={count}")
    if until is not None:
        words.append(f"UNTIL={until:%Y%m%d}")
    return ";".join(words)


def _month_day(day: int) -> list[str]:
    if not 1 <= day <= 31:
        raise CadenceError("day", "Choose a day of the month from 1 to 31.")
    if day <= 28:
        return [f"BYMONTHDAY={day}"]
    return [f"BYMONTHDAY={','.join(str(each) for each in range(28, day + 1))}", "BYSETPOS=-1"]


def _weekday(number: int) -> str:
    if not 0 <= number <= 6:
        raise CadenceError("weekday", "Choose a weekday from 0 (Monday) to 6 (Sunday).")
    return _WEEKDAYS[number]


def _too_many() -> CadenceError:
    return CadenceError("many", f"More than {MOST:,} dates. Choose fewer, or an earlier last date.")


def _unreadable(text: str) -> CadenceError:
    return CadenceError("unreadable", f"{text!r} is not a rule we can read (RFC 5545 RRULE, by days).")


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[tuple[str, str], ...]:
    """The parts of an RRULE, checked more strictly than dateutil does. Raises `CadenceError`."""
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if name == "FREQ" and value in ("HOURLY", "MINUTELY", "SECONDLY"):
            raise CadenceError("freq", "A series repeats daily at most. Choose days, weeks, months or years.")
        if name in parts or not equals or not re.fullmatch(_PARTS.get(name, r"(?!)"), value):
            raise _unreadable(text)
        parts[name] = value
    freq = parts.get("FREQ")
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise CadenceError("ends", "Choose either a number of dates, or a last date.")
    for name, most in _BOUNDS.items():
        if any(not 1 <= abs(int(number)) <= most for number in parts.get(name, "1").split(",")):
            raise _unreadable(text)
    # RFC 5545 §3.3.10, "MUST NOT": each part only where it means something.
    wrong = (
        freq is None
        or ("BYWEEKNO" in parts and freq != "YEARLY")
        or ("BYYEARDAY" in parts and freq in ("DAILY", "WEEKLY", "MONTHLY"))
        or ("BYMONTHDAY" in parts and freq == "WEEKLY")
        or (freq in ("DAILY", "WEEKLY") and re.search(r"\d", parts.get("BYDAY", "")) is not None)
        or re.search(r"(?<!\d)[-+]?0", parts.get("BYDAY", "")) is not None
        or (
            "BYSETPOS" in parts
            and not any(name in parts for name in _BOUNDS if name != "BYSETPOS")
            and "BYDAY" not in parts
        )
    )
    if wrong:
        raise _unreadable(text)
    return tuple(parts.items())


def _read(text: str) -> dict[str, str]:
    return dict(_parsed(text)) if text else {}


def _until(parts: dict[str, str]) -> date | None:
    if "UNTIL" not in parts:
        return None
    try:
        return datetime.strptime(parts["UNTIL"], "%Y%m%d").date()  # noqa: DTZ007 - a local date has no zone
    except ValueError as error:
        raise CadenceError("until", f"{parts['UNTIL']} is not a date. Write it as 20271231.") from error


def _rule(parts: dict[str, str], first: date) -> rrule:
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    found = rrulestr(text, dtstart=datetime.combine(first, time()))
    if not isinstance(found, rrule):
        raise _unreadable(text)
    return found


def _ruled(text: str, first: date) -> Iterator[date]:
    """The dates of an RRULE: by arithmetic where it is one of ours, else by dateutil."""
    found = describe(text)
    if (steps := stepping.usual(found, first)) is None:
        return (each.date() for each in _rule(_read(text), first))
    until = found.until or date.max
    return islice(steps, found.count) if found.count else takewhile(until.__ge__, steps)


def _ever(parts: dict[str, str], first: date) -> bool:
    """Whether the rule gives any date, its end apart.

    dateutil searches up to the year 9999, which takes it many seconds. So the search starts that many whole
    calendar cycles later that 100 to 499 years are left: the same days, and the end is near.
    """
    cycles = (MAXYEAR - 100 - first.year) // _CYCLE
    later = first.replace(year=first.year + max(0, cycles) * _CYCLE)
    endless = {name: value for name, value in parts.items() if name not in ("COUNT", "UNTIL")}
    return next(iter(_rule(endless, later)), None) is not None


def _dates(cadence: Cadence) -> Iterator[date]:
    """All dates of a checked cadence, rising, each once."""
    added = sorted(cadence.rdates if cadence.rrule else {cadence.first, *cadence.rdates})
    ruled = _ruled(cadence.rrule, cadence.first) if cadence.rrule else iter(())
    if not (added or cadence.exdates):
        yield from ruled
        return
    left_out, last = frozenset(cadence.exdates), None
    for day in heapq.merge(ruled, added):
        if day != last and day not in left_out:
            yield day
        last = day


def _capped(found: Iterator[date], after: date | None, until: date | None) -> Iterator[date]:
    drawn = 0
    for day in found:
        if until is not None and day > until:
            return
        if after is None or day > after:
            drawn += 1
            if drawn > MOST:
                raise _too_many()
            yield day
