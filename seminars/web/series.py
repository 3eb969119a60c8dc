"""A series' page: its rhythm, Subscribe first, what comes, what was."""

from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from seminars.access import guests_series_or_404, series_or_404
from seminars.followups.speed import speeds
from seminars.results.public import told_of_series
from seminars.series.models import Series
from seminars.series.suiting import unsuited_words
from seminars.sessions.models import Material, MaterialState, Session
from seminars.sessions.state import HEARD, State
from seminars.web.equity import equity_words
from seminars.web.listing import rows_of, split, with_series
from seminars.web.results import took_part_in_all
from seminars.web.rhythms import in_full
from seminars.web.series_registration import whole_button
from seminars.web.visitors import organises_in, visitor_of
from seminars.web.zones import reader_of

COMING, PAST = 12, 12
STOPPED = {State.CANCELLED, State.POSTPONED, State.WITHDRAWN}


@require_safe
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the series `slug`, or 404 when this visitor may not see it. `?past=all` lists every past session.

    Who is invited by name to some of its sessions, and belongs to nothing here, gets its name and these.
    """
    now = timezone.now()
    try:
        found = series_or_404(slug, visitor_of(request))
    except Http404:
        return _for_guest(request, guests_series_or_404(slug, visitor_of(request)), now)
    ours = Session.objects.visible_to(visitor_of(request)).published().filter(series=found, within=None)
    whole = request.GET.get("past") == "all"
    ahead = Q(ends_at__gt=now) | Q(starts_at=None)
    coming = list(
        with_series(ours).filter(ahead).order_by(F("starts_at").asc(nulls_last=True), "id")[:COMING]
    )
    past = list(with_series(ours).past(now=now)[: None if whole else PAST + 1])
    rows, rest = split(rows_of([*coming, *past], now), len(coming))
    upcoming = next((row for row in rows if row.state not in STOPPED), None)
    context = {
        "now": now,
        "series": found,
        "community": found.community,
        "rhythm": in_full(found, reader_of(request).locale),
        "next": upcoming,
        "equity": equity_words(found, upcoming.session if upcoming else None),
        "coming": [row for row in rows if row is not upcoming],
        "past": rest if whole else rest[:PAST],
        "more": not whole and len(past) > PAST,
        "counts": reliability(ours, now),
        "speed": speeds([found.pk]).get(found.pk) if past else None,
        "took_part": took_part_in_all(told_of_series(ours, now=now)) if past else "",
        "unsuited": (
            unsuited_words(found, coming, get_language() or "en", since=now.date())
            if found.date_rules.get("tell")
            else []
        ),
        "organises_this": organises_in(request, found.community_id),
        "whole": whole_button(request, found),
    }
    return render(request, "seminars/series.html", context)


def _for_guest(request: HttpRequest, found: Series, now: datetime) -> HttpResponse:
    mine = with_series(Session.objects.inviting(visitor_of(request)).filter(series=found))
    rows = rows_of(list(mine.order_by(F("starts_at").asc(nulls_last=True), "id")), now)
    context = {"now": now, "series": found, "community": found.community, "rows": rows}
    return render(request, "seminars/series_guest.html", context)


def reliability(sessions: "QuerySet[Session]", now: datetime) -> dict[str, int]:
    """Return how many sessions took place until `now`, and of how many there is a recording."""
    took_place = Q(cancelled_at=None, postponed_at=None, withdrawn_at=None, ends_at__lte=now)
    heard = Material.objects.filter(
        session=OuterRef("pk"),
        state=MaterialState.PUBLISHED,
        kind__in=HEARD,
    )
    once = sessions.filter(took_place, lead=None)  # a topic that is held twice is recorded once
    return once.aggregate(held=Count("pk"), recorded=Count("pk", filter=Exists(heard)))


urlpatterns = [path("series/<slug:slug>/", series, name="series")]
