"""The same series once more, for the next year: a draft to look at, and then to publish."""

from datetime import date, datetime, timedelta

from seminars import clock
from seminars.series.cadence import describe
from seminars.series.models import Series
from seminars.sessions.drafting import draft_series
from seminars.sessions.planning import fill, inherited
from seminars.sessions.programme.parts import copy_parts

WEEKS = timedelta(weeks=52)
"""A year of whole weeks: dates that were chosen one by one keep their weekdays."""


def duplicate(*, series: Series, form_key: str | None = None, now: datetime, actor_id: int | None) -> Series:
    """Return a draft with the same words, rhythm, hour, place, links and owed list, beginning a year later or more.

    It begins after the series' own last date where it has one, and never in the past. Dates that were left out are
    forgotten: next year's holidays are others. The parts of its events are copied, twins and relays are not. The same
    `form_key` gives the same draft. Raises UserError as `drafting.draft_series`.
    """
    today = clock.to_wall(now, series.zone).date()
    first, years = series.first_date, 0
    after = max([today, *([last] if (last := _last_of(series)) and describe(series.rrule).count else [])])
    while first <= after:
        years += 1
        first = _later(series, series.first_date, years)
    draft = draft_series(
        community=series.community,
        title=series.title,
        abstract=series.abstract,
        zone=series.zone,
        first_date=first,
        local_time=series.local_time,
        minutes=series.minutes,
        days=series.days,
        precision=series.precision,
        rrule=_rule_later(series, years),
        rdates=[_later(series, date.fromisoformat(day), years) for day in series.rdates],
        external=series.external,
        date_rules=series.date_rules,
        owed={each.kind: each.days for each in series.owed.all()},
        form_key=form_key,
        now=now,
        actor_id=actor_id,
        **inherited(series),
    )
    for each in series.owed.all():
        if each.words:  # a task in the organisers' own words
            draft.owed.filter(kind=each.kind).update(words=each.words)
    _copy_programmes(series, draft, now, actor_id)
    return draft


# Below: how it is done.


def _copy_programmes(series: Series, draft: Series, now: datetime, actor_id: int | None) -> None:
    """Events keep their parts: the first of the draft takes those of the first, and so on.

    Only then does a draft get its sessions before it is published. Twins and relays are not copied.
    """
    rhythm = series.sessions.filter(within=None, lead=None, original_date__isnull=False)
    if not rhythm.filter(parts__isnull=False).exists() or draft.sessions.exists():
        return
    fill(series=draft, now=now, actor_id=actor_id)
    made = draft.sessions.filter(within=None, lead=None).select_related("series").order_by("original_date")
    # By place in the rhythm and not by date: in another year each date falls on another weekday.
    for event, to in zip(rhythm.order_by("original_date"), list(made), strict=False):
        copy_parts(event=event, to=to, now=now, actor_id=actor_id)


def _last_of(series: Series) -> date | None:
    found: date | None = (
        series.sessions.order_by("-original_date").values_list("original_date", flat=True).first()
    )
    return found


def _later(series: Series, day: date, years: int) -> date:
    """A rule finds its own weekday in the new year; listed dates keep theirs."""
    if not series.rrule:
        return day + WEEKS * years
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28) if leap else day.replace(year=day.year + years)


def _rule_later(series: Series, years: int) -> str:
    until = describe(series.rrule).until
    if until is None:
        return series.rrule
    return series.rrule.replace(f"UNTIL={until:%Y%m%d}", f"UNTIL={_later(series, until, years):%Y%m%d}")
