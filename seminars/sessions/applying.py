"""Apply an edit of a series and its sessions: against what was seen, in one transaction, whole or not at all."""

from collections.abc import Collection, Mapping
from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import SITE, plain, raise_versions, record
from seminars.series.models import Precision, Series
from seminars.series.rhythm import is_open_ended
from seminars.series.skips import outcome_of
from seminars.series.suiting import outcome_words
from seminars.sessions.carrying import CARRIED, belonging, follows, refuse_misfits
from seminars.sessions.changing import planned
from seminars.sessions.edits import WORDS, Ask, Fate, Plan, Row, Scope
from seminars.sessions.models import Session
from seminars.sessions.planning import fill
from seminars.sessions.revising import scopes_of_series
from seminars.sessions.rewording import SeriesStale
from seminars.sessions.spans import wall_of
from seminars.sessions.storing import Written, held, remove, store


class PlanStale(SeriesStale):
    """A session changed since the plan was shown, or the day went on; `plan` is what the edit would do now."""

    def __init__(self, current: Series, plan: Plan) -> None:
        super().__init__(current)
        self.plan = plan


def apply_change(
    *,
    series: Series,
    ask: Ask,
    anchor: Session | None = None,
    follow: Collection[int] = (),
    seen: int,
    seal: str = "",
    now: datetime,
    actor_id: int | None,
) -> Plan:
    """Do what `plan_change` says, in one transaction, and return it.

    seen: the series' revision that the person looked at; seal: the plan's, "" to take it as it is now. SEQUENCE rises
    by one for each session that people see differently. Raises SeriesStale, PlanStale, and UserError as `plan_change`.
    """
    with transaction.atomic():
        current = Series.objects.select_for_update(of=("self",)).select_related("community").get(pk=series.pk)
        if current.revision != seen:
            raise SeriesStale(current)
        sessions = held(current)
        heads = [each for each in sessions if each.within_id is None and each.lead_id is None]
        plan = planned(current, heads, ask, anchor, follow, now)
        if seal and seal != plan.seal:
            raise PlanStale(current, plan)
        if plan.nothing:
            return plan
        _store_series(current, plan, now, actor_id)
        _store_sessions(current, {each.pk: each for each in sessions}, plan, now, actor_id)
        if plan.added and current.published_at:  # a draft gets its sessions when it is published
            _add(current, plan, now, actor_id)
        raise_versions({*scopes_of_series(current), SITE})
    return plan


# Below: how it is done.


def _store_series(series: Series, plan: Plan, now: datetime, actor_id: int | None) -> None:
    """The series' Change comes first: the ids of all that belongs to it are higher (see `undoing`)."""
    if plan.ask.scope == Scope.ONE:
        return
    before = {name: plain(getattr(series, name)) for name in plan.series}
    for name, value in plan.series.items():
        setattr(series, name, value)
    series.revision += 1
    series.save(update_fields=[*plan.series, "revision"])
    record(
        kind="replanned",
        subject=f"series:{series.uuid}",
        scopes=(),
        now=now,
        actor_id=actor_id,
        before=before,
        after={name: plain(value) for name, value in plan.series.items()},
        note=plan.ask.reason,
    )


def _store_sessions(
    series: Series, sessions: Mapping[int, Session], plan: Plan, now: datetime, actor_id: int | None
) -> None:
    written = [
        each
        for row in plan.rows
        if (each := _written(sessions[row.standing.pk], row, plan.ask, now)) is not None
    ]
    before = {each.session.pk: copy(each.session) for each in written}
    store(written, now=now, actor_id=actor_id)
    _carry(sessions, plan, before, now, actor_id)
    remove((sessions[row.standing.pk] for row in plan.of(Fate.REMOVED)), now=now, actor_id=actor_id)


def _carry(
    sessions: Mapping[int, Session],
    plan: Plan,
    before: Mapping[int, Session],
    now: datetime,
    actor_id: int | None,
) -> None:
    """Parts and echoes follow their own sessions; those of a draft that is removed go before it."""
    if all(each.within_id is None and each.lead_id is None for each in sessions.values()):
        return
    carried, gone = list[Written](), list[Session]()
    for row in plan.rows:
        session = sessions[row.standing.pk]
        theirs = belonging(session, sessions.values())
        if row.fate == Fate.REMOVED:
            gone += sorted(theirs, key=lambda each: each.lead_id is None)
        elif session.pk in before:
            found = ((each, follows(each, before[session.pk], session, now)) for each in theirs)
            carried += [
                Written(each, CARRIED, updates, plan.ask.reason) for each, updates in found if updates
            ]
    store(carried, now=now, actor_id=actor_id)
    for row in plan.rows:
        if row.changes and row.fate not in (Fate.REMOVED, Fate.WITHDRAWN):
            session = sessions[row.standing.pk]
            refuse_misfits(session, belonging(session, sessions.values()), now)
    remove(gone, now=now, actor_id=actor_id)


def _written(session: Session, row: Row, ask: Ask, now: datetime) -> Written | None:
    updates: dict[str, Any] = dict(row.updates)
    if row.fate == Fate.REMOVED:
        return None
    if row.fate == Fate.WITHDRAWN:
        reason = ask.reason or _why_gone(row)
        updates = {"cancelled_at": now, "postponed_at": None, "reason": reason}
        return Written(session, kind="dropped", updates=updates, note=reason)
    if row.bounds:
        updates |= {"tzdata_release": clock.release()}
        updates |= dict(zip(("starts_at", "ends_at"), row.bounds, strict=True))
    if row.fate == Fate.BACK:
        updates |= {"cancelled_at": None, "reason": "", "moved_from": None}
    elif "local_date" in row.updates:
        updates["moved_from"] = moved_from(session, row)
    if row.restated:
        updates["ruled"] = row.ruled
    if row.original:
        updates |= {"original_date": row.original[0], "original_time": row.original[1]}
    if not updates:
        return None
    kind = "edited" if ask.scope == Scope.ONE else "followed"
    if ask.scope == Scope.ONE and row.fate == Fate.MOVED:
        return Written(session, kind="rescheduled", updates=updates, note=ask.reason)
    return Written(session, kind=kind, updates=updates, note=ask.reason, visible=row.changes)


def _why_gone(row: Row) -> str:
    """In the words of the rule that took it, or of the rhythm that has no place for it."""
    outcome = outcome_of(row.ruled) if row.ruled and row.restated else None
    if outcome and outcome.skipped:
        return outcome_words(outcome, get_language() or "en")
    return _("The series keeps another rhythm now. This date is no longer part of it.")


def moved_from(session: Session, row: Row) -> dict[str, Any] | None:
    """Return what was announced first; None for a draft, for a week, and once it is back where it was."""
    if not session.published_at or not session.local_date or session.precision != Precision.DAY:
        return None
    old = wall_of(session.local_date, session.local_time, session.fold, session.zone)
    was: dict[str, Any] = session.moved_from or old
    to = row.updates
    if row.bounds and row.bounds[0] == session.starts_at:
        return session.moved_from
    return None if was == wall_of(to["local_date"], to["local_time"], to["fold"], to["zone"]) else was


def _add(series: Series, plan: Plan, now: datetime, actor_id: int | None) -> None:
    until = max(slot.local_date for slot in plan.added) if is_open_ended(series.rrule) else None
    made = fill(series=series, now=now, until=until, actor_id=actor_id)
    words = {name: value for name, value in plan.ask.fields.items() if name in WORDS}
    if words and made:
        Session.objects.filter(pk__in=[each.pk for each in made]).update(**words)
