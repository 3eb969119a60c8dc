"""What may happen to one session: a new time, new words, cancelled, postponed, back again, withdrawn, or one more.

Every verb takes `seen`, the revision that the person looked at, and raises `revising.Stale` when the session is no
longer at it; pages then show both. `seen=None` trusts the session that is passed.
"""

from calendar import monthrange
from collections.abc import Iterable
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import raise_versions, record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.models import Person
from seminars.series.models import Series
from seminars.sessions.asking import asked_slot, columns_of
from seminars.sessions.carrying import (
    carry_back,
    carry_decision,
    carry_details,
    carry_move,
    carry_named,
    carry_withdrawal,
)
from seminars.sessions.checking import as_words, wrong_cohort, wrong_columns, wrong_links, wrong_words
from seminars.sessions.facts import state_after, with_state
from seminars.sessions.fitting import refuse_misfit
from seminars.sessions.models import Precision, Session
from seminars.sessions.planning import inherited
from seminars.sessions.revising import revise, scopes_of, subject_of
from seminars.sessions.seating import seated, too_many
from seminars.sessions.spans import wall_of

WORDS = ("title", "abstract")
PLACES = ("form", "room", "place_id", "join_url", "view_url", "dial_in", "doors", "source_url")
EDITABLE = frozenset({*WORDS, *PLACES, "language", "audience", "report_only"})


def reschedule(
    *,
    session: Session,
    wall: datetime,
    minutes: int | None = None,
    days: int | None = None,
    all_day: bool | None = None,
    fold: int | None = None,
    reason: str = "",
    echoes: bool = True,
    now: datetime,
    actor_id: int | None,
    seen: int | None = None,
) -> Session:
    """Return the session at another time; its UID and address stay, and what was announced is kept in `moved_from`.

    The parts of an event move with it. echoes: whether its twins and relays move by the same days (`carrying`).

    wall: naive, in the session's zone; of whole days only its date counts. minutes, days, all_day: None keeps them.
    fold: 0 or 1, which of two equal times is meant. A postponed session has a date again. Raises UserError for a
    session that is over, cancelled or withdrawn, or a time that has passed; TimeQuestion for a time that clocks skip or
    show twice.
    """
    _refuse_withdrawn(session)
    if session.cancelled_at:
        raise UserError({"": _("This session is cancelled. Reinstate it first.")})
    if not session.postponed_at:
        _refuse_past(session, now)
    slot = asked_slot(session, wall, minutes, days, all_day, fold)
    updates = columns_of(slot)
    if updates["ends_at"] <= now:
        raise UserError({"wall": _("This time has passed. Choose a later one.")})
    updates |= {"precision": Precision.DAY.value, "postponed_at": None, "reason": reason}
    updates["moved_from"] = _moved_from(session, updates)
    if all(getattr(session, name) == value for name, value in updates.items()):
        return session
    updates = with_state(session, now, updates)
    with transaction.atomic():
        refuse_misfit(session, updates)
        was = copy(session)
        revise(session, kind="rescheduled", now=now, actor_id=actor_id, seen=seen, note=reason, **updates)
        carry_move(session, was, echoes=echoes, reason=reason, now=now, actor_id=actor_id)
    return session


def cancel(
    *,
    session: Session,
    reason: str,
    echoes: bool = True,
    now: datetime,
    actor_id: int | None,
    seen: int | None = None,
) -> Session:
    """Return the session, cancelled. reason: shown to everybody. Raises UserError without one, or when it is over.

    The parts of an event are cancelled with it. echoes: whether its twins and relays are, too.

    A postponed session was not held when its first date passed, so it can still be cancelled.
    """
    _refuse_withdrawn(session)
    if not session.postponed_at:
        _refuse_past(session, now)
    with transaction.atomic():
        was = copy(session)
        _decide(session, "cancelled", reason, now, actor_id, seen, cancelled_at=now, postponed_at=None)
        if session.revision != was.revision:
            carry_decision(session, echoes=echoes, reason=session.reason, now=now, actor_id=actor_id)
    return session


def postpone(
    *,
    session: Session,
    reason: str,
    echoes: bool = True,
    now: datetime,
    actor_id: int | None,
    seen: int | None = None,
) -> Session:
    """Return the session, postponed: the new date comes with `reschedule`. Carries and raises as `cancel`."""
    _refuse_withdrawn(session)
    _refuse_past(session, now)
    if session.cancelled_at:
        raise UserError({"": _("This session is cancelled. Reinstate it first.")})
    with transaction.atomic():
        was = copy(session)
        _decide(session, "postponed", reason, now, actor_id, seen, postponed_at=now)
        if session.revision != was.revision:
            carry_decision(session, echoes=echoes, reason=session.reason, now=now, actor_id=actor_id)
    return session


