"""From the promise of a series to its sessions: fill, publish, and top up for ever."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, prefetch_related_objects

from seminars import clock
from seminars.changes.recording import record, record_each
from seminars.changes.refusing import UserError
from seminars.series.models import Series
from seminars.sessions.clashes import decide
from seminars.sessions.expanding import MONTHS_AHEAD, Planned, horizon, placed, promised
from seminars.sessions.facts import state_after
from seminars.sessions.models import Precision, Session
from seminars.sessions.revising import scopes_of_series, subject_of

log = logging.getLogger(__name__)


def fill(
    *, series: Series, now: datetime, until: date | None = None, actor_id: int | None = None
) -> list[Session]:
    """Return the sessions made for occurrences that have none yet: all, or `MONTHS_AHEAD` of an open-ended series.

    Idempotent by original start. Sessions of a published series are out at once. now: aware UTC. actor_id: who asked
    for them; None where they were due.
    """
    days, after = promised(series, until or horizon(series, now))
    # Mostly there is nothing to do, each minute: then no write lock is taken, and no rule asked.
    if set(days) <= _decided(series, series.skipped):
        return []
    with transaction.atomic():
        while True:
            number, skipped = Series.objects.values_list("next_number", "skipped").get(pk=series.pk)
            there = _decided(series, skipped)
            standing = series.sessions.filter(cancelled_at=None).values_list("local_date", flat=True)
            taken = {day for day in standing if day}
            series.skipped = skipped
            found = placed(series, decide(series, days, after=after, taken=taken))
            missing = [each for each in found if each.original_date not in there]
            if not missing:
                return []
            kept = [each for each in missing if not each.skipped]
            gone = [each.outcome.stored() for each in missing if each.skipped and each.outcome]
            # The claim: of two fillers the second finds another number, and looks again at what is missing.
            claim = Series.objects.filter(pk=series.pk, next_number=number)
            if claim.update(next_number=number + len(kept), skipped=[*skipped, *gone]):
                break
        prefetch_related_objects([series], "owed")
        rows = [_row(series, number + place, each, now) for place, each in enumerate(kept)]
        Session.objects.bulk_create(rows)
        series.next_number, series.skipped = number + len(rows), [*skipped, *gone]
        if series.published_at and rows:
            _tell(series, rows, now=now, actor_id=actor_id)
    return rows


def publish(*, series: Series, now: datetime, actor_id: int | None) -> Series:
    """Return the series, out with all its sessions, in one transaction. Once it is out, nothing happens again."""
    with transaction.atomic():
        if not Series.objects.filter(pk=series.pk, published_at=None).update(published_at=now):
            series.refresh_from_db()
            return series
        fill(series=series, now=now)
        series.published_at = now
        rows = list(series.sessions.filter(published_at=None).with_facts())
        for row in rows:
            row.published_at = now
            row.changed_at = max(row.changed_at, now.replace(microsecond=0))
            row.state = state_after(row, now).value
        Session.objects.bulk_update(rows, ["published_at", "changed_at", "state"], batch_size=100)
        _tell(series, rows, now=now, actor_id=actor_id)
        record(
            kind="published",
            subject=f"series:{series.uuid}",
            scopes=scopes_of_series(series),
            now=now,
            actor_id=actor_id,
        )
    return series


def top_up(*, now: datetime) -> int:
    """Return how many sessions were made for published open-ended series, so that 18 months ahead are always there."""
    ends = Q(rrule="") | Q(rrule__icontains="COUNT=") | Q(rrule__icontains="UNTIL=")
    nearly = (now + timedelta(days=(MONTHS_AHEAD - 1) * 30)).date()
    low = Series.objects.published().exclude(ends).annotate(last=Max("sessions__original_date"))
    low = low.filter(Q(last=None) | Q(last__lt=nearly)).select_related("community")
    there: dict[int, set[date]] = {series.pk: _dates_of(series.skipped) for series in low}
    known = Session.objects.filter(series__in=list(there), original_date__isnull=False)
    for pk, day in known.values_list("series_id", "original_date"):
        there[pk] |= {day} if day else set()
    made = 0
    for series in low:
        try:
            # A rhythm by quarters or years is always low: what has all its dates costs no query of its own.
            if not set(promised(series, horizon(series, now))[0]) <= there[series.pk]:
                made += len(fill(series=series, now=now))
        except UserError:
            # Such as a rule that was broken by hand in the admin: the others must go on.
            log.exception("The series %s cannot be filled", series.slug)
    return made


def inherited(series: Series) -> dict[str, Any]:
    """Return the columns that a new session takes from its series; its words stay empty and are read from there."""
    names = ("form", "room", "place_id", "join_url", "view_url", "dial_in", "doors", "source_url")
    return {name: getattr(series, name) for name in (*names, "language", "audience")}


# Below: how it is done.


def _decided(series: Series, skipped: Iterable[Mapping[str, Any]]) -> set[date]:
    """The promised dates of which it is settled what becomes of them."""
    there = series.sessions.values_list("original_date", flat=True)
    return {day for day in there if day} | _dates_of(skipped)


def _dates_of(skipped: Iterable[Mapping[str, Any]]) -> set[date]:
    return {date.fromisoformat(each["day"]) for each in skipped}


def _row(series: Series, number: int, planned: Planned, now: datetime) -> Session:
    dated = series.precision != Precision.NONE
    row = Session(
        series=series,
        number=number,
        slug=f"{series.slug}-{number}",
        original_date=planned.original_date,
        original_time=planned.local_time,
        ruled=planned.outcome.stored() if planned.outcome and planned.outcome.reason else None,
        precision=series.precision,
        local_date=planned.local_date if dated else None,
        local_time=planned.local_time,
        zone=planned.zone,
        minutes=series.minutes,
        days=series.days,
        starts_at=planned.starts_at if dated else None,
        ends_at=planned.ends_at if dated else None,
        tzdata_release=clock.release(),
        **inherited(series),
        published_at=now if series.published_at else None,
        made_at=now,
        changed_at=now.replace(microsecond=0),
    )
    row.state = state_after(row, now).value
    return row


def _tell(series: Series, rows: list[Session], *, now: datetime, actor_id: int | None) -> None:
    subjects = [subject_of(row) for row in rows]
    record_each(
        kind="published", subjects=subjects, scopes=scopes_of_series(series), now=now, actor_id=actor_id
    )
