"""What an edit of a series would do to its sessions, as plain data: decided here, shown, and only then applied.

Three scopes: one session; this and all that follow; all that are still to come. A session that has begun is never
touched, nor one that was withdrawn. "This and all that follow" leaves the earlier sessions as they are, each with its
own hour, and the series keeps one rule, from the cut on: a series has one page, one feed and one rhythm to read aloud,
and nothing else in the house needs to know that there ever was a cut.

A session stands for one date of the rhythm, its *original*. A new rhythm takes sessions over (`continuing.pairs`), so
that UIDs, addresses, speakers and files live on. What was changed on one session by hand is a conflict, and is kept
unless the organiser lets the session follow.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256
from typing import Any

from seminars.series.cadence import Cadence
from seminars.series.continuing import pairs
from seminars.sessions.spans import Slot

TIMES = ("zone", "local_time")
LENGTHS = ("minutes", "days")
CARRIED = ("form", "room", "place_id", "join_url", "view_url", "dial_in", "doors", "source_url", "language")
WORDS = ("title", "abstract")
EDITABLE = frozenset({*TIMES, *LENGTHS, *CARRIED, *WORDS})


class Scope(StrEnum):
    """How far an edit reaches."""

    ONE = "one"
    FOLLOWING = "following"
    FUTURE = "future"


class Fate(StrEnum):
    """What becomes of a session."""

    KEPT = "kept"
    MOVED = "moved"
    EDITED = "edited"
    BACK = "back"  # an earlier edit had cancelled it, and the new rhythm promises it again
    WITHDRAWN = "withdrawn"  # announced: cancelled, and said so
    REMOVED = "removed"  # a draft that nobody saw


@dataclass(frozen=True)
class Ask:
    """What an organiser asks for. cadence: None keeps the rhythm. fields: of `EDITABLE`, only those that change."""

    scope: Scope
    cadence: Cadence | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def timed(self) -> bool:
        """Whether it moves sessions."""
        return self.cadence is not None or bool(set(TIMES) & self.fields.keys())


@dataclass(frozen=True)
class Standing:
    """A session as the planner sees it. `values`: all of `EDITABLE` and local_date, fold.

    begun: it has started or was ended. dropped: an earlier edit cancelled it, no person did. ruled_to: where a rule for
    dates that do not suit moved it.
    """

    pk: int
    number: int
    revision: int
    original_date: date | None
    original_time: time | None
    values: Mapping[str, Any]
    starts_at: datetime | None
    ends_at: datetime | None
    begun: bool = False
    announced: bool = True
    cancelled: bool = False
    dropped: bool = False
    postponed: bool = False
    withdrawn: bool = False
    ruled_to: date | None = None

    @property
    def put(self) -> date | None:
        """Where the rhythm, or a rule for dates that do not suit, has put it."""
        return self.ruled_to or self.original_date

    @property
    def order(self) -> date:
        """Where it stands in its series; what has no date stands last."""
        return self.original_date or self.values["local_date"] or date.max

    @property
    def slot(self) -> Slot | None:
        """When it is now."""
        value = self.values
        if value["local_date"] is None:
            return None
        times = (value["local_date"], value["local_time"], value["zone"])
        return Slot(*times, value["minutes"], value["days"], value["fold"])


@dataclass(frozen=True)
class Conflict:
    """What was done to one session by hand: `name` is "time", "length", "cancelled", "unpromised", or a column."""

    name: str
    has: Any
    wanted: Any


@dataclass(frozen=True)
class Row:
    """What becomes of one session. updates: columns that people see; original: the date it stands for from now on."""

    standing: Standing
    fate: Fate
    updates: Mapping[str, Any] = field(default_factory=dict)
    original: tuple[date, time | None] | None = None
    conflicts: tuple[Conflict, ...] = ()
    follows: bool = False
    bounds: tuple[datetime, datetime] | None = None

    @property
    def changes(self) -> bool:
        """Whether anybody sees a difference."""
        return self.fate != Fate.KEPT


@dataclass(frozen=True)
class Plan:
    """What an edit would do: to the sessions it reaches in order, which dates it adds, and the series' columns.

    added: slots that have no session yet. out_of_reach: how many sessions stay as they are because of the scope.
    """

    ask: Ask
    rows: tuple[Row, ...]
    added: tuple[Slot, ...] = ()
    series: Mapping[str, Any] = field(default_factory=dict)
    out_of_reach: int = 0

    def of(self, *fates: Fate) -> list[Row]:
        """The rows of these fates."""
        return [row for row in self.rows if row.fate in fates]

    @property
    def conflicts(self) -> list[Row]:
        """The rows with something that was done by hand."""
        return [row for row in self.rows if row.conflicts]

    @property
    def nothing(self) -> bool:
        """Whether all stays as it is."""
        silent = any(row.original for row in self.rows)
        return not (silent or self.added or self.series or any(row.changes for row in self.rows))

    @property
    def seal(self) -> str:
        """A short name of what was looked at: another one means that a session, or the day, is no longer what it was.

        Choices about conflicts do not count: they are made on the page that shows the plan.
        """
        seen = [(row.standing.pk, row.standing.revision) for row in self.rows]
        text = repr((seen, [slot.local_date for slot in self.added], self.out_of_reach))
        return sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Promise:
    """What the series promises. before, after: its columns of `EDITABLE` (without words), now and then.

    dates: of a new rhythm, from where this edit begins; None where the rhythm stays. last: no later one is added.
    beside: originals that an earlier edit left without a place in the rhythm there is. places: where rules move dates.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    dates: Sequence[date] | None = None
    last: date | None = None
    yearly: bool = False
    beside: frozenset[date] = frozenset()
    places: Mapping[date, date] = field(default_factory=dict)


