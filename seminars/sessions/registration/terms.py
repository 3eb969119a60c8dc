"""By which terms people register: a session's own, else its series', else the usual ones."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from seminars.changes.recording import plain, record
from seminars.changes.refusing import raise_if
from seminars.people.models import Form
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Coming, Mode, Terms
from seminars.sessions.registration.questions import Question
from seminars.sessions.registration.questions import checked as checked_questions
from seminars.sessions.revising import subject_of

COLUMNS = (
    "mode", "capacity_online", "capacity_room", "approval", "waiting_list", "confirm_hours", "whole",
)  # fmt: skip


def terms_of(session: Session) -> Terms:
    """Return the terms that count for `session`; one query."""
    return terms_by_session([session])[session.pk]


def terms_loaded(session: Session) -> Terms:
    """Return the same of a session loaded with `registration_terms`, its own and its series'. No query then."""
    own: Terms | None = getattr(session, "registration_terms", None)
    common: Terms | None = getattr(session.series, "registration_terms", None)
    return own or common or Terms()


def terms_by_session(sessions: Iterable[Session]) -> dict[int, Terms]:
    """Return the terms that count for each session, by its number; one query."""
    found = list(sessions)
    rows = Terms.objects.filter(
        Q(session__in=[each.pk for each in found]) | Q(series__in={each.series_id for each in found})
    )
    own, common = {}, {}
    for each in rows:
        if each.session_id is not None:
            own[each.session_id] = each
        else:
            common[each.series_id] = each
    usual = Terms()
    return {each.pk: own.get(each.pk) or common.get(each.series_id) or usual for each in found}


def terms_of_series(series: Series) -> Terms:
    """Return the terms of a series; the usual ones where it has none."""
    return Terms.objects.filter(series=series).first() or Terms(series=series)


def set_terms(
    *,
    series: Series | None = None,
    session: Session | None = None,
    questions: Iterable[Question] = (),
    now: datetime,
    actor_id: int | None,
    **columns: Any,
) -> Terms:
    """Return the terms of one series, or of one session, changed. Those who wait are looked at by the caller's sweep.

    columns: of `COLUMNS`. now: aware UTC. Raises UserError by field, TypeError for another name.
    """
    if unknown := columns.keys() - set(COLUMNS):
        raise TypeError(f"terms have no {', '.join(sorted(unknown))}")
    of = {"session": session} if session else {"series": series}
    kept = checked_questions(list(questions))
    with transaction.atomic():
        found = Terms.objects.select_for_update().filter(**of).first() or Terms(**of)
        before = {name: getattr(found, name) for name in (*COLUMNS, "questions")}
        for name, value in columns.items():
            setattr(found, name, value)
        found.questions = kept
        _refuse_wrong(found)
        after = {name: getattr(found, name) for name in before}
        changed = {name for name in before if before[name] != after[name]}
        if found.pk is not None and not changed:
            return found
        found.save()
        _record(series, session, {name: (before[name], after[name]) for name in changed}, now, actor_id)
    return found


def follow_series(*, session: Session, now: datetime, actor_id: int | None) -> bool:
    """Return whether the session gave up terms of its own, and follows its series again. now: aware UTC."""
    with transaction.atomic():
        gone, _each = Terms.objects.filter(session=session).delete()
        if gone:
            _record(None, session, {}, now, actor_id)
    return bool(gone)


def ways_of(session: Session) -> list[str]:
    """Return how one can come to `session`: online, in the room, or either."""
    ways = {Form.VIRTUAL: [Coming.ONLINE], Form.IN_PERSON: [Coming.ROOM]}
    return [each.value for each in ways.get(Form(session.form), [Coming.ONLINE, Coming.ROOM])]


def way_for(session: Session, wished: str) -> str:
    """Return how somebody comes who wished `wished`: so, if the session has that way; else its own."""
    ways = ways_of(session)
    return wished if wished in ways else ways[0]


def needs_place(session: Session, terms: Terms) -> bool:
    """Return whether only who has a place may join: people are asked to register, and places online are counted or
    given by the organisers. Where nobody needs to register, a number of places shuts nobody out.
    """
    counted = terms.approval or terms.capacity_online is not None
    asked = terms.mode == Mode.ASKED and not session.series.external
    return asked and counted and Coming.ONLINE in ways_of(session)


def registers(session: Session, terms: Terms, now: datetime) -> bool:
    """Return whether people can register at `now` (aware UTC): it is out, ours, dated, and neither over nor off.

    `registering.is_open` says the same of a session whose state is known.
    """
    off = session.cancelled_at or session.postponed_at or session.withdrawn_at or session.published_at is None
    if off or session.local_date is None or session.ends_at is None or session.series.external:
        return False
    over_at = min(session.ends_at, session.closed_at) if session.closed_at else session.ends_at
    return over_at > now and terms.mode != Mode.NONE


def _refuse_wrong(terms: Terms) -> None:
    wrong: dict[str, str] = {}
    try:
        terms.clean_fields(exclude=["series", "session", "questions", "id"])
    except ValidationError as error:
        wrong |= {name: " ".join(messages) for name, messages in error.message_dict.items()}
    if terms.session_id is not None and terms.mode == Mode.NONE and terms.questions:
        wrong["mode"] = _("Nobody is asked these questions: nobody registers. Take them away first.")
    raise_if(wrong)


def _record(
    series: Series | None,
    session: Session | None,
    changed: dict[str, tuple[Any, Any]],
    now: datetime,
    actor_id: int | None,
) -> None:
    record(
        kind="registration-terms",
        subject=subject_of(session) if session else f"series:{series.uuid if series else ''}",
        scopes=(),
        now=now,
        actor_id=actor_id,
        before={name: plain(old) for name, (old, _new) in changed.items()},
        after={name: plain(new) for name, (_old, new) in changed.items()},
    )
