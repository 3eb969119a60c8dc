"""Podcasts of the site, a community, a series: the feed, its picture, the page that says how to follow it; chapters.

A podcast program sends no cookie, so what only members may hear has none: the page says so.
"""

from collections.abc import Iterable
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recordings.catalogue.models import Recording
from recordings.podcast.chapters import TYPE, chapters_json
from recordings.podcast.cover import cover
from recordings.podcast.rss import MOST, Show, rss
from recordings.preservation.changing import facts_of
from recordings.preservation.collecting import Collection, Missing, collection_of
from recordings.preservation.describing import describe_all, page_of
from recordings.slides.models import Chapter
from recordings.slides.reading import chapters_of
from recordings.web.collected import at_each, collected
from recordings.web.looking import of_one_for_everybody
from seminars.access import community_or_404, series_or_404
from seminars.notifications.posting import language_of
from seminars.people.membership.logos import path_of
from seminars.web.accents import accent_of
from seminars.web.polled import polled, polled_by
from seminars.web.visitors import visitor_of
from seminars.words import say

RSS = "application/rss+xml; charset=utf-8"
DAY = "public, max-age=86400"


@require_safe
@collected
def podcast(request: HttpRequest, collection: Collection) -> HttpResponse:
    """The feed."""
    newest = collection.recordings(now=timezone.now())[:MOST]
    mail = collection.contact or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    def written() -> bytes:
        with translation.override(language_of(collection.language)):
            episodes = describe_all(newest)
            chaptered = chaptered_of(each.uuid for each in episodes)
            return rss(show_of(collection), episodes, chaptered=chaptered, mail=mail)

    return polled_by(request, request.path, facts_of(newest, collection), written, RSS)


@require_safe
@collected
def podcast_cover(request: HttpRequest, collection: Collection) -> HttpResponse:
    """Its picture."""
    file = path_of(collection.logo) if collection.logo else None
    logo = file.read_bytes() if file and file.exists() else b""
    response = polled(request, cover(accent_of(collection.accent).light, logo), "image/png")
    response.headers["Cache-Control"] = DAY
    return response


@require_safe
def podcast_page(request: HttpRequest, kind: str, slug: str = "") -> HttpResponse:
    """How to follow it. Of what only some may see there is no podcast, and the page says why."""
    context: dict[str, Any] = {
        "name": settings.SITE_NAME,
        "crumb": _("Archive"),
        "back": reverse("archive"),
        "address": "",
    }
    visitor, language = visitor_of(request), get_language() or settings.LANGUAGE_CODE
    if kind == "community":
        community = community_or_404(slug, visitor)
        context |= {"name": say(community.name, language), "back": reverse("community", args=[slug])}
    elif kind == "series":
        series = series_or_404(slug, visitor)
        context |= {"name": say(series.title, language), "back": reverse("series", args=[slug])}
    if kind != "site":
        context["crumb"] = context["name"]
    try:
        collection = collection_of(kind, slug)
    except Missing:
        return render(request, "recordings/podcast.html", context)
    address = show_of(collection).address
    host = urlsplit(settings.MERIDIAN_URL).hostname or ""
    context |= {
        "address": address,
        "open": f"podcast://{address.partition('://')[2]}",
        "atom": f"{collection.base}/archive.atom",
        "empty": not collection.recordings(now=timezone.now()).exists(),
        "local": host in {"localhost", "127.0.0.1", "::1"},
    }
    return render(request, "recordings/podcast.html", context)


@require_safe
@of_one_for_everybody
def chapters(request: HttpRequest, recording: Recording) -> HttpResponse:
    """The chapters of a recording that everybody may see; 404 where it has none."""
    marks = chapters_of(recording)
    if not marks:
        raise Http404
    words = recording.session.heading if recording.session else recording.title
    title = say(words, language_of(recording.language))
    page = settings.MERIDIAN_URL + page_of(recording)
    response = polled(request, chapters_json(marks, title=title, page=page), TYPE)
    response.headers["Access-Control-Allow-Origin"] = "*"  # podcast programs in browsers read it too
    return response


def show_of(collection: Collection) -> Show:
    """Return the podcast of a collection."""
    base = f"{settings.MERIDIAN_URL}{collection.base}"
    return Show(
        collection=collection,
        address=f"{base}/podcast.xml",
        page=settings.MERIDIAN_URL + collection.page,
        image=f"{base}/podcast.png",
        language=collection.language,
    )


def chaptered_of(uuids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the address of the chapters of each of these recordings that has some. One query."""
    rows = Chapter.objects.filter(chapters__recording__uuid__in=list(uuids)).order_by()
    found = rows.values_list("chapters__recording__uuid", "chapters__recording__slug").distinct()
    return {uuid: settings.MERIDIAN_URL + reverse("chapters", args=[slug]) for uuid, slug in found}


urlpatterns = [
    *at_each("podcast.xml", podcast, "podcast"),
    *at_each("podcast.png", podcast_cover, "podcast_cover"),
    *at_each("podcast/", podcast_page, "podcast_page"),
    path("archive/<slug:slug>/chapters.json", chapters, name="chapters"),
]
