"""Another label, capacity or place of a room, with every session to come that uses it: whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.series.models import Series
from seminars.series.rooms import keeping
from seminars.series.rooms.models import Room
from seminars.sessions.models import Session, SessionQuerySet
from seminars.sessions.revising import revise
from seminars.sessions.seating import too_many

TOLD = ("name", "address", "latitude", "longitude")
"""What calendars say of a room, in the entry of each session there."""


class RoomStale(Exception):
    """Somebody else changed the room since the form was opened; `current` is what is there now."""

    def __init__(self, current: Room) -> None:
        super().__init__(f"{current.name} is at revision {current.revision}")
        self.current = current


@dataclass(frozen=True)
class Reach:
    """What a change of a room touches: how many sessions to come, of them announced, and series."""

    sessions: int
    announced: int
    series: int


def reach_of(room: Room, *, now: datetime) -> Reach:
    """Return what another label of `room` would touch at `now` (aware UTC)."""
    coming = using(room, now=now)
    return Reach(coming.count(), coming.published().count(), room.series.count())


def using(room: Room, *, now: datetime) -> SessionQuerySet:
    """Return sessions to come, or without a date, that take place in `room`; withdrawn ones stay as they are."""
    later = Q(ends_at=None) | Q(ends_at__gt=now)
    return Session.objects.filter(later, place=room, withdrawn_at=None)


def change_room(
    *, room: Room, seen: int | None = None, now: datetime, actor_id: int | None, **columns: Any
) -> Room:
    """Return the room with other `columns`; sessions to come and series that use it follow in the same transaction.

    columns: of `keeping.COLUMNS`. now: aware UTC. seen: the revision the person looked at. Nothing different writes
    nothing. Raises RoomStale, or UserError by field: also where it would no longer hold those invited to a session.
    """
    asked = keeping.checked(room, columns)
    try:
        with transaction.atomic():
            sessions = _held(room, now)
            current = Room.objects.select_for_update().get(pk=room.pk)
            if current.revision != (room.revision if seen is None else seen):
                raise RoomStale(current)
            changed = {
                name: value for name in columns if (value := getattr(asked, name)) != getattr(current, name)
            }
            if not changed:
                return current
            raise_if(_crowded(asked, changed, sessions))
            Room.objects.filter(pk=room.pk).update(**changed, revision=current.revision + 1)
            before = {name: getattr(current, name) for name in changed}
            keeping.told("room-changed", room, now=now, actor_id=actor_id, before=before, after=changed)
            if set(changed) & set(TOLD):
                _follow(asked, sessions, now=now, actor_id=actor_id)
    except IntegrityError as twice:
        words = _("There is a room of this name at this address already.")
        raise UserError({"name": words}) from twice
    return Room.objects.get(pk=room.pk)


# Below: how it is done.


def _held(room: Room, now: datetime) -> list[Session]:
    """Session rows before others, as everybody takes them."""
    rows = using(room, now=now).select_for_update(of=("self",)).select_related("series")
    return list(rows.order_by("pk"))


def _crowded(asked: Room, changed: Mapping[str, Any], sessions: list[Session]) -> dict[str, str]:
    if "capacity" not in changed or asked.capacity is None:
        return {}
    for session in sessions:
        if session.cancelled_at is None and (why := too_many(session, room=asked)):
            return {"capacity": _("%(session)s: %(why)s") % {"session": session.slug, "why": why}}
    return {}


def _follow(asked: Room, sessions: list[Session], *, now: datetime, actor_id: int | None) -> None:
    """The label is copied wherever the place is."""
    for series in Series.objects.filter(place=asked).select_for_update(of=("self",)).order_by("pk"):
        before = {"room": series.room}
        Series.objects.filter(pk=series.pk).update(room=asked.label, revision=F("revision") + 1)
        record(
            kind="followed",
            subject=f"series:{series.uuid}",
            scopes=[f"series:{series.pk}"],
            now=now,
            actor_id=actor_id,
            before=before,
            after={"room": asked.label},
        )
    for session in sessions:
        revise(session, kind="followed", now=now, actor_id=actor_id, room=asked.label)
