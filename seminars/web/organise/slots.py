"""Slots: what each half-hour of the day means for the members, and which would be fair."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from seminars.access import organised_community_or_404
from seminars.people.expecting import Audience, audience_of
from seminars.people.models import Community
from seminars.series.fairness import LONGEST_MINUTES, Season, measure
from seminars.series.models import Series
from seminars.series.suggesting import Suggestion, always, best_slot, corridor, hour_of, outcome_of, suggest
from seminars.sessions.expanding import occurrences_of
from seminars.sessions.models import Precision, Session
from seminars.web.forms.slots import MOST_SESSIONS, SlotsForm, slot_of
from seminars.web.organise.advice import SECOND, anchor_words, cards_of, ledger_of
from seminars.web.organise.gate import for_organisers
from seminars.web.organise.strip import Words, columns_of, halves_of, locals_of, rows_of
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of


@for_organisers
@require_safe
def slots(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the strip for the community `slug`; every choice is in the address."""
    community = organised_community_or_404(slug, visitor_of(request))
    audience = audience_of(community)
    form = SlotsForm(request.GET, community=community, today=timezone.now().date())
    context: dict[str, Any] = {"community": community, "audience": audience, "form": form}
    if not audience.counts:
        return render(request, "seminars/organise/slots.html", context)
    if not form.is_valid():
        return render(request, "seminars/organise/slots.html", context, status=400)
    season, standing = _season(form, audience)
    words = Words(season, language=get_language() or "en", locale=reader_of(request).locale)
    return render(
        request, "seminars/organise/slots.html", context | _found(form, community, season, standing, words)
    )


def _season(form: SlotsForm, audience: Audience) -> tuple[Season, int | None]:
    """What is asked: the season of the form, or that of a series, with the slot at which that one stands."""
    data = form.cleaned_data
    series: Series | None = data["series"]
    days, zone, minutes, standing = form.days(), data["zone"], data["minutes"], None
    if series is not None and series.local_time is not None:
        days = _coming(series) or days
        zone, minutes = series.zone, min(series.minutes, LONGEST_MINUTES)
        standing = slot_of(series.local_time)
    return measure(audience.counts, days, anchor=zone, minutes=minutes, weights=form.weights()), standing


def _coming(series: Series) -> list[date]:
    """The dates of a series' sessions to come; where there are none, as of a draft, those that its rhythm promises."""
    now = timezone.now()
    ours = Session.objects.filter(series=series, local_date__isnull=False).upcoming(now=now)
    rows = ours.order_by("local_date").values_list("local_date", flat=True)[:MOST_SESSIONS]
    dates = [day for day in rows if day is not None]
    if dates:
        return dates
    promised = (each.local_date for each in occurrences_of(series, limit=MOST_SESSIONS))
    return [day for day in promised if day >= now.date()]


def _found(
    form: SlotsForm, community: Community, season: Season, standing: int | None, words: Words
) -> dict[str, Any]:
    suggestions, kept = suggest(season), corridor(season)
    best = best_slot(season)
    chosen = form.chosen()
    slot = chosen if chosen is not None else standing if standing is not None else best
    rows, columns = rows_of(season, words), columns_of(season, words, corridor=kept, chosen=slot)
    made = outcome_of(season, always(season, slot))
    plan = {
        "community": community.slug,
        "zone": season.anchor,
        "local_time": hour_of(slot),
        "minutes": season.minutes,
        "first_date": season.days[0].isoformat(),
    }
    return {
        "season": season,
        "city": words.city(season.anchor),
        "rows": rows,
        "columns": columns,
        "halves": halves_of(columns, rows),
        "cards": cards_of(season, suggestions, kept, words),
        "chosen": columns[slot],
        "locals": locals_of(season, rows, words, slot),
        "ledger": ledger_of(rows, suggestions, made, words),
        "anchors": anchor_words(season, slot, community.home_zone, words),
        "second": second_hours(form, community, suggestions, season.anchor),
        "choose": f"?{urlencode(form.address(start=''))}&start=",
        "plan": f"{reverse('plan_series')}?{urlencode(plan)}",
    }


def second_hours(
    form: SlotsForm, community: Community, suggestions: Sequence[Suggestion], zone: str
) -> dict[str, str]:
    """Return where the form for a twin or relay stands filled in, by kind: of the next session that can have one.

    Of the series that is asked about; without one, of all in the community.
    """
    ours = Session.objects.filter(series__community=community, lead=None, local_time__isnull=False)
    if form.cleaned_data["series"] is not None:
        ours = ours.filter(series=form.cleaned_data["series"])
    still = ours.filter(cancelled_at=None, postponed_at=None, withdrawn_at=None, parts=None, echoes=None)
    following = (
        still.filter(series__external=False, precision=Precision.DAY).upcoming(now=timezone.now()).first()
    )
    if following is None:
        return {}
    address = reverse("second_hour", args=[following.slug])
    return {
        each.kind.value: f"{address}?{urlencode({'echo': each.kind.value, 'zone': zone, 'time': hour})}"
        for each in suggestions
        if each.kind in SECOND
        for hour in [hour_of(each.outcome.plan[0][1])]
    }


urlpatterns = [path("organise/communities/<slug:slug>/slots/", slots, name="slots")]
