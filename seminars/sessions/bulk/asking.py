"""What an organiser asks of several sessions at once, and what becomes of each: plain data, no database.

Two ways lead here. What was typed for one very session (in its line of the table, or pasted as its title) is meant as
it is. What is asked of all ticked sessions alike is kept from a session that has its own by hand, unless the organiser
lets it follow: the same rule as for an edit of the series.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from seminars.sessions.edits import Ask, Conflict, Fate, Plan, Row, Scope, Standing

WHEN = frozenset({"local_date", "local_time"})
CARRIED = ("form", "room", "join_url", "view_url", "dial_in", "language", "audience", "minutes")
TYPED = frozenset({"title", "local_date", "local_time", "minutes", "room", "place_id", "language"})
"""What may be typed for one session."""
ALIKE = frozenset({*CARRIED, "place_id", "local_time"})
"""What may be set for all ticked sessions alike."""


class Deed(StrEnum):
    """What is to be done with the ticked sessions."""

    NOTHING = ""
    EDIT = "edit"
    CANCEL = "cancel"
    PUBLISH = "publish"
    DISCARD = "discard"


class Left(StrEnum):
    """Why a ticked session stays as it is, or its time does."""

    BEGUN = "begun"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    UNFIXED = "unfixed"
    WHOLE_DAYS = "whole-days"
    OUT = "out"
    LEADS = "leads"


@dataclass(frozen=True)
class Asked:
    """typed: by primary key, columns of `TYPED`. ticked: to which `deed`, `shift` (days) and `fields` of `ALIKE` apply.

    seen: by primary key, the revision that the person looked at. carried: by primary key, the days by which what
    belongs to an event or a lead follows it; it is cancelled and discarded with it too. with_topics, without_topics:
    ids of topics that the ticked sessions get, and lose.
    """

    typed: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    ticked: frozenset[int] = frozenset()
    deed: Deed = Deed.NOTHING
    shift: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    seen: Mapping[int, int] = field(default_factory=dict)
    carried: Mapping[int, int] = field(default_factory=dict)
    with_topics: frozenset[int] = frozenset()
    without_topics: frozenset[int] = frozenset()

    @property
    def reached(self) -> frozenset[int]:
        """The sessions that it is about."""
        return frozenset(self.typed) | self.carried.keys() | (self.ticked if self.deed else frozenset())


@dataclass(frozen=True)
class Bulk:
    """What would happen. plan: as an edit of a series has it, so that pages show both alike.

    left: why a session, or its time, stays. stale: what somebody else changed since the person looked. clashes: by
    primary key, what takes place at the same time.
    """

    asked: Asked
    plan: Plan
    left: Mapping[int, Left] = field(default_factory=dict)
    stale: tuple[int, ...] = ()
    clashes: Mapping[int, Sequence[Any]] = field(default_factory=dict)

    @property
    def changing(self) -> list[Row]:
        """The rows in which somebody sees a difference."""
        return [row for row in self.plan.rows if row.changes]


def plan_bulk(
    asked: Asked,
    *,
    standing: Iterable[Standing],
    unfixed: Collection[int],
    lead: Collection[int],
    before: Mapping[str, Any],
    follow: Collection[int],
    now: datetime,
) -> Bulk:
    """Return what `asked` does. standing: all sessions of the series; `values` hold `TYPED` and `ALIKE` as well.

    unfixed: those without a certain day. lead: those that others hang on, and that would leave them alone. before: the
    series' own columns of `ALIKE`.
    follow: whose hand-made columns give way. now: aware UTC, when drafts come out.
    """
    everybody = list(standing)
    reached = [each for each in everybody if each.pk in asked.reached]
    rows, left = [], {}
    for each in sorted(reached, key=lambda one: (one.order, one.pk)):
        why = _stays(each, asked, unfixed, lead)
        row = (
            Row(each, Fate.KEPT) if why in WHOLLY else _row(each, asked, before, each.pk in follow, now, why)
        )
        rows.append(row)
        if why and not (why not in WHOLLY and each.pk not in asked.ticked):
            left[each.pk] = why
    scope = Ask(Scope.FUTURE, fields=dict(asked.fields), reason=asked.reason)
    plan = Plan(scope, tuple(rows), out_of_reach=len(everybody) - len(reached))
    stale = tuple(each.pk for each in reached if each.revision != asked.seen.get(each.pk, each.revision))
    return Bulk(asked, plan, left, stale)


# Below: how it is done.

WHOLLY = frozenset({Left.BEGUN, Left.CANCELLED, Left.OUT, Left.LEADS})


def _stays(each: Standing, asked: Asked, unfixed: Collection[int], lead: Collection[int]) -> Left | None:
    deed = asked.deed if each.pk in asked.ticked else Deed.NOTHING
    if each.begun or each.withdrawn:
        return Left.BEGUN
    if each.cancelled and deed != Deed.DISCARD:
        return Left.CANCELLED
    if deed in (Deed.PUBLISH, Deed.DISCARD) and each.announced:
        return Left.OUT
    if deed == Deed.DISCARD and each.pk in lead:
        return Left.LEADS
    if deed == Deed.EDIT and (asked.shift or "local_time" in asked.fields):
        if each.postponed:
            return Left.POSTPONED
        if each.pk in unfixed:
            return Left.UNFIXED
        if "local_time" in asked.fields and each.values["local_time"] is None:
            return Left.WHOLE_DAYS
    return None


def _row(
    each: Standing, asked: Asked, before: Mapping[str, Any], follow: bool, now: datetime, why: Left | None
) -> Row:
    deed = asked.deed if each.pk in asked.ticked else Deed.NOTHING
    if deed == Deed.CANCEL:
        return Row(each, Fate.WITHDRAWN)
    if deed == Deed.DISCARD:
        return Row(each, Fate.REMOVED)
    wanted = dict(asked.typed.get(each.pk, {}))
    if (days := asked.carried.get(each.pk)) and deed != Deed.EDIT and each.values["local_date"]:
        wanted.setdefault("local_date", each.values["local_date"] + timedelta(days=days))
    conflicts: list[Conflict] = []
    if deed == Deed.EDIT:
        alike, conflicts = _alike(each, asked, before, follow, why)
        wanted = alike | wanted
    updates = {name: value for name, value in wanted.items() if value != each.values[name]}
    if deed == Deed.PUBLISH:
        updates["published_at"] = now
    if updates.keys() & WHEN:
        updates = (
            {name: each.values[name] for name in ("local_date", "local_time", "zone")} | updates | {"fold": 0}
        )
        if each.postponed:
            updates |= {"postponed_at": None, "reason": ""}
    return _settled(Row(each, Fate.KEPT, updates, None, tuple(conflicts), follow))


def _alike(
    each: Standing, asked: Asked, before: Mapping[str, Any], follow: bool, why: Left | None
) -> tuple[dict[str, Any], list[Conflict]]:
    """What all ticked sessions get, without what this one has by hand."""
    wanted: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    timed = why not in (Left.POSTPONED, Left.UNFIXED)
    if asked.shift and timed and each.values["local_date"]:
        wanted["local_date"] = each.values["local_date"] + timedelta(days=asked.shift)
    names = set(asked.fields)
    if each.values["local_time"] is None:
        names -= {"local_time", "minutes"}
    if not timed:
        names -= {"local_time"}
    for name in sorted(names):
        if conflict := _by_hand(each, name, asked.fields[name], before):
            conflicts.append(conflict)
        if follow or not conflict:
            wanted[name] = asked.fields[name]
    if "room" not in wanted:
        wanted.pop("place_id", None)
    if asked.with_topics or asked.without_topics:
        wanted["topics"] = sorted({*each.values["topics"], *asked.with_topics} - asked.without_topics)
    return wanted, conflicts


def _by_hand(each: Standing, name: str, value: Any, before: Mapping[str, Any]) -> Conflict | None:
    """What this session has of its own, and would lose."""
    has = each.values[name]
    usual = (each.original_time or before[name]) if name == "local_time" else before[name]
    if has in (value, usual) or name == "place_id":
        return None
    if name != "local_time":
        return Conflict(name, has, value)
    there = {one: each.values[one] for one in ("local_date", "local_time", "zone")}
    return Conflict("time", there, there | {"local_time": value})


def _settled(row: Row) -> Row:
    """Work out the instants, and what to call it."""
    each, updates = row.standing, row.updates
    if not updates:
        return row
    later = replace(each, values={**each.values, **updates})
    bounds = None
    if updates.keys() & {*WHEN, "minutes"} and (slot := later.slot):
        bounds = slot.bounds()
    moves = "local_date" in updates and bounds is not None and bounds[0] != each.starts_at
    return replace(row, fate=Fate.MOVED if moves else Fate.EDITED, bounds=bounds)
