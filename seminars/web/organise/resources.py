"""The moderator's queue of what members shared, and the rule by which it comes onto the list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.followups.links.models import PlaceKind
from seminars.series.resources import sharing
from seminars.series.resources.models import Resource
from seminars.web.deadlines import row_of
from seminars.web.forms.resources import DecideForm
from seminars.web.organise.dead_links import dead_in
from seminars.web.organise.gate import actor, for_organisers, say_refusal
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

MOST = 100


@for_organisers
@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits, the longest first, and whether posts wait at all."""
    community = organised_community_or_404(slug, visitor_of(request))
    now, reader = timezone.now(), reader_of(request)
    waiting = Resource.objects.filter(community=community).waiting().select_related("posted_by")
    context = {
        "now": now,
        "community": community,
        "rows": [row_of(each, reader, now) for each in waiting.prefetch_related("topics")[:MOST]],
        "form": DecideForm(),
        "dead": dead_in(community, language=get_language() or "en", of=[PlaceKind.RESOURCE]),
        "at_once": sharing.at_once(community),
    }
    return render(request, "seminars/organise/resources.html", context)


@for_organisers
@require_POST
def rule(request: HttpRequest, slug: str) -> HttpResponse:
    """At once, or after a look."""
    community = organised_community_or_404(slug, visitor_of(request))
    sharing.set_rule(community=community, at_once=request.POST.get("at_once") == "yes")
    messages.success(request, _("Saved."))
    return redirect("organise_resources", slug)


@for_organisers
@require_POST
def decide(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """Take it onto the list, or say why not."""
    community = organised_community_or_404(slug, visitor_of(request))
    resource = get_object_or_404(Resource, community=community, uuid=uuid)
    takes = request.POST.get("do") == "take"
    try:
        sharing.decide(
            resource=resource,
            takes=takes,
            reason=request.POST.get("reason", ""),
            now=timezone.now(),
            actor_id=actor(request),
        )
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(
            request, _("It is on the list.") if takes else _("Not taken. The one who posted it sees why.")
        )
    return redirect("organise_resources", slug)


BASE = "organise/communities/<slug:slug>/resources/"
urlpatterns = [
    path(BASE, queue, name="organise_resources"),
    path(f"{BASE}rule/", rule, name="resource_rule"),
    path(f"{BASE}<uuid:uuid>/", decide, name="decide_resource"),
]
