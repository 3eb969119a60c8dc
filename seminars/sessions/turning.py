"""The sweep's verb: store each turn of a session's state, so that feeds and mails never ask the clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from seminars.changes.models import Change
from seminars.changes.recording import write_down
from seminars.sessions.facts import facts_of, shown_kinds
from seminars.sessions.models import Session
from seminars.sessions.revising import scopes_of_each, subject_of
from seminars.sessions.state import DAY, State, is_told_apart, state_of

BEFORE = [State.ANNOUNCED, State.UPCOMING, State.SOON, State.DOORS_OPEN, State.LIVE, State.RESCHEDULED]
"""States that time alone ends."""

SOME = 100
"""Sessions that one transaction turns."""


def turn_due(*, now: datetime) -> int:
    """Return how many sessions were turned to the state they have at `now` (aware UTC).

    Looks only at those that time can have turned; what a person or a material turns is stored by its own verb. Two
    workers at once: one wins each session, the other goes on.
    """
    near = Q(state__in=BEFORE, starts_at__lte=now + DAY)
    ended = Q(state=State.JUST_ENDED, ends_at__lte=now - DAY) | Q(
        state=State.JUST_ENDED, closed_at__lte=now - DAY
    )
    candidates = Session.objects.published().filter(near | ended).with_facts()
    due = [each for each in candidates.order_by("id") if state_of(facts_of(each), now) != each.state]
    return sum(_turn(due[first : first + SOME], now) for first in range(0, len(due), SOME))


def settle(session: Session, *, now: datetime) -> bool:
    """Return whether the stored state of `session` was behind its facts, and store it.

    Called right after a verb, in its transaction. Reads everything afresh and brings the passed session up to date.
    """
    with transaction.atomic():
        # Held, so that a change made at this moment cannot win over the turn: nobody would look at it again.
        current = Session.objects.select_for_update(of=("self",)).with_facts().get(pk=session.pk)
        turned = bool(_turn([current], now))
    for name in ("state", "revision", "sequence", "changed_at"):
        setattr(session, name, getattr(current, name))
    return turned


def _turn(sessions: Iterable[Session], now: datetime) -> int:
    """Store the turns of `sessions` (in the order of their keys) in one transaction; return how many there were.

    The sessions first, then the versions, as everywhere, and each version once: that is what hundreds at one hour cost.
    """
    with transaction.atomic():
        changes = {each: change for each in sessions if (change := _turned(each, now))}
        if changes:
            write_down(changes.values(), scopes=scopes_of_each(changes))
    return len(changes)


def _turned(session: Session, now: datetime) -> Change | None:
    """Store one turn by conditional update on the state and revision that were read; what to write down of it.

    A turn that a feed shows raises revision and SEQUENCE; one that only pages show raises neither, so that a form left
    open over it stays good and no calendar fetches an entry anew.
    """
    old, new = session.state, state_of(facts_of(session), now).value
    if new == old:
        return None
    shown = shown_kinds(session)
    values: dict[str, Any] = {"state": new}
    if is_told_apart(old, new, shown):
        later = session.changed_at + timedelta(seconds=1)
        values["revision"] = session.revision + 1
        values["changed_at"] = max(now.replace(microsecond=0), later)
        values["sequence"] = session.sequence + (1 if session.published_at else 0)
    claim = Session.objects.filter(pk=session.pk, state=old, revision=session.revision)
    if not claim.update(**values):
        return None
    for name, value in values.items():
        setattr(session, name, value)
    told = {"before": {"state": old}, "after": {"state": new}}
    return Change(at=now, kind="state", subject=subject_of(session), **told)
