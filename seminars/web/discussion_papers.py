"""Discussion papers on the web: lists, each paper in all its versions for good, their files, and feeds."""

from itertools import groupby
from uuid import uuid5

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars.access import community_or_404
from seminars.calendars.atom import MOST, Piece, atom
from seminars.calendars.feeds import Subject
from seminars.calendars.lines import clean, clean_line
from seminars.followups.papers import marking
from seminars.followups.papers.models import Paper, PaperQuerySet, PaperState, PaperVersion
from seminars.notifications.posting import language_of
from seminars.people.models import Community, Joining
from seminars.people.visitors import NOBODY
from seminars.sessions.models import Session
from seminars.web.paper_sheets import bibtex, citation, doi_address, pdf_of, sessions_of, versions_of
from seminars.web.polled import polled
from seminars.web.visitors import organises_in, visitor_of
from seminars.words import say

ON_A_PAGE = 40


@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """All papers of the site that the visitor may read."""
    return _list(request, None)


@require_safe
def community_papers(request: HttpRequest, slug: str) -> HttpResponse:
    """Those of a community."""
    return _list(request, community_or_404(slug, visitor_of(request)))


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The site's papers as Atom."""
    return _feed(request, None)


@require_safe
def community_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """A community's papers as Atom."""
    return _feed(request, community_or_404(slug, NOBODY))


@require_safe
def paper(request: HttpRequest, slug: str, number: int = 0) -> HttpResponse:
    """A version of a paper (0: the latest); of one that was withdrawn, that it was here (410)."""
    found = _paper(request, slug)
    if found.withdrawn_at:
        return render(request, "seminars/paper_withdrawn.html", {"paper": found}, status=410)
    versions = versions_of(found)
    version = _version(versions, number)
    language = get_language() or settings.LANGUAGE_CODE
    shown = set(
        Session.objects.visible_to(visitor_of(request)).filter(papers=found).values_list("pk", flat=True)
    )
    context = {
        "paper": found,
        "community": found.community,
        "version": version,
        "versions": versions,
        "latest": versions[0],
        "summary": marking.html(version.summary),
        "body": marking.html(version.body),
        "contents": [each for each in marking.headings(version.body) if each.level <= 3],
        "sessions": [(each, each.pk in shown) for each in sessions_of(found)],
        "replaces": Paper.objects.visible_to(visitor_of(request)).filter(replaced_by=found),
        "citation": citation(found, version, language),
        "bibtex": bibtex(found, version, language),
        "doi": doi_address(version.doi),
        "public": _is_public(found),
        "edits": organises_in(request, found.community_id),
    }
    return render(request, "seminars/paper.html", context)


@require_safe
def paper_file(request: HttpRequest, slug: str, number: int = 0) -> HttpResponse:
    """The same as a PDF."""
    found = _paper(request, slug)
    if found.withdrawn_at:
        return render(request, "seminars/paper_withdrawn.html", {"paper": found}, status=410)
    return pdf_of(request, found, _version(versions_of(found), number), public=_is_public(found))


def _paper(request: HttpRequest, slug: str) -> Paper:
    rows = Paper.objects.visible_to(visitor_of(request)).select_related("community", "replaced_by")
    return get_object_or_404(rows, slug=slug)


def _version(versions: list[PaperVersion], number: int) -> PaperVersion:
    for each in versions:
        if number in {0, each.version}:
            return each
    raise Http404


def _is_public(found: Paper) -> bool:
    return found.for_everybody or found.community.joining != Joining.CLOSED


def _of(rows: PaperQuerySet, community: Community | None) -> PaperQuerySet:
    rows = rows.filter(withdrawn_at=None).select_related("community", "replaced_by")
    return rows.filter(community=community) if community else rows


def _list(request: HttpRequest, community: Community | None) -> HttpResponse:
    rows = _of(Paper.objects.visible_to(visitor_of(request)), community).defer("body")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    found = {each.pk: each for each in page}
    latest: dict[int, PaperVersion] = {}
    versions = PaperVersion.objects.filter(paper__in=found).defer("body")
    for each in versions.order_by("paper_id", "version"):
        latest[each.paper_id] = each
    told = [(each, latest[each.pk]) for each in page]
    years = [(year, list(some)) for year, some in groupby(told, lambda row: row[0].year)]
    context = {
        "community": community,
        "page": page,
        "years": years,
        "feed": reverse("community_papers_atom", args=[community.slug])
        if community
        else reverse("papers_atom"),
        "edits": bool(community and organises_in(request, community.pk)),
    }
    return render(request, "seminars/papers.html", context)


def _feed(request: HttpRequest, community: Community | None) -> HttpResponse:
    language = language_of(community.language if community else "")
    rows = _of(Paper.objects.visible_to(NOBODY), community).exclude(state=PaperState.SUPERSEDED)
    versions = PaperVersion.objects.filter(paper__in=rows).select_related("paper__community").defer("body")
    with translation.override(language):
        name = say(community.name, language) if community else settings.SITE_NAME
        page = reverse("community_papers", args=[community.slug]) if community else reverse("papers")
        subject = Subject(
            name=name,
            page=settings.MERIDIAN_URL + page,
            language=language,
            made_at=community.made_at if community else None,
        )
        body = atom(
            subject,
            [_piece(each) for each in versions.order_by("-out_at", "-pk")[:MOST]],
            address=settings.MERIDIAN_URL + request.path,
            language=language,
            heading=clean_line(_("%(name)s: discussion papers") % {"name": name}),
        )
    return polled(request, body)


def _piece(version: PaperVersion) -> Piece:
    """One version; its entry keeps its name for ever."""
    found = version.paper
    words = [version.changes, marking.words_in(version.summary)]
    return Piece(
        uid=str(uuid5(found.uuid, str(version.version))),
        title=clean_line(f"{found.label}: {version.title}"),
        text=clean("\n\n".join(each for each in words if each)).strip(),
        page=settings.MERIDIAN_URL + reverse("paper_version", args=[found.slug, version.version]),
        at=version.out_at,
        language=version.language,
    )


_COMMUNITY = "communities/<slug:slug>/papers/"
urlpatterns = [
    path("papers/", papers, name="papers"),
    path("papers/changes.atom", feed, name="papers_atom"),
    path("papers/<slug:slug>/", paper, name="paper"),
    path("papers/<slug:slug>/paper.pdf", paper_file, name="paper_file"),
    path("papers/<slug:slug>/versions/<int:number>/", paper, name="paper_version"),
    path("papers/<slug:slug>/versions/<int:number>/paper.pdf", paper_file, name="paper_version_file"),
    path(_COMMUNITY, community_papers, name="community_papers"),
    path(f"{_COMMUNITY}changes.atom", community_feed, name="community_papers_atom"),
]
