"""Subscribe pages: how to follow the calendar of the site, a community or a series."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from seminars.access import community_or_404, series_or_404
from seminars.calendars import tokens
from seminars.calendars.scopes import Kind, Scope
from seminars.people.models import Community, Joining, User
from seminars.people.visitors import NOBODY
from seminars.series.models import Series
from seminars.web.following import Following, following, is_local
from seminars.web.visitors import visitor_of
from seminars.words import say


@require_safe
def subscribe(request: HttpRequest) -> HttpResponse:
    """Follow everything that is public, or go on to a community."""
    offer = following(
        Scope(Kind.SITE), settings.SITE_NAME, language=settings.LANGUAGE_CODE, page_language=language()
    )
    communities = Community.objects.visible_to(visitor_of(request)).order_by("slug")
    return page(request, offer, communities=communities, heading=settings.SITE_NAME)


@require_safe
def subscribe_community(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a community; a closed one through the member's own calendar only."""
    found = community_or_404(slug, visitor_of(request))
    offer = None
    if found.joining != Joining.CLOSED:
        name = say(found.name, language())
        offer = following(
            Scope(Kind.COMMUNITY, slug), name, language=found.language, page_language=language()
        )
    back = reverse("community", args=[slug])
    return page(request, offer, community=found, heading=say(found.name, language()), back=back)


@require_safe
def subscribe_series(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a series; one that is not public through the member's own calendar only."""
    found = series_or_404(slug, visitor_of(request))
    offer = None
    if Series.objects.visible_to(NOBODY).filter(pk=found.pk).exists():
        name = say(found.title, language())
        offer = following(Scope(Kind.SERIES, slug), name, language=found.language, page_language=language())
    context = {"community": found.community, "draft": found.published_at is None}
    back = reverse("series", args=[slug])
    return page(request, offer, heading=say(found.title, language()), back=back, **context)


def page(request: HttpRequest, offer: Following | None, **context: Any) -> HttpResponse:
    """Show the ways to follow; to somebody signed in also their own calendar, if they have made its address."""
    mine = own(request.user) if request.user.is_authenticated else None
    return render(
        request, "seminars/subscribe.html", {"offer": offer, "mine": mine, "local": is_local(), **context}
    )


def own(user: User) -> Following | None:
    """Return the ways to follow a person's own calendar; None until they have asked for its address."""
    token = tokens.token_of(user)
    if token is None:
        return None
    scope = Scope(Kind.PERSONAL, token.token)
    return following(scope, settings.SITE_NAME, language="", page_language="")


def language() -> str:
    """Return the page's language."""
    return get_language() or settings.LANGUAGE_CODE


urlpatterns = [
    path("subscribe/", subscribe, name="subscribe"),
    path("communities/<slug:slug>/subscribe/", subscribe_community, name="subscribe_community"),
    path("series/<slug:slug>/subscribe/", subscribe_series, name="subscribe_series"),
]
