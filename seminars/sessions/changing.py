"""What an edit would do to a stored series: reads it, checks what is asked, and lets `deciding` decide."""

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.models import Change
from seminars.changes.refusing import UserError, raise_if
from seminars.series import cadence
from seminars.series.cadence import Cadence
from seminars.series.continuing import continued
from seminars.series.models import Precision, Series
from seminars.series.rhythm import cadence_of, check, is_open_ended
from seminars.series.skips import Outcome
from seminars.sessions import ruling
from seminars.sessions.asking import asked_slot
from seminars.sessions.checking import as_words, wrong_columns, wrong_links, wrong_words
from seminars.sessions.deciding import plan_edit
from seminars.sessions.drafting import check_series
from seminars.sessions.edits import (
    CARRIED,
    EDITABLE,
    LENGTHS,
    TIMES,
    WORDS,
    Ask,
    Fate,
    Plan,
    Promise,
    Scope,
    Standing,
    reach,
)
from seminars.sessions.expanding import horizon, resolved
from seminars.sessions.models import Session
from seminars.sessions.seating import seated

RHYTHM = ("first_date", "rrule", "rdates", "exdates")


def plan_change(
    *, series: Series, ask: Ask, anchor: Session | None = None, follow: Collection[int] = (), now: datetime
) -> Plan:
    """Return what `ask` would do to the series and its sessions at `now` (aware UTC); nothing is stored.

    anchor: "this one" of the scopes `ONE` and `FOLLOWING`. follow: primary keys of sessions whose hand-made changes
    give way. Raises UserError by field: what cannot be kept, a time that has passed, a session that has begun.
    """
    sessions = list(Session.objects.filter(series=series, within=None, lead=None).order_by("pk"))
    return planned(series, sessions, ask, anchor, follow, now)


# Below: how it is done.


def planned(
    series: Series,
    sessions: list[Session],
    ask: Ask,
    anchor: Session | None,
    follow: Collection[int],
    now: datetime,
) -> Plan:
    """Return what `plan_change` does, from all sessions of the series as they were read."""
    ask = _cleaned(series, ask)
    standing = _standing(sessions, now)
    this = next((each for each in standing if anchor and each.pk == anchor.pk), None)
    if ask.scope != Scope.FUTURE and this is None:
        raise UserError({"scope": _("Choose the session from which it counts.")})
    if this and ask.scope != Scope.FUTURE and (this.begun or this.withdrawn):
        raise UserError({"scope": _("This session is over or has begun. It stays as it is.")})
    reached = reach(ask.scope, standing, this)
    keys = {each.pk for each in reached}
    others = [each for each in standing if each.pk not in keys]
    later = copy(series)
    for name, value in ask.fields.items():
        if name not in WORDS and ask.scope != Scope.ONE:
            setattr(later, name, value)
    if ask.cadence is not None and series.precision == Precision.WEEK:
        later.precision = Precision.DAY.value
    if ask.scope == Scope.ONE:
        promise = _promise(series, series)
        _check_one(next(each for each in sessions if each.pk == min(keys)), ask)
    else:
        ask, outcomes, last = _rhythm(series, later, ask, reached, others, this, now)
        if ask.rules is not None:
            outcomes, last = ruling.ruled(series, later, ask.rules, standing, now=now)
        places = {each.day: each.to for each in outcomes if each.to}
        dates = sorted(places) if ask.cadence is not None else None
        check_series(later, now=now)
        beside = _beside(series, reached) if dates is None else frozenset()
        promise = replace(_promise(series, later), dates=dates, last=last, beside=beside)
        promise = replace(promise, yearly="YEARLY" in later.rrule, places=places or {})
        told = (bool(series.date_rules.get("tell")), bool(later.date_rules.get("tell")))
        promise = replace(promise, ruled=ruling.stored_by_day(outcomes), told=told)
        if ask.rules is not None:
            promise = ruling.promise_of(promise, outcomes)
    plan = plan_edit(ask, promise=promise, reached=reached, others=others, follow=follow)
    _refuse_past(plan, now)
    if ask.scope == Scope.ONE:
        return replace(plan, series=_differences(series, later))
    skipped = ruling.newly_skipped(series, outcomes, promise.last)
    return replace(plan, series=_differences(series, later), skipped=skipped)


def _cleaned(series: Series, ask: Ask) -> Ask:
    """The ask with words by language and the zone's present name."""
    if unknown := ask.fields.keys() - EDITABLE:
        raise TypeError(f"an edit changes no {', '.join(sorted(unknown))}")
    fields = dict(ask.fields)
    language = fields.get("language", series.language)
    for name in fields.keys() & set(WORDS):
        fields[name] = as_words(fields[name], language)
    if "zone" in fields:
        if not clock.is_zone(fields["zone"]):
            raise UserError({"zone": _("Choose a time zone from the list.")})
        fields["zone"] = clock.canonical(fields["zone"])
    fields = seated(fields, series, community_id=series.community_id)
    raise_if(wrong_words(fields, titled=False) | wrong_links(fields))
    if ask.rules is not None and (ask.cadence or fields or ask.scope != Scope.FUTURE):
        raise TypeError("rules come alone, for all that is to come")
    if ask.cadence and ask.scope == Scope.ONE:
        raise UserError({"scope": _("A rhythm belongs to several sessions. Choose another scope.")})
    return replace(ask, fields=fields)


