"""Requests to belong to a community: read them, approve or decline, with words."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.notifications.membership import mail_news
from seminars.people.membership import asking
from seminars.people.membership.models import JoinRequest, Standing
from seminars.people.models import Community
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.visitors import visitor_of

ON_A_PAGE = 25
ANSWERED = 20


@for_organisers
@require_safe
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """Who waits, the longest first, and who was answered lately."""
    return _page(request, organised_community_or_404(slug, visitor_of(request)))


def _page(
    request: HttpRequest, community: Community, *, wrong: tuple[int, str, str] | None = None
) -> HttpResponse:
    """The page. wrong: the request whose answer was refused, why, and what was typed."""
    ours = JoinRequest.objects.filter(community=community)
    page = Paginator(ours.waiting(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "community": community,
        "page": page,
        "waiting": [(each, [_past(past) for past in reversed(each.earlier)]) for each in page],
        "answered": ours.decided().exclude(decided_by=None).select_related("decided_by__person")[:ANSWERED],
        "longest": asking.LONGEST_ANSWER,
        "wrong": dict(zip(("pk", "why", "words"), wrong, strict=True)) if wrong else None,
    }
    status = 422 if wrong else 200
    return render(request, "seminars/organise/join_requests.html", context, status=status)


@for_organisers
@require_POST
def approve(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let somebody in."""
    return _decide(request, slug, pk, approve=True)


@for_organisers
@require_POST
def decline(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Do not, and say why."""
    return _decide(request, slug, pk, approve=False)


def _decide(request: HttpRequest, slug: str, pk: int, *, approve: bool) -> HttpResponse:
    community = organised_community_or_404(slug, visitor_of(request))
    found = get_object_or_404(JoinRequest.objects.filter(community=community), pk=pk)
    now = timezone.now()
    try:
        with transaction.atomic():
            asking.decide(
                request=found,
                approve=approve,
                words=request.POST.get("words", ""),
                now=now,
                actor_id=actor(request),
            )
            mail_news(found, now=now)
    except asking.Answered as answered:
        messages.info(request, _answered_words(answered.request))
    except UserError as refused:
        return _page(request, community, wrong=(pk, str(refused), request.POST.get("words", "")))
    else:
        words = _("%(name)s is a member.") if approve else _("The request of %(name)s is declined.")
        messages.success(request, words % {"name": found.name})
    return redirect("join_requests", slug)


def _answered_words(found: JoinRequest) -> str:
    """What happened meanwhile, and by whom."""
    who = {"name": found.name, "by": getattr(getattr(found.decided_by, "person", None), "name", "")}
    if found.standing == Standing.WITHDRAWN:
        return _("%(name)s withdrew the request meanwhile.") % who
    if found.standing == Standing.APPROVED:
        return _("%(by)s approved the request of %(name)s meanwhile.") % who
    return _("%(by)s declined the request of %(name)s meanwhile.") % who


def _past(past: dict[str, Any]) -> dict[str, Any]:
    """What was asked and answered before, for the page."""
    moment = past.get("decided_at") or past.get("asked_at") or ""
    return past | {"at": parse_datetime(moment) if moment else None}


urlpatterns = [
    path("organise/communities/<slug:slug>/requests/", requests, name="join_requests"),
    path("organise/communities/<slug:slug>/requests/<int:pk>/approve/", approve, name="approve_request"),
    path("organise/communities/<slug:slug>/requests/<int:pk>/decline/", decline, name="decline_request"),
]
