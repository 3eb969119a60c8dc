"""The site map for search engines: all that everybody may see, when it last changed, and what can be watched there."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recordings.catalogue.models import Recording
from recordings.preservation.changing import facts_of, kept_facts, site_facts
from recordings.preservation.describing import describe_all
from seminars.calendars.lines import clean, clean_line
from seminars.followups.papers.models import Paper
from seminars.people.models import Community
from seminars.people.visitors import NOBODY
from seminars.series.models import Audience, Series
from seminars.sessions.models import Material, MaterialKind, MaterialState, Session
from seminars.web.feeds import missing
from seminars.web.polled import polled, polled_by
from seminars.words import say

PAGE = 5_000
"""Addresses of one file. The protocol allows 50,000 and 50 MB; with videos these are some 5 MB."""
XML = "application/xml; charset=utf-8"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
VIDEO = "http://www.google.com/schemas/sitemap-video/1.1"
LONGEST_TITLE, LONGEST_WORDS = 100, 2048
MOST_SECONDS = 28_800  # what the extension allows; a longer one goes without its length


@dataclass(frozen=True)
class Video:
    """What the extension says of a video. Addresses are whole."""

    thumbnail: str
    title: str
    about: str
    content: str
    seconds: float
    out: datetime | None


@dataclass(frozen=True)
class Place:
    """One address. changed_at: by the facts; None where none says."""

    path: str
    changed_at: datetime | None = None
    video: Video | None = None


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The list of the files."""
    now = timezone.now()
    root = Element("sitemapindex", {"xmlns": SITEMAP})
    for name, each in PARTS.items():
        count = each.rows(now).count()
        for number in range(1, -(-count // PAGE) + 1):
            address = (
                settings.MERIDIAN_URL + reverse(f"sitemap_{name}") + (f"?page={number}" if number > 1 else "")
            )
            _add(SubElement(root, "sitemap"), "loc", address)
    return polled(request, _document(root), XML)


@require_safe
def sitemap_part(request: HttpRequest, part: str) -> HttpResponse:
    """One file, `?page=2` the next; 404 where there is nothing in it."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    if not number:
        return missing()
    now = timezone.now()
    what = PARTS[part]
    rows, first = what.rows(now), (number - 1) * PAGE
    if rows.count() <= first:  # `exists` would group by all columns of what is counted up
        return missing()
    page = rows[first : number * PAGE]

    def written() -> bytes:
        root = Element("urlset", {"xmlns": SITEMAP, "xmlns:video": VIDEO})
        for place in what.places(page, now):
            _write(root, place)
        return _document(root)

    return polled_by(request, f"{request.path}?page={number}", what.facts(page, now), written, XML)


def communities(_now: datetime) -> QuerySet[Community, Any]:
    """Return communities with the last change of a session that everybody sees."""
    rows = Community.objects.visible_to(NOBODY)
    return rows.annotate(latest=_latest("series__sessions__")).order_by("pk")


def series(_now: datetime) -> QuerySet[Series, Any]:
    """Return series likewise."""
    return Series.objects.visible_to(NOBODY).annotate(latest=_latest("sessions__")).order_by("pk")


def papers(_now: datetime) -> QuerySet[Paper, Any]:
    """Return discussion papers with when their last version came out."""
    rows = Paper.objects.visible_to(NOBODY).filter(withdrawn_at=None)
    return rows.annotate(latest=Max("versions__out_at")).order_by("pk")


def sessions(_now: datetime) -> QuerySet[Session]:
    """Return sessions that have a page of their own: one that repeats another is shown on that one's."""
    return Session.objects.visible_to(NOBODY).filter(withdrawn_at=None, lead=None).order_by("pk")


def alone(now: datetime) -> QuerySet[Recording]:
    """Return recordings that never were a session."""
    return Recording.objects.kept(now=now).visible_to(NOBODY).filter(session=None).order_by("pk")


def _latest(prefix: str) -> Max:
    public = {f"{prefix}published_at__isnull": False, f"{prefix}audience": Audience.EVERYONE}
    return Max(f"{prefix}changed_at", filter=Q(**public))


def _named(view: str) -> Callable[[Iterable[Any], datetime], Iterator[Place]]:
    """Return what makes addresses of things by their short name."""

    def places(rows: Iterable[Any], _now: datetime) -> Iterator[Place]:
        for each in rows:
            yield Place(reverse(view, args=[each.slug]), each.latest)

    return places


def session_places(rows: QuerySet[Session], now: datetime) -> Iterator[Place]:
    """Yield pages of sessions, with the video of those in the archive. Two queries."""
    found = list(rows.select_related("series"))
    kept = Recording.objects.kept(now=now).visible_to(NOBODY).filter(session__isnull=False)
    films = Material.objects.filter(
        kind=MaterialKind.RECORDING,
        state=MaterialState.PUBLISHED,
        media_type__startswith="video/",
        path__startswith="/",
        poster__startswith="/",
        session__in=[each.pk for each in found],
    )
    there = kept.order_by().values("session_id")
    by_session = {each.session_id: each for each in films.filter(session__in=there).order_by("-pk")}
    for each in found:
        film = by_session.get(each.pk)
        yield Place(
            reverse("session", args=[each.slug]), each.changed_at, _video(each, film) if film else None
        )


def _video(session: Session, film: Material) -> Video:
    title = say(session.heading, session.language)
    return Video(
        thumbnail=settings.MERIDIAN_URL + film.poster,
        title=title,
        about=say(session.abstract, session.language) or title,
        content=settings.MERIDIAN_URL + film.path,
        seconds=film.seconds or 0,
        out=film.published_at,
    )


def recording_places(rows: QuerySet[Recording], _now: datetime) -> Iterator[Place]:
    """Yield pages of recordings that never were a session."""
    for each in describe_all(rows):
        films = [file for file in each.made_by("video", "video_360") if file.plays]
        posters = each.made_by("poster")
        title = say(each.title, each.language)
        video = Video(
            thumbnail=posters[0].href,
            title=title,
            about=say(each.abstract, each.language) or title,
            content=films[0].href,
            seconds=films[0].seconds,
            out=each.published_at,
        ) if films and posters else None  # fmt: skip
        yield Place(reverse("archive_item", args=[each.slug]), each.changed_at, video)


@dataclass(frozen=True)
class Part:
    """One kind of file: what is in it, how that becomes addresses, and what differs whenever they do."""

    rows: Callable[[datetime], Any]
    places: Callable[[Any, datetime], Iterator[Place]]
    facts: Callable[[Any, datetime], str] = lambda _page, _now: site_facts()


PARTS = {
    "communities": Part(communities, _named("community")),
    "series": Part(series, _named("series")),
    "papers": Part(papers, _named("paper")),
    "sessions": Part(sessions, session_places, lambda _page, now: site_facts(kept_facts(now=now))),
    "archive": Part(alone, recording_places, lambda page, _now: facts_of(page)),
}


def _write(root: Element, place: Place) -> None:
    url = SubElement(root, "url")
    _add(url, "loc", settings.MERIDIAN_URL + place.path)
    if place.changed_at:
        _add(url, "lastmod", _stamp(place.changed_at))
    if place.video is None:
        return
    video = SubElement(url, "video:video")
    title = clean_line(place.video.title) or place.path
    _add(video, "video:thumbnail_loc", place.video.thumbnail)
    _add(video, "video:title", title[:LONGEST_TITLE])
    _add(video, "video:description", (clean(place.video.about).strip() or title)[:LONGEST_WORDS])
    _add(video, "video:content_loc", place.video.content)
    if 1 <= round(place.video.seconds) <= MOST_SECONDS:
        _add(video, "video:duration", str(round(place.video.seconds)))
    if place.video.out:
        _add(video, "video:publication_date", _stamp(place.video.out))


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _document(root: Element) -> bytes:
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


urlpatterns = [
    path("sitemap.xml", sitemap_index, name="sitemap"),
    *(path(f"sitemap-{part}.xml", sitemap_part, {"part": part}, name=f"sitemap_{part}") for part in PARTS),
]
