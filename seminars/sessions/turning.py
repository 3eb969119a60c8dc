"""The sweep's verb: store each turn of a session's state, so that feeds and mails never ask the clock."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from seminars.changes.recording import record
from seminars.sessions.facts import facts_of, shown_kinds
from seminars.sessions.models import Session
from seminars.sessions.revising import scopes_of, subject_of
from seminars.sessions.state import DAY, State, is_told_apart, state_of

BEFORE = [State.ANNOUNCED, State.UPCOMING, State.SOON, State.DOORS_OPEN, State.LIVE, State.RESCHEDULED]
"""States that time alone ends."""


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
    return sum(_turn(session, now) for session in candidates.order_by("starts_at", "id"))


def settle(session: Session, *, now: datetime) -> bool:
    """Return whether the stored state of `session` was behind its facts, and store it.

    Called right after a verb, in its transaction. Reads everything afresh and brings the passed session up to date.
    """
    with transaction.atomic():
        # Held, so that a change made at this moment cannot win over the turn: nobody would look at it again.
        current = Session.objects.select_for_update(of=("self",)).with_facts().get(pk=session.pk)
        turned = _turn(current, now)
    for name in ("state", "revision", "sequence", "changed_at"):
        setattr(session, name, getattr(current, name))
    return turned


def _turn(session: Session, now: datetime) -> bool:
    """Store one turn by conditional update on the state and revision that were read.

    A turn that a feed shows raises revision and SEQUENCE; one that only pages show raises neither, so that a form left
    open over it stays good and no calendar fetches an entry anew.
    """
    old, new = session.state, state_of(facts_of(session), now).value
    if new == old:
        return False
    shown = shown_kinds(session)
    values: dict[str, object] = {"state": new}
    if is_told_apart(old, new, shown):
        later = session.changed_at + timedelta(seconds=1)
        values["revision"] = session.revision + 1
        values["changed_at"] = max(now.replace(microsecond=0), later)
        values["sequence"] = session.sequence + (1 if session.published_at else 0)
    with transaction.atomic():
        claim = Session.objects.filter(pk=session.pk, state=old, revision=session.revision)
        if not claim.update(**values):
            return False
        record(
            kind="state",
            subject=subject_of(session),
            scopes=scopes_of(session),
            now=now,
            before={"state": old},
            after={"state": new},
        )
    for name, value in values.items():
        setattr(session, name, value)
    return True
