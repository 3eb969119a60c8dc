"""From the promise of a series to its sessions: draft, preview, fill, publish, and top up for ever."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, prefetch_related_objects
from django.utils.text import slugify
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import record, record_each
from seminars.changes.refusing import UserError, raise_if
from seminars.people.models import Community, Form
from seminars.series import cadence
from seminars.series.models import Series
from seminars.series.rhythm import cadence_of, check, is_open_ended
from seminars.series.skips import Outcome
from seminars.sessions.checking import as_words, wrong_columns, wrong_links, wrong_words
from seminars.sessions.clashes import decide, refuse_nothing_left
from seminars.sessions.facts import state_after
from seminars.sessions.models import Session
from seminars.sessions.revising import subject_of
from seminars.sessions.spans import YEARS, Slot
from seminars.words import Words, say

log = logging.getLogger(__name__)

MOST = 500
"""Sessions of one series that are made at once."""

MONTHS_AHEAD = 18
OWED = {"slides": 0, "recording": 2, "captions": 7, "report": 10}
"""What a series owes unless it says otherwise: kind of material, days after the end (0: before the start)."""


@dataclass(frozen=True)
class Planned:
    """One occurrence, before it is a row. `kind` says whether its wall time happens once, never or twice that day.

    starts_at, ends_at: aware UTC. shown_at: the wall time that clocks show, other than `local_time` only in a gap.
    outcome: what a rule for dates that do not suit did, and why; a skipped one stands on the day that was promised.
    """

    local_date: date
    local_time: time | None
    zone: str
    starts_at: datetime
    ends_at: datetime
    kind: clock.Kind
    shown_at: datetime
    outcome: Outcome | None = None

    @property
    def original_date(self) -> date:
        """The date that the cadence promises."""
        return self.outcome.day if self.outcome else self.local_date

    @property
    def skipped(self) -> bool:
        """Whether a rule left it out: it is shown with its reason, and never made."""
        return self.outcome is not None and self.outcome.skipped

    @property
    def note(self) -> str:
        """A remark about the clocks, in the reader's language; "" on an ordinary day."""
        if self.local_time is None or self.kind == clock.Kind.EXACT:
            return ""
        said = {"asked": f"{self.local_time:%H:%M}", "shown": f"{self.shown_at:%H:%M}"}
        if self.kind == clock.Kind.GAP:
            return _("Clocks skip %(asked)s that day: it will be %(shown)s.") % said
        return _("%(asked)s comes twice that night: the first is meant.") % said


def draft_series(
    *,
    community: Community,
    title: str | Words,
    zone: str,
    first_date: date,
    local_time: time | None,
    minutes: int = 60,
    rrule: str = "",
    rdates: Iterable[date] = (),
    exdates: Iterable[date] = (),
    days: int = 1,
    language: str = "",
    abstract: str | Words | None = None,
    slug: str = "",
    form_key: str | None = None,
    owed: Mapping[str, int] | None = None,
    now: datetime,
    actor_id: int | None,
    **columns: Any,
) -> Series:
    """Return a new draft; the same `form_key` twice gives the same series (a double click).

    title, abstract: a text in `language`, or texts by language. local_time: None for whole days. rrule: RFC 5545
    §3.3.10, by days. columns: form, room, join_url, view_url, dial_in, source_url, audience, external. owed: days
    after the end for each kind of material, `OWED` when not given. Raises UserError by field, with nothing stored.
    """
    if form_key and (made := Series.objects.filter(form_key=form_key).first()):
        return made
    language = language or community.language
    series = Series(
        community=community,
        title=as_words(title, language),
        abstract=as_words(abstract, language),
        zone=clock.canonical(zone) if clock.is_zone(zone) else zone,
        first_date=first_date,
        local_time=local_time,
        minutes=minutes,
        days=days,
        rrule=rrule,
        rdates=sorted(day.isoformat() for day in rdates),
        exdates=sorted(day.isoformat() for day in exdates),
        language=language,
        made_at=now,
        made_by_id=actor_id,
        form_key=form_key or None,
        **columns,
    )
    check_series(series, now=now, slug=slug)
    return _store(series, slug=slug, owed=_what_is_owed(series, owed), now=now)


