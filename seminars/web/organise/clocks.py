"""When a country changes the law of its clocks: what it moved, and whether the local time or the moment stays."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from seminars import clock
from seminars.changes.refusing import UserError
from seminars.notifications.seeing import wall_before
from seminars.people.models import Membership
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.sessions.keeping import can_return, decide, kept_laws
from seminars.sessions.models import Keeping, LawChange, LawChangeQuerySet, Session
from seminars.sessions.revising import Stale
from seminars.web.laws import (
    Laws,
    earlier_or_later,
    hour_words,
    law_words,
    place_of,
    wall_after,
)
from seminars.web.organise.gate import actor, for_organisers, say_refusal
from seminars.web.organise.series import series_of
from seminars.web.times import city, day_words
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

NAMED = 4  # cities of members, the most first


@dataclass(frozen=True)
class Row:
    """One session: its hour there, (city, old hour, new hour) elsewhere, and the hour that would keep the moment."""

    session: Session
    when: str
    there: str
    elsewhere: list[tuple[str, str, str]]
    instead: str


@dataclass(frozen=True)
class Moved:
    """What one zone's new law did to one series: two sentences, and the sessions."""

    law: str
    effect: str
    rows: list[Row]


@dataclass(frozen=True)
class Affected:
    """One series, what moved it, the last finding on the page, and whether there is a moment to go back to."""

    series: Series
    parts: list[Moved]
    upto: int
    can_return: bool


class KeepForm(forms.Form):
    """What stays; `upto` is the last finding that the person saw."""

    keep = forms.ChoiceField(choices=Keeping.choices)
    upto = forms.IntegerField(min_value=1)


def open_findings(visitor: Visitor, now: datetime) -> LawChangeQuerySet:
    """Return what the visitor may still answer for."""
    return LawChange.objects.organised_by(visitor).undecided().standing(now=now)


