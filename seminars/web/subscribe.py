"""Subscribe pages: how to follow the calendar of the site, a community or a series."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import community_or_404, series_or_404
from seminars.calendars import filters, tokens
from seminars.calendars.feeds import path_of
from seminars.calendars.following import follow, follows, unfollow
from seminars.calendars.models import FeedToken
from seminars.calendars.scopes import Kind, Scope
from seminars.calendars.subjects import name_of_filter, page_of_filter
from seminars.people.models import Community, Joining, User
from seminars.people.visitors import NOBODY
from seminars.series.models import Series
from seminars.web.feed_options import WrongOption, filters_in, options_in, unknown
from seminars.web.following import Following, following, is_local
from seminars.web.forms.subscribing import OptionsForm, WhatForm
from seminars.web.organise.gate import signed_in
from seminars.web.visitors import visitor_of
from seminars.words import say


@require_safe
def subscribe(request: HttpRequest) -> HttpResponse:
    """Follow everything that is public, what the address chooses of it, or go on to a community."""
    asked = cleaned(request)
    communities = Community.objects.visible_to(visitor_of(request)).order_by("slug")
    context: dict[str, Any] = {"communities": communities, "heading": settings.SITE_NAME, "feed_query": ""}
    context["mail_address"] = reverse("follow_site")
    try:
        pairs, options = filters_in(asked), options_in(asked)
        filters.check(pairs)
    except (WrongOption, filters.WrongValue) as wrong:
        context["wrong"] = str(wrong) if isinstance(wrong, WrongOption) else str(unknown(wrong))
        return page(request, None, form=WhatForm(QueryDict()), status=400, **context)
    context["form"] = WhatForm(asked)
    scope = Scope(Kind.SITE, "", options)
    if pairs:
        scope = Scope(Kind.FILTER, filters.name_of(pairs), options)
        context["heading"] = name_of_filter(pairs, language())
        context["feed_query"] = f"?{urlencode(pairs)}"
        context["where"] = page_of_filter(pairs)
    offer = following(
        scope, str(context["heading"]), language=settings.LANGUAGE_CODE, page_language=language()
    )
    return page(request, offer, **context)


@require_safe
def subscribe_community(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a community; a closed one through the member's own calendar only."""
    found = community_or_404(slug, visitor_of(request))
    scope = Scope(Kind.COMMUNITY, slug) if found.joining != Joining.CLOSED else None
    back = reverse("community", args=[slug])
    mails = reverse("follow_community", args=[slug])
    name = say(found.name, language())
    return one(request, scope, name, found.language, community=found, back=back, mail_address=mails)


@require_safe
def subscribe_series(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a series; one that is not public through the member's own calendar only."""
    found = series_or_404(slug, visitor_of(request))
    public = Series.objects.visible_to(NOBODY).filter(pk=found.pk).exists()
    context = {"community": found.community, "draft": found.published_at is None}
    if found.published_at:
        context["mail_address"] = reverse("follow_series_mails", args=[slug])
    if request.user.is_authenticated and found.published_at:
        context |= {"followed": follows(request.user.pk, found), "series": found}
    back = reverse("series", args=[slug])
    scope = Scope(Kind.SERIES, slug) if public else None
    return one(request, scope, say(found.title, language()), found.language, back=back, **context)


@signed_in
@require_POST
def follow_series(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a series into the person's own calendar, or take it out again."""
    found = series_or_404(slug, visitor_of(request))
    assert isinstance(request.user, User)  # `signed_in` saw to it
    if request.POST.get("wanted") == "no":
        unfollow(user=request.user, series=found)
        messages.success(request, _("Taken out of your own calendar."))
    else:
        follow(user=request.user, series=found, now=timezone.now())
        messages.success(request, _("It is in your own calendar from now on."))
    return redirect("subscribe_series", slug)


def one(
    request: HttpRequest, scope: Scope | None, name: str, own_language: str, **context: Any
) -> HttpResponse:
    """Show how to follow one thing, with the options that the address asks for."""
    asked, offer, status = cleaned(request), None, 200
    if scope is not None:
        context["feed_base"] = path_of(scope).rpartition("/")[0]
        try:
            scope = Scope(scope.kind, scope.name, options_in(asked))
        except WrongOption as wrong:
            context["wrong"], status, asked = str(wrong), 400, QueryDict()
        offer = following(scope, name, language=own_language, page_language=language())
        context["form"] = OptionsForm(asked)
    return page(request, offer, heading=name, status=status, **context)


def cleaned(request: HttpRequest) -> QueryDict:
    """Return what the form asked for, without the fields that were left as they are."""
    found = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        given = [str(value) for value in values if value]
        if given:
            found.setlist(name, given)
    return found


def page(request: HttpRequest, offer: Following | None, status: int = 200, **context: Any) -> HttpResponse:
    """Show the ways to follow; to somebody signed in also their own calendar, if they have made its address."""
    mine = own(request.user) if request.user.is_authenticated else None
    context |= {"offer": offer, "mine": mine, "local": is_local()}
    if offer is not None:
        where = settings.MERIDIAN_URL + str(context.get("where") or context.get("back") or "/")
        context["note"] = note_of(offer.name, where, settings.MERIDIAN_URL + request.get_full_path())
    return render(request, "seminars/subscribe.html", context, status=status)


@dataclass(frozen=True)
class Note:
    """A few words to send on, and the addresses that open WhatsApp and SMS with them."""

    text: str
    whatsapp: str
    sms: str


def note_of(name: str, page: str, subscribing: str) -> Note:
    """Return what somebody sends to others: the page, with the hours of each reader's own place, and this one."""
    words = _("%(name)s\nAll sessions in your own time: %(page)s\nIn your calendar: %(calendar)s")
    text = words % {"name": name, "page": page, "calendar": subscribing}
    coded = quote(text, safe="")
    return Note(text, f"https://wa.me/?text={coded}", f"sms:?&body={coded}")


def own(user: User) -> Following | None:
    """Return the ways to follow a person's own calendar; None until they have asked for its address."""
    token = tokens.token_of(user)
    return None if token is None else following_of(token)


def following_of(token: FeedToken) -> Following:
    """Return the ways to follow the calendar under a secret address."""
    return following(tokens.scope_of(token), settings.SITE_NAME, language="", page_language="")


def language() -> str:
    """Return the page's language."""
    return get_language() or settings.LANGUAGE_CODE


urlpatterns = [
    path("subscribe/", subscribe, name="subscribe"),
    path("communities/<slug:slug>/subscribe/", subscribe_community, name="subscribe_community"),
    path("series/<slug:slug>/follow/", follow_series, name="follow_series"),
    path("series/<slug:slug>/subscribe/", subscribe_series, name="subscribe_series"),
]
