"""The front door: live now and next, how to subscribe, what is new in the archive."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from seminars.people.models import Community
from seminars.people.setup import setup_needed
from seminars.sessions.models import Session
from seminars.web.listing import archived, rows_of, split, with_series
from seminars.web.visitors import visitor_of
from seminars.words import alphabet, say

NEXT, NEW = 8, 4


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what is on now and next, communities, and the newest of the archive."""
    now = timezone.now()
    visible = with_series(Session.objects.visible_to(visitor_of(request)).published())
    # What comes is named once, by its event; what can be watched is named part by part.
    coming = list(visible.upcoming(now=now).filter(within=None)[:NEXT])
    latest = list(archived(visible.past(now=now))[:NEW])
    ahead, new = split(rows_of([*coming, *latest], now), len(coming))
    language = get_language() or "en"
    communities = sorted(
        Community.objects.visible_to(visitor_of(request)).order_by("slug"),
        key=lambda each: alphabet(say(each.name, language), language),
    )
    context = {
        "now": now,
        "setup_needed": not communities and setup_needed(),
        "open": [row for row in ahead if row.is_open],
        "ahead": [row for row in ahead if not row.is_open],
        "new": new,
        "communities": communities,
    }
    return render(request, "seminars/home.html", context)


@require_safe
@cache_control(max_age=86400, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what is public, and keep them out of forms and redirects.

    Feeds stay open, the secret ones too: Google's calendar obeys this file. `X-Robots-Tag` keeps them unlisted.
    """
    closed = [
        "/accounts/",
        "/admin/",
        "/me/",
        "/organise/",
        "/zone/",
        "/language/",
        "/mailbox/",
        "/speak/",
        "/membership/",
        "/poll/",
        "/sessions/*/join",
    ]
    lines = [
        "User-agent: *",
        "Allow: /me/calendar/",
        "Allow: /me/tasks/",
        *(f"Disallow: {each}" for each in closed),
        f"Sitemap: {settings.MERIDIAN_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=86400, public=True)
def icon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that ask for the icon where they always did, for a page of errors or a feed, to where it is."""
    return redirect(static("seminars/favicon.svg"))


urlpatterns = [
    path("", home, name="home"),
    path("favicon.ico", icon, name="icon"),
    path("robots.txt", robots, name="robots"),
]