def check_series(series: Series, *, now: datetime, slug: str = "") -> None:
    """Raise UserError, by field, where the unsaved `series` cannot be planned."""
    columns = ("zone", "form", "room", "dial_in", "language", "audience", "rrule")
    wrong = wrong_columns(series, columns)
    wrong |= wrong_words({"title": series.title, "abstract": series.abstract}, titled=True)
    wrong |= wrong_links({name: getattr(series, name) for name in ("join_url", "view_url", "source_url")})
    if not 1 <= series.minutes <= 14 * 1440:
        wrong["minutes"] = _("The end must be after the start, and at most 14 days later.")
    if not 1 <= series.days <= 60:
        wrong["days"] = _("Give 1 to 60 days.")
    if slug and (slug != slugify(slug) or len(slug) > 50):
        wrong["slug"] = _("Use up to 50 small letters, digits and hyphens.")
    elif slug and Series.objects.filter(slug=slug).exists():
        wrong["slug"] = _("Another series has this short name. Choose another one.")
    if series.first_date.year not in YEARS:
        raise UserError(wrong | {"first_date": _("Choose a year from 1900 to 2199.")})
    try:
        check(_cadence(series))
    except UserError as refused:
        wrong |= refused.fields
    raise_if(wrong)
    found = resolved(series, until=horizon(series, now), limit=MOST + 1)
    if len(found) > MOST:
        raise UserError({"rrule": _("These are more than %(most)d sessions at once.") % {"most": MOST}})
    refuse_nothing_left([each.outcome for each in found if each.outcome])


def remarks_on(series: Series) -> list[str]:
    """Return what an organiser may have forgotten; none of it stands in the way."""
    remarks = []
    if series.form != Form.VIRTUAL and not series.room:
        remarks.append(_("People come in person, and no room is given yet."))
    if series.form != Form.IN_PERSON and not series.join_url and not series.external:
        remarks.append(_("People join from elsewhere, and no join link is given yet."))
    return remarks


def occurrences_of(series: Series, *, until: date | None = None, limit: int | None = None) -> list[Planned]:
    """Return the occurrences of a series that take place; else as `resolved`."""
    return [each for each in resolved(series, until=until, limit=limit) if not each.skipped]


def resolved(series: Series, *, until: date | None = None, limit: int | None = None) -> list[Planned]:
    """Return the occurrences of a series, saved or not, promised up to and with `until`, at most `limit`, in order.

    With those that its rules skip. An open-ended series needs one of the two. Raises UserError as `draft_series` does,
    for zone, rhythm and rules.
    """
    if not clock.is_zone(series.zone):
        raise UserError({"zone": _("Choose a time zone from the list.")})
    days, after = _promised(series, until, limit)
    return list(_planned(series, decide(series, days, after=after)))


def fill(
    *, series: Series, now: datetime, until: date | None = None, actor_id: int | None = None
) -> list[Session]:
    """Return the sessions made for occurrences that have none yet: all, or `MONTHS_AHEAD` of an open-ended series.

    Idempotent by original start. Sessions of a published series are out at once. now: aware UTC. actor_id: who asked
    for them; None where they were due.
    """
    days, after = _promised(series, until or horizon(series, now))
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
            found = _planned(series, decide(series, days, after=after, taken=taken))
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
            scopes=_scopes(series),
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
            if not set(_promised(series, horizon(series, now))[0]) <= there[series.pk]:
                made += len(fill(series=series, now=now))
        except UserError:
            # Such as a rule that was broken by hand in the admin: the others must go on.
            log.exception("The series %s cannot be filled", series.slug)
    return made


def horizon(series: Series, now: datetime) -> date | None:
    """Return the last date to fill at `now` (aware UTC): None for a series that ends by itself."""
    if not is_open_ended(series.rrule):
        return None
    start = max(clock.to_wall(now, series.zone).date(), series.first_date)
    return start + timedelta(days=round(MONTHS_AHEAD * 30.44))


# Below: how it is done.


def _cadence(series: Series) -> cadence.Cadence:
    return cadence_of(series.first_date, series.rrule, series.rdates, series.exdates)


