"""Items follow the facts: done when their material is out, owed again when it is gone, overdue by the hour."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from seminars.changes.models import Change
from seminars.changes.recording import SITE, raise_versions
from seminars.followups.dating import counted_from, due_at
from seminars.followups.kinds import Task
from seminars.followups.models import Item, ItemState
from seminars.sessions.facts import FILES, NOT_RECORDED, STANDS_FOR, facts_of
from seminars.sessions.models import Material, MaterialState, Session
from seminars.sessions.questions.models import Question
from seminars.sessions.revising import subject_of
from seminars.sessions.state import state_of
from seminars.sessions.turning import settle

DUE = timedelta(days=1)
"""An item is due from a day before its time."""

SOME = 100
"""Items that one transaction turns."""

TIMED = [ItemState.WAITING, ItemState.DUE, ItemState.OVERDUE]


class Turn(NamedTuple):
    """An item is to stand in `state` now. reason: None for the usual one. more: other columns stored with it."""

    item: Item
    state: ItemState
    reason: str | None = None
    more: Mapping[str, Any] = {}


def standing(due_at: datetime, now: datetime) -> ItemState:
    """Return where an open item stands at `now` by time alone (both aware)."""
    if now >= due_at:
        return ItemState.OVERDUE
    return ItemState.DUE if now >= due_at - DUE else ItemState.WAITING


def tick(*, now: datetime, session: Session | None = None) -> list[Item]:
    """Return the items whose state was behind the facts, after storing it; each with its session.

    Every item by a conditional update on the state that was read, so that two workers never tell the same twice.
    """
    items = Item.objects.select_related("session__series")
    if session is not None:
        items = items.filter(session=session)
    there = _is_there()
    moved = [Turn(item, ItemState.DONE) for item in items.filter(there, state__in=ItemState.open())]
    gone = items.filter(~there, state=ItemState.DONE, kind__in=[*FILES, Task.ANSWERS])
    moved += [Turn(item, standing(item.due_at, now)) for item in gone]
    unrecorded = items.filter(
        ~there, session__report_only=True, kind__in=NOT_RECORDED, state__in=ItemState.open()
    )
    moved += [Turn(item, ItemState.WAIVED) for item in unrecorded]
    later = items.filter(~there, due_at__lte=now + DUE, state__in=[ItemState.WAITING, ItemState.DUE])
    later = later.exclude(session__report_only=True, kind__in=NOT_RECORDED)
    later = later.filter(session__cancelled_at=None, session__postponed_at=None)
    moved += [Turn(item, state) for item in later if (state := standing(item.due_at, now)) != item.state]
    return turn_all(moved, now=now)


def redate(*, now: datetime, session: Session | None = None) -> list[Item]:
    """Return the open items whose session has moved since their time was counted, after counting it anew.

    What was promised for the old date is not held against the new one: it begins afresh.
    """
    moved = Q(days__lte=0) & ~Q(counted_from=F("session__starts_at"))
    moved |= Q(days__gt=0) & ~Q(counted_from=F("session__ends_at"))
    items = Item.objects.filter(moved, state__in=ItemState.open(), counted_from__isnull=False)
    items = items.filter(session__starts_at__isnull=False, session__ends_at__isnull=False)
    items = items.filter(session__cancelled_at=None, session__postponed_at=None)
    if session is not None:
        items = items.filter(session=session)
    turns = []
    for item in items.select_related("session__series"):
        days = item.days or 0
        due = due_at(item.session, days, item.zone)
        state = ItemState.HELD if item.state == ItemState.HELD else standing(due, now)
        anew = {"due_at": due, "first_due_at": due, "moves": 0}
        anew["counted_from"] = counted_from(item.session, days)
        turns.append(Turn(item, state, item.reason, anew))
    return turn_all(turns, now=now)


def turn_all(turns: Iterable[Turn], *, now: datetime, actor_id: int | None = None) -> list[Item]:
    """Return the items whose turn this call stored, with its Change; not those where somebody was faster.

    `SOME` in one transaction: the items first, in the order of their keys, then the versions, so that nobody waits in
    a ring.
    """
    found = []
    ordered = sorted(turns, key=lambda each: each.item.pk)
    for first in range(0, len(ordered), SOME):
        with transaction.atomic():
            changes = {}
            for each in ordered[first : first + SOME]:
                if change := _turned(each, now, actor_id):
                    changes[each.item] = change
            if changes:
                raise_versions({SITE, *(f"tasks:{item.session.series_id}" for item in changes)})
                Change.objects.bulk_create(changes.values())
        found += list(changes)
    return found


def turn(
    item: Item,
    state: ItemState,
    *,
    now: datetime,
    actor_id: int | None = None,
    reason: str | None = None,
    due_at: datetime | None = None,
    more: Mapping[str, Any] | None = None,
) -> bool:
    """Return whether this call stored the item's turn to `state`, with its Change; False where somebody was faster.

    due_at: another promise. more: other columns that are stored with it.
    """
    columns = dict(more or {})
    if due_at is not None and due_at != item.due_at:
        columns |= {"due_at": due_at, "moves": item.moves + 1}
    return bool(turn_all([Turn(item, state, reason, columns)], now=now, actor_id=actor_id))


def settle_all(sessions: Iterable[int], *, now: datetime) -> None:
    """Store the state of those of `sessions` (primary keys) whose items made it another; few questions for many."""
    keys = sorted(sessions)
    for first in range(0, len(keys), SOME):
        some = Session.objects.filter(pk__in=keys[first : first + SOME]).with_facts().order_by("pk")
        for session in some:
            if state_of(facts_of(session), now) != session.state:
                settle(session, now=now)


def _turned(each: Turn, now: datetime, actor_id: int | None) -> Change | None:
    """Store one turn by conditional update on what was read; what to write down of it."""
    item, state, reason = each.item, each.state, each.reason
    if reason is None:
        with override(item.session.language):  # it is stored and shown to all, so in the session's language
            reason = _("Not recorded, at the speaker's request.") if state == ItemState.WAIVED else ""
    done = state == ItemState.DONE
    values: dict[str, Any] = {
        "state": state.value,
        "reason": reason,
        "done_at": now if done else None,
        "done_by_id": actor_id if done and item.is_by_hand else None,
        **each.more,
    }
    old, was, due = item.state, item.due_at, values.get("due_at", item.due_at)
    if not Item.objects.filter(pk=item.pk, state=old, due_at=was).update(**values):
        return None
    for name, value in values.items():
        setattr(item, name, value)
    return Change(
        at=now,
        actor_id=actor_id,
        kind="item",
        subject=subject_of(item.session),
        before={"kind": item.kind, "state": old, "due_at": was.isoformat()},
        after={"kind": item.kind, "state": state.value, "due_at": due.isoformat()},
        note=reason,
    )


def _is_there() -> Q:
    """That the session has a published material which settles the item; of answers, that no question is open."""
    out = Material.objects.filter(session=OuterRef("session"), state=MaterialState.PUBLISHED)
    there = Q(Exists(out.filter(kind=OuterRef("kind"))))
    for stand_in, kind in STANDS_FOR.items():
        there |= Q(Exists(out.filter(kind=stand_in)), kind=kind)
    still_open = Question.objects.shown().unanswered().filter(session=OuterRef("session"))
    return there & ~Q(kind=Task.ANSWERS) | Q(~Exists(still_open), kind=Task.ANSWERS)