def reach(scope: Scope, standing: Iterable[Standing], anchor: Standing | None) -> list[Standing]:
    """Return the sessions that an edit of this scope may touch, in order. anchor: "this one" of the two scopes."""
    coming = [each for each in standing if not each.begun and not each.withdrawn]
    if scope == Scope.ONE:
        coming = [each for each in coming if anchor and each.pk == anchor.pk]
    elif scope == Scope.FOLLOWING and anchor:
        coming = [each for each in coming if each.order >= anchor.order]
    return sorted(coming, key=lambda each: (each.order, each.pk))


def plan_edit(
    ask: Ask,
    *,
    promise: Promise,
    reached: Sequence[Standing],
    others: Collection[Standing] = (),
    follow: Collection[int] = (),
) -> Plan:
    """Return what `ask` does to the sessions it reaches. follow: those whose hand-made changes give way.

    others: the rest of the series' sessions; their dates are taken. Pure: equal arguments give an equal plan.
    """
    originals = [each.original_date for each in reached if each.original_date]
    taken = {each.original_date for each in others}
    partner = {day: day for day in originals if day not in promise.beside}
    if promise.dates is not None:
        free = [day for day in promise.dates if day not in taken]
        dropped = {each.original_date for each in reached if each.dropped} & set(free)
        able = {each.original_date for each in reached if each.original_date and not each.dropped} | dropped
        partner = pairs([day for day in able if day], free, yearly=promise.yearly)
    rows = [_row(each, ask, promise, partner, each.pk in follow) for each in reached]
    added: list[Slot] = []
    if promise.dates is not None:
        stand_for = {*partner.values(), *taken}
        missing = [day for day in promise.dates if day not in stand_for]
        after = promise.after
        added = [
            Slot(
                promise.places.get(day, day),
                after["local_time"],
                after["zone"],
                after["minutes"],
                after["days"],
            )
            for day in missing
            if promise.last is None or day <= promise.last
        ]
    return Plan(ask, tuple(rows), tuple(added), out_of_reach=len(others))


# Below: how it is done.


def _row(each: Standing, ask: Ask, promise: Promise, partner: Mapping[date, date], follow: bool) -> Row:
    to = partner.get(each.original_date) if each.original_date else None
    conflicts: list[Conflict] = []
    if each.original_date and to is None and promise.dates is not None:
        gone = _unpromised(each, promise, follow)
        if gone.fate != Fate.KEPT or each.cancelled:
            return gone
        conflicts.extend(gone.conflicts)
    if promise.dates is None and each.cancelled and (each.dropped or each.original_date in promise.beside):
        return Row(each, Fate.KEPT)
    updates: dict[str, Any] = {}
    reinstated = to is not None and each.dropped and promise.dates is not None
    if ask.timed and (to or ask.scope == Scope.ONE):
        wanted = _wanted(each, ask, promise, to)
        by_hand = _moved_by_hand(each, promise, ask.scope)
        has = {name: each.values[name] for name in ("local_date", "local_time", "zone")}
        if reinstated:
            updates |= wanted | {"fold": 0}
        elif has != wanted or (each.postponed and by_hand) or (each.cancelled and by_hand):
            if by_hand:
                name = "cancelled" if each.cancelled else "postponed" if each.postponed else "time"
                conflicts.append(Conflict(name, has, wanted))
            if follow or not by_hand:
                updates |= wanted | {"fold": 0}
    keeps_length = to is None and ask.scope != Scope.ONE
    names = [name for name in ask.fields if name not in TIMES and not (keeps_length and name in LENGTHS)]
    for name in names:
        _take(name, each, ask, promise, follow, updates, conflicts)
    if (each.cancelled and (reinstated or (follow and "local_date" in updates))) or (
        each.postponed and follow and "local_date" in updates
    ):
        updates |= {"cancelled_at": None, "postponed_at": None, "reason": ""}
    original = None
    if to and ask.timed and ask.scope != Scope.ONE:
        stands = (to, wanted["local_time"])
        original = stands if stands != (each.original_date, each.original_time) else None
    return _settled(Row(each, Fate.KEPT, updates, original, tuple(conflicts), follow), reinstated)


