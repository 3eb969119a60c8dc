"""The organiser's first page: what needs me, what comes next, what is not out yet."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from seminars.followups.models import Item
from seminars.notifications.newsletter.models import Issue
from seminars.people.models import Community
from seminars.series.models import Part, Series
from seminars.sessions.models import LawChange, Session
from seminars.web.forms.templates import TEMPLATES
from seminars.web.listing import rows_of, with_series
from seminars.web.organise.gate import for_organisers
from seminars.web.organise.waiting import waiting_in
from seminars.web.visitors import visitor_of
from seminars.words import alphabet, say

ITEMS, SESSIONS, DRAFTS = 30, 10, 20
RECENT = timedelta(days=30)  # how long somebody who takes notes finds a session here


@for_organisers
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Open items, overdue first; the next sessions; drafts; my communities."""
    visitor, now, language = visitor_of(request), timezone.now(), get_language() or "en"
    communities = Community.objects.organised_by(visitor).order_by("slug")
    items = Item.objects.visible_to(visitor).open().select_related("session__series")
    sessions = Session.objects.organised_by(visitor).published().upcoming(now=now)
    mine = Series.objects.organised_by(visitor)
    drafts = mine.filter(published_at=None).select_related("community")
    parts = Session.objects.filter(series__in=Series.objects.with_role(visitor, [Part.HOST, Part.NOTES]))
    recent = parts.published().filter(ends_at__gt=now - RECENT).order_by("starts_at", "id")
    context = {
        "now": now,
        "communities": sorted(communities, key=lambda each: alphabet(say(each.name, language), language)),
        "waiting": waiting_in(communities, Session.objects.organised_by(visitor), now=now, language=language),
        "items": items[:ITEMS],
        "rows": rows_of(with_series(sessions)[:SESSIONS], now),
        "drafts": drafts.order_by("-made_at")[:DRAFTS],
        "series": sorted(
            mine.published().order_by("slug"), key=lambda each: alphabet(say(each.title, language), language)
        ),
        "parts": rows_of(with_series(recent)[:SESSIONS], now),
        "hosts": set(Series.objects.with_role(visitor, [Part.HOST]).values_list("pk", flat=True)),
        "is_admin": visitor.is_admin,
        "templates": TEMPLATES if communities else (),
        "letters": Issue.objects.edited_by(visitor).drafts().select_related("community").defer("items"),
        "new_laws": LawChange.objects.organised_by(visitor).undecided().standing(now=now).exists(),
    }
    return render(request, "seminars/organise/board.html", context)


urlpatterns = [path("organise/", board, name="organise")]
