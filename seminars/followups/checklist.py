"""The checklist of a session: ticked off by facts or by hand, waived, held, given to somebody, promised in public."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.refusing import UserError
from seminars.followups.dating import OFFICE_ENDS, due_day
from seminars.followups.models import Item, ItemState
from seminars.followups.owners import zone_of
from seminars.followups.ticking import redate, settle_all, standing, tick, turn
from seminars.people.models import Person
from seminars.sessions.facts import settled_by, shown_kinds, shown_of_lead, with_state
from seminars.sessions.models import Echo, MaterialKind, Session
from seminars.sessions.revising import locked, revise
from seminars.sessions.turning import settle


def promise(session: Session) -> date | None:
    """Return the date by which the recording is promised, in the session's zone; None where none is, or it is out.

    Before the checklist is opened this is what the series owes. Whether it is out is read from the materials and not
    from the item, which the sweep ticks later: an entry rendered between the two would keep the promise for ever.
    Reads relations that `with_all()` loads.
    """
    if session.report_only or session.series.external or session.published_at is None or not session.ends_at:
        return None
    if session.echo == Echo.RELAY or MaterialKind.RECORDING in shown_of_lead(session):
        return None
    if MaterialKind.RECORDING in settled_by(shown_kinds(session)):
        return None
    if _is_opened(session):
        for item in session.items.all():
            if item.kind == MaterialKind.RECORDING and item.state != ItemState.WAIVED:
                return item.day
        return None
    if session.ends_at <= session.published_at:
        return None
    owed = (owed for owed in session.series.owed.all() if owed.kind == MaterialKind.RECORDING)
    return next((due_day(session, each.days) for each in owed), None)


def reconcile(*, now: datetime, session: Session | None = None) -> int:
    """Return how often an item was brought up to the facts: done, reopened, waived as not recorded, due, overdue, or
    due at another time since its session has moved.

    session: only its items; None looks at all.
    """
    items = [*redate(now=now, session=session), *tick(now=now, session=session)]
    settle_all({item.session_id for item in items}, now=now)
    return len(items)


def waive(*, item: Item, reason: str, now: datetime, actor_id: int | None) -> Item:
    """Return the item, no longer owed. reason: shown to everybody. Raises UserError without one, or when it is done."""
    return _decide(item, ItemState.WAIVED, reason, now, actor_id)


def hold(*, item: Item, reason: str, now: datetime, actor_id: int | None) -> Item:
    """Return the item, still owed but waiting for somebody else. Raises as `waive`."""
    return _decide(item, ItemState.HELD, reason, now, actor_id)


def reopen(*, item: Item, now: datetime, actor_id: int | None) -> Item:
    """Return a waived, held or ticked item, owed as before by its time. Raises UserError for what a fact has done."""
    if not item.is_by_hand:
        _refuse_done(item)
    if item.state in (ItemState.WAITING, ItemState.DUE, ItemState.OVERDUE):
        return item
    return _store(item, standing(item.due_at, now), "", now, actor_id)


def tick_off(*, item: Item, now: datetime, actor_id: int | None) -> Item:
    """Return the task, done by the person `actor_id`. Raises UserError for what is done by a fact, or waived."""
    if not item.is_by_hand:
        raise UserError({"": _("This ticks itself off when it is out.")})
    if item.state == ItemState.DONE:
        return item
    if item.state == ItemState.WAIVED:
        raise UserError({"": _("This is waived. Reopen it first.")})
    return _store(item, ItemState.DONE, "", now, actor_id)


def assign(*, item: Item, person: Person | None, now: datetime, actor_id: int | None) -> Item:
    """Return the item, which `person` sees to from now on (None: who leads the series), due on its day by their clock.

    Raises UserError for one that is done or waived. Load `user` with the person.
    """
    if item.state not in ItemState.open():
        raise UserError({"": _("Nothing is left to be done here.")})
    if item.person_id == (person.pk if person else None):
        return item
    values: dict[str, Any] = {"person": person}
    if item.days or item.zone:  # else it is due by the start, or was opened before it had an owner's clock
        zone = zone_of(person)
        values["zone"] = zone
        for name, day in (("due_at", item.day), ("first_due_at", item.first_day)):
            wall = datetime.combine(day, OFFICE_ENDS)
            values[name] = clock.to_instant(wall, zone or item.session.zone)
        if item.session.starts_at and (item.days or 0) < 0:
            values |= {name: min(values[name], item.session.starts_at) for name in ("due_at", "first_due_at")}
    state = item.state
    if state != ItemState.HELD:
        state = standing(values.get("due_at", item.due_at), now)
    with transaction.atomic():
        locked(item.session_id)
        _claim(item, ItemState(state), item.reason, now, actor_id, None, values)
    return item


def for_each(items: Iterable[Item], verb: Callable[[Item], Item]) -> tuple[int, list[str]]:
    """Return for how many of `items` the verb did what it should, and why not for the others, each reason once."""
    done, refused = 0, dict[str, None]()
    for item in items:
        try:
            verb(item)
        except UserError as wrong:
            refused |= dict.fromkeys(str(each) for each in wrong.fields.values())
        else:
            done += 1
    return done, list(refused)


def move_promise(*, item: Item, due_at: datetime, now: datetime, actor_id: int | None) -> Item:
    """Return the item, promised for `due_at` (aware UTC); the first promise is kept, and how often it moved.

    Raises UserError for a time that has passed, or an item that is not owed.
    """
    _refuse_done(item)
    if item.state == ItemState.WAIVED:
        raise UserError({"": _("This is waived. Reopen it first.")})
    if due_at <= now:
        raise UserError({"due_at": _("Choose a day that is still to come.")})
    if due_at == item.due_at:
        return item
    with transaction.atomic():
        session = locked(item.session_id)
        _claim(item, standing(due_at, now), item.reason, now, actor_id, due_at)
        revise(session, kind="promise", now=now, actor_id=actor_id, note=item.kind)
        settle(item.session, now=now)
    return item


@contextmanager
def telling(session: Session, *, now: datetime, actor_id: int | None, note: str = "") -> Iterator[None]:
    """Hold the session while its items are turned; then store the promise that calendars tell of it, and its state."""
    with transaction.atomic():
        promised = promise(locked(session.pk))
        yield
        if promise(after := locked(session.pk)) != promised:
            updates = with_state(after, now, {})
            revise(after, kind="promise", now=now, actor_id=actor_id, note=note, **updates)
        settle(session, now=now)


def _is_opened(session: Session) -> bool:
    return getattr(session, "checklist", None) is not None


def _decide(item: Item, state: ItemState, reason: str, now: datetime, actor_id: int | None) -> Item:
    _refuse_done(item)
    if not reason.strip():
        raise UserError({"reason": _("Give a reason. Everybody will see it.")})
    if item.state == state and item.reason == reason.strip():
        return item
    return _store(item, state, reason.strip(), now, actor_id)


def _refuse_done(item: Item) -> None:
    if item.state == ItemState.DONE:
        raise UserError({"": _("This is done: what was owed is out. Withdraw that first.")})


def _store(item: Item, state: ItemState, reason: str, now: datetime, actor_id: int | None) -> Item:
    """Store the decision, what the facts make of it, the promise that calendars tell, and the session's state."""
    with telling(item.session, now=now, actor_id=actor_id, note=item.kind):
        # All of its items before any version: `tick` below turns others, as a sweep may be doing at this moment.
        list(Item.objects.select_for_update().filter(session=item.session_id).order_by("pk"))
        _claim(item, state, reason, now, actor_id, None)
        tick(now=now, session=item.session)
    item.refresh_from_db(fields=["state", "reason", "done_at"])
    return item


def _claim(
    item: Item,
    state: ItemState,
    reason: str,
    now: datetime,
    actor_id: int | None,
    due_at: datetime | None,
    values: dict[str, Any] | None = None,
) -> None:
    if not turn(item, state, now=now, actor_id=actor_id, reason=reason, due_at=due_at, more=values):
        raise UserError({"": _("Somebody else has just changed this. Look at it again.")})