def _wanted(each: Standing, ask: Ask, promise: Promise, to: date | None) -> dict[str, Any]:
    """When it should be: a kept rhythm keeps what is not asked about, so that an earlier cut is no conflict."""
    new, kept = {**promise.after, **ask.fields}, promise.dates is None
    day = each.values["local_date"] if ask.scope == Scope.ONE else each.put
    if not kept and to:
        day = promise.places.get(to, to)
    own_time = each.values["local_time"] if ask.scope == Scope.ONE else each.original_time
    return {
        "local_date": day,
        "local_time": own_time if kept and "local_time" not in ask.fields else new["local_time"],
        "zone": each.values["zone"] if kept and "zone" not in ask.fields else new["zone"],
    }


def _moved_by_hand(each: Standing, promise: Promise, scope: Scope) -> bool:
    if scope == Scope.ONE:
        return False
    put = (each.put, each.original_time)
    moved = put != (each.values["local_date"], each.values["local_time"])
    return moved or each.postponed or (each.cancelled and not each.dropped)


def _take(
    name: str,
    each: Standing,
    ask: Ask,
    promise: Promise,
    follow: bool,
    updates: dict[str, Any],
    conflicts: list[Conflict],
) -> None:
    """Carry one column, unless the session has its own."""
    has, wanted = each.values[name], ask.fields[name]
    if name in WORDS and ask.scope == Scope.ONE:
        wanted = {**has, **wanted}  # what it says in other languages stays
    if has == wanted:
        return
    own = bool(has) if name in WORDS else has != promise.before[name]
    if own and ask.scope != Scope.ONE:
        if name != "place_id":  # it goes with the room, which says it in words
            conflicts.append(Conflict(name, has, wanted))
        if not follow:
            return
    updates[name] = wanted


def _unpromised(each: Standing, promise: Promise, follow: bool) -> Row:
    """The new rhythm has no place for it. What somebody worked on stays, beside the rhythm, unless told to go."""
    if each.cancelled:
        return Row(each, Fate.KEPT)
    columns = [*LENGTHS, *CARRIED]
    own = any(each.values[name] != promise.before[name] for name in columns if name in promise.before)
    titled = bool(each.values["title"] or each.values["abstract"])
    if own or titled or _moved_by_hand(each, promise, Scope.FUTURE):
        conflict = Conflict("unpromised", each.values["local_date"], None)
        if not follow:
            return Row(each, Fate.KEPT, conflicts=(conflict,))
        return Row(each, _gone(each), conflicts=(conflict,), follows=True)
    return Row(each, _gone(each))


def _gone(each: Standing) -> Fate:
    return Fate.WITHDRAWN if each.announced else Fate.REMOVED


def _settled(row: Row, reinstated: bool) -> Row:
    """Work out the instants, and what to call it."""
    each, updates, bounds = row.standing, row.updates, None
    if updates.keys() & {"local_date", *LENGTHS} and (slot := _later(each, updates)):
        bounds = slot.bounds()
    moves = "local_date" in updates and (
        bounds != (each.starts_at, each.ends_at) or updates["zone"] != each.values["zone"]
    )
    fate = Fate.MOVED if moves else Fate.EDITED if updates else Fate.KEPT
    return replace(row, fate=Fate.BACK if reinstated else fate, bounds=bounds)


def _later(each: Standing, updates: Mapping[str, Any]) -> Slot | None:
    value = {**each.values, **updates}
    if value["local_date"] is None:
        return None
    times = (value["local_date"], value["local_time"], value["zone"])
    return Slot(*times, value["minutes"], value["days"], value["fold"])
