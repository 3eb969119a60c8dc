"""What a calendar shows: its sessions, by one query, beside their entries, as plain values.

A join needs their texts and little else. Reading a thousand sessions as models, with all that belongs to them, would
cost more than everything else of a feed together: only those whose entry is missing or stale are read so. A session and
the rows around it say which revision and stamp its entry must have: where this process remembers the text of that one
(see `memory`), the stored entry is not read at all. Rows come as the driver gives them, times of SQLite as text, since
turning five of each into datetimes would cost more than the join; see `prepared.moment_of`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, Concat

from seminars.calendars import contents, entries, ical, packing, vtimezone
from seminars.calendars.belonging import registered
from seminars.calendars.contents import Candidate, Chosen
from seminars.calendars.editions import Edition
from seminars.calendars.memory import Key, Written, choices, known, known_rows, remember, remember_rows
from seminars.calendars.models import Entry
from seminars.calendars.prepared import moment_of, object_of
from seminars.calendars.prepared import rows as asked_for
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
    """A dated session and its entry, if any (then `text` is not None), true now or of before. Times: `moment_of`.

    size: of its text, in bytes.
    """

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
    size: int = 0

    @property
    def candidate(self) -> Candidate:
        """What decides whether it stays in a feed."""
        off = self.withdrawn or self.cancelled or self.starts if self.state in _OFF else None
        return _candidate(self.pk, self.starts, self.ends, bool(self.materials), off)


_COLUMNS = ("pk", "uid", "series_id", "place_id", "state", "sequence", "revision")
_TIMES = ("starts_at", "ends_at", "cancelled_at", "withdrawn_at")
_plain = lru_cache(maxsize=4096)(ical.without_html)


@lru_cache(maxsize=4096)
def _candidate(pk: int, starts: Time, ends: Time, materials: bool, off: Time | None) -> Candidate:
    """Of a calendar that changed, almost all are those of before."""
    return Candidate(pk, moment_of(starts), moment_of(ends), materials, moment_of(off) if off else None)


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
    kept = _as_before(given, known_rows(name)) if named else [None] * len(given)
    other = [each for row, each in zip(kept, given, strict=True) if row is None]
    if not other:
        return [row for row in kept if row]
    anew = iter(_looked_up(other, frames, language, utc, edition))
    found = [row or next(anew) for row in kept]
    if named:
        remember_rows(
            name, [(each, row if row.is_fresh else None) for each, row in zip(given, found, strict=True)]
        )
    return found


def _as_before(given: list[tuple[Any, ...]], before: Sequence[tuple[Any, Row | None]]) -> list[Row | None]:
    """The rows of before where nothing is another: in their old places mostly, else found by their session."""
    if len(given) == len(before):
        found = [row if one == other else None for one, (other, row) in zip(given, before, strict=True)]
        if found.count(None) * 2 <= len(found):
            return found
    by_pk = {one[0]: (one, row) for one, row in before}
    nothing = None, None
    return [row if each == one else None for each in given for one, row in (by_pk.get(each[0], nothing),)]


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
    nothing = False, None, None, 0
    return [
        Row._make((*each, True, written.zone, written.text, _size(written.text)))
        if (written := texts.get(key)) is not None
        else Row._make((*each, *before.get(each[0], nothing)))
        for each, key in zip(given, keys, strict=True)
    ]


def _read(lacking: dict[int, Key], texts: dict[Key, Written]) -> dict[int, tuple[bool, str, str, int]]:
    """Put what is stored and true into `texts`, and remember it; return what is stored of before, as `Row` ends."""
    _uid, language, utc, *_rest = next(iter(lacking.values()))
    read: dict[Key, Written] = {}
    before = {}
    for pk, revision, stamp, zone, text in asked_for(_kept, lacking, language, utc):
        key = lacking[pk]
        if key[3:5] == (revision, stamp):
            read[key] = Written(text, zone)
        else:
            before[pk] = False, zone, text, _size(text)
    remember(read)
    texts |= read
    return before


def _kept(pks: Sequence[int], language: str, utc: bool) -> QuerySet[Any, Any]:
    found = Entry.objects.filter(session__in=pks, language=language, utc=utc)
    return found.values_list("session_id", "revision", "stamp", "zone", "text")


def may_leave(given: Iterable[Row]) -> bool:
    """Return whether any of them is only told for a while: cancelled, or withdrawn."""
    return any(row.state in _OFF for row in given)


def taking_part(user_id: int | None) -> frozenset[int]:
    """Return the sessions that somebody runs on the day, plans, appears at or registered for: it takes their time."""
    hosted = Session.objects.hosted_by(Visitor(user_id)).order_by().values_list("pk", flat=True)
    spoken = Speaker.objects.filter(person__user_id=user_id or 0).order_by()
    appears = frozenset(spoken.values_list("session_id", flat=True))
    return frozenset(hosted) | appears | frozenset(registered(user_id))


def choose(given: Iterable[Row], now: datetime) -> Chosen:
    """Return which of them belong into a calendar at `now` (aware UTC), as `contents.choose`."""
    candidates = [row.candidate for row in given]
    for before, since, chosen in tuple(choices):  # an edit mostly moves none of them
        if (
            since <= now
            and (chosen.ranked_until is None or now < chosen.ranked_until)
            and before == candidates
        ):
            return chosen
    found = contents.choose(candidates, now)
    choices.append((candidates, now, found))
    return found


def among(given: Iterable[Row], wanted: Iterable[Candidate]) -> list[Row]:
    """Return the rows of `wanted`, in the order of `given`."""
    staying = {each.pk for each in wanted}
    return [row for row in given if row.pk in staying]


def size(given: Iterable[Row]) -> int:
    """Return how many bytes their texts are together."""
    return sum([row.size for row in given])


def fitting(given: Sequence[Row], chosen: Chosen) -> tuple[list[Row], list[str], int]:
    """Return as many rows as fit with their plain descriptions only, these texts, and how many had to leave for it."""
    texts = {row.pk: _plain(row.text or "") for row in given}
    sizes = {pk: len(packing.part(text).plain) for pk, text in texts.items()}
    leave = contents.fit([sizes.get(each.pk, 0) for each in chosen.staying])
    gone = {each.pk for each in chosen.staying[:leave]}
    rows = [row for row in given if row.pk not in gone]
    return rows, [texts[row.pk] for row in rows], leave


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
    told = [_rendered(row, made[row.pk]) if row.pk in made else row for row in given]
    return [row for row in told if row.text is not None]


def _rendered(row: Row, made: entries.Made) -> Row:
    return row._replace(is_fresh=True, text=made.text, zone=made.zone, size=_size(made.text))


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _frames(pairs: set[tuple[int, int | None]]) -> Frames:
    """Of each series and room together: a feed has few of both."""
    base = entries.stamp()
    owners = asked_for(_titled, sorted({one for one, _other in pairs}))
    series = {pk: (object_of(title), object_of(name), look) for pk, title, name, look in owners}
    found = {other for _one, other in pairs} - {None}
    rooms = Room.objects.filter(pk__in=found) if found else []
    places: dict[int | None, Room] = {room.pk: room for room in rooms}
    return {(one, other): entries.frame_of(base, *series[one], places.get(other)) for one, other in pairs}


def _titled(pks: Sequence[int]) -> QuerySet[Any, Any]:
    look = Concat("community__accent", "community__logo", output_field=TextField())
    return Series.objects.filter(pk__in=pks).values_list("pk", "title", "community__name", look)


def vtimezones(given: list[Row]) -> list[str]:
    """Return what tells the clocks' law of each zone, from the first start to the last end there, in order of names.

    given: in order of time.
    """
    first = {row.zone: row.starts for row in reversed(given) if row.zone}
    found = []
    for zone, starts in sorted(first.items()):
        start = moment_of(starts)
        if not vtimezone.is_ruled(zone, start):  # a last good entry of an older law
            last = max(moment_of(row.ends) for row in given if row.zone == zone)
            found.append(vtimezone.render(zone, start, last).text)
        else:
            found.append(vtimezone.render(zone, start, start).text)
    return found
