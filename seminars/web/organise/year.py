"""Sessions across series: twelve small calendars of a year, one month at a time, and the plain list."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from seminars import clock
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session, SessionQuerySet
from seminars.web.listing import Row, rows_of, with_series
from seminars.web.months import Month, entries_of, months_of
from seminars.web.organise.gate import for_organisers
from seminars.web.times import Reader
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

FIRST, LAST = 1970, 2090
LISTED = 50
SHOWN = [
    ("ahead", gettext_lazy("To come")),
    ("undated", gettext_lazy("Not yet dated")),
    ("past", gettext_lazy("Past")),
]


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


@for_organisers
@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """The plain list: what is to come, what has been, what has no date, page by page."""
    now, choice = timezone.now(), choice_of(request)
    mine = with_series(choice.narrow(Session.objects.organised_by(visitor_of(request))))
    kinds = {
        "ahead": mine.filter(ends_at__gt=now).order_by("starts_at", "id"),
        "undated": mine.filter(local_date=None, cancelled_at=None).order_by("series__slug", "number"),
        "past": mine.filter(ends_at__lte=now).order_by("-starts_at", "-id"),
    }
    shown = request.GET.get("show", "ahead")
    shown = shown if shown in kinds else "ahead"
    page = Paginator(kinds[shown], LISTED).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list, now)
    reader = reader_of(request)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(_month_of(row, reader), []).append(row)
    context = {"now": now, "choice": choice, "query": choice.query, "shown": shown, "kinds": SHOWN}
    context["may_plan"] = may_plan(request)
    context |= {
        "page": page,
        "groups": list(groups.items()),
        "year": clock.to_wall(now, reader.zone or "UTC").year,
    }
    return render(request, "seminars/organise/agenda.html", context)


def _month_of(row: Row, reader: Reader) -> str:
    """The month in words, by the reader's clock; "" for what has no date."""
    session = row.session
    day = session.local_date
    if session.starts_at and not session.all_day:
        day = clock.to_wall(session.starts_at, reader.zone or session.zone).date()
    return format_date(day, "LLLL y", locale=reader.locale).capitalize() if day else ""


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
    context = {"now": now, "year": year, "choice": choice, "query": choice.query, "today": here}
    return months, context | {"may_plan": may_plan(request)}


def may_plan(request: HttpRequest) -> bool:
    """Whether the visitor plans for a community, and not only within a series."""
    return Community.objects.organised_by(visitor_of(request)).exists()


urlpatterns = [
    path("organise/list/", agenda, name="organise_list"),
    path("organise/year/<int:year>/", year, name="organise_year"),
    path("organise/year/<int:year>/<int:month>/", month, name="organise_month"),
]
