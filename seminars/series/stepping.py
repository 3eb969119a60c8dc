"""The dates of the usual rules by plain arithmetic: what `dateutil` gives for them, at a fraction of its cost.

Each function gives dates rising, without end, from `first` on, and stops at the end of the calendar. Property tests
hold every one of them to `dateutil`.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import MAXYEAR, date
from typing import Protocol

_LAST = date.max.toordinal()


class Rule(Protocol):
    """A rule taken apart: `cadence.Description`."""

    @property
    def kind(self) -> str: ...
    @property
    def interval(self) -> int: ...
    @property
    def nth(self) -> int | None: ...
    @property
    def weekdays(self) -> tuple[int, ...]: ...
    @property
    def day(self) -> int | None: ...
    @property
    def month(self) -> int | None: ...


def usual(rule: Rule, first: date) -> Iterator[date] | None:
    """Return the dates of `rule` from `first` on, its end apart; None for a rule that is not one of the usual."""
    every, nth, day = rule.interval, rule.nth or 0, rule.day or 0
    match rule.kind:
        case "daily":
            return by_days(first, every)
        case "weekly":
            return by_weeks(first, every, rule.weekdays)
        case "monthly_day":
            return by_months(first, every, lambda year, month: day_of_month(year, month, day))
        case "monthly_weekday":
            weekday = rule.weekdays[0]
            return by_months(first, every, lambda year, month: weekday_of_month(year, month, nth, weekday))
        case "yearly":
            return by_years(first, every, rule.month or 0, day)
    return None


def by_days(first: date, interval: int) -> Iterator[date]:
    """Every `interval` days."""
    return map(date.fromordinal, range(first.toordinal(), _LAST + 1, interval))


def by_weeks(first: date, interval: int, weekdays: Iterable[int]) -> Iterator[date]:
    """Every `interval` weeks from Monday, counted from the week of `first`, on `weekdays` (0 = Monday)."""
    begins, days = first.toordinal(), sorted(weekdays) or [first.weekday()]
    for monday in range(begins - first.weekday(), _LAST + 1, 7 * interval):
        for day in days:
            if begins <= monday + day <= _LAST:
                yield date.fromordinal(monday + day)


def by_months(first: date, interval: int, pick: Callable[[int, int], date]) -> Iterator[date]:
    """Every `interval` months, counted from the month of `first`, on the day that `pick` chooses of (year, month)."""
    for place in range(first.year * 12 + first.month - 1, (MAXYEAR + 1) * 12, interval):
        day = pick(place // 12, place % 12 + 1)
        if day >= first:
            yield day


def by_years(first: date, interval: int, month: int, day: int) -> Iterator[date]:
    """Every `interval` years, counted from the year of `first`, on a day; in a shorter month, on its last."""
    for year in range(first.year, MAXYEAR + 1, interval):
        found = day_of_month(year, month, day)
        if found >= first:
            yield found


def day_of_month(year: int, month: int, day: int) -> date:
    """Return the day, or the last one of a shorter month."""
    return date(year, month, day if day <= 28 else min(day, monthrange(year, month)[1]))


def weekday_of_month(year: int, month: int, nth: int, weekday: int) -> date:
    """Return the `nth` (1 to 4, or -1 = last) weekday (0 = Monday) of a month."""
    if nth > 0:
        opening = date(year, month, 1)
        return opening.replace(day=1 + (weekday - opening.weekday()) % 7 + 7 * (nth - 1))
    starts_on, length = monthrange(year, month)
    return date(year, month, length - (starts_on + length - 1 - weekday) % 7)
