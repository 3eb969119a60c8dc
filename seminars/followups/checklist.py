"""The checklist of a session: opened once when it ends, ticked off by facts, promised in public."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import record
from seminars.changes.refusing import UserError
from seminars.followups.models import Checklist, Item, ItemState, Owed
from seminars.followups.ticking import standing, tick, turn
from seminars.sessions.facts import NOT_RECORDED, settled_by, shown_kinds, shown_of_lead, with_state
from seminars.sessions.models import Echo, MaterialKind, Precision, Session
from seminars.sessions.revising import locked, revise, subject_of
from seminars.sessions.turning import settle

OFFICE_ENDS = time(17, 0)
"""When on the promised day an item is due, in the zone of the session."""


def open_due(*, now: datetime) -> int:
    """Return how many checklists were opened: once for each published session that has ended (now: aware UTC).

    None for sessions that were over when they were published, that did not take place, that are other people's or
    relays of a recording, or whose series owes nothing.
    """
    over = Q(ends_at__lte=now) | Q(closed_at__lte=now)
    ended = (
        Session.objects.published()
        .filter(over, checklist=None, ends_at__gt=F("published_at"), series__external=False)
        .filter(cancelled_at=None, postponed_at=None, withdrawn_at=None, precision=Precision.DAY)
        .filter(Exists(Owed.objects.filter(series=OuterRef("series"))))
        .exclude(echo=Echo.RELAY)
    )
    return sum(
        _open(session, now) for session in ended.select_related("series", "lead").order_by("ends_at", "id")
    )


def due_at(session: Session, days: int) -> datetime:
    """Return when something is due (aware UTC): 17:00 so many `days` after the end, or at the start for 0 days."""
    if not session.starts_at or not session.ends_at:
        raise ValueError("Nothing is due for a session without a date.")
    if not days:
        return session.starts_at
    # A whole day ends at midnight, which is the next day already.
    last = clock.to_wall(session.ends_at - timedelta(microseconds=1), session.zone).date()
    return clock.to_instant(datetime.combine(last + timedelta(days=days), OFFICE_ENDS), session.zone)


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
                return clock.to_wall(item.due_at, session.zone).date()
        return None
    if session.ends_at <= session.published_at:
        return None
    owed = (owed for owed in session.series.owed.all() if owed.kind == MaterialKind.RECORDING)
    return next((clock.to_wall(due_at(session, each.days), session.zone).date() for each in owed), None)


def is_complete(session: Session) -> bool:
    """Return whether all that was owed for the session is done or waived. Reads what `with_all()` loads."""
    items = session.items.all()
    return _is_opened(session) and not any(item.state in ItemState.open() for item in items)


def reconcile(*, now: datetime, session: Session | None = None) -> int:
    """Return how many items were brought up to the facts: done, reopened, waived as not recorded, due, overdue.

    session: only its items; None looks at all.
    """
    items = tick(now=now, session=session)
    for owner in {item.session_id: item.session for item in items}.values():
        settle(owner, now=now)
    return len(items)


def waive(*, item: Item, reason: str, now: datetime, actor_id: int | None) -> Item:
    """Return the item, no longer owed. reason: shown to everybody. Raises UserError without one, or when it is done."""
    return _decide(item, ItemState.WAIVED, reason, now, actor_id)


def hold(*, item: Item, reason: str, now: datetime, actor_id: int | None) -> Item:
    """Return the item, still owed but waiting for somebody else. Raises as `waive`."""
    return _decide(item, ItemState.HELD, reason, now, actor_id)


def reopen(*, item: Item, now: datetime, actor_id: int | None) -> Item:
    """Return a waived or held item, owed as before by its time. Raises UserError for one that is done."""
    _refuse_done(item)
    if item.state in (ItemState.WAITING, ItemState.DUE, ItemState.OVERDUE):
        return item
    return _store(item, standing(item.due_at, now), "", now, actor_id)


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


def _is_opened(session: Session) -> bool:
    return getattr(session, "checklist", None) is not None


def _open(session: Session, now: datetime) -> bool:
    """Open one checklist; its row is the claim."""
    with transaction.atomic():
        locked(session.pk)
        if not Checklist.objects.get_or_create(session=session, defaults={"opened_at": now})[1]:
            return False
        there = shown_of_lead(session)
        owed = [
            each
            for each in session.series.owed.all()
            if each.kind not in there and not (session.report_only and each.kind in NOT_RECORDED)
        ]
        for each in owed:
            due = due_at(session, each.days)
            Item.objects.create(
                session=session,
                kind=each.kind,
                state=standing(due, now),
                owner_id=session.series.made_by_id,
                due_at=due,
                first_due_at=due,
                opened_at=now,
            )
        record(
            kind="checklist",
            subject=subject_of(session),
            scopes=[f"tasks:{session.series_id}"],
            now=now,
            after={"items": [each.kind for each in owed]},
        )
        tick(now=now, session=session)
        settle(session, now=now)
    return True


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
    with transaction.atomic():
        promised = promise(locked(item.session_id))
        _claim(item, state, reason, now, actor_id, None)
        tick(now=now, session=item.session)
        if promise(after := locked(item.session_id)) != promised:
            updates = with_state(after, now, {})
            revise(after, kind="promise", now=now, actor_id=actor_id, note=item.kind, **updates)
        settle(item.session, now=now)
    item.refresh_from_db(fields=["state", "reason", "done_at"])
    return item


def _claim(
    item: Item, state: ItemState, reason: str, now: datetime, actor_id: int | None, due_at: datetime | None
) -> None:
    if not turn(item, state, now=now, actor_id=actor_id, reason=reason, due_at=due_at):
        raise UserError({"": _("Somebody else has just changed this. Look at it again.")})
