"""/archive/<slug>/embed/ and /oembed/: a small player within other sites, of what everybody may see, and no more.

oEmbed 1.0, https://oembed.com.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from csp.decorators import csp_replace
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from recordings.catalogue.models import Recording
from recordings.preservation.citations import authors, publisher_of, title_of
from recordings.preservation.describing import describe
from recordings.preservation.description import Description
from recordings.publishing.editions import shelf_of
from recordings.publishing.tombstones import tombstone_of
from recordings.web.looking import recording_or_404
from recordings.web.media import gone
from recordings.web.viewing import by_reader, moment_asked, moment_said, ways_of
from seminars.people.visitors import NOBODY
from seminars.words import language_said, say

WIDTH, HEIGHT, SOUND_HEIGHT, LEAST = 640, 360, 180, 200
"""Pixels: of the player, of one with nothing to see, and the narrowest that is still of use."""
FOOT = 64
"""Pixels below the picture, for the title and the way to the page."""
AGE = 3600
ANYBODY = {"Access-Control-Allow-Origin": "*", "Cache-Control": f"public, max-age={AGE}"}
TEXT = "text/plain; charset=utf-8"
_PLACE = re.compile(r"/(sessions|archive)/([-a-zA-Z0-9_]+)/(?:embed/)?")


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # its types know no addresses with names
@require_safe
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the player alone, for a frame in another site; 404 for everything that not everybody may see.

    410 with the reason for one that was withdrawn.
    """
    recording = recording_or_404(request, slug, for_everybody=True)
    if stone := tombstone_of(recording):
        return gone(stone)
    shelf = shelf_of(recording)
    session, language = recording.session, get_language() or "en"
    words = session.heading if session else recording.title
    context = {
        "recording": recording,
        "title": say(words, language),
        "title_language": language_said(words, language),
        "shelf": shelf,
        "ways": {each.name: each for each in ways_of(shelf)},
        "captions": by_reader(shelf.captions, recording),
        "start": moment_asked(request),
        "page": settings.MERIDIAN_URL + reverse("archive_item", args=[recording.slug]),
    }
    return render(request, "recordings/embed.html", context)


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer a site that wants to show an address of ours, or what once was one: JSON or XML.

    404 for what is hidden, 410 with the reason for what was withdrawn, 501 for other forms.
    """
    form = request.GET.get("format", "json")
    if form not in {"json", "xml"}:
        return HttpResponse(_("Ask for format=json or format=xml."), status=501, content_type=TEXT)
    asked = request.GET.get("url", "")
    found = named_by(asked)
    recording = found and Recording.objects.visible_to(NOBODY).filter(found).select_related(
        "session__series__community"
    ).first()  # fmt: skip
    if not recording:
        return HttpResponse(_("There is nothing to show at this address."), status=404, content_type=TEXT)
    if stone := tombstone_of(recording):
        return gone(stone)
    told = told_of(recording, request.GET)
    if form == "xml":
        root = ElementTree.Element("oembed")
        for name, value in told.items():
            ElementTree.SubElement(root, name).text = str(value)
        body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
        return HttpResponse(body, content_type="text/xml; charset=utf-8", headers=ANYBODY)
    body = json.dumps(told, ensure_ascii=False).encode()
    return HttpResponse(body, content_type="application/json; charset=utf-8", headers=ANYBODY)


def named_by(address: str) -> Q | None:
    """Return what chooses the recording that an address of this site is, or was, about; None for any other address."""
    try:
        asked, ours = urlsplit(address), urlsplit(settings.MERIDIAN_URL)
    except ValueError:
        return None
    place = _PLACE.fullmatch(asked.path.removeprefix(ours.path))
    if not place or asked.netloc != ours.netloc or asked.scheme not in {"http", "https"}:
        return None
    if place[1] == "sessions":
        return Q(session__slug=place[2])
    return Q(slug=place[2]) | Q(former_addresses__slug=place[2])


def told_of(recording: Recording, asked: Any) -> dict[str, Any]:
    """Return the answer's fields. asked: what the query says: the address, maxwidth and maxheight in pixels.

    Where the address names a second, the player begins there.
    """
    description = describe(recording)
    width, height = within_frame(description, _pixels(asked, "maxwidth"), _pixels(asked, "maxheight"))
    title = title_of(description)
    start = moment_said(QueryDict(urlsplit(asked.get("url", "")).query))
    told: dict[str, Any] = {
        "version": "1.0",
        "type": "video" if description.type == "MovingImage" else "rich",
        "title": title,
        "author_name": ", ".join(authors(description)),
        "provider_name": settings.SITE_NAME,
        "provider_url": f"{settings.MERIDIAN_URL}/",
        "cache_age": AGE,
        "width": width,
        "height": height,
        "html": embed_code(recording, title, width, height, start),
    }
    if authors(description) == [publisher_of(description)]:
        told["author_url"] = description.publisher_href
    picture = next((each for each in description.made_by("poster") if each.width and each.height), None)
    if (
        picture and picture.width <= width and picture.height <= height
    ):  # it must heed maxwidth and maxheight, too
        told |= {
            "thumbnail_url": picture.href,
            "thumbnail_width": picture.width,
            "thumbnail_height": picture.height,
        }
    return told


def _pixels(asked: Any, name: str) -> int | None:
    """A number of pixels that a query says; None where it says none, or nothing of use."""
    said = asked.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and 0 < len(said) < 6 and int(said) else None


def within_frame(
    description: Description, most_wide: int | None = None, most_high: int | None = None
) -> tuple[int, int]:
    """Return width and height in pixels of a frame for it, within what is asked; its picture keeps its form."""
    width, high = min(WIDTH, most_wide or WIDTH), most_high or 10_000
    if description.type != "MovingImage":
        return width, min(SOUND_HEIGHT, high)
    shape = next(
        (each.height / each.width for each in description.made_by("video") if each.width and each.height),
        9 / 16,
    )
    height = round(width * shape) + FOOT
    if height > high:
        height = high
        width = min(width, max(round((height - FOOT) / shape), min(LEAST, width)))
    return width, height


def embed_code(recording: Recording, title: str, width: int, height: int, start: int = 0) -> str:
    """Return the HTML by which another site shows it. start: the second at which it begins."""
    address = (
        settings.MERIDIAN_URL + reverse("embed", args=[recording.slug]) + (f"?t={start}" if start else "")
    )
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" style="border:0;max-width:100%" loading="lazy"'
        ' allow="fullscreen" allowfullscreen></iframe>',
        address,
        title,
        width,
        height,
    )


urlpatterns = [
    path("archive/<slug:slug>/embed/", embed, name="embed"),
    path("oembed/", oembed, name="oembed"),
]
