"""Dates that the demo needs: what is near today, and which quarters or months to leave out."""

from collections.abc import Iterable
from datetime import date, timedelta

from seminars.series.cadence import Cadence, occurrences


def dates_of(first: date, rrule: str, *, until: date) -> list[date]:
    """Return the dates of a rule from `first` to `until`, both included."""
    return list(occurrences(Cadence(first=first, rrule=rrule), until=until))


def all_but(given: Iterable[date], kept: Iterable[date]) -> tuple[date, ...]:
    """Return the dates of `given` that are not in `kept`, for EXDATE."""
    keep = set(kept)
    return tuple(day for day in given if day not in keep)


def last_before(days: Iterable[date], today: date) -> list[date]:
    """Return the dates before `today`, the latest first."""
    return sorted((day for day in days if day < today), reverse=True)


def next_after(days: Iterable[date], today: date) -> list[date]:
    """Return the dates after `today`, the earliest first."""
    return sorted(day for day in days if day > today)


def months_back(today: date, months: int) -> date:
    """Return the first of the month `months` before that of `today`."""
    index = today.year * 12 + today.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def monday(today: date, weeks: int = 0) -> date:
    """Return the Monday of the week of `today`, `weeks` later."""
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
