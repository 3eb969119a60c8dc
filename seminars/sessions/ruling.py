"""Other rules for dates that do not suit, on a series that has its sessions: what becomes of those to come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.refusing import UserError
from seminars.series.models import Precision, Series
from seminars.series.rhythm import is_open_ended
from seminars.series.skips import Outcome
from seminars.series.suiting import rules_of
from seminars.sessions.clashes import decide
from seminars.sessions.drafting import check_series
from seminars.sessions.edits import Promise, Standing
from seminars.sessions.expanding import horizon, promised


def ruled(
    series: Series, later: Series, rules: Mapping[str, Any], standing: Sequence[Standing], *, now: datetime
) -> tuple[list[Outcome], date | None]:
    """Give `later` these rules; return what becomes of each promised day from now on, and the last that is added.

    What was skipped before is decided anew; what is past stays. Days on which somebody put a session by hand are taken.
    Raises UserError where the rules cannot be kept, or nothing would be left.
    """
    if series.precision != Precision.DAY:
        raise UserError({"countries": _("What has no day yet cannot be moved. Give it its day first.")})
    later.date_rules = dict(rules)
    later.date_rules = rules_of(later).stored()
    floor = first_to_come(series, now)
    later.skipped = past = [each for each in series.skipped if each["day"] < floor.isoformat()]
    check_series(later, now=now)
    known = [each.original_date for each in standing if each.original_date]
    last = max([day for day in (horizon(later, now), *known) if day]) if is_open_ended(later.rrule) else None
    days, after = promised(later, last)
    by_hand = {each.values["local_date"] for each in standing if each.put != each.values["local_date"]}
    coming = [day for day in days if day >= floor]
    outcomes = decide(later, coming, after=after, taken=by_hand) if coming else []
    if standing:  # a draft without sessions decides when it is published
        later.skipped = [*past, *(each.stored() for each in outcomes if each.skipped)]
    return outcomes, last


def first_to_come(series: Series, now: datetime) -> date:
    """Return the first day of which the series' hour is still to come at `now` (aware UTC)."""
    today = clock.to_wall(now, series.zone).date()
    start = clock.to_instant(datetime.combine(today, series.local_time or time()), series.zone)
    return today + timedelta(days=1) if start <= now else today


def stored_by_day(outcomes: Iterable[Outcome]) -> dict[date, dict[str, object] | None]:
    """Return by promised day what a session keeps of its outcome; None where nothing spoke against the day."""
    return {each.day: each.stored() if each.reason else None for each in outcomes}


def promise_of(promise: Promise, outcomes: Iterable[Outcome]) -> Promise:
    """Return the promise with the days that rules take."""
    return replace(promise, gone=frozenset(each.day for each in outcomes if each.skipped))


def newly_skipped(series: Series, outcomes: Iterable[Outcome], last: date | None) -> tuple[Outcome, ...]:
    """Return what is left out, up to `last`, that was not left out before."""
    before = {each["day"] for each in series.skipped}
    found = (each for each in outcomes if each.skipped and each.day.isoformat() not in before)
    return tuple(each for each in found if last is None or each.day <= last)