def _promised(
    series: Series, until: date | None = None, limit: int | None = None
) -> tuple[list[date], date | None]:
    """The promised dates, and the one after them: how far a date may move hangs on it, however many are asked for."""
    asked = _cadence(series)
    check(asked)
    if until is None and limit is None and is_open_ended(series.rrule):
        limit = MOST
    days: list[date] = []
    for day in cadence.occurrences(asked, until=date(YEARS[-1], 12, 31)):
        if (until is not None and day > until) or len(days) == limit:
            return days, day
        days.append(day)
    return days, None


def _decided(series: Series, skipped: Iterable[Mapping[str, Any]]) -> set[date]:
    """The promised dates of which it is settled what becomes of them."""
    there = series.sessions.values_list("original_date", flat=True)
    return {day for day in there if day} | _dates_of(skipped)


def _dates_of(skipped: Iterable[Mapping[str, Any]]) -> set[date]:
    return {date.fromisoformat(each["day"]) for each in skipped}


def _planned(series: Series, outcomes: Iterable[Outcome]) -> Iterator[Planned]:
    for outcome in outcomes:
        day = outcome.to or outcome.day
        slot = Slot(day, series.local_time, series.zone, series.minutes, series.days)
        reading = clock.inspect(wall := slot.wall, slot.zone)
        starts_at, ends_at = slot.bounds(reading.instant)
        shown_at = reading.suggestion or wall
        yield Planned(day, slot.local_time, slot.zone, starts_at, ends_at, reading.kind, shown_at, outcome)


def _row(series: Series, number: int, planned: Planned, now: datetime) -> Session:
    row = Session(
        series=series,
        number=number,
        slug=f"{series.slug}-{number}",
        original_date=planned.original_date,
        original_time=planned.local_time,
        ruled=planned.outcome.stored() if planned.outcome and planned.outcome.reason else None,
        local_date=planned.local_date,
        local_time=planned.local_time,
        zone=planned.zone,
        minutes=series.minutes,
        days=series.days,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        tzdata_release=clock.release(),
        **inherited(series),
        published_at=now if series.published_at else None,
        made_at=now,
        changed_at=now.replace(microsecond=0),
    )
    row.state = state_after(row, now).value
    return row


def inherited(series: Series) -> dict[str, Any]:
    """Return the columns that a new session takes from its series; its words stay empty and are read from there."""
    names = ("form", "room", "join_url", "view_url", "dial_in", "source_url", "language", "audience")
    return {name: getattr(series, name) for name in names}


def _what_is_owed(series: Series, asked: Mapping[str, int] | None) -> dict[str, int]:
    """Nothing is promised for other people's events."""
    if series.external:
        return {}
    return dict(OWED if asked is None else asked)


def _store(series: Series, *, slug: str, owed: Mapping[str, int], now: datetime) -> Series:
    """Store the checked draft under the first short name that is free; two at once cannot take the same."""
    base = slug or short_name(say(series.title, "en")) or series.community.slug[:40]
    place = 1
    while True:
        series.slug = base if place == 1 else f"{base}-{place}"
        try:
            with transaction.atomic():
                series.save(force_insert=True)
                for kind, days in owed.items():
                    series.owed.create(kind=kind, days=days)
                record(
                    kind="drafted",
                    subject=f"series:{series.uuid}",
                    scopes=_scopes(series),
                    now=now,
                    actor_id=series.made_by_id,
                )
            return series
        except IntegrityError:
            if made := Series.objects.filter(form_key__isnull=False, form_key=series.form_key).first():
                return made
            if not Series.objects.filter(slug=series.slug).exists():
                raise
            place += 1


def short_name(title: str) -> str:
    """Return a slug of whole words, at most 40 characters of ASCII; "" where the title has none."""
    slug = slugify(title).replace("_", "-")
    if len(slug) > 40:
        slug = slug[:41].rpartition("-")[0] or slug[:40]
    return slug.strip("-")


def _tell(series: Series, rows: list[Session], *, now: datetime, actor_id: int | None) -> None:
    subjects = [subject_of(row) for row in rows]
    record_each(kind="published", subjects=subjects, scopes=_scopes(series), now=now, actor_id=actor_id)


def _scopes(series: Series) -> list[str]:
    return [f"series:{series.pk}", f"community:{series.community_id}"]
