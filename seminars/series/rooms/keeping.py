"""Rooms of a community: added, no longer offered, offered again. `sessions.rehousing` changes one: sessions follow."""

import re
from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.models import Community
from seminars.series.rooms.models import Room

COLUMNS = ("name", "address", "capacity", "access", "latitude", "longitude")
LONGEST_ACCESS = 2000
_DEGREES = re.compile(
    r"([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*([NS]?)\s*[,;\s]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*([EW]?)", re.I
)


def position(text: str) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees, of "55.9, 13.3" as maps show it; None for nothing. Raises UserError."""
    if not text.strip():
        return None
    found = _DEGREES.fullmatch(text.strip())
    if found is None:
        raise UserError({"position": _("Write latitude and longitude in degrees, such as 55.9, 13.3.")})
    latitude = float(found[1]) * (-1 if found[2].upper() == "S" else 1)
    longitude = float(found[3]) * (-1 if found[4].upper() == "W" else 1)
    if abs(latitude) > 90 or abs(longitude) > 180:
        words = _("Latitude is from -90 to 90, longitude from -180 to 180. Perhaps the two are swapped?")
        raise UserError({"position": words})
    return latitude, longitude


def add_room(*, community: Community, now: datetime, actor_id: int | None, **columns: Any) -> Room:
    """Return a new room. columns: of `COLUMNS`; now: aware UTC. Raises UserError by field, also for a second one."""
    room = checked(Room(community=community), columns)
    try:
        with transaction.atomic():
            room.save(force_insert=True)
            told("room-added", room, now=now, actor_id=actor_id, after=columns)
    except IntegrityError as twice:
        raise UserError({"name": _("There is a room of this name at this address already.")}) from twice
    return room


def set_offered(*, room: Room, offered: bool, now: datetime, actor_id: int | None) -> Room:
    """Return the room, offered for new sessions or not; sessions that have it keep it. now: aware UTC."""
    if (room.closed_at is None) == offered:
        return room
    with transaction.atomic():
        closed_at = None if offered else now
        Room.objects.filter(pk=room.pk).update(closed_at=closed_at, revision=room.revision + 1)
        room.closed_at, room.revision = closed_at, room.revision + 1
        told("room-offered" if offered else "room-closed", room, now=now, actor_id=actor_id)
    return room


def checked(room: Room, columns: dict[str, Any]) -> Room:
    """Return a copy of `room` with `columns`, cleaned of blanks at their ends. Raises UserError by field."""
    if unknown := columns.keys() - set(COLUMNS):
        raise TypeError(f"a room has no {', '.join(sorted(unknown))}")
    asked = copy(room)
    for name, value in columns.items():
        setattr(asked, name, value.strip() if isinstance(value, str) else value)
    wrong = {}
    try:
        asked.clean_fields(exclude=["community", "closed_at", "revision", "uuid"])
    except ValidationError as error:
        wrong = {name: " ".join(messages) for name, messages in error.message_dict.items()}
    if not asked.name:
        wrong["name"] = _("Give the room's name or number.")
    if asked.capacity == 0:
        wrong["capacity"] = _("A room holds one person at least. Empty: nobody counts.")
    if len(asked.access) > LONGEST_ACCESS:
        wrong["access"] = _("Use at most %(most)d characters.") % {"most": LONGEST_ACCESS}
    raise_if(wrong)
    return asked


def told(
    kind: str,
    room: Room,
    *,
    now: datetime,
    actor_id: int | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write the Change of a room."""
    record(
        kind=kind,
        subject=f"room:{room.uuid}",
        scopes=[f"community:{room.community_id}"],
        now=now,
        actor_id=actor_id,
        before=before,
        after=after,
    )
