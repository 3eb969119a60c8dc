"""What an import would do, line by line, as plain data: decided here, shown, and only then applied. No database.

An entry is compared with the session it became and with what it said the last time. What only the calendar changed is
taken over; what somebody changed here by hand is kept and said, unless the organiser lets the calendar have its way.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from seminars.calendars.importing.copies import WHEN
from seminars.calendars.importing.incoming import Incoming, Reading
from seminars.words import say

_SILENT = ("title", "abstract", "form", "room", "join_url", "view_url", "dial_in", "source_url")


class Fate(StrEnum):
    """What becomes of a line."""

    ADD = "add"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    UNCHANGED = "unchanged"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Standing:
    """A session that is there. values: all columns that an import may write; `title` is its heading.

    base: what was imported last, as JSON, None for one that never was. source, uid, recurrence: of that entry. over:
    its time and fate stay as they are. own_uid: of its calendar entry here.
    """

    pk: int
    own_uid: str
    values: Mapping[str, Any]
    revision: int = 1
    base: Mapping[str, Any] | None = None
    source: str = ""
    uid: str = ""
    recurrence: str = ""
    over: bool = False
    withdrawn: bool = False
    here: bool = True


@dataclass(frozen=True)
class Conflict:
    """Something that was changed here by hand: what it has, and what the calendar says. name: a column, or "when"."""

    name: str
    has: Any
    wanted: Any


@dataclass(frozen=True)
class Row:
    """One line. key: by which an answer names it. updates: columns as the session holds them."""

    fate: Fate
    key: str
    where: str
    title: str
    incoming: Incoming | None = None
    standing: Standing | None = None
    updates: Mapping[str, Any] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All of it. missing: sessions to come that the calendar no longer holds, of `coming` that it gave before."""

    rows: tuple[Row, ...]
    missing: int = 0
    coming: int = 0

    def of(self, *fates: Fate) -> list[Row]:
        """Return the rows of these fates."""
        return [row for row in self.rows if row.fate in fates]

    @property
    def nothing(self) -> bool:
        """Whether applying it changes nothing that anybody sees."""
        return not self.of(Fate.ADD, Fate.CHANGE, Fate.WITHDRAW)

    @property
    def drains(self) -> bool:
        """Whether more than half of what is to come would go: rather a broken calendar than a decision."""
        return self.missing * 2 > self.coming

    @property
    def seal(self) -> str:
        """What the plan is known by: equal for equal plans."""
        said = [
            (row.fate, row.key, row.standing.revision if row.standing else 0, as_json(row.updates))
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns as JSON holds them: dates and times in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, date | time) else value for name, value in values.items()
    }


def plan_import(
    reading: Reading,
    standing: Sequence[Standing],
    *,
    source: str,
    withdraw: bool = False,
    follow: Collection[str] = (),
) -> Plan:
    """Return what becomes of each line. standing: the series' sessions, and those of the community that are named.

    source: the calendar's key. withdraw: whether sessions go that it no longer holds. follow: keys of lines in which
    the calendar has its way. Pure: equal arguments give an equal plan.
    """
    finder = _Finder(standing, source)
    rows: list[Row] = []
    seen: set[tuple[str, ...]] = set()
    for incoming in reading.entries:
        there = finder.take(incoming)
        same = _same(incoming.values)
        if there is None and (same in seen or incoming.uid in finder.taken_own):
            reason = _("The same title stands there twice at the same time.")
            rows.append(_row(Fate.UNCLEAR, incoming, remarks=(reason,)))
            continue
        seen.add(same)
        rows.append(_decided(incoming, there, key_of(incoming) in follow))
    for unclear in reading.unclear:
        rows.append(
            Row(Fate.UNCLEAR, f"{unclear.where}|", unclear.where, unclear.title, remarks=(unclear.reason,))
        )
    named = {each.uid for each in reading.unclear if each.uid}
    ours = [each for each in standing if each.source == source and each.here and _to_come(each)]
    gone = [each for each in ours if each.pk not in finder.taken and each.uid not in named]
    may = withdraw and reading.complete
    rows += [_gone(each, may, reading.complete) for each in gone]
    return Plan(tuple(rows), len(gone), len(ours))


def key_of(incoming: Incoming) -> str:
    """Return by which an answer names the entry."""
    return f"{incoming.uid}|{incoming.recurrence}"


# Below: how it is done.


