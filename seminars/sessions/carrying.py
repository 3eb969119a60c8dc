"""What follows when an event or a lead changes: its parts and its echoes, in the same transaction.

Parts keep their place in the event: they move by what it moves, hours too. Echoes are held at an hour of their own and
move by whole days. What belongs to it is written with the kind "carried", after the Change that caused it, so that
`undoing` takes both back. What follows and is over, or was withdrawn, stays.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.sessions.asking import columns_of
from seminars.sessions.facts import with_state
from seminars.sessions.fitting import refuse_early, refuse_outside, said, stands_still
from seminars.sessions.models import Precision, Session
from seminars.sessions.revising import revise
from seminars.sessions.spans import Slot, wall_of

CARRIED = "carried"
WORDS = ("title", "abstract", "language")
"""What an echo says in the words of its lead."""
SHARED = (
    *("form", "room", "place_id", "join_url", "view_url", "dial_in", "doors", "source_url"),
    *("language", "audience"),
)
"""What a part or an echo takes over as long as it has what its event or lead has."""


def followers(session: Session, *, hold: bool = False) -> list[Session]:
    """Return the parts of `session`, its echoes and theirs, by id. hold: until the transaction ends.

    A part has neither parts nor, as an echo, echoes: then nothing is asked for more than once.
    """
    mine = Q(within=session.pk) | Q(lead=session.pk) | Q(lead__within=session.pk)
    rows = Session.objects.filter(mine).with_facts().select_related("lead").order_by("pk")
    return list(rows.select_for_update(of=("self",)) if hold else rows)


def is_over(session: Session, now: datetime) -> bool:
    """Whether it has ended, by the clock or by its host."""
    over_at = session.closed_at or session.ends_at
    return bool(over_at and over_at <= now)


def moves_with(each: Session, was: Session, event: Session, *, echoes: bool = True) -> dict[str, Any]:
    """Return the columns with which `each` follows `event`, which stood at `was`; {} where it stays.

    echoes: whether twins and relays follow. A time that clocks skip or show twice is taken as a cadence takes it.
    """
    if each.local_date is None or was.local_date is None or event.local_date is None:
        return {}
    days = timedelta(days=(event.local_date - was.local_date).days)
    zone, by = each.zone, days
    if each.within_id == event.pk:
        zone = event.zone if each.zone == was.zone else each.zone
        if was.local_time and event.local_time:
            by = _wall(event) - _wall(was)
    elif not echoes:
        return {}
    if not by and zone == each.zone:
        return {}
    new = _wall(each) + by
    slot = Slot(new.date(), new.time() if each.local_time else None, zone, each.minutes, each.days)
    updates = columns_of(slot) | {"zone": zone}
    return updates | {"moved_from": _announced(each, slot)}


def carry_move(
    session: Session,
    was: Session,
    *,
    echoes: bool,
    reason: str,
    now: datetime,
    actor_id: int | None,
) -> None:
    """Let what belongs to `session` follow to its new time. was: the session as it stood before.

    Raises UserError where a part would then lie outside, or a relay start before its lead has ended.
    """
    rows = followers(session, hold=True)
    for each in rows:
        if each.withdrawn_at or is_over(each, now):
            continue
        updates = moves_with(each, was, session, echoes=echoes)
        if each.postponed_at and each.postponed_at == was.postponed_at and not session.postponed_at:
            updates |= {"postponed_at": None, "reason": ""}
        # What an echo's entry says of the other hour is another now.
        if updates or each.lead_id == session.pk:
            _write(each, updates, reason, now, actor_id)
    refuse_misfits(session, rows, now)


def carry_decision(
    session: Session, *, echoes: bool, reason: str, now: datetime, actor_id: int | None
) -> None:
    """Cancel or postpone with `session`, just cancelled or postponed, what still takes place of what belongs to it."""
    stamps = {"cancelled_at": session.cancelled_at, "postponed_at": session.postponed_at}
    for each in followers(session, hold=True):
        if each.cancelled_at or each.withdrawn_at or is_over(each, now):
            continue
        goes = echoes or _is_part(each, session)
        # One that stays says in its entry that the other hour is off.
        _write(each, stamps | {"reason": session.reason} if goes else {}, reason, now, actor_id)


def carry_back(session: Session, was: Session, *, note: str, now: datetime, actor_id: int | None) -> None:
    """Reinstate what was cancelled or postponed together with `session`: it bears the same moment."""
    for each in followers(session, hold=True):
        together = (each.cancelled_at and each.cancelled_at == was.cancelled_at) or (
            each.postponed_at and each.postponed_at == was.postponed_at
        )
        if is_over(each, now) or each.withdrawn_at:
            continue
        updates = {"cancelled_at": None, "postponed_at": None, "reason": ""} if together else {}
        if updates or each.lead_id == session.pk:
            _write(each, updates, note, now, actor_id)


def carry_withdrawal(session: Session, *, now: datetime, actor_id: int | None) -> None:
    """Withdraw with `session`, just withdrawn, all that belongs to it, over or not: else its parts would go on saying
    what must not be said, and its echoes, which have its page, would lead to a tombstone."""
    for each in followers(session, hold=True):
        if not each.withdrawn_at:
            updates = {"withdrawn_at": session.withdrawn_at, "reason": session.reason}
            _write(each, updates, session.reason, now, actor_id)


def carry_named(
    session: Session, was: Collection[int], wanted: Collection[int], *, now: datetime, actor_id: int | None
) -> None:
    """Invite to what belongs to `session` whom it now invites, unless that had guests of its own (primary keys of
    persons). Whoever is no longer invited to it is invited to none of it."""
    for each in followers(session, hold=True):
        there = {person.pk for person in each.named.all()}
        after = set(wanted) if there == set(was) else there - (set(was) - set(wanted))
        if there != after:
            revise(each, kind=CARRIED, now=now, actor_id=actor_id, visible=False)
            each.named.set(after)


def carry_details(session: Session, was: Session, *, now: datetime, actor_id: int | None) -> None:
    """Let what belongs to `session` take over its other words and places (`details_of`)."""
    for each in followers(session, hold=True):
        if not each.withdrawn_at and (updates := details_of(each, was, session)):
            _write(each, updates, "", now, actor_id)


def details_of(each: Session, was: Session, session: Session) -> dict[str, Any]:
    """Return the columns in which `each` follows `session`, which was `was`: an echo says its words, and both have
    its places, unless they had their own."""
    if session.pk not in (each.within_id, each.lead_id):
        return {}
    names = [name for name in SHARED if getattr(each, name) == getattr(was, name)]
    names += WORDS if each.lead_id == session.pk else ()
    return {
        name: getattr(session, name)
        for name in names
        if getattr(session, name) != getattr(was, name) and getattr(session, name) != getattr(each, name)
    }


def belonging(session: Session, rows: Iterable[Session]) -> list[Session]:
    """Return which of `rows` are what `followers` finds."""
    rows = list(rows)
    parts = {each.pk for each in rows if each.within_id == session.pk}
    return [each for each in rows if each.pk in parts or each.lead_id in {session.pk, *parts}]


def follows(each: Session, was: Session, session: Session, now: datetime) -> dict[str, Any]:
    """Return the columns with which `each` follows all that became of `session`, which was `was`; {} for nothing."""
    if each.withdrawn_at or is_over(each, now):
        return {}
    if session.cancelled_at and not was.cancelled_at:
        stopped = {"cancelled_at": session.cancelled_at, "postponed_at": None, "reason": session.reason}
        return {} if each.cancelled_at else stopped
    updates = moves_with(each, was, session) | details_of(each, was, session)
    for name in ("cancelled_at", "postponed_at"):
        if getattr(each, name) and getattr(each, name) == getattr(was, name) and not getattr(session, name):
            updates |= {name: None, "reason": ""}
    return updates


def refuse_misfits(session: Session, rows: Sequence[Session], now: datetime) -> None:
    """Raise UserError, with its name, for the first of `rows` that no longer fits to `session` where it stands."""
    for each in rows:
        if stands_still(each) or is_over(each, now):
            continue
        if each.within_id == session.pk:
            try:
                refuse_outside(session, each)
            except UserError as refused:
                words = _("Its part “%(name)s” would lie outside. Move or remove that part first.")
                raise UserError({"wall": words % {"name": said(each)}}) from refused
        elif each.lead_id == session.pk:
            refuse_early(each, session)


# Below: how it is done.


def _is_part(each: Session, session: Session) -> bool:
    return each.within_id == session.pk


def _wall(session: Session) -> datetime:
    assert session.local_date is not None
    return Slot(session.local_date, session.local_time, session.zone).wall


def _announced(each: Session, slot: Slot) -> dict[str, Any] | None:
    """What was announced first; None for a draft, and once it is back where it was."""
    if not each.published_at or not each.local_date or each.precision != Precision.DAY:
        return None
    was = each.moved_from or wall_of(each.local_date, each.local_time, each.fold, each.zone)
    return None if was == wall_of(slot.local_date, slot.local_time, slot.fold, slot.zone) else was


def _write(each: Session, updates: dict[str, Any], reason: str, now: datetime, actor_id: int | None) -> None:
    revise(each, kind=CARRIED, now=now, actor_id=actor_id, note=reason, **with_state(each, now, updates))
