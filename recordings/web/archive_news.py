"""What is new in the archive, as Atom: of the site, a community, a series; each entry with all its files."""

from dataclasses import replace
from uuid import uuid5

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recordings.podcast.rss import edition_name
from recordings.preservation.changing import facts_of
from recordings.preservation.collecting import Collection
from recordings.preservation.describing import Description, Format, describe_all
from recordings.web.collected import at_each, collected
from seminars.calendars.atom import MOST, Enclosure, Piece, atom
from seminars.calendars.feeds import Subject
from seminars.notifications.posting import language_of
from seminars.web.polled import polled_by
from seminars.words import language_said, say


@require_safe
@collected
def archive_news(request: HttpRequest, collection: Collection) -> HttpResponse:
    """The feed."""
    language = language_of(collection.language)
    newest = collection.recordings(now=timezone.now()).order_by("-published_at", "-pk")[:MOST]

    def written() -> bytes:
        with translation.override(language):
            name = say(collection.name, language)
            page = settings.MERIDIAN_URL + collection.page
            return atom(
                Subject(name=name, page=page, language=language, made_at=collection.made_at),
                [with_files(each, language) for each in describe_all(newest)],
                address=settings.MERIDIAN_URL + request.path,
                language=language,
                heading=_("%(name)s: new in the archive") % {"name": name},
                uid=uuid5(collection.uuid, "archive.atom"),
            )

    return polled_by(request, request.path, facts_of(newest, collection), written)


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
    )


def with_files(description: Description, language: str) -> Piece:
    """Return the same with all its files."""
    files = tuple(_enclosure(each) for each in description.formats if each.kind != "poster")
    return replace(piece_of(description, language), enclosures=files)


def _enclosure(file: Format) -> Enclosure:
    return Enclosure(
        href=file.href,
        media_type=file.media_type,
        size=file.size,
        title=edition_name(file.kind),
        language=file.language,
    )


urlpatterns = at_each("archive.atom", archive_news, "archive_atom")
