"""The sessions that an import is compared with, as plain data."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from seminars.calendars.importing.incoming import Reading
from seminars.calendars.importing.planning import Standing
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session

COLUMNS = (
    *("precision", "local_date", "local_time", "fold", "zone", "minutes", "days", "abstract", "language"),
    *("form", "room", "join_url", "view_url", "dial_in", "source_url", "report_only", "audience", "reason"),
)


def source_of(*, address: str = "", name: str = "") -> str:
    """Return the key of a calendar: by its address, else by its name, else "file"."""
    kind, said = ("address", address) if address else ("name", name.strip().casefold())
    return f"{kind}:{hashlib.sha256(said.encode()).hexdigest()[:40]}" if said else "file"


def standing_of(
    *, community: Community, series: Series | None, reading: Reading, now: datetime
) -> list[Standing]:
    """Return the sessions of `series`, and those of `community` whose UID the file names. Two queries at most."""
    there = Q(series=series) if series else Q(pk__in=())
    if own := sorted(_uuids(each.uid for each in reading.entries)):
        there |= Q(series__community=community, uid__in=own)
    rows = Session.objects.filter(there).select_related("series", "imported_entry").order_by("pk")
    return [_standing(row, series, now) for row in rows]


def values_of(session: Session) -> dict[str, Any]:
    """Return all that an import may write of a session. Load `series` with it."""
    values = {name: getattr(session, name) for name in COLUMNS}
    values |= {"title": dict(session.heading), "abstract": dict(session.abstract)}
    return values | {
        "cancelled": session.cancelled_at is not None,
        "postponed": session.postponed_at is not None,
    }


# Below: how it is done.


def _uuids(uids: Iterable[str]) -> set[UUID]:
    found = set()
    for uid in uids:
        try:
            found.add(UUID(uid))
        except ValueError:
            continue  # no UID of ours
    return found


def _standing(session: Session, series: Series | None, now: datetime) -> Standing:
    try:
        entry = session.imported_entry
    except ObjectDoesNotExist:
        entry = None
    over_at = session.closed_at or session.ends_at
    return Standing(
        pk=session.pk,
        own_uid=str(session.uid),
        values=values_of(session),
        revision=session.revision,
        base=entry.values if entry else None,
        source=entry.source if entry else "",
        uid=entry.uid if entry else "",
        recurrence=entry.recurrence if entry else "",
        over=bool(over_at and over_at <= now and not session.postponed_at),
        withdrawn=session.withdrawn_at is not None,
        here=series is not None and session.series_id == series.pk,
    )