class _Finder:
    """Which session an entry became: by its key, as a session of ours, or by the same title at the same time."""

    def __init__(self, standing: Iterable[Standing], source: str) -> None:
        self.taken: set[int] = set()
        self.taken_own: set[str] = set()
        self.by_key: dict[tuple[str, str], Standing] = {}
        self.by_own = {each.own_uid: each for each in standing}
        self.by_same: dict[tuple[str, ...], Standing] = {}
        for each in standing:
            key = (each.uid, each.recurrence)
            if each.base is not None and (each.source == source or key not in self.by_key):
                self.by_key[key] = each
            if each.base is None and each.here:
                self.by_same.setdefault(_same(each.values), each)

    def take(self, incoming: Incoming) -> Standing | None:
        candidates = (
            self.by_key.get((incoming.uid, incoming.recurrence)),
            self.by_own.get(incoming.uid) if not incoming.recurrence else None,
            self._turned(incoming),
            self.by_same.get(_same(incoming.values)),
        )
        found = next((each for each in candidates if each and each.pk not in self.taken), None)
        if found:
            self.taken.add(found.pk)
            if found.own_uid == incoming.uid:
                self.taken_own.add(incoming.uid)
        return found

    def _turned(self, incoming: Incoming) -> Standing | None:
        """The single entry that has become the first of a repeated one."""
        single = self.by_key.get((incoming.uid, "")) if incoming.recurrence else None
        return single if single and _when(single.values) == _when(incoming.values) else None


def _same(values: Mapping[str, Any]) -> tuple[str, ...]:
    return (*map(str, _when(values)), *sorted(values.get("title", {}).values()))


def _when(values: Mapping[str, Any]) -> tuple[Any, ...]:
    """When it starts, as people say it."""
    return tuple(values.get(name) for name in ("local_date", "local_time", "fold", "zone", "precision"))


def _to_come(each: Standing) -> bool:
    return not (each.over or each.withdrawn or each.values["cancelled"])


def _row(fate: Fate, incoming: Incoming, **more: Any) -> Row:
    title = say(incoming.values.get("title"), "en")
    return Row(fate, key_of(incoming), incoming.where, title, incoming, **more)


def _decided(incoming: Incoming, there: Standing | None, follow: bool) -> Row:
    if there is None:
        if incoming.values.get("cancelled") and not incoming.whole:
            remark = _("It was cancelled before it ever was here: it is not added.")
            return _row(Fate.UNCHANGED, incoming, remarks=(remark,))
        return _row(Fate.ADD, incoming, remarks=incoming.remarks)
    if there.own_uid == incoming.uid and there.base is None and not incoming.whole:
        remark = _("It is a session of ours. Change it on its own page.")
        return _row(Fate.UNCHANGED, incoming, standing=there, remarks=(remark,))
    if there.withdrawn:
        remark = _("It was withdrawn here, and stays so.")
        return _row(Fate.UNCHANGED, incoming, standing=there, remarks=(remark,))
    updates, conflicts = _merged(incoming.values, there, follow)
    remarks = list(incoming.remarks)
    frozen = {*WHEN, "cancelled", "postponed", "reason"} & updates.keys()
    if there.over and frozen:
        updates = {name: value for name, value in updates.items() if name not in frozen}
        remarks.append(_("It is over: its time and its fate stay."))
    fate = Fate.CHANGE if updates else Fate.UNCHANGED
    return _row(
        fate, incoming, standing=there, updates=updates, conflicts=tuple(conflicts), remarks=tuple(remarks)
    )


def _merged(
    wanted: Mapping[str, Any], there: Standing, follow: bool
) -> tuple[dict[str, Any], list[Conflict]]:
    """What the calendar changes, and what somebody changed here by hand."""
    updates: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    units = [("when", tuple(name for name in WHEN if name in wanted))]
    units += [(name, (name,)) for name in wanted if name not in (*WHEN, "audience")]
    for unit, names in units:
        new = {name: wanted[name] for name in names}
        has = {name: there.values.get(name) for name in names}
        if new == has or (unit in _SILENT and not wanted[unit] and not _was(there, unit)):
            continue
        if unit == "reason" and not wanted.get("cancelled") and not wanted.get("postponed"):
            continue
        base = {name: (there.base or {}).get(name) for name in names}
        by_hand = there.base is not None and names[0] in there.base and as_json(has) != base
        if by_hand:
            single = unit if unit in has else None
            conflicts.append(Conflict(unit, has[single] if single else has, new[single] if single else new))
        if follow or not by_hand:
            updates |= new
    return updates, conflicts


def _was(there: Standing, name: str) -> Any:
    """What the calendar said before: silence is only news where there was a word."""
    return (there.base or {}).get(name)


def _gone(there: Standing, withdraw: bool, complete: bool) -> Row:
    key, title = f"{there.uid}|{there.recurrence}", say(there.values["title"], "en")
    if withdraw:
        return Row(Fate.WITHDRAW, key, "", title, standing=there, updates={"cancelled": True})
    said = _("The calendar no longer holds it. It stays.")
    if not complete:
        said = _("It is not in the part of the file that came. It stays.")
    return Row(Fate.UNCHANGED, key, "", title, standing=there, remarks=(said,))
