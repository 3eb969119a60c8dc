"""What takes place at the same time as sessions that move or change their room: same room, link, speaker, audience."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from seminars.series.models import Series
from seminars.sessions.edits import Fate, Plan, Row
from seminars.sessions.models import Precision, Session, Speaker
from seminars.words import Words

PLACES = ("room", "join_url")
ROOMS = 50
"""Different rooms that are looked for elsewhere."""


class Same(StrEnum):
    """What two sessions have in common."""

    ROOM = "room"
    LINK = "link"
    SPEAKER = "speaker"
    AUDIENCE = "audience"


@dataclass(frozen=True)
class Clash:
    """Another session at the same time. title: None where it is of a community that is none of ours to name."""

    same: Same
    title: Words | None
    starts_at: datetime


@dataclass(frozen=True)
class _Busy:
    pk: int
    first: datetime
    last: datetime
    room: str
    link: str
    people: frozenset[int]
    community: int
    event: int
    title: Words
    whole: bool


def clashes_of(series: Series, sessions: Mapping[int, Session], plan: Plan) -> dict[int, list[Clash]]:
    """Return, for each session that the plan moves or puts elsewhere, what is there already. At most two queries.

    sessions: of the series, by primary key, with their speakers. Parts of one event may well be at the same time, in
    different rooms.
    """
    rows = {row.standing.pk: row for row in plan.rows}
    ours = [
        busy
        for each in sessions.values()
        if (busy := _busy(each, rows.get(each.pk), series.community_id)) is not None
    ]
    asked = [each for each in ours if each.pk in rows and _touches(rows[each.pk])]
    if not asked:
        return {}
    others = sorted([*ours, *_elsewhere(series, asked)], key=lambda each: each.first)
    return {each.pk: found for each in asked if (found := _of(each, others, series.community_id))}


# Below: how it is done.


def _touches(row: Row) -> bool:
    return row.fate == Fate.MOVED or bool(row.updates.keys() & {*PLACES, "minutes"})


def _busy(each: Session, row: Row | None, community: int) -> _Busy | None:
    gone = row is not None and row.fate in (Fate.WITHDRAWN, Fate.REMOVED)
    off = each.cancelled_at or each.withdrawn_at or (each.postponed_at and not (row and row.bounds))
    bounds = (row.bounds if row else None) or (each.starts_at, each.ends_at)
    first, last = bounds
    if gone or off or each.precision != Precision.DAY or first is None or last is None:
        return None
    after = {name: getattr(each, name) for name in (*PLACES, "local_time")} | dict(row.updates if row else {})
    people = frozenset(one.person_id for one in each.speakers.all())
    room, link = after["room"].strip().casefold(), after["join_url"]
    event = each.within_id or each.pk
    whole = after["local_time"] is None
    return _Busy(each.pk, first, last, room, link, people, community, event, each.heading, whole)


def _elsewhere(series: Series, asked: list[_Busy]) -> Iterable[_Busy]:
    """Sessions of other series meanwhile: of the same community, in the same room or link, with the same speaker."""
    people = {pk for each in asked for pk in each.people}
    wanted = Q(series__community_id=series.community_id)
    for room in sorted({each.room for each in asked if each.room})[:ROOMS]:
        wanted |= Q(room__iexact=room)
    if links := {each.link for each in asked if each.link}:
        wanted |= Q(join_url__in=links)
    if people:
        wanted |= Q(pk__in=Speaker.objects.filter(person_id__in=people).values("session"))
    there = Session.objects.filter(
        starts_at__lt=max(each.last for each in asked),
        ends_at__gt=min(each.first for each in asked),
        precision=Precision.DAY,
        cancelled_at=None,
        postponed_at=None,
        withdrawn_at=None,
    )
    found = there.filter(wanted).exclude(series=series).select_related("series").prefetch_related("speakers")
    for each in found.order_by("starts_at", "id"):
        if (busy := _busy(each, None, each.series.community_id)) is not None:
            yield busy


def _of(each: _Busy, others: list[_Busy], community: int) -> list[Clash]:
    found = []
    for other in others:
        if other.first >= each.last:
            break
        if other.pk == each.pk or other.last <= each.first:
            continue
        one_event = other.event == each.event
        same = _same(each, other)
        if same and not (one_event and same != Same.ROOM and same != Same.SPEAKER):
            found.append(Clash(same, other.title if other.community == community else None, other.first))
    return found[:3]


def _same(each: _Busy, other: _Busy) -> Same | None:
    if each.room and each.room == other.room:
        return Same.ROOM
    if each.people & other.people:
        return Same.SPEAKER
    if each.link and each.link == other.link:
        return Same.LINK
    # Whole days leave hours free: people take part in a session while an e-conference goes on.
    members = each.community == other.community and not (each.whole or other.whole)
    return Same.AUDIENCE if members else None
