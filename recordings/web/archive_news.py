"""What is new in the archive, as Atom: of the site, a community, a series; each entry with all its files."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recordings.podcast.rss import EDITIONS
from recordings.preservation.collecting import Missing, collection_of
from recordings.preservation.describing import Description, Format, describe_all
from seminars.calendars.atom import MOST, Enclosure, Piece, atom
from seminars.calendars.feeds import Subject
from seminars.notifications.posting import language_of
from seminars.web.feeds import missing
from seminars.web.polled import polled
from seminars.words import language_said, say


@require_safe
def archive_news(request: HttpRequest, kind: str, slug: str = "") -> HttpResponse:
    """The feed; 404 for what is not for everybody."""
    try:
        collection = collection_of(kind, slug)
    except Missing:
        return missing()
    language = language_of(collection.language)
    with translation.override(language):
        newest = collection.recordings(now=timezone.now()).order_by("-published_at", "-pk")
        name = say(collection.name, language)
        page = settings.MERIDIAN_URL + collection.page
        body = atom(
            Subject(name=name, page=page, language=language, made_at=collection.made_at),
            [piece_of(each, language) for each in describe_all(newest[:MOST])],
            address=settings.MERIDIAN_URL + request.path,
            language=language,
            heading=_("%(name)s: new in the archive") % {"name": name},
        )
    return polled(request, body)


def piece_of(description: Description, language: str) -> Piece:
    """Return one recording as an entry, in `language` where it says something in it."""
    return Piece(
        uid=str(description.uuid),
        title=say(description.title, language) or description.slug,
        text=say(description.abstract, language),
        page=description.page,
        at=description.published_at or description.changed_at,
        changed_at=description.changed_at,
        language=language_said(description.title, language),
        authors=tuple(each.name for each in description.creators),
        topics=tuple(say(each, language) for each in description.subjects),
        licence=description.licence_page,
        enclosures=tuple(_enclosure(each) for each in description.formats if each.kind != "poster"),
    )


def _enclosure(file: Format) -> Enclosure:
    return Enclosure(
        href=file.href,
        media_type=file.media_type,
        size=file.size,
        title=str(EDITIONS.get(file.kind, file.kind)),
        language=file.language,
    )


urlpatterns = [
    path(f"{where}archive.atom", archive_news, {"kind": kind}, name=f"{kind}_archive_atom")
    for kind, where in (
        ("site", ""),
        ("community", "communities/<slug:slug>/"),
        ("series", "series/<slug:slug>/"),
    )
]