def reinstate(
    *, session: Session, note: str = "", now: datetime, actor_id: int | None, seen: int | None = None
) -> Session:
    """Return the session, no longer cancelled or postponed: it takes place as announced, with what went with it.

    Raises UserError when its time has passed.
    """
    _refuse_withdrawn(session)
    if not (session.cancelled_at or session.postponed_at):
        return session
    if session.ends_at and session.ends_at <= now:
        raise UserError({"": _("The time of this session has passed. Add a new session instead.")})
    updates = with_state(session, now, {"cancelled_at": None, "postponed_at": None, "reason": ""})
    with transaction.atomic():
        refuse_misfit(session, updates)
        was = copy(session)
        revise(session, kind="reinstated", now=now, actor_id=actor_id, seen=seen, note=note, **updates)
        carry_back(session, was, note=note, now=now, actor_id=actor_id)
    return session


def withdraw(
    *, session: Session, reason: str, now: datetime, actor_id: int | None, seen: int | None = None
) -> Session:
    """Return the session, withdrawn for good with all that belongs to it: its page is a tombstone.

    Raises UserError without a reason.
    """
    if session.withdrawn_at:
        return session
    with transaction.atomic():
        _decide(session, "withdrawn", reason, now, actor_id, seen, withdrawn_at=now)
        carry_withdrawal(session, now=now, actor_id=actor_id)
    return session


def close(*, session: Session, now: datetime, actor_id: int | None, seen: int | None = None) -> Session:
    """Return the session, ended by its host before its planned end. Raises UserError unless it is under way."""
    if session.cancelled_at or session.postponed_at or session.withdrawn_at or not session.starts_at:
        raise UserError({"": _("This session is not under way.")})
    if session.closed_at:
        return session
    if not session.starts_at <= now or (session.ends_at and session.ends_at <= now):
        raise UserError({"": _("This session is not under way.")})
    updates = with_state(session, now, {"closed_at": now})
    return revise(session, kind="closed", now=now, actor_id=actor_id, seen=seen, **updates)


def edit(
    *, session: Session, now: datetime, actor_id: int | None, seen: int | None = None, **fields: Any
) -> Session:
    """Return the session with other words, links, room, audience, or reported instead of recorded.

    fields: of `EDITABLE`; title and abstract as text in the session's language or by language, an empty title takes the
    series'. Nothing different writes nothing. Raises UserError by field, TypeError for a name that is not editable.
    """
    if unknown := fields.keys() - EDITABLE:
        raise TypeError(f"edit() changes no {', '.join(sorted(unknown))}")
    _refuse_withdrawn(session)
    language = fields.get("language", session.language)
    for name in WORDS:
        if name in fields:
            fields[name] = as_words(fields[name], language)
    fields = seated(fields, session, community_id=session.series.community_id)
    changed = {name: value for name, value in fields.items() if value != getattr(session, name)}
    if not changed and (seen is None or seen == session.revision):
        return session
    raise_if(_wrong(session, changed))
    updates = with_state(session, now, changed)
    with transaction.atomic():
        if "room" in changed:
            refuse_misfit(session, changed)
        was = copy(session)
        revise(session, kind="edited", now=now, actor_id=actor_id, seen=seen, **updates)
        carry_details(session, was, now=now, actor_id=actor_id)
    return session


def add_session(
    *,
    series: Series,
    wall: datetime | None,
    minutes: int | None = None,
    days: int | None = None,
    all_day: bool | None = None,
    fold: int | None = None,
    precision: str = Precision.DAY,
    now: datetime,
    actor_id: int | None,
    **fields: Any,
) -> Session:
    """Return a session beside the rhythm; it is out at once when its series is.

    wall: naive, in the series' zone; None for one without a date. precision: of "week" and "month" the whole of them is
    meant, from the first day. fields: as for `edit`. Raises UserError, also for a second one at the very same time.
    """
    if unknown := fields.keys() - EDITABLE:
        raise TypeError(f"add_session() takes no {', '.join(sorted(unknown))}")
    session = Session(
        series=series,
        zone=series.zone,
        local_time=series.local_time,
        minutes=series.minutes,
        days=series.days,
        precision=precision if wall else Precision.NONE,
        made_at=now,
        changed_at=now.replace(microsecond=0),
        published_at=now if series.published_at else None,
        **inherited(series),
    )
    language = fields.get("language", series.language)
    for name in WORDS:
        fields[name] = as_words(fields.get(name), language)
    fields = seated(fields, session, community_id=series.community_id)
    raise_if(_wrong(session, fields))
    for name, value in fields.items():
        setattr(session, name, value)
    if wall:
        if precision != Precision.DAY:
            wall, days, all_day = _from(wall, precision), _length(wall, precision), True
        for name, value in columns_of(asked_slot(session, wall, minutes, days, all_day, fold)).items():
            setattr(session, name, value)
    return insert(session, now=now, actor_id=actor_id)


