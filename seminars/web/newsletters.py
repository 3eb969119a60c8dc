"""Newsletters on the web: the issues of a community and of the site, each for good, and their feeds."""

from itertools import groupby

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars.access import community_or_404
from seminars.calendars.atom import MOST, Piece, atom
from seminars.calendars.feeds import Subject
from seminars.calendars.lines import clean, clean_line
from seminars.notifications.newsletter import editing, saying
from seminars.notifications.newsletter.items import in_sections
from seminars.notifications.newsletter.models import Issue
from seminars.notifications.posting import language_of
from seminars.notifications.readers.models import scope_of
from seminars.people.models import Community, Joining
from seminars.people.visitors import NOBODY, Visitor
from seminars.web.polled import polled
from seminars.web.visitors import organises_in, visitor_of
from seminars.words import say

ON_A_PAGE = 60


@require_safe
def site_letters(request: HttpRequest) -> HttpResponse:
    """All issues of the site's letter."""
    return _list(request, None)


@require_safe
def community_letters(request: HttpRequest, slug: str) -> HttpResponse:
    """All issues of a community's."""
    return _list(request, community_or_404(slug, visitor_of(request)))


@require_safe
def site_letter(request: HttpRequest, number: int) -> HttpResponse:
    """One issue of the site's."""
    return _page(request, None, number)


@require_safe
def community_letter(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One issue of a community's."""
    return _page(request, community_or_404(slug, visitor_of(request)), number)


@require_safe
def site_feed(request: HttpRequest) -> HttpResponse:
    """The site's letter as Atom."""
    return _feed(request, None)


@require_safe
def community_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """A community's letter as Atom; of a closed one there is none."""
    community = community_or_404(slug, NOBODY)
    if community.joining == Joining.CLOSED:
        raise Http404
    return _feed(request, community)


def is_inside(visitor: Visitor, community: Community | None) -> bool:
    """Return whether the visitor reads what is for members of the community."""
    if community is None or visitor.is_admin:
        return visitor.is_admin
    return Community.objects.of_member(visitor).filter(pk=community.pk).exists()


def feed_of(community: Community | None) -> str:
    """Return the path of a letter's feed; "" where it has none."""
    if community is None:
        return reverse("site_letters_atom")
    return (
        ""
        if community.joining == Joining.CLOSED
        else reverse("community_letters_atom", args=[community.slug])
    )


def _list(request: HttpRequest, community: Community | None) -> HttpResponse:
    visitor = visitor_of(request)
    rows = Issue.objects.visible_to(visitor).filter(scope=scope_of(community)).defer("items")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    years = [
        (year, list(some)) for year, some in groupby(page, lambda each: each.went_at and each.went_at.year)
    ]
    context = {
        "community": community,
        "page": page,
        "years": years,
        "feed": feed_of(community),
        "plan": editing.plan_of(community),
        "edits": visitor.is_admin if community is None else organises_in(request, community.pk),
    }
    return render(request, "seminars/newsletters.html", context)


def _page(request: HttpRequest, community: Community | None, number: int) -> HttpResponse:
    visitor = visitor_of(request)
    rows = Issue.objects.visible_to(visitor).filter(scope=scope_of(community))
    issue = get_object_or_404(rows.select_related("community"), number=number)
    items = saying.unwithdrawn(editing.items_of(issue, now=timezone.now()))
    near = rows.defer("items").filter(number__in=[number - 1, number + 1])
    inside = is_inside(visitor, community)
    context = {
        "issue": issue,
        "community": community,
        "letter": saying.shown(issue, items, inside=inside),
        "hidden": 0 if inside else sum(each.inside for each in items),
        "near": {("later" if each.number and each.number > number else "earlier"): each for each in near},
        "feed": feed_of(community),
    }
    return render(request, "seminars/newsletter.html", context)


def _feed(request: HttpRequest, community: Community | None) -> HttpResponse:
    language = language_of(community.language if community else "")
    rows = Issue.objects.visible_to(NOBODY).filter(scope=scope_of(community)).select_related("community")
    with translation.override(language):
        name = say(community.name, language) if community else settings.SITE_NAME
        issues = list(rows[:MOST])
        gone = saying.withdrawn(
            item for each in issues for item in editing.items_of(each, now=timezone.now())
        )
        told = [_piece(each, language, gone) for each in issues]
        page = reverse("community_letters", args=[community.slug]) if community else reverse("site_letters")
        subject = Subject(
            name=name,
            page=settings.MERIDIAN_URL + page,
            language=language,
            made_at=community.made_at if community else None,
        )
        address = settings.MERIDIAN_URL + request.path
        heading = clean_line(_("%(name)s: newsletter") % {"name": name})
        body = atom(subject, told, address=address, language=language, heading=heading)
    return polled(request, body)


def _piece(issue: Issue, language: str, gone: set[str]) -> Piece:
    """One issue: its introduction, then the titles of what everybody may see. gone: refs that are shown no more."""
    assert issue.went_at is not None  # it is out
    items = [each for each in editing.items_of(issue, now=issue.went_at) if each.ref not in gone]
    lines = [say(issue.introduction, language)]
    for section in in_sections(items, inside=False):
        lines += ["", f"{section.title}:", *(f"– {say(each.title, language)}" for each in section.items)]
    return Piece(
        uid=str(issue.uuid),
        title=clean_line(heading_of(issue, language)),
        text=clean("\n".join(lines)).strip(),
        page=settings.MERIDIAN_URL + saying.page_of(issue),
        at=issue.went_at,
        language=language,
    )


def heading_of(issue: Issue, language: str) -> str:
    """Return what an issue is called: as its editor said, else by its number."""
    own = " ".join(say(issue.subject, language).split())
    return own or _("Newsletter %(number)d") % {"number": issue.number or 0}


_COMMUNITY = "communities/<slug:slug>/newsletter/"
urlpatterns = [
    path("newsletter/", site_letters, name="site_letters"),
    path("newsletter/changes.atom", site_feed, name="site_letters_atom"),
    path("newsletter/<int:number>/", site_letter, name="site_letter"),
    path(_COMMUNITY, community_letters, name="community_letters"),
    path(f"{_COMMUNITY}changes.atom", community_feed, name="community_letters_atom"),
    path(f"{_COMMUNITY}<int:number>/", community_letter, name="community_letter"),
]