@for_organisers
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What changed, by series; those with something to decide first."""
    now, locale = timezone.now(), reader_of(request).locale
    rows = open_findings(visitor_of(request), now).select_related("session__series__community")
    findings = list(rows.order_by("session__series__slug", "-starts_before", "id"))
    context = {
        "now": now,
        "affected": sorted(_affected(findings, locale, now), key=lambda each: not each.can_return),
        "release": clock.release(),
    }
    return render(request, "seminars/organise/clocks.html", context)


def _affected(findings: list[LawChange], locale: str, now: datetime) -> Iterator[Affected]:
    laws, homes = kept_laws(findings), _members_of({each.session.series.community_id for each in findings})
    for series, group in groupby(findings, key=lambda each: each.session.series):
        found = sorted(group, key=lambda each: (not each.moved, each.zone, each.starts_after))
        members = homes[series.community_id]
        parts = [
            _moved(list(part), members, laws, locale, now)
            for _zone, part in groupby(found, key=lambda each: (each.moved, each.zone))
        ]
        upto, back = max(each.pk for each in found), any(can_return(each, now) for each in found)
        yield Affected(series, parts, upto, back)


def _members_of(communities: set[int]) -> dict[int, dict[str, int]]:
    """Of each community, how many members live in each zone, the most first."""
    rows = Membership.objects.filter(community__in=communities)
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for community, zone, theirs in rows.values_list("community_id", "person__zone", "person__user__zone"):
        if zone or theirs:
            found[community][clock.canonical(zone or theirs)] += 1
    for community, counts in found.items():
        found[community] = dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
    return found


def _moved(found: list[LawChange], members: dict[str, int], laws: Laws, locale: str, now: datetime) -> Moved:
    first, words = found[0], _moved_words if found[0].moved else _elsewhere_words
    zones = _telling_zones(found, members, laws) if first.moved else [first.zone]
    rows = [_row(each, zones, laws, locale, now) for each in found]
    return Moved(law_words(first, laws, locale), words(found, zones, laws, locale), rows)


def _telling_zones(found: list[LawChange], members: dict[str, int], laws: Laws) -> list[str]:
    """Where members live whose hour moved; UTC where nobody is known."""
    moved = [
        zone
        for zone in members
        if any(wall_before(each, zone, laws) != wall_after(each, zone) for each in found)
    ]
    return moved[:NAMED] or ["UTC"]


def _row(finding: LawChange, zones: list[str], laws: Laws, locale: str, now: datetime) -> Row:
    session, hours = finding.session, []
    for zone in zones:
        old = hour_words(wall_before(finding, zone, laws), session, locale)
        hours.append((city(zone, locale), old, hour_words(wall_after(finding, zone), session, locale)))
    own = clock.to_wall(finding.starts_after, session.zone)
    instead = clock.to_wall(finding.starts_before, session.zone) if can_return(finding, now) else None
    return Row(
        session,
        when=day_words(own.date(), locale, short=True),
        there="" if session.all_day else hour_words(own, session, locale),
        elsewhere=hours,
        instead=hour_words(instead, session, locale) if instead else "",
    )


def _moved_words(found: list[LawChange], zones: list[str], _laws: Laws, locale: str) -> str:
    """ "6 sessions stay at 15:00 in Asunción and come 1 h earlier for members in Lisbon." """
    hours = {each.session.local_time for each in found}
    words = {"n": len(found), "city": city(found[0].zone, locale)}
    words["hour"] = hour_words(clock.to_wall(found[0].starts_after, found[0].zone), found[0].session, locale)
    words["shift"] = _shift({each.starts_after - each.starts_before for each in found})
    words["cities"] = get_text_list([city(zone, locale) for zone in zones], _("and"))
    nobody = zones == ["UTC"]
    if len(hours) == 1 and not found[0].session.all_day:
        said = ngettext(
            "%(n)d session stays at %(hour)s in %(city)s and comes %(shift)s",
            "%(n)d sessions stay at %(hour)s in %(city)s and come %(shift)s",
            len(found),
        )
    else:
        said = ngettext(
            "%(n)d session stays at its hour in %(city)s and comes %(shift)s",
            "%(n)d sessions stay at their hour in %(city)s and come %(shift)s",
            len(found),
        )
    whom = _("%(said)s everywhere else.") if nobody else _("%(said)s for members in %(cities)s.")
    return whom % {"said": said % words, "cities": words["cities"]}


def _elsewhere_words(found: list[LawChange], _zones: list[str], _laws: Laws, locale: str) -> str:
    """ "3 sessions stay at their hour in Lisbon and come 1 h later for members in Paraguay." """
    words = {"n": len(found), "city": city(found[0].session.zone, locale)}
    words["place"] = place_of(found[0].zone, locale)
    words["shift"] = _shift({timedelta(seconds=each.offset_after - each.offset_before) for each in found})
    said = ngettext(
        "%(n)d session stays at its hour in %(city)s and comes %(shift)s for members in %(place)s.",
        "%(n)d sessions stay at their hour in %(city)s and come %(shift)s for members in %(place)s.",
        len(found),
    )
    return said % words


def _shift(shifts: set[timedelta]) -> str:
    return earlier_or_later(shifts.pop()) if len(shifts) == 1 else _("at another hour")


@for_organisers
@require_POST
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer for one series at once."""
    series, form = series_of(request, slug), KeepForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what stays: the local time or the moment."))
        return redirect("organise_clocks")
    try:
        kept = decide(
            series=series,
            keep=Keeping(form.cleaned_data["keep"]),
            upto=form.cleaned_data["upto"],
            now=timezone.now(),
            actor_id=actor(request),
        )
    except UserError as refused:
        say_refusal(request, refused)
    except Stale:
        messages.error(request, _("Somebody else changed a session just now. Look at it, and try again."))
    else:
        _say(request, kept.stayed, kept.returned)
    return redirect("organise_clocks")


def _say(request: HttpRequest, stayed: int, returned: int) -> None:
    if returned:
        said = ngettext(
            "%(n)d session is back at the moment that was announced. Calendars follow when they read the feed again.",
            "%(n)d sessions are back at the moment that was announced. Calendars follow when they read the feed "
            "again.",
            returned,
        )
        messages.success(request, said % {"n": returned})
    if stayed:
        said = ngettext(
            "%(n)d session keeps its local time.", "%(n)d sessions keep their local time.", stayed
        )
        messages.success(request, said % {"n": stayed})
    if not returned and not stayed:
        messages.info(request, _("There was nothing left to answer."))


urlpatterns = [
    path("organise/clocks/", show, name="organise_clocks"),
    path("organise/series/<slug:slug>/clocks/", keep, name="keep_clocks"),
]
