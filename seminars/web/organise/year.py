"""A year of sessions across series: twelve small calendars, one month at a time, and the plain list."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from seminars import clock
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session, SessionQuerySet
from seminars.web.listing import rows_of, with_series
from seminars.web.months import Month, entries_of, months_of
from seminars.web.organise.gate import for_organisers
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

FIRST, LAST = 1970, 2090


@dataclass(frozen=True)
class Choice:
    """What the page is narrowed to, and the links that narrow it otherwise."""

    communities: list[Community]
    series: list[Series]
    community: Community | None
    one: Series | None

    @property
    def query(self) -> str:
        """The query that keeps the choice on another page, with its question mark; "" where nothing is chosen."""
        chosen = {"community": self.community, "series": self.one}
        kept = {name: each.slug for name, each in chosen.items() if each}
        return f"?{urlencode(kept)}" if kept else ""

    def narrow(self, sessions: SessionQuerySet) -> SessionQuerySet:
        """Return the sessions of the choice."""
        if self.one:
            return sessions.filter(series=self.one)
        return sessions.filter(series__community=self.community) if self.community else sessions


def choice_of(request: HttpRequest) -> Choice:
    """Return what `?community=` and `?series=` ask for. Raises Http404 for what the visitor does not organise."""
    mine = Session.objects.organised_by(visitor_of(request)).filter(withdrawn_at=None)
    series = (
        Series.objects.filter(pk__in=mine.values("series_id")).select_related("community").order_by("slug")
    )
    found = list(series)
    communities = sorted({each.community for each in found}, key=lambda each: each.slug)
    wanted, one = request.GET.get("community", ""), request.GET.get("series", "")
    return Choice(
        communities,
        [each for each in found if not wanted or each.community.slug == wanted],
        get_object_or_404(Community, slug=wanted, pk__in=[each.pk for each in communities])
        if wanted
        else None,
        get_object_or_404(series, slug=one) if one else None,
    )


@for_organisers
@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    """The whole year."""
    if not FIRST <= year <= LAST:
        raise Http404
    choice = choice_of(request)
    months, context = _months(request, choice, year, range(1, 13))
    undated = choice.narrow(Session.objects.organised_by(visitor_of(request))).filter(local_date=None)
    ahead = with_series(undated.filter(cancelled_at=None)).order_by("series__slug", "number")
    context |= {
        "months": months,
        "listed": [month for month in months if month.entries],
        "undated": rows_of(ahead, context["now"]),
        "before": year - 1 if year > FIRST else None,
        "after": year + 1 if year < LAST else None,
    }
    return render(request, "seminars/organise/year.html", context)


@for_organisers
@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """One month, with what happens on each day."""
    if not (FIRST <= year <= LAST and 1 <= month <= 12):
        raise Http404
    months, context = _months(request, choice_of(request), year, [month])
    first = months[0].first
    before, after = first - timedelta(days=1), first + timedelta(days=31)
    context |= {
        "month": months[0],
        "days": [day for _week, days in months[0].weeks for day in days if day.entries],
        "before": before if before.year >= FIRST else None,
        "after": after if after.year <= LAST else None,
    }
    return render(request, "seminars/organise/month.html", context)


def _months(
    request: HttpRequest, choice: Choice, year: int, numbers: Any
) -> tuple[list[Month], dict[str, Any]]:
    now, reader = timezone.now(), reader_of(request)
    first = datetime(year, min(numbers), 1, tzinfo=UTC)
    last = datetime(year, max(numbers), 1, tzinfo=UTC) + timedelta(days=31)
    # A day wider than the span: the reader's date may be another than that of UTC.
    near = Q(starts_at__lt=last + timedelta(days=1), ends_at__gt=first - timedelta(days=1))
    mine = choice.narrow(Session.objects.organised_by(visitor_of(request)))
    found = with_series(mine.filter(near)).order_by("starts_at", "id")
    entries = entries_of(rows_of(found, now), reader)
    here = clock.to_wall(now, reader.zone or "UTC").date()
    months = months_of(entries, year, reader.locale, here, numbers)
    return months, {"now": now, "year": year, "choice": choice, "query": choice.query}


urlpatterns = [
    path("organise/year/<int:year>/", year, name="organise_year"),
    path("organise/year/<int:year>/<int:month>/", month, name="organise_month"),
]
