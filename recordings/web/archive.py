"""The archive: search first; what is there, newest first; a recording's own address, for ever."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from recordings.catalogue.models import NEWEST, Original, OriginalKind, Recording
from recordings.publishing.editions import edition_of
from recordings.search.querying import PAGE, Quote, search
from recordings.web.facets import COLUMNS, address, facets_of, narrowed
from seminars.people.visitors import Visitor
from seminars.sessions.models import Material, MaterialKind, MaterialState
from seminars.templatetags.meridian import material_words
from seminars.words import say

LONGEST = 10_000
PLAYED = (MaterialKind.RECORDING, MaterialKind.VOICE)
KINDS = {OriginalKind.VIDEO: MaterialKind.RECORDING, OriginalKind.AUDIO: MaterialKind.VOICE}


@dataclass
class Row:
    """One recording in the list: where it is, what to open of it, and what to quote; a title that answers is marked."""

    recording: Recording
    href: str
    files: list[dict[str, str]]
    quotes: list[Quote] = field(default_factory=list)
    title: SafeString | None = None


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Show what answers `q`, or all there is, the newest first; `community`, `year`, `language` narrow it down."""
    now = timezone.now()
    q = " ".join(request.GET.get("q", "")[:LONGEST].replace("\x00", " ").split())
    chosen = {
        name: value for name in COLUMNS if (value := request.GET.get(name, "").replace("\x00", "")[:60])
    }
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]  # put there by the middleware
    visible = Recording.objects.kept(now=now).visible_to(visitor)
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    found = searched(q, narrowed(visible, chosen), number) if q else listed(narrowed(visible, chosen), number)
    context: dict[str, Any] = found | {
        "now": now,
        "q": q,
        "chosen": chosen,
        "facets": facets_of(visible, chosen, q),
        "without_filters": address(q, {}),
        "previous": address(q, chosen, found["page"] - 1) if found["page"] > 1 else "",
        "next": address(q, chosen, found["page"] + 1) if found["page"] < found["pages"] else "",
    }
    return render(request, "recordings/archive.html", context)


def searched(q: str, recordings: QuerySet[Recording], number: int) -> dict[str, Any]:
    """Return a page of hits and what was understood of the question."""
    answer = search(q, recordings=recordings, page=number)
    quotes = {hit.recording.pk: hit.quotes for hit in answer.hits}
    rows = rows_of([hit.recording for hit in answer.hits], quotes)
    understood = bool(answer.query.wanted)
    counts = {"total": answer.total, "page": answer.page, "pages": answer.pages}
    return counts | {"rows": rows, "understood": understood, "cut": answer.query.cut}


def listed(recordings: QuerySet[Recording], number: int) -> dict[str, Any]:
    """Return a page of all, the newest first."""
    newest = recordings.select_related("session__series__community").order_by(*NEWEST)
    page = Paginator(newest, PAGE).get_page(number)
    counts = {"total": page.paginator.count, "page": page.number, "pages": page.paginator.num_pages}
    return counts | {"rows": rows_of(page.object_list)}


def rows_of(recordings: Iterable[Recording], quotes: dict[int, list[Quote]] | None = None) -> list[Row]:
    """Return the recordings as rows, with their files in two queries in all."""
    found = list(recordings)
    current = Original.objects.filter(superseded_at__isnull=True).select_related("asset")
    prefetch_related_objects(
        found,
        Prefetch("session__materials", Material.objects.filter(state=MaterialState.PUBLISHED), "ready"),
        Prefetch("originals", current, "current"),
    )
    return [row_of(each, (quotes or {}).get(each.pk, [])) for each in found]


def row_of(recording: Recording, quotes: list[Quote]) -> Row:
    """Return one row; a quotation that would only say the title again marks its words there."""
    words = recording.session.title if recording.session else recording.title
    shown = " ".join(say(words, get_language() or "en").split())
    same = [each for each in quotes if each.field == "title" and unescape(strip_tags(each.html)) == shown]
    rest = [each for each in quotes if each not in same]
    return Row(recording, place_of(recording), files_of(recording), rest, same[0].html if same else None)


def place_of(recording: Recording) -> str:
    """Return the address of the page that shows a recording."""
    if recording.session:
        return reverse("session", args=[recording.session.slug])
    return reverse("archive_item", args=[recording.slug])


def files_of(recording: Recording) -> list[dict[str, str]]:
    """Return address, icon and words of what can be opened; what plays is opened in its page's player.

    A recording without a session has no materials: its files take their place.
    """
    materials: list[Material] = list(getattr(recording.session, "ready", []))
    if recording.session is None:
        originals: list[Original] = getattr(recording, "current", [])
        materials = [material_from(recording, each) for each in originals]
    for each in materials:
        if each.kind in PLAYED:
            each.path = place_of(recording) + "#player"
    return [material_words(each) for each in materials if each.kind != MaterialKind.CAPTIONS]


def material_from(recording: Recording, original: Original) -> Material:
    """Return an original as an unsaved material, so that one set of words serves both."""
    edition = edition_of(recording, original.kind, original.asset, original)
    kind = KINDS.get(OriginalKind(original.kind), original.kind)
    return Material(
        kind=kind,
        path=edition.href,
        media_type=edition.media_type,
        size=edition.size,
        language=edition.language,
    )


@require_safe
def archive_item(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the session that `slug` recorded, for ever; show a recording that never was one.

    410 with the reason for one that was withdrawn, 404 for what the visitor may not know of.
    """
    rows = Recording.objects.select_related("session__series__community")
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]  # put there by the middleware
    recording = rows.visible_to(visitor).filter(slug=slug).first()
    if recording is None:
        raise Http404
    if recording.withdrawn_at:
        return render(request, "recordings/tombstone.html", {"recording": recording}, status=410)
    if recording.session:
        rest = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(place_of(recording) + (f"?{rest}" if rest else ""))
    return render(request, "recordings/item.html", {"recording": recording, "now": timezone.now()})


urlpatterns = [
    path("archive/", archive, name="archive"),
    path("archive/<slug:slug>/", archive_item, name="archive_item"),
]
