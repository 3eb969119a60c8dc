"""Apply a bulk edit: against what was seen, in one transaction, whole or not at all."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from seminars import clock
from seminars.changes.models import Change
from seminars.changes.recording import SITE, raise_versions, record
from seminars.series.models import Series
from seminars.sessions.applying import moved_from
from seminars.sessions.bulk.asking import Asked, Bulk
from seminars.sessions.bulk.planning import planned
from seminars.sessions.edits import Fate, Row
from seminars.sessions.models import Session
from seminars.sessions.revising import scopes_of_series, subject_of
from seminars.sessions.storing import Written, held, remove, store


class BulkStale(Exception):
    """A session changed since the plan was shown; `bulk` is what would happen now."""

    def __init__(self, bulk: Bulk) -> None:
        super().__init__(f"{len(bulk.plan.rows)} sessions were looked at")
        self.bulk = bulk


def apply_bulk(
    *,
    series: Series,
    asked: Asked,
    follow: Collection[int] = (),
    seal: str = "",
    now: datetime,
    actor_id: int | None,
) -> Bulk:
    """Do what `plan_sessions` says, in one transaction, and return it; one Change of the series holds them together.

    seal: the plan's, "" to take it as it is now. SEQUENCE rises by one for each session that people see differently.
    Raises BulkStale, and UserError as `plan_sessions`.
    """
    with transaction.atomic():
        current = Series.objects.select_for_update(of=("self",)).select_related("community").get(pk=series.pk)
        sessions = held(current)
        prefetch_related_objects(sessions, "topics")
        bulk = planned(current, sessions, asked, follow, now)
        if seal and seal != bulk.plan.seal:
            raise BulkStale(bulk)
        if not bulk.changing:
            return bulk
        scopes = set(scopes_of_series(current))
        by_key = {each.pk: each for each in sessions}
        _store_series(current, bulk, by_key, now, actor_id)
        written = [
            _written(by_key[row.standing.pk], row, asked, now)
            for row in bulk.changing
            if row.fate != Fate.REMOVED
        ]
        changes = store(written, now=now, actor_id=actor_id)
        _store_topics(bulk, by_key, changes)
        gone = [by_key[row.standing.pk] for row in bulk.plan.of(Fate.REMOVED)]
        # What hangs on another one goes before it.
        gone.sort(key=lambda each: (each.lead_id is None, each.within_id is None))
        remove(gone, now=now, actor_id=actor_id)
        raise_versions({*scopes, *scopes_of_series(current), SITE})
    return bulk


# Below: how it is done.


def _store_series(
    series: Series, bulk: Bulk, sessions: Mapping[int, Session], now: datetime, actor_id: int | None
) -> None:
    """Its Change comes first, and says how many: the ids of all that belongs to it are higher (see `undoing`)."""
    series.revision += 1
    series.save(update_fields=["revision"])
    record(
        kind="bulk",
        subject=f"series:{series.uuid}",
        scopes=(),
        now=now,
        actor_id=actor_id,
        after={"sessions": [str(sessions[row.standing.pk].uid) for row in bulk.changing]},
        note=bulk.asked.reason,
    )


def _store_topics(bulk: Bulk, sessions: Mapping[int, Session], changes: Iterable[Change]) -> None:
    """Give and take topics, and say so in the Changes of their sessions, so that `undoing` finds them there."""
    rows = {sessions[row.standing.pk]: row for row in bulk.changing if "topics" in row.updates}
    if not rows:
        return
    told = {change.subject: change for change in changes}
    through = Session.topics.through
    through.objects.filter(session__in=rows).delete()
    through.objects.bulk_create(
        through(session_id=session.pk, topic_id=pk)
        for session, row in rows.items()
        for pk in row.updates["topics"]
    )
    for session, row in rows.items():
        change = told[subject_of(session)]
        change.before["topics"] = row.standing.values["topics"]
        change.after["topics"] = row.updates["topics"]
    Change.objects.bulk_update(told.values(), ["before", "after"], batch_size=200)


def _written(session: Session, row: Row, asked: Asked, now: datetime) -> Written:
    updates: dict[str, Any] = {name: value for name, value in row.updates.items() if name != "topics"}
    if row.fate == Fate.WITHDRAWN:
        reason = asked.reason.strip()
        updates = {"cancelled_at": now, "postponed_at": None, "reason": reason}
        return Written(session, kind="cancelled", updates=updates, note=reason)
    if row.bounds:
        updates |= {"tzdata_release": clock.release()}
        updates |= dict(zip(("starts_at", "ends_at"), row.bounds, strict=True))
    if "local_date" in row.updates:
        updates["moved_from"] = moved_from(session, row)
        if session.published_at and row.fate == Fate.MOVED:
            updates["reason"] = asked.reason.strip()
    if "published_at" in updates:
        return Written(session, kind="published", updates=updates, visible=False)
    return Written(session, kind="followed", updates=updates, note=asked.reason.strip())
