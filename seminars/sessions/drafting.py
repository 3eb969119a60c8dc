"""A new series as a draft: checked, given a short name, and stored with what it owes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.models import Community, Form
from seminars.series.models import Precision, Series
from seminars.series.rhythm import check
from seminars.sessions.checking import LINKS, as_words, wrong_cohort, wrong_columns, wrong_links, wrong_words
from seminars.sessions.clashes import refuse_nothing_left
from seminars.sessions.expanding import MOST, horizon, resolved, series_cadence
from seminars.sessions.seating import seated
from seminars.sessions.spans import YEARS
from seminars.words import Words, say

WAYS = (*LINKS, "dial_in", "doors")
OWED = {"slides": 0, "recording": 2}
"""What a series owes unless it says otherwise: kind, days after the end (0: before the start). Small on purpose."""


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

    title, abstract: a text in `language`, or by language. local_time: None for whole days. rrule: RFC 5545 §3.3.10, by
    days. columns: those of a series; precision: of "week" each date stands for its week, of "none" it only keeps a
    place. owed: days after the end by kind of material, else `OWED`. Raises UserError by field, with nothing stored.
    """
    if form_key and (made := Series.objects.filter(form_key=form_key).first()):
        return made
    columns = seated(columns, Series(), community_id=community.pk)
    series = Series(
        community=community,
        title=as_words(title, language or community.language),
        abstract=as_words(abstract, language or community.language),
        zone=clock.canonical(zone) if clock.is_zone(zone) else zone,
        first_date=first_date,
        local_time=local_time,
        minutes=minutes,
        days=days,
        rrule=rrule,
        rdates=sorted(day.isoformat() for day in rdates),
        exdates=sorted(day.isoformat() for day in exdates),
        language=language or community.language,
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
    wrong |= wrong_cohort(series, series.audience)
    ways = WAYS if series.pk is None else LINKS  # a number from an older time is refused where it is changed
    wrong |= wrong_links({name: getattr(series, name) for name in ways})
    if not 1 <= series.minutes <= 14 * 1440:
        wrong["minutes"] = _("The end must be after the start, and at most 14 days later.")
    if not 1 <= series.days <= 60:
        wrong["days"] = _("Give 1 to 60 days.")
    if series.precision != Precision.DAY and series.local_time is not None:
        wrong["local_time"] = _("What has no day yet has no hour either. Give both later.")
    if slug and (slug != slugify(slug) or len(slug) > 50):
        wrong["slug"] = _("Use up to 50 small letters, digits and hyphens.")
    elif slug and Series.objects.filter(slug=slug).exists():
        wrong["slug"] = _("Another series has this short name. Choose another one.")
    if series.first_date.year not in YEARS:
        raise UserError(wrong | {"first_date": _("Choose a year from 1900 to 2199.")})
    try:
        check(series_cadence(series))
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


def short_name(title: str) -> str:
    """Return a slug of whole words, at most 40 characters of ASCII; "" where the title has none."""
    slug = slugify(title).replace("_", "-")
    if len(slug) > 40:
        slug = slug[:41].rpartition("-")[0] or slug[:40]
    return slug.strip("-")


# Below: how it is done.


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
                    scopes=[f"series:{series.pk}", f"community:{series.community_id}"],
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
