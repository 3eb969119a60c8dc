"""/api/archive/: what was said, kept for good: list, search with the second of each hit, an item with its editions."""

from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import ngettext
from ninja import Field, Query, Router, Schema

from recordings.api import schemas
from recordings.catalogue.models import NEWEST, Recording, RecordingQuerySet
from recordings.publishing.editions import Edition, shelf_of
from recordings.publishing.tombstones import Tombstone, tombstone_of
from recordings.search.querying import PAGE, Answer, Quote, search
from recordings.web.archive import place_of
from seminars.api.problems import ADVICE, Problem, Refusal, known_only, unfit
from seminars.api.telling import at
from seminars.calendars.wording import address as whole
from seminars.people.visitors import Visitor
from seminars.web.visitors import visitor_of

router = Router(tags=["archive"])


class Asked(Schema):
    """What one may ask of the archive."""

    q: str | None = Field(None, max_length=1000, description=f"Words to look for. {ADVICE['q']}")
    page: int = Field(1, ge=1, le=100_000, description=ADVICE["page"])


@router.get(
    "/archive/",
    url_name="api_archive",
    operation_id="list_archive",
    response={200: schemas.Archive, frozenset({400, 422, 500}): Problem},
)
def archive(request: HttpRequest, asked: Query[Asked]) -> schemas.Archive:
    """The recordings that you may see, the newest first; with `q` those that answer it, the best first."""
    known_only(request, Asked)
    visitor = visitor_of(request)
    visible = Recording.objects.kept(now=timezone.now()).visible_to(visitor)
    answer = found_by(asked.q, visible, asked.page, visitor) if asked.q else newest(visible, asked.page)
    following = {"q": asked.q} if asked.q else {}
    more = at("api_archive") + "?" + urlencode(following | {"page": asked.page + 1})
    return schemas.Archive(**answer, next=more if asked.page < answer["pages"] else None)


def found_by(q: str, recordings: RecordingQuerySet, page: int, visitor: Visitor) -> dict[str, Any]:
    """Return a page of hits. Raises Refusal where there is no word to look for, or no such page."""
    answer: Answer = search(q.replace("\x00", " "), recordings=recordings, visitor=visitor, page=page)
    if not answer.query.wanted:
        raise unfit("q")
    raise_beyond(page, answer.pages)
    rows = [hit_facts(hit.recording, hit.quotes) for hit in answer.hits]
    return {"total": answer.total, "page": answer.page, "pages": answer.pages, "recordings": rows}


def newest(recordings: RecordingQuerySet, page: int) -> dict[str, Any]:
    """Return a page of all. Raises Refusal where there is no such page."""
    pages = Paginator(recordings.select_related("session__series").order_by(*NEWEST), PAGE)
    raise_beyond(page, pages.num_pages)
    rows = [hit_facts(each, []) for each in pages.page(page)]
    return {"total": pages.count, "page": page, "pages": pages.num_pages, "recordings": rows}


def raise_beyond(page: int, pages: int) -> None:
    """Raise Refusal for a page after the last: a program that counts on would read the last one for ever."""
    if page > pages:
        words = ngettext(
            "There is only %(n)d page. Follow “next”.", "There are only %(n)d pages. Follow “next”.", pages
        )
        raise Refusal(422, f"page: {words % {'n': pages}}", {"page": words % {"n": pages}})


@router.get(
    "/archive/{slug:slug}/",
    url_name="api_archive_item",
    operation_id="read_archive_item",
    response={200: schemas.Item, 410: schemas.Gone, frozenset({404, 500}): Problem},
)
def archive_item(request: HttpRequest, slug: str) -> schemas.Item:
    """A recording with all its editions; 410 with the reason for one that was withdrawn."""
    rows = Recording.objects.visible_to(visitor_of(request)).select_related("session__series")
    recording = rows.filter(slug=slug).first()
    if recording is None:
        raise Http404
    session = recording.session
    if stone := tombstone_of(recording):
        raise gone(stone)
    shelf = shelf_of(recording)
    played = [shelf.video, shelf.small, *shelf.voices, *shelf.slides_and_voice, shelf.poster]
    read = [*shelf.slides, *shelf.captions, *shelf.papers]
    return schemas.Item(
        **recording_facts(recording),
        abstract=(session.abstract if session else {}) or recording.abstract,
        published=recording.published_at is not None,
        editions=[edition_facts(each) for each in [*played, *read] if each],
    )


def gone(stone: Tombstone) -> Refusal:
    """Return the refusal that tells what was here, when it went, why, and the hashes of its files."""
    told = schemas.Withdrawn(
        title=dict(stone.title),
        at=stone.at,
        reason=stone.reason,
        by=stone.by,
        files=[
            schemas.Buried(kind=each.kind, language=each.language or None, sha256=each.sha256, size=each.size)
            for each in stone.files
        ],
    )
    return Refusal(410, stone.line, facts={"withdrawn": told.model_dump(mode="json")})


def recording_facts(recording: Recording) -> dict[str, Any]:
    """Return what names a recording. Load `session__series` with it."""
    session = recording.session
    return {
        "slug": recording.slug,
        "title": session.heading if session else recording.title,
        "language": recording.language,
        "recorded_on": recording.recorded_on or (session.local_date if session else None),
        "starts_at": session.starts_at if session else None,
        "session": at("api_session", session.slug) if session else None,
        "page": whole(place_of(recording)),
        "address": at("api_archive_item", recording.slug),
    }


def hit_facts(recording: Recording, quotes: list[Quote]) -> schemas.Hit:
    """Tell one recording of a list."""
    said = [quote_facts(recording, each) for each in quotes]
    return schemas.Hit(**recording_facts(recording), quotes=said)


def quote_facts(recording: Recording, quote: Quote) -> schemas.Quote:
    """Tell what was found, and the address at which the recording opens there."""
    return schemas.Quote(
        field=quote.field,
        language=quote.language,
        text=unescape(strip_tags(quote.html)),
        html=str(quote.html),
        seconds=quote.seconds,
        address=whole(place_of(recording) + quote.place),
    )


def edition_facts(edition: Edition) -> schemas.Edition:
    """Tell one file."""
    return schemas.Edition(
        kind=edition.kind,
        language=edition.language or None,
        media_type=edition.media_type,
        size=edition.size,
        seconds=edition.seconds or None,
        width=edition.width or None,
        height=edition.height or None,
        address=whole(edition.href),
    )
