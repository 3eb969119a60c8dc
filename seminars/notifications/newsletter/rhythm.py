"""When a letter goes out next, by the clock of its community."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from seminars import clock
from seminars.notifications.newsletter.models import Every, LetterPlan

LEAD = timedelta(days=3)
"""So long before, a draft is made for the editor to look at."""


def next_after(plan: LetterPlan, after: datetime) -> datetime | None:
    """Return the plan's first moment after `after` (both aware UTC); None where it never goes by itself."""
    if plan.every == Every.NEVER:
        return None
    day = clock.to_wall(after, plan.zone).date() - timedelta(days=1)
    while True:
        if _is_one(plan, day):
            at = clock.to_instant(datetime.combine(day, time(plan.hour)), plan.zone)
            if at > after:
                return at
        day += timedelta(days=1)


def _is_one(plan: LetterPlan, day: date) -> bool:
    if plan.every == Every.WEEK:
        return day.weekday() == plan.weekday
    return day.day == min(plan.day, monthrange(day.year, day.month)[1])
