"""All that is not out yet, in one place: draft series, and draft sessions of series that are out."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.web.forms.templates import TEMPLATES
from seminars.web.listing import rows_of, with_series
from seminars.web.organise.gate import for_organisers
from seminars.web.visitors import visitor_of

SHOWN = 100


@for_organisers
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """Draft series with their age, to publish or discard; draft sessions, which lead to the table of their series."""
    visitor, now = visitor_of(request), timezone.now()
    series = Series.objects.organised_by(visitor).filter(published_at=None).select_related("community")
    inside = Session.objects.organised_by(visitor).filter(
        published_at=None, series__published_at__isnull=False
    )
    context = {
        "now": now,
        "drafts": series.annotate(laid_out=Count("sessions")).order_by("-made_at", "pk")[:SHOWN],
        "rows": rows_of(with_series(inside).order_by("series__slug", "starts_at", "number")[:SHOWN], now),
        "templates": TEMPLATES if Community.objects.organised_by(visitor).exists() else (),
    }
    return render(request, "seminars/organise/drafts.html", context)


urlpatterns = [path("organise/drafts/", drafts, name="organise_drafts")]
