"""When something owed is due: so many days around its session, at the end of office hours where its owner is."""

from datetime import date, datetime, time, timedelta

from seminars import clock
from seminars.sessions.models import Session

OFFICE_ENDS = time(17, 0)
"""When on its day an item is due, by its owner's clock."""


def due_day(session: Session, days: int) -> date:
    """Return the day of the session's own calendar: so many `days` after its last one, or, up to 0, from its first on.

    Raises ValueError for a session without a date.
    """
    if not session.starts_at or not session.ends_at:
        raise ValueError("Nothing is due for a session without a date.")
    if days <= 0:
        return clock.to_wall(session.starts_at, session.zone).date() + timedelta(days=days)
    # A whole day ends at midnight, which is the next day already.
    last = clock.to_wall(session.ends_at - timedelta(microseconds=1), session.zone).date()
    return last + timedelta(days=days)


def due_at(session: Session, days: int, zone: str = "") -> datetime:
    """Return when something is due (aware UTC): at 17:00 in `zone` on its day, or at the start for 0 days.

    zone: IANA, "" for the session's. What is wanted before is never due after the start. Raises as `due_day`.
    """
    day = due_day(session, days)
    assert session.starts_at is not None  # else it had no day
    if not days:
        return session.starts_at
    at = clock.to_instant(datetime.combine(day, OFFICE_ENDS), zone or session.zone)
    return at if days > 0 else min(at, session.starts_at)


def counted_from(session: Session, days: int) -> datetime | None:
    """Return the moment of the session from which these days are counted: its start or its end."""
    return session.starts_at if days <= 0 else session.ends_at
