"""From a stored session to the plain facts of the state machine."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from seminars.people.models import Form
from seminars.sessions.models import Echo, MaterialKind, MaterialState, Precision, Session
from seminars.sessions.state import Facts, State, state_of

STANDS_FOR = {"voice": "recording", "transcript": "captions", "captions": "transcript"}
"""A voice edition settles an owed recording; captions are given as a transcript too, and the other way round."""

FILES = frozenset(MaterialKind.values) - {"answers"}
"""What the archive of a session consists of; other things that are owed, such as tasks, do not make it incomplete."""

NOT_RECORDED = frozenset({"recording", "voice", "captions", "transcript"})
"""What a session that is reported but not recorded never owes."""


def facts_of(session: Session) -> Facts:
    """Return the facts of `session`; load it with `with_facts()` where there are many, so that queries stay few."""
    shown = shown_kinds(session)
    return Facts(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        exact=session.precision == Precision.DAY,
        withdrawn=session.withdrawn_at is not None,
        cancelled=session.cancelled_at is not None,
        postponed=session.postponed_at is not None,
        moved=bool(session.moved_from),
        details_open=_details_open(session),
        joinable=bool(session.join_url) and session.form != Form.IN_PERSON and not session.all_day,
        doors=timedelta(minutes=session.doors),
        report_only=session.report_only,
        closed_at=session.closed_at,
        shown=shown,
        owed=_owed_kinds(session) - settled_by(shown),
    )


def shown_kinds(session: Session) -> frozenset[str]:
    """Return the kinds of the session's published materials."""
    if session.pk is None:
        return frozenset()
    return frozenset(each.kind for each in session.materials.all() if each.state == MaterialState.PUBLISHED)


def settled_by(shown: frozenset[str]) -> frozenset[str]:
    """Return the kinds of owed things that are done when materials of the kinds `shown` are out."""
    return shown | {STANDS_FOR[kind] for kind in shown if kind in STANDS_FOR}


def state_after(session: Session, now: datetime, **updates: Any) -> State:
    """Return the state that `session` has at `now` (aware UTC) once the columns in `updates` are stored."""
    later = copy(session)
    for name, value in updates.items():
        setattr(later, name, value)
    return state_of(facts_of(later), now)


def with_state(session: Session, now: datetime, updates: Mapping[str, Any]) -> dict[str, Any]:
    """Return `updates` and the state that follows from them, for one revision of both."""
    return {**updates, "state": state_after(session, now, **updates).value}


def shown_of_lead(session: Session) -> frozenset[str]:
    """Return the kinds that a twin no longer owes, since its lead has them: the topic is kept once."""
    return settled_by(shown_kinds(session.lead)) if session.lead else frozenset()


def _details_open(session: Session) -> bool:
    """A session of a rhythm is a slot at first; a single event and other people's are what they are called."""
    series = session.series
    if session.title or series.external or not (series.rrule or series.rdates):
        return False
    return not session.abstract and (session.pk is None or not session.speakers.all())


def _owed_kinds(session: Session) -> frozenset[str]:
    """What is promised: the open items of the checklist, or, before it is opened, what the series owes.

    Read through the relations, since follow-ups lie above: they own these rows, the state only looks at them.
    """
    if session.series.external or session.echo == Echo.RELAY:
        return frozenset()
    try:
        opened = session.checklist is not None
    except ObjectDoesNotExist:
        opened = False
    if opened:
        # Done is by fact: a done item is owed again as soon as its material is gone, before anybody looks.
        kinds = {item.kind for item in session.items.all() if item.state != "waived"}
    elif session.published_at and session.ends_at and session.ends_at > session.published_at:
        kinds = {owed.kind for owed in session.series.owed.all()} - shown_of_lead(session)
        if session.pk is not None:  # waived before the session
            kinds -= {item.kind for item in session.items.all() if item.state == "waived"}
    else:
        kinds = set()
    return FILES & (kinds - NOT_RECORDED if session.report_only else kinds)
