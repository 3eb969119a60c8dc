"""A community's page: what it is, how to join, its series, what comes next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from seminars.access import community_or_404
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.web.listing import archived, rows_of, split, with_series
from seminars.web.rhythms import rhythm_words
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

NEXT, NEW = 8, 5


@require_safe
def community(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the community `slug`, or 404 when it is closed to this visitor."""
    now = timezone.now()
    found = community_or_404(slug, visitor_of(request))
    series = (
        Series.objects.visible_to(visitor_of(request)).published().filter(community=found).order_by("slug")
    )
    locale = reader_of(request).locale
    ours = Session.objects.visible_to(visitor_of(request)).published().filter(series__community=found)
    coming = list(with_series(ours).upcoming(now=now).filter(within=None)[:NEXT])
    latest = list(archived(with_series(ours).past(now=now))[:NEW])
    ahead, new = split(rows_of([*coming, *latest], now), len(coming))
    context = {
        "now": now,
        "community": found,
        "series": [(each, rhythm_words(each, locale)) for each in series],
        "ahead": ahead,
        "new": new,
    }
    return render(request, "seminars/community.html", context)


urlpatterns = [path("communities/<slug:slug>/", community, name="community")]