def set_named(
    *,
    session: Session,
    persons: Iterable[Person],
    now: datetime,
    actor_id: int | None,
    seen: int | None = None,
) -> Session:
    """Return the session with these invited persons; one for the invited is seen by them and its organisers only.

    What belongs to it invites the same (`carrying.carry_named`).
    """
    wanted = {person.pk: person for person in persons}
    with transaction.atomic():
        there = {person.pk: person for person in session.named.all()}
        if wanted.keys() == there.keys():
            return session
        if len(wanted) > len(there) and (why := too_many(session, people=len(wanted))):
            raise UserError({"persons": why})
        revise(session, kind="invited", now=now, actor_id=actor_id, seen=seen, visible=False)
        session.named.set(wanted.values())
        carry_named(session, there.keys(), wanted.keys(), now=now, actor_id=actor_id)
        touched = [(wanted | there)[pk] for pk in wanted.keys() ^ there.keys()]
        raise_versions({f"user:{person.user_id}" for person in touched if person.user_id})
    return session


# Below: how it is done.


def _refuse_withdrawn(session: Session) -> None:
    if session.withdrawn_at:
        raise UserError({"": _("This session was withdrawn. It stays as it is.")})


def _refuse_past(session: Session, now: datetime) -> None:
    over_at = session.closed_at or session.ends_at
    if over_at and over_at <= now:
        raise UserError({"": _("This session is over. Its time and fate can no longer be changed.")})


def _decide(
    session: Session,
    kind: str,
    reason: str,
    now: datetime,
    actor_id: int | None,
    seen: int | None,
    **stamps: datetime | None,
) -> Session:
    if not reason.strip():
        raise UserError({"reason": _("Give a reason. Everybody will see it.")})
    done = next(name for name, at in stamps.items() if at)
    if getattr(session, done) and session.reason == reason.strip():
        return session
    updates = with_state(session, now, {**stamps, "reason": reason.strip()})
    return revise(session, kind=kind, now=now, actor_id=actor_id, seen=seen, note=reason.strip(), **updates)


def _moved_from(session: Session, updates: dict[str, Any]) -> dict[str, Any] | None:
    """What was announced first; None for a draft, for one that had no date, and once it is back where it was."""
    if not session.published_at or not session.local_date or session.precision != Precision.DAY:
        return None
    was = session.moved_from or wall_of(session.local_date, session.local_time, session.fold, session.zone)
    new = wall_of(updates["local_date"], updates["local_time"], updates["fold"], session.zone)
    return None if was == new else was


def _wrong(session: Session, fields: dict[str, Any]) -> dict[str, str]:
    """Check what is given, on a copy, so that `session` stays as it is when it is refused."""
    asked = copy(session)
    for name, value in fields.items():
        setattr(asked, name, value)
    wrong = wrong_columns(asked, fields) | wrong_words(fields, titled=False) | wrong_links(fields)
    if "audience" in fields and "audience" not in wrong and asked.is_wider_than_its_series:
        wrong["audience"] = _("A session may be seen by fewer people than its series, not by more.")
    if "audience" in fields and "audience" not in wrong:
        wrong |= wrong_cohort(session.series, asked.audience)
    if fields.keys() & {"place_id", "form", "audience"} and (why := too_many(asked)):
        wrong["place_id"] = why
    return wrong


def _from(wall: datetime, precision: str) -> datetime:
    """The Monday of the week, the first of the month."""
    if precision == Precision.WEEK:
        return wall - timedelta(days=wall.weekday())
    return wall.replace(day=1) if precision == Precision.MONTH else wall


def _length(wall: datetime, precision: str) -> int:
    """Days of the week or month around `wall`."""
    return 7 if precision == Precision.WEEK else monthrange(wall.year, wall.month)[1]


def insert(session: Session, *, now: datetime, actor_id: int | None) -> Session:
    """Return the unsaved `session`, stored with the next number of its series, and its Change.

    Raises UserError where the series has the same at the same time.
    """
    with transaction.atomic():
        while True:
            number = Series.objects.values_list("next_number", flat=True).get(pk=session.series_id)
            claim = Series.objects.filter(pk=session.series_id, next_number=number)
            if claim.update(next_number=number + 1):
                break
        same = Session.objects.filter(
            series_id=session.series_id,
            starts_at=session.starts_at,
            title=session.title,
            starts_at__isnull=False,
        )
        if session.within_id is not None:
            same = same.filter(within=session.within_id, room=session.room)  # groups in several rooms
        if same.exists():
            raise UserError({"wall": _("This series already has this session at this time.")})
        session.number, session.slug = number, f"{session.series.slug}-{number}"
        session.state = state_after(session, now).value
        session.save(force_insert=True)
        kind = "published" if session.published_at else "added"
        record(kind=kind, subject=subject_of(session), scopes=scopes_of(session), now=now, actor_id=actor_id)
    return session
