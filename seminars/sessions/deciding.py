"""Decide what an edit does to each session that it reaches. Pure: equal arguments give an equal plan."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from seminars.series.continuing import pairs
from seminars.sessions.edits import (
    CARRIED,
    LENGTHS,
    TIMES,
    WORDS,
    Ask,
    Conflict,
    Fate,
    Plan,
    Promise,
    Row,
    Scope,
    Standing,
)
from seminars.sessions.spans import Slot


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
    wanted = sorted(promise.places) if ask.rules is not None else promise.dates
    if wanted is not None:
        stand_for = {*partner.values(), *taken}
        missing = [day for day in wanted if day not in stand_for]
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
    taken = to in promise.gone
    if each.original_date and (taken or (to is None and promise.dates is not None)):
        gone = replace(_unpromised(each, promise, follow), ruled=promise.ruled.get(to) if to else each.ruled)
        if gone.fate != Fate.KEPT or each.cancelled or taken:
            return gone
        conflicts.extend(gone.conflicts)
    reinstated = each.dropped and to is not None and (promise.dates is not None or to in promise.places)
    of_old = each.dropped or each.original_date in promise.beside
    if promise.dates is None and each.cancelled and of_old and not reinstated:
        return Row(each, Fate.KEPT, ruled=each.ruled)
    updates: dict[str, Any] = {}
    unmoved = (
        ask.rules is not None and not reinstated and promise.places.get(to or date.min, each.put) == each.put
    )
    dated = _dated(each, promise) if to else {}
    if (ask.timed or dated) and not unmoved and (to or ask.scope == Scope.ONE):
        wanted = _wanted(each, ask, promise, to)
        by_hand = _moved_by_hand(each, promise, ask.scope)
        has = {name: each.values[name] for name in ("local_date", "local_time", "zone")}
        if reinstated:
            updates |= wanted | {"fold": 0} | dated
        elif has != wanted or dated or (each.postponed and by_hand) or (each.cancelled and by_hand):
            if by_hand:
                name = "cancelled" if each.cancelled else "postponed" if each.postponed else "time"
                conflicts.append(Conflict(name, has, wanted))
            if follow or not by_hand:
                updates |= wanted | {"fold": 0} | dated
    keeps_length = to is None and ask.scope != Scope.ONE
    names = [name for name in ask.fields if name not in TIMES and not (keeps_length and name in LENGTHS)]
    for name in names:
        _take(name, each, ask, promise, follow, updates, conflicts)
    if (each.cancelled and (reinstated or (follow and "local_date" in updates))) or (
        each.postponed and follow and "local_date" in updates
    ):
        updates |= {"cancelled_at": None, "postponed_at": None, "reason": ""}
    original = None
    if to and (ask.timed or dated) and not unmoved and ask.scope != Scope.ONE:
        stands = (to, wanted["local_time"])
        original = stands if stands != (each.original_date, each.original_time) else None
    ruled = promise.ruled.get(to, each.ruled) if to and ask.scope != Scope.ONE else each.ruled
    if _said(each.ruled, each.values, promise.told[0]) != _said(
        ruled, {**each.values, **updates}, promise.told[1]
    ):
        updates["ruled"] = ruled  # its entry says why it stands there, or no longer does
    found = Row(each, Fate.KEPT, updates, original, tuple(conflicts), follow, ruled=ruled)
    return _settled(found, reinstated)


def _said(ruled: Mapping[str, Any] | None, values: Mapping[str, Any], told: bool) -> Mapping[str, Any] | None:
    """What its entry says of a rule: as `suiting.moved_words`."""
    there = values["local_date"]
    if not told or not ruled or not there or ruled["to"] in (None, ruled["day"]):
        return None
    return ruled if ruled["to"] == there.isoformat() else None


def _dated(each: Standing, promise: Promise) -> dict[str, Any]:
    """What gives a day to one of a series that was planned by weeks, and has a rhythm of days from now on."""
    now = promise.after.get("precision")
    return (
        {"precision": now}
        if now not in (promise.before.get("precision"), each.values.get("precision"))
        else {}
    )


def _wanted(each: Standing, ask: Ask, promise: Promise, to: date | None) -> dict[str, Any]:
    """When it should be: a kept rhythm keeps what is not asked about, so that an earlier cut is no conflict."""
    new, kept = {**promise.after, **ask.fields}, promise.dates is None
    day = each.values["local_date"] if ask.scope == Scope.ONE else each.put
    if to and ask.scope != Scope.ONE:
        day = promise.places.get(to, each.put if kept else to)
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
