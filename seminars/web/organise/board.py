"""The organiser's first page: what needs me, what comes next, what is not out yet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from seminars.followups.models import Item
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import LawChange, Session
from seminars.web.forms.templates import TEMPLATES
from seminars.web.listing import rows_of, with_series
from seminars.web.organise.gate import for_organisers
from seminars.web.visitors import visitor_of

ITEMS, SESSIONS, DRAFTS = 30, 10, 20


@for_organisers
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Open items, overdue first; the next sessions; drafts; my communities."""
    visitor, now = visitor_of(request), timezone.now()
    communities = Community.objects.organised_by(visitor).order_by("slug")
    items = Item.objects.visible_to(visitor).open().select_related("session__series")
    sessions = Session.objects.organised_by(visitor).published().upcoming(now=now)
    drafts = Series.objects.filter(community__in=communities, published_at=None).select_related("community")
    context = {
        "now": now,
        "communities": communities,
        "items": items[:ITEMS],
        "rows": rows_of(with_series(sessions)[:SESSIONS], now),
        "drafts": drafts.order_by("-made_at")[:DRAFTS],
        "series": Series.objects.published().filter(community__in=communities).order_by("slug"),
        "is_admin": visitor.is_admin,
        "templates": TEMPLATES if communities else (),
        "new_laws": LawChange.objects.organised_by(visitor).undecided().standing(now=now).exists(),
    }
    return render(request, "seminars/organise/board.html", context)


urlpatterns = [path("organise/", board, name="organise")]