def _standing(sessions: Iterable[Session], now: datetime) -> list[Standing]:
    sessions = list(sessions)
    dropped = _dropped([each for each in sessions if each.cancelled_at])
    names = (*EDITABLE, "local_date", "fold", "precision")
    return [
        Standing(
            pk=each.pk,
            number=each.number,
            revision=each.revision,
            original_date=each.original_date,
            original_time=each.original_time,
            values={name: getattr(each, name) for name in names},
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            begun=bool(each.starts_at and each.starts_at <= now) or bool(each.closed_at),
            announced=each.published_at is not None,
            cancelled=each.cancelled_at is not None,
            dropped=each.pk in dropped,
            postponed=each.postponed_at is not None,
            withdrawn=each.withdrawn_at is not None,
            ruled_to=_ruled_to(each),
            ruled=each.ruled,
        )
        for each in sessions
    ]


def _ruled_to(session: Session) -> date | None:
    """Where a rule for dates that do not suit moved it, if that is the date it still stands for."""
    ruled = session.ruled or {}
    if (
        not session.original_date
        or ruled.get("day") != session.original_date.isoformat()
        or not ruled.get("to")
    ):
        return None
    return date.fromisoformat(ruled["to"])


def _dropped(cancelled: list[Session]) -> set[int]:
    """Those that an edit cancelled, no person: the last word on each is read from its history."""
    if not cancelled:
        return set()
    keys = {f"session:{each.uid}": each.pk for each in cancelled}
    told = Change.objects.filter(subject__in=keys, kind__in=("cancelled", "dropped")).order_by("id")
    last = dict(told.values_list("subject", "kind"))
    return {keys[subject] for subject, kind in last.items() if kind == "dropped"}


def _promise(series: Series, later: Series) -> Promise:
    names = (*TIMES, *LENGTHS, *CARRIED, "precision")
    return Promise(
        {name: getattr(series, name) for name in names}, {name: getattr(later, name) for name in names}
    )


def _rhythm(
    series: Series,
    later: Series,
    ask: Ask,
    reached: list[Standing],
    others: list[Standing],
    this: Standing | None,
    now: datetime,
) -> tuple[Ask, list[Outcome], date | None]:
    """Set the rhythm of `later`; return the ask (not for the rhythm there is), what dates become, the last to add."""
    old = cadence_of(series.first_date, series.rrule, series.rdates, series.exdates)
    if ask.cadence is None:
        if ask.scope == Scope.FOLLOWING and this and ask.fields.keys() & {*TIMES, *LENGTHS}:
            _set_rhythm(later, continued(old, this.order) or old)
        return ask, [], None
    check(ask.cadence)
    new = _from_now(ask.cadence, later, reached, others, now)
    early = [each.original_date for each in reached if each.original_date and not each.dropped]
    if new == continued(old, new.first) and not any(day < new.first for day in early):
        return _rhythm(series, later, replace(ask, cadence=None), reached, others, this, now)
    _set_rhythm(later, new)
    known = [each.original_date for each in reached if each.original_date and not each.dropped]
    until = last = None
    if is_open_ended(new.rrule):
        last = max([day for day in (horizon(later, now), *known) if day])
        # Looked at a little further, so that the last sessions find their partners too.
        until = date(last.year, (last.month - 1) // 3 * 3 + 1, 1) + timedelta(days=100)
    check_series(later, now=now)
    found = resolved(later, until=until)
    return ask, [each.outcome for each in found if each.outcome], last


def _from_now(
    asked: Cadence, later: Series, reached: list[Standing], others: list[Standing], now: datetime
) -> Cadence:
    """The asked rhythm without what is past, or stands before the sessions that this edit reaches."""
    if not (reached or others):
        return asked
    first = min((each.order for each in reached), default=date.max)
    before = [each.order for each in others if each.begun or each.order < first]
    floor = max([each + timedelta(days=1) for each in before if each < date.max], default=date.min)
    found = continued(asked, max(floor, ruling.first_to_come(later, now), asked.first))
    if found is None:
        raise UserError({"rrule": _("No date is left. Choose a later last date, or leave out fewer dates.")})
    return found


def _set_rhythm(later: Series, new: Cadence) -> None:
    later.first_date, later.rrule = new.first, new.rrule
    later.rdates = [day.isoformat() for day in new.rdates]
    later.exdates = [day.isoformat() for day in new.exdates]


def _beside(series: Series, reached: list[Standing]) -> frozenset[date]:
    """Originals that the rhythm no longer has; earlier than its first date they are from before a cut, and belong."""
    originals = {each.original_date for each in reached if each.original_date}
    late = {day for day in originals if day >= series.first_date}
    if not late:
        return frozenset()
    rhythm = cadence_of(series.first_date, series.rrule, series.rdates, series.exdates)
    return frozenset(late - set(cadence.occurrences(rhythm, until=max(late))))


def _differences(series: Series, later: Series) -> dict[str, Any]:
    names = (*RHYTHM, *TIMES, *LENGTHS, *CARRIED, "date_rules", "skipped", "precision")
    return {name: getattr(later, name) for name in names if getattr(later, name) != getattr(series, name)}


def _check_one(session: Session, ask: Ask) -> None:
    asked = copy(session)
    for name, value in ask.fields.items():
        setattr(asked, name, value)
    raise_if(wrong_columns(asked, ask.fields))
    if asked.local_date and ask.fields.keys() & {*TIMES, *LENGTHS}:
        wall = datetime.combine(asked.local_date, asked.local_time or time())
        fold = session.fold if not set(TIMES) & ask.fields.keys() else None
        try:
            asked_slot(asked, wall, None, None, None, fold)
        except UserError as refused:
            moved = {"local_time" if name == "wall" else name: text for name, text in refused.fields.items()}
            raise UserError(moved) from refused


def _refuse_past(plan: Plan, now: datetime) -> None:
    for row in plan.of(Fate.MOVED, Fate.BACK):
        if row.bounds and row.bounds[0] <= now:
            words = _("Session %(n)d would already have begun. Choose a later time, or move it by itself.")
            raise UserError({"local_time": words % {"n": row.standing.number}})
