"""Rooms of the demo and the groups that listen elsewhere, through the verbs that organisers and groups use."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from seminars.demo.facts import CommunityFacts, GroupFacts
from seminars.people.models import Community
from seminars.series.rooms.keeping import add_room
from seminars.series.rooms.models import Room
from seminars.sessions import moving
from seminars.sessions.models import Session
from seminars.sessions.sites.registering import register


def add_rooms(facts: CommunityFacts, community: Community, *, now: datetime) -> None:
    """Make the community's rooms."""
    for each in facts.rooms:
        latitude, longitude = each.position or (None, None)
        add_room(
            community=community,
            name=each.name,
            address=each.address,
            capacity=each.capacity,
            access=each.access,
            latitude=latitude,
            longitude=longitude,
            now=now,
            actor_id=None,
        )


def placed(options: Mapping[str, Any], community: Community) -> dict[str, Any]:
    """Return what a series is drafted with: where its place is one of the rooms, the room."""
    rooms = {room.label: room.pk for room in Room.objects.filter(community=community)}
    there = rooms.get(options.get("room", ""))
    return dict(options) | ({"place_id": there} if there else {})


def seat(parts: Iterable[Session], community: Community, *, now: datetime) -> None:
    """Put parts of an event into the rooms that their places name."""
    rooms = {room.label: room.pk for room in Room.objects.filter(community=community)}
    for part in parts:
        if part.room in rooms:
            moving.edit(session=part, place_id=rooms[part.room], now=now, actor_id=None)


def add_groups(groups: Iterable[GroupFacts], session: Session, *, now: datetime) -> None:
    """Register the groups that follow a session."""
    for each in groups:
        register(
            session=session,
            place=each.place,
            city=each.city,
            zone=each.zone,
            contact=each.contact,
            email=each.email,
            expected=each.expected,
            holds=each.holds,
            welcome=each.welcome,
            now=now,
        )
