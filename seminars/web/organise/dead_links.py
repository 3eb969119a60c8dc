"""Links on a community's pages that lead nowhere: where each stands, and where it is mended or left alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_community_or_404
from seminars.followups.links import looking
from seminars.followups.links.models import LinkPlace, OutsideLink, PlaceKind
from seminars.followups.papers.models import PaperVersion
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.series.resources.models import Resource
from seminars.sessions.models import Session
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.visitors import visitor_of
from seminars.words import say

MOST = 200


@dataclass(frozen=True)
class Row:
    """A dead link where it stands. title, page: of what it stands on; edit: where its address is changed."""

    place: LinkPlace
    title: str
    page: str
    edit: str
    resource: Resource | None = None

    @property
    def link(self) -> OutsideLink:
        """The link."""
        return self.place.link


def dead_in(community: Community, *, language: str, of: Iterable[PlaceKind] = tuple(PlaceKind)) -> list[Row]:
    """Return the dead links of a community, the longest dead first. of: kinds of places; a question for each."""
    places = LinkPlace.objects.dead().filter(community=community, kind__in=of).select_related("link")
    found = list(places.order_by("link__failing_since", "pk")[:MOST])
    things = {kind: _things(kind, [each.key for each in found if each.kind == kind]) for kind in KINDS}
    return [
        KINDS[PlaceKind(each.kind)](each, things[PlaceKind(each.kind)][each.key], community, language)
        for each in found
        if each.key in things[PlaceKind(each.kind)]
    ]


@for_organisers
@require_safe
def links(request: HttpRequest, slug: str) -> HttpResponse:
    """Every link that leads nowhere, with the page that it stands on."""
    community = organised_community_or_404(slug, visitor_of(request))
    rows = dead_in(community, language=get_language() or "en")
    return render(request, "seminars/organise/dead_links.html", {"community": community, "rows": rows})


@for_organisers
@require_POST
def leave(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """It is all right: leave it alone."""
    place = _place(request, slug, number)
    looking.leave_alone(place=place, now=timezone.now(), actor_id=actor(request))
    messages.success(request, _("The link is left as it is, and not looked at there any more."))
    return redirect("dead_links", slug)


@for_organisers
@require_POST
def look(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Have a look ordered: somebody has mended it there."""
    looking.order([_place(request, slug, number).link], now=timezone.now())
    messages.success(request, _("It is being looked at. Load this page again in a moment."))
    return redirect("dead_links", slug)


def _place(request: HttpRequest, slug: str, number: int) -> LinkPlace:
    community = organised_community_or_404(slug, visitor_of(request))
    return get_object_or_404(LinkPlace.objects.select_related("link"), pk=number, community=community)


def _things(kind: PlaceKind, keys: Iterable[int]) -> dict[int, Any]:
    """The rows that places of a kind stand on."""
    rows: dict[PlaceKind, Any] = {
        PlaceKind.RESOURCE: Resource.objects,
        PlaceKind.SESSION: Session.objects.select_related("series"),
        PlaceKind.SERIES: Series.objects,
        PlaceKind.COMMUNITY: Community.objects,
        PlaceKind.PAPER: PaperVersion.objects.select_related("paper").defer("body"),
    }
    wanted = list(keys)
    return dict(rows[kind].in_bulk(wanted)) if wanted else {}


def _resource(place: LinkPlace, one: Resource, of: Community, _language: str) -> Row:
    edit = reverse("edit_resource", args=[of.slug, one.uuid])
    return Row(place, one.title, reverse("resources", args=[of.slug]), edit, one)


def _session(place: LinkPlace, one: Session, _of: Community, language: str) -> Row:
    page, edit = reverse("session", args=[one.slug]), reverse("edit_session", args=[one.slug])
    return Row(place, say(one.heading, language), page, edit)


def _series(place: LinkPlace, one: Series, _of: Community, language: str) -> Row:
    page, edit = reverse("series", args=[one.slug]), reverse("edit_series", args=[one.slug])
    return Row(place, say(one.title, language), page, edit)


def _community(place: LinkPlace, one: Community, _of: Community, language: str) -> Row:
    page, edit = reverse("community", args=[one.slug]), reverse("edit_community", args=[one.slug])
    return Row(place, say(one.name, language), page, edit)


def _paper(place: LinkPlace, one: PaperVersion, _of: Community, _language: str) -> Row:
    edit = reverse("edit_paper", args=[one.paper.uuid])
    return Row(place, one.title, reverse("paper", args=[one.paper.slug]), edit)


KINDS: dict[PlaceKind, Callable[[LinkPlace, Any, Community, str], Row]] = {
    PlaceKind.RESOURCE: _resource,
    PlaceKind.SESSION: _session,
    PlaceKind.SERIES: _series,
    PlaceKind.COMMUNITY: _community,
    PlaceKind.PAPER: _paper,
}

BASE = "organise/communities/<slug:slug>/links/"
urlpatterns = [
    path(BASE, links, name="dead_links"),
    path(f"{BASE}<int:number>/leave/", leave, name="leave_dead_link"),
    path(f"{BASE}<int:number>/look/", look, name="look_at_dead_link"),
]
