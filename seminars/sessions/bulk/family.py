"""What belongs together in a bulk edit: the parts of an event, and the twins and relays of a lead, follow it."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

from seminars.sessions.bulk.asking import Asked, Bulk, Deed
from seminars.sessions.edits import Fate
from seminars.sessions.fitting import refuse_clash, refuse_early, refuse_outside, stands_still
from seminars.sessions.models import Precision, Session

SAID = ("title", "language")
"""What an echo says in the words of its lead."""


def hung_on(sessions: Sequence[Session]) -> set[int]:
    """Return the primary keys of the sessions that have parts or echoes."""
    return {pk for each in sessions for pk in (each.within_id, each.lead_id) if pk}


def with_family(asked: Asked, sessions: Sequence[Session]) -> Asked:
    """Return what is asked, and the same of the parts and echoes that hang on those sessions and were not ticked."""
    by_key = {each.pk: each for each in sessions}
    carried: dict[int, int] = {}
    typed = {pk: dict(row) for pk, row in asked.typed.items()}
    ticked = set(asked.ticked)
    for each in sessions:
        heads = _heads(each, by_key)
        fixed = each.precision == Precision.DAY and not each.postponed_at
        if each.pk not in ticked and any(pk in asked.ticked for pk in heads):
            if asked.deed in (Deed.CANCEL, Deed.DISCARD):
                ticked.add(each.pk)
            elif asked.deed == Deed.EDIT and asked.shift and fixed:
                carried[each.pk] = asked.shift
        for pk in heads:
            days = _days(asked, by_key.get(pk)) if fixed and each.pk not in carried else 0
            if days and each.pk not in ticked:
                carried[each.pk] = days
        if words := _words(asked.typed.get(each.lead_id or 0, {})):
            typed[each.pk] = words | typed.get(each.pk, {})
    return replace(asked, carried=carried, typed=typed, ticked=frozenset(ticked))


def refuse_misfits(bulk: Bulk, sessions: Sequence[Session]) -> None:
    """Raise UserError for a part that would lie outside its event or clash, or a relay before its lead has ended."""
    rows = {row.standing.pk: row for row in bulk.changing}
    if not any(each.within_id or each.lead_id for each in sessions):
        return
    later = {}
    for each in sessions:
        later[each.pk] = copy(each)
        if not (row := rows.get(each.pk)):
            continue
        for name, value in row.updates.items():
            if name == "topics":
                continue
            setattr(later[each.pk], name, value)
        if row.bounds:
            later[each.pk].starts_at, later[each.pk].ends_at = row.bounds
        if row.fate in (Fate.WITHDRAWN, Fate.REMOVED):
            later[each.pk].cancelled_at = later[each.pk].made_at
    for each in later.values():
        if stands_still(each) or each.pk not in rows:
            continue
        if each.within_id in later:
            refuse_outside(later[each.within_id], each)
            refuse_clash(
                each, [one for one in later.values() if one.within_id == each.within_id and one != each]
            )
        if each.lead_id in later:
            refuse_early(each, later[each.lead_id])


# Below: how it is done.


def _heads(each: Session, sessions: Mapping[int, Session]) -> list[int]:
    """The event it is part of, the lead it repeats, and the event of that lead."""
    lead = sessions.get(each.lead_id or 0)
    return [pk for pk in (each.within_id, each.lead_id, lead.within_id if lead else None) if pk]


def _days(asked: Asked, head: Session | None) -> int:
    """By how many days the typed date moves it."""
    day = asked.typed.get(head.pk, {}).get("local_date") if head else None
    return (day - head.local_date).days if day and head and head.local_date else 0


def _words(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: typed[name] for name in SAID if name in typed}
