"""A community's page: what it is, how to join, its series, what comes next."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars.access import community_or_404
from seminars.followups.papers.models import Paper
from seminars.people.membership.logos import path_of
from seminars.people.models import Community, Joining
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.web.forms.zones import city_of, locale_of
from seminars.web.listing import archived, rows_of, split, with_series
from seminars.web.membership import own_membership
from seminars.web.rhythms import rhythm_words
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of
from seminars.words import say

NEXT, NEW = 8, 5


@require_safe
def community(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the community `slug`, or 404 when it is closed to this visitor."""
    now = timezone.now()
    found = community_or_404(slug, visitor_of(request))
    series = (
        Series.objects.visible_to(visitor_of(request)).published().filter(community=found).order_by("slug")
    )
    locale = reader_of(request).locale
    ours = Session.objects.visible_to(visitor_of(request)).published().filter(series__community=found)
    coming = list(with_series(ours).upcoming(now=now).filter(within=None)[:NEXT])
    latest = list(archived(with_series(ours).past(now=now))[:NEW])
    ahead, new = split(rows_of([*coming, *latest], now), len(coming))
    context = {
        "now": now,
        "community": found,
        "series": [(each, rhythm_words(each, locale)) for each in series],
        "ahead": ahead,
        "new": new,
        "mine": own_membership(request, found),
        "papers": Paper.objects.visible_to(visitor_of(request))
        .filter(community=found, withdrawn_at=None)
        .count(),
        "facts": facts_of(found, get_language() or "en"),
    }
    return render(request, "seminars/community.html", context)


def facts_of(community: Community, language: str) -> list[tuple[str, str]]:
    """Return (name, words) of what a community says of itself; what it does not say is left out."""
    names = locale_of(language)
    tags = [community.language, *community.languages]
    meets = [say(community.rhythm, language) or community.get_rhythmic_display() * bool(community.rhythmic)]
    found = [
        (_("Purpose"), community.get_purpose_display()),
        (_("Lasts"), community.get_life_display()),
        (_("Meets"), ", ".join(filter(None, [str(community.get_form_display()), *map(str, meets)]))),
        (_("Members"), f"{community.get_takes_display()}, {community.get_joining_display()}"),
        (_("Event"), community.get_tied_display() if community.tied else ""),
        (_("Belonging"), community.get_mandate_display() if community.mandate else ""),
        (_("Languages"), ", ".join(str(names.languages.get(tag, tag)) for tag in tags)),
        (_("Countries"), ", ".join(str(names.territories.get(code, code)) for code in community.countries)),
        (_("At home in"), city_of(community.home_zone, language)),
    ]
    return [(name, str(words)) for name, words in found if words]


@require_safe
def logo(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Send the logo to who may see the community: it never changes under its address."""
    found = community_or_404(slug, visitor_of(request))
    path = path_of(key)
    if found.logo != key or not path.exists():
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="image/png")  # of a few kilobytes
    whose = "private" if found.joining == Joining.CLOSED else "public"
    response.headers["Cache-Control"] = f"{whose}, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


urlpatterns = [
    path("communities/<slug:slug>/", community, name="community"),
    path("communities/<slug:slug>/logo/<str:key>.png", logo, name="community_logo"),
]
