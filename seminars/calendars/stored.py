"""What a calendar shows, by one query: its sessions beside their stored entries, as plain values.

A join needs their texts and little else. Reading a thousand sessions as models, with all that belongs to them, would
cost more than everything else of a feed together: only those whose entry is missing or stale are read so; and of the
texts, only those that this process does not remember (see `memory`). Rows come as the driver gives them, since turning
five times of each into datetimes would cost more than the join; see `moment`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from seminars.calendars import entries, ical
from seminars.calendars.belonging import registered
from seminars.calendars.contents import Candidate
from seminars.calendars.editions import Edition
from seminars.calendars.memory import Key, known, remember
from seminars.calendars.models import Entry
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.series.rooms.models import Room
from seminars.sessions.models import Material, MaterialState, Session, Speaker
from seminars.sessions.state import State

_OFF = frozenset({State.CANCELLED.value, State.WITHDRAWN.value})
Time = str | datetime


class Row(NamedTuple):
    """A dated session and its stored entry, if any (then `text` is not None). Times: see `moment`."""

    pk: int
    uid: object
    series_id: int
    place_id: int | None
    state: str
    sequence: int
    revision: int
    starts: Time
    ends: Time
    cancelled: Time | None
    withdrawn: Time | None
    materials: bool
    kept_revision: int | None
    stamp: str | None
    zone: str | None
    text: str | None = None

    @property
    def place_in_time(self) -> tuple[Time, int]:
        """By which entries are ordered."""
        return self.starts, self.pk

    @property
    def size(self) -> int:
        """Of its text, in bytes."""
        return _size(self.text) if self.text else 0

    @property
    def candidate(self) -> Candidate:
        """What decides whether it stays in a feed."""
        off = self.withdrawn or self.cancelled or self.starts if self.state in _OFF else None
        return Candidate(
            self.pk,
            moment(self.starts),
            moment(self.ends),
            bool(self.materials),
            moment(off) if off else None,
        )


_COLUMNS = (
    *("pk", "uid", "series_id", "place_id", "state", "sequence", "revision"),
    *("starts_at", "ends_at", "cancelled_at", "withdrawn_at", "has_materials"),
    *("kept__revision", "kept__stamp", "kept__zone"),
)
_plain = lru_cache(maxsize=2048)(ical.without_html)


@lru_cache(maxsize=4096)
def _size(text: str) -> int:
    return len(text.encode())


def moment(stored: Time) -> datetime:
    """Return a time out of a row, aware UTC: SQLite's driver gives text in UTC, PostgreSQL's what it is."""
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def rows(sessions: QuerySet[Session], *, language: str, utc: bool) -> list[Row]:
    """Return what `sessions` (dated ones, in any order, perhaps twice) show in `language`, in order of time."""
    of_edition = FilteredRelation("entries", condition=Q(entries__language=language, entries__utc=utc))
    out = Material.objects.filter(session=OuterRef("pk"), state=MaterialState.PUBLISHED)
    found = Session.objects.filter(pk__in=sessions.order_by().values("pk")).annotate(
        kept=of_edition, has_materials=Exists(out)
    )
    sql, given = found.order_by("starts_at", "pk").values_list(*_COLUMNS).query.sql_with_params()
    with connections[found.db].cursor() as cursor:
        cursor.execute(sql, given)
        return _told(cursor.fetchall(), language, utc)


def _told(given: list[tuple[Any, ...]], language: str, utc: bool) -> list[Row]:
    """With their texts, by one query for all that are not remembered."""
    keys: list[Key] = [(each[1], language, utc, each[-3], each[-2]) for each in given]
    texts = known(keys)
    missing = {
        each[0]: key
        for each, key in zip(given, keys, strict=True)
        if key not in texts and each[-2] is not None
    }
    if missing:
        rows = Entry.objects.filter(session__in=list(missing), language=language, utc=utc)
        read: dict[Key, str] = {}
        for pk, revision, stamp, text in rows.values_list("session_id", "revision", "stamp", "text"):
            texts[missing[pk]] = text
            read[missing[pk][0], language, utc, revision, stamp] = text
        remember(read)
    return [Row._make((*each, texts.get(key))) for each, key in zip(given, keys, strict=True)]


def may_leave(given: Iterable[Row]) -> bool:
    """Return whether any of them is only told for a while: cancelled, or withdrawn."""
    return any(row.state in _OFF for row in given)


def taking_part(user_id: int | None) -> frozenset[int]:
    """Return the sessions that somebody runs on the day, plans, appears at or registered for: it takes their time."""
    hosted = Session.objects.hosted_by(Visitor(user_id)).order_by().values_list("pk", flat=True)
    spoken = Speaker.objects.filter(person__user_id=user_id or 0).order_by()
    appears = frozenset(spoken.values_list("session_id", flat=True))
    return frozenset(hosted) | appears | frozenset(registered(user_id))


def without_html(given: Iterable[Row]) -> list[Row]:
    """Return the rows with their plain descriptions only."""
    return [row._replace(text=_plain(row.text)) if row.text else row for row in given]


def in_order(given: Iterable[Row], wanted: Iterable[Candidate]) -> list[Row]:
    """Return the rows of `wanted`, in its order."""
    by_pk = {row.pk: row for row in given}
    return [by_pk[each.pk] for each in wanted]


def freshened(wanted: Iterable[Row], *, language: str, utc: bool, edition: Edition) -> list[Row]:
    """Return the rows with a text that is true now: those without one, or with a stale one, are rendered and kept.

    edition: that of `entries.stamp()`. Where one cannot be rendered its last good text stays, or it is left out.
    """
    given = list(wanted)
    frames = _frames(given)
    stale = [row.pk for row in given if not _is_fresh(row, frames[row.series_id, row.place_id])]
    if not stale:
        return given
    made = entries.renew(stale, language=language, utc=utc, edition=edition)
    uids = {row.pk: row.uid for row in given}
    remember({(uids[pk], language, utc, one.revision, one.stamp): one.text for pk, one in made.items()})
    anew = [
        row._replace(text=made[row.pk].text, zone=made[row.pk].zone) if row.pk in made else row
        for row in given
    ]
    return [row for row in anew if row.text is not None]


def _is_fresh(row: Row, frame: str) -> bool:
    return row.kept_revision == row.revision and row.stamp == entries.stamp_of(frame, row.state, row.sequence)


def _frames(given: list[Row]) -> dict[tuple[int, int | None], str]:
    """Of each series and room together: a feed has few of both."""
    pairs = {(row.series_id, row.place_id) for row in given}
    base = entries.stamp()
    columns = "pk", "title", "community__name", "community__accent", "community__logo"
    owners = Series.objects.filter(pk__in={one for one, _other in pairs}).values_list(*columns)
    series = {pk: (title, name, accent + logo) for pk, title, name, accent, logo in owners}
    found = {other for _one, other in pairs} - {None}
    rooms = Room.objects.filter(pk__in=found) if found else []
    places: dict[int | None, Room] = {room.pk: room for room in rooms}
    return {(one, other): entries.frame_of(base, *series[one], places.get(other)) for one, other in pairs}
