"""The same promise from a date on, and which occurrence of an old rhythm a new one takes over. Plain Python."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from seminars.series.cadence import Cadence, CadenceError, occurrences


def continued(promise: Cadence, cut: date) -> Cadence | None:
    """Return what `promise` gives from `cut` on, as a cadence of its own; None where nothing is left.

    It begins with the rule's last date up to the cut, left out if that is earlier: so "every second week", and a day of
    the month that the rule took from its first date, stay what they were. A number of dates counts what remains.
    """
    if cut <= promise.first:
        return promise
    added = tuple(day for day in promise.rdates if day >= cut)
    left_out = tuple(day for day in promise.exdates if day >= cut)
    if not promise.rrule:
        return _listed(added, left_out)
    bare = Cadence(promise.first, promise.rrule)
    gone = list(occurrences(bare, until=cut))
    anchor = gone[-1] if gone else promise.first
    if anchor < cut and next(occurrences(bare, after=cut, limit=1), None) is None:
        return _listed(added, left_out)
    if anchor < cut and gone:
        left_out = (anchor, *left_out)
    rrule = _counted(promise.rrule, less=max(0, len(gone) - 1))
    found = replace(promise, first=anchor, rrule=rrule, rdates=added, exdates=left_out)
    return found if _gives(found) else None


def pairs(old: Iterable[date], new: Iterable[date], *, yearly: bool = False) -> dict[date, date]:
    """Return which new date each old one becomes: the same day, else in order within its week, month, then quarter.

    What is left on either side has no partner. yearly: occurrences of the same year are partners at last. A single
    event that stays one is the same, whenever it is.
    """
    left, free = sorted(set(old)), sorted(set(new))
    if len(left) == len(free) == 1:
        return dict(zip(left, free, strict=True))
    found: dict[date, date] = {}
    # A week may lie in two months: what meets once a month is paired by months only.
    often = any(len({_month(day) for day in days}) < len(days) for days in (left, free))
    periods = (_day, *([_week] if often else []), _month, _quarter, *([_year] if yearly else []))
    for period in periods:
        taken: dict[object, list[date]] = defaultdict(list)
        for day in free:
            taken[period(day)].append(day)
        for day in left:
            if same := taken[period(day)]:
                found[day] = same.pop(0)
        gone = set(found.values())
        left = [day for day in left if day not in found]
        free = [day for day in free if day not in gone]
    return found


# Below: how it is done.


def _day(day: date) -> object:
    return day


def _week(day: date) -> object:
    return day.isocalendar()[:2]


def _month(day: date) -> object:
    return day.year, day.month


def _quarter(day: date) -> object:
    return day.year, (day.month - 1) // 3


def _year(day: date) -> object:
    return day.year


def _listed(dates: tuple[date, ...], left_out: tuple[date, ...]) -> Cadence | None:
    kept = sorted(set(dates) - set(left_out))
    return Cadence(kept[0], "", tuple(kept[1:])) if kept else None


def _counted(rrule: str, *, less: int) -> str:
    return re.sub(r"COUNT=(\d+)", lambda found: f"COUNT={int(found[1]) - less}", rrule, flags=re.IGNORECASE)


def _gives(promise: Cadence) -> bool:
    try:
        return next(occurrences(promise, limit=1), None) is not None
    except CadenceError:
        return False  # everything that was left is left out
