"""What a calendar shows: its sessions, by one query, beside their entries, as plain values.

A join needs their texts and little else. Reading a thousand sessions as models, with all that belongs to them, would
cost more than everything else of a feed together: only those whose entry is missing or stale are read so. A session and
the rows around it say which revision and stamp its entry must have: where this process remembers the text of that one
(see `memory`), the stored entry is not read at all. Rows come as the driver gives them, times of SQLite as text, since
turning five of each into datetimes would cost more than the join; see `moment`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from seminars.calendars import entries, ical, packing
from seminars.calendars.belonging import registered
from seminars.calendars.contents import Candidate
from seminars.calendars.editions import Edition
from seminars.calendars.memory import Key, Written, known, known_rows, remember, remember_rows
from seminars.calendars.models import Entry
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.series.rooms.models import Room
from seminars.sessions.models import Material, MaterialState, Session, Speaker
from seminars.sessions.state import State

_OFF = frozenset({State.CANCELLED.value, State.WITHDRAWN.value})
Time = str | datetime
Sessions = Callable[[], QuerySet[Session]]
Frames = dict[tuple[int, int | None], str]
_GIVEN = 12  # columns of a row that are the session's own
MOST_STATEMENTS = 256


class Row(NamedTuple):
    """A dated session and its entry, if any (then `text` is not None), true now or of before. Times: see `moment`."""

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
    is_fresh: bool = False
    zone: str | None = None
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
        return _candidate(self.pk, self.starts, self.ends, bool(self.materials), off)


_COLUMNS = ("pk", "uid", "series_id", "place_id", "state", "sequence", "revision")
_TIMES = ("starts_at", "ends_at", "cancelled_at", "withdrawn_at")
_plain = lru_cache(maxsize=4096)(ical.without_html)


def _size(text: str) -> int:
    return len(packing.part(text).plain)


def moment(stored: Time) -> datetime:
    """Return a time out of a row, aware UTC: SQLite's driver gives text in UTC, PostgreSQL's what it is."""
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


@lru_cache(maxsize=4096)
def _candidate(pk: int, starts: Time, ends: Time, materials: bool, off: Time | None) -> Candidate:
    """Of a calendar that changed, almost all are those of before."""
    return Candidate(pk, moment(starts), moment(ends), materials, moment(off) if off else None)


def rows(sessions: Sessions, *, language: str, utc: bool, edition: Edition, named: str = "") -> list[Row]:
    """Return what `sessions` (dated ones, in any order, perhaps twice) show in `language`, in order of time.

    edition: that of `entries.stamp()`. named: a name under which `sessions` is always the same query, with each session
    once; it is then built and put into SQL once. "" where it may differ.
    """
    sql, asked = (
        _named(named, connection.vendor, sessions)
        if named
        else _statement(connection.vendor, _once(sessions()))
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        given = cursor.fetchall()
    return _told(given, language, utc, edition, named)


_statements: dict[tuple[str, str], tuple[str, tuple[Any, ...]]] = {}


def _named(name: str, vendor: str, sessions: Sessions) -> tuple[str, tuple[Any, ...]]:
    found = _statements.get((name, vendor))
    if found is None:
        if len(_statements) >= MOST_STATEMENTS:
            _statements.clear()
        found = _statements[name, vendor] = _statement(vendor, sessions())
    return found


def _once(sessions: QuerySet[Session]) -> QuerySet[Session]:
    return Session.objects.filter(pk__in=sessions.order_by().values("pk"))


def _statement(vendor: str, sessions: QuerySet[Session]) -> tuple[str, tuple[Any, ...]]:
    """Its columns as `Row` begins."""
    out = Material.objects.filter(session=OuterRef("pk"), state=MaterialState.PUBLISHED)
    times: dict[str, Any] = {
        f"given_{name}": Cast(name, TextField()) if vendor == "sqlite" else F(name) for name in _TIMES
    }
    found = sessions.annotate(**times, has_materials=Exists(out)).order_by("starts_at", "pk")
    sql, asked = found.values_list(*_COLUMNS, *times, "has_materials").query.sql_with_params()
    return sql, tuple(str(each) if isinstance(each, str) else each for each in asked)


def _told(given: list[tuple[Any, ...]], language: str, utc: bool, edition: Edition, named: str) -> list[Row]:
    """With their texts. What stands as it stood when a calendar was last made is told as it was then."""
    frames = _frames({(each[2], each[3]) for each in given})
    name = named, language, utc, edition.number, frozenset(frames.items())
    before: Mapping[int, Row] = known_rows(name) if named else {}
    kept = [before.get(each[0]) for each in given]
    kept = [row if row and row[:_GIVEN] == each else None for row, each in zip(kept, given, strict=True)]
    other = [each for row, each in zip(kept, given, strict=True) if row is None]
    anew = iter(_looked_up(other, frames, language, utc, edition))
    found = [row or next(anew) for row in kept]
    if named:
        remember_rows(name, {row.pk: row for row in found if row.is_fresh})
    return found


def _looked_up(
    given: list[tuple[Any, ...]], frames: Frames, language: str, utc: bool, edition: Edition
) -> list[Row]:
    """With their texts, by one query for all that are not remembered."""
    kinds = {each[2:6] for each in given}
    stamps = {kind: entries.stamp_of(frames[kind[0], kind[1]], kind[2], kind[3]) for kind in kinds}
    number = edition.number
    keys: list[Key] = [(each[1], language, utc, each[6], stamps[each[2:6]], number) for each in given]
    texts = known(keys)
    lacking = {each[0]: key for each, key in zip(given, keys, strict=True) if key not in texts}
    before = _read(lacking, texts) if lacking else {}
    nothing = False, None, None
    return [
        Row._make((*each, True, written.zone, written.text))
        if (written := texts.get(key)) is not None
        else Row._make((*each, *before.get(each[0], nothing)))
        for each, key in zip(given, keys, strict=True)
    ]


def _read(lacking: dict[int, Key], texts: dict[Key, Written]) -> dict[int, tuple[bool, str, str]]:
    """Put what is stored and true into `texts`, and remember it; return what is stored of before, as `Row` ends."""
    _uid, language, utc, *_rest = next(iter(lacking.values()))
    stored = Entry.objects.filter(session__in=list(lacking), language=language, utc=utc)
    read: dict[Key, Written] = {}
    before = {}
    for pk, revision, stamp, zone, text in stored.values_list(
        "session_id", "revision", "stamp", "zone", "text"
    ):
        key = lacking[pk]
        if key[3:5] == (revision, stamp):
            read[key] = Written(text, zone)
        else:
            before[pk] = False, zone, text
    remember(read)
    texts |= read
    return before


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
    return [Row._make((*row[:-1], _plain(row.text))) if row.text else row for row in given]


def in_order(given: Iterable[Row], wanted: Iterable[Candidate]) -> list[Row]:
    """Return the rows of `wanted`, in its order."""
    by_pk = {row.pk: row for row in given}
    return [by_pk[each.pk] for each in wanted]


def freshened(wanted: Iterable[Row], *, language: str, utc: bool, edition: Edition) -> list[Row]:
    """Return the rows with a text that is true now: those without one, or with a stale one, are rendered and kept.

    edition: that of `entries.stamp()`. Where one cannot be rendered its last good text stays, or it is left out.
    """
    given = list(wanted)
    stale = [row.pk for row in given if not row.is_fresh]
    if not stale:
        return given
    made = entries.renew(stale, language=language, utc=utc, edition=edition)
    uids = {row.pk: row.uid for row in given}
    remember(
        {
            (uids[pk], language, utc, one.revision, one.stamp, edition.number): Written(one.text, one.zone)
            for pk, one in made.items()
        }
    )
    anew = [
        row._replace(is_fresh=True, text=made[row.pk].text, zone=made[row.pk].zone) if row.pk in made else row
        for row in given
    ]
    return [row for row in anew if row.text is not None]


def _frames(pairs: set[tuple[int, int | None]]) -> Frames:
    """Of each series and room together: a feed has few of both."""
    base = entries.stamp()
    columns = "pk", "title", "community__name", "community__accent", "community__logo"
    owners = Series.objects.filter(pk__in={one for one, _other in pairs}).values_list(*columns)
    series = {pk: (title, name, accent + logo) for pk, title, name, accent, logo in owners}
    found = {other for _one, other in pairs} - {None}
    rooms = Room.objects.filter(pk__in=found) if found else []
    places: dict[int | None, Room] = {room.pk: room for room in rooms}
    return {(one, other): entries.frame_of(base, *series[one], places.get(other)) for one, other in pairs}
