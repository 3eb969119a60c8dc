"""Items follow the facts: done when their material is out, owed again when it is gone, overdue by the hour."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from seminars.changes.recording import record
from seminars.followups.models import Item, ItemState
from seminars.sessions.facts import NOT_RECORDED, STANDS_FOR
from seminars.sessions.models import Material, MaterialState, Session
from seminars.sessions.revising import subject_of

DUE = timedelta(days=1)
"""An item is due from a day before its time."""

TIMED = [ItemState.WAITING, ItemState.DUE, ItemState.OVERDUE]


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
    moved = [(item, ItemState.DONE) for item in items.filter(there, state__in=ItemState.open())]
    gone = items.filter(~there, state=ItemState.DONE)
    moved += [(item, standing(item.due_at, now)) for item in gone]
    unrecorded = items.filter(
        ~there, session__report_only=True, kind__in=NOT_RECORDED, state__in=ItemState.open()
    )
    moved += [(item, ItemState.WAIVED) for item in unrecorded]
    later = items.filter(~there, due_at__lte=now + DUE, state__in=[ItemState.WAITING, ItemState.DUE])
    later = later.exclude(session__report_only=True, kind__in=NOT_RECORDED)
    moved += [(item, state) for item in later if (state := standing(item.due_at, now)) != item.state]
    return [item for item, state in moved if turn(item, state, now=now)]


def turn(
    item: Item,
    state: ItemState,
    *,
    now: datetime,
    actor_id: int | None = None,
    reason: str | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Return whether this call stored the item's turn to `state`, with its Change; False where somebody was faster."""
    if reason is None:
        with override(
            item.session.language
        ):  # it is stored and shown to everybody, so in the session's language
            reason = _("Not recorded, at the speaker's request.") if state == ItemState.WAIVED else ""
    values: dict[str, object] = {
        "state": state.value,
        "reason": reason,
        "done_at": now if state == ItemState.DONE else None,
    }
    if due_at is not None and due_at != item.due_at:
        values |= {"due_at": due_at, "moves": item.moves + 1}
    old = item.state
    with transaction.atomic():
        if not Item.objects.filter(pk=item.pk, state=old, due_at=item.due_at).update(**values):
            return False
        record(
            kind="item",
            subject=subject_of(item.session),
            scopes=[f"tasks:{item.session.series_id}"],
            now=now,
            actor_id=actor_id,
            before={"kind": item.kind, "state": old, "due_at": item.due_at.isoformat()},
            after={"kind": item.kind, "state": state.value, "due_at": (due_at or item.due_at).isoformat()},
            note=reason,
        )
    for name, value in values.items():
        setattr(item, name, value)
    return True


def _is_there() -> Q:
    """That the session has a published material which settles the item."""
    out = Material.objects.filter(session=OuterRef("session"), state=MaterialState.PUBLISHED)
    there = Q(Exists(out.filter(kind=OuterRef("kind"))))
    for stand_in, kind in STANDS_FOR.items():
        there |= Q(Exists(out.filter(kind=stand_in)), kind=kind)
    return there
