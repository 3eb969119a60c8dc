"""A place in the list of sessions, so that rows which come or go meanwhile neither repeat nor skip any. No clock."""

import base64
import binascii
from datetime import UTC, datetime

from django.db.models import F, Q, QuerySet

from seminars.sessions.models import Session

LARGEST = 2**63 - 1


class CursorError(ValueError):
    """The text is no cursor of ours."""


def cursor_of(session: Session) -> str:
    """Return the place right after `session`: URL-safe text that is nobody's to read."""
    at = session.starts_at.astimezone(UTC).isoformat() if session.starts_at else ""
    return base64.urlsafe_b64encode(f"{at}|{session.pk}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[datetime | None, int]:
    """Return start (None for the undated) and key that a cursor names. Raises CursorError."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        at, _bar, key = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").partition("|")
        number = int(key)
        start = datetime.fromisoformat(at) if at else None
    except (ValueError, binascii.Error) as wrong:
        raise CursorError(cursor) from wrong
    if not 0 < number <= LARGEST or (start is not None and start.tzinfo is not UTC):
        raise CursorError(cursor)
    return start, number


def in_order(sessions: QuerySet[Session], cursor: str | None) -> QuerySet[Session]:
    """Return the sessions after `cursor`, the earliest first and the undated last. Raises CursorError."""
    ordered = sessions.order_by(F("starts_at").asc(nulls_last=True), "id")
    if not cursor:
        return ordered
    start, key = place_of(cursor)
    if start is None:
        return ordered.filter(starts_at=None, id__gt=key)
    later = Q(starts_at__gt=start) | Q(starts_at=start, id__gt=key)
    return ordered.filter(later | Q(starts_at=None))
