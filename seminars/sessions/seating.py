"""A session in a room of its community: place and label go together, and nobody is left standing."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seminars.changes.refusing import UserError
from seminars.people.models import Form
from seminars.series.models import Audience, Series
from seminars.series.rooms.models import Room
from seminars.sessions.models import Session


def seated(fields: Mapping[str, Any], thing: Series | Session, *, community_id: int) -> dict[str, Any]:
    """Return `fields` with `room` and `place_id` of one mind: a chosen place says its label, other words have no place.

    thing: what is edited, as it stands. Raises UserError for a room of others, or one that is no longer offered and not
    the one that `thing` has.
    """
    found = dict(fields)
    if (chosen := found.get("place_id")) is not None:
        room = Room.objects.filter(pk=chosen, community_id=community_id).first()
        if room is None:
            raise UserError({"place_id": _("Choose a room of this community.")})
        if room.closed_at and thing.place_id != room.pk:
            raise UserError({"place_id": _("This room is no longer offered. Choose another one.")})
        found["room"] = room.label
    elif "room" in found and "place_id" not in found and thing.place_id and found["room"] != thing.room:
        found["place_id"] = None
    return found


def too_many(session: Session, *, room: Room | None = None, people: int | None = None) -> str:
    """Return why the room does not hold the people named for the session; "" where it does, or nobody can say.

    Only where everybody who may come is named and comes in person; at a hybrid session some stay at home. room: None
    for the session's own. people: None counts those named now.
    """
    if session.audience != Audience.NAMED or session.form != Form.IN_PERSON:
        return ""
    room = room or (Room.objects.filter(pk=session.place_id).first() if session.place_id else None)
    if room is None or room.capacity is None:
        return ""
    if people is None:
        people = session.named.count() if session.pk else 0
    if people <= room.capacity:
        return ""
    words = ngettext(
        "%(n)d person is invited, and %(room)s holds %(most)d. Choose a larger room, or invite fewer.",
        "%(n)d people are invited, and %(room)s holds %(most)d. Choose a larger room, or invite fewer.",
        people,
    )
    return words % {"n": people, "room": room.name, "most": room.capacity}
