"""The archive: search first; what is there, newest first; a recording's own address, for ever."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.publishing.editions import offered
from recordings.search.narrowing import Archive, narrow
from recordings.search.querying import Quote, browse, find
from recordings.web import search_feed
from recordings.web.facets import address, asked_in, chips_of, facets_of, words_of
from recordings.web.looking import recording_or_404, tombstone
from seminars.people.visitors import Visitor
from seminars.sessions.models import Material, MaterialKind, MaterialState
from seminars.templatetags.meridian import files
from seminars.words import say

MOST_TOPICS = 8
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
    """Show what answers `q`, or all there is, the newest first; what `narrowing.FACETS` names narrows it down.

    `as=typed`: in no other spelling than that of `q`.
    """
    now = timezone.now()
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]  # put there by the middleware
    there = Archive(Recording.objects.kept(now=now).visible_to(visitor), visitor)
    q, chosen, as_typed = asked_in(request.GET)
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    if q:
        answer = find(q, there, chosen=chosen, page=number, as_typed=as_typed)
    else:
        answer = browse(there, chosen=chosen, page=number)
    page = partial(address, q, chosen, as_typed=as_typed)
    context: dict[str, Any] = {
        "now": now,
        "q": q,
        "chosen": chosen,
        "chips": chips_of(there, chosen, q),
        "facets": facets_of(answer.counts, there.names, chosen, q) if answer.counts else [],
        "rows": rows_of(
            [hit.recording for hit in answer.hits], {h.recording.pk: h.quotes for h in answer.hits}
        ),
        "total": answer.total,
        "pages": answer.pages,
        "page": answer.page,
        "understood": bool(answer.query.wanted),
        "cut": answer.query.cut,
        "mended": answer.mended,
        "as_typed": address(q, chosen, as_typed=True),
        "spellings": [(each, address(each, chosen)) for each in answer.spellings],
        "topics": topics_of(there) if q and not answer.total else [],
        "without_filters": address(q, {}),
        "previous": page(answer.page - 1) if answer.page > 1 else "",
        "next": page(answer.page + 1) if answer.page < answer.pages else "",
        "feed": reverse("followed_search") + address(answer.mended or q, chosen) if q or chosen else "",
    }
    return render(request, "recordings/archive.html", context)


def topics_of(there: Archive) -> list[tuple[str, str]]:
    """Return words and address of the topics that most of the visible recordings have: a way on from nothing found."""
    counts = narrow(there, there.facts, {}).counts["topic"]
    most = sorted(counts, key=lambda key: (-counts[key], key))[:MOST_TOPICS]
    known = [(there.names.words["topic", key][0], key) for key in most if ("topic", key) in there.names.words]
    return [(words_of("topic", key, there.names), address("", {"topic": slug})) for slug, key in known]


def rows_of(recordings: Iterable[Recording], quotes: dict[int, list[Quote]] | None = None) -> list[Row]:
    """Return the recordings as rows, with their files: a query, and one more for those that never were sessions."""
    found = list(recordings)
    ready = Prefetch("session__materials", Material.objects.filter(state=MaterialState.PUBLISHED), "ready")
    prefetch_related_objects(found, ready)
    current = Original.objects.filter(superseded_at__isnull=True).select_related("asset")
    alone = [each for each in found if each.session is None]
    prefetch_related_objects(alone, Prefetch("originals", current, "current"))
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
    """Return address, icon and words of what can be opened, by the rule of all lists.

    A recording without a session has no materials: its files take their place.
    """
    materials: list[Material] = list(getattr(recording.session, "ready", []))
    if recording.session is None:
        originals: list[Original] = getattr(recording, "current", [])
        materials = [material_from(recording, each) for each in originals]
    found: list[dict[str, str]] = files(materials, page=place_of(recording))["files"]
    return found


def material_from(recording: Recording, original: Original) -> Material:
    """Return an original as an unsaved material, so that one set of words serves both."""
    edition = offered(recording, original.kind, original.asset, original)
    kind = KINDS.get(OriginalKind(original.kind), original.kind)
    return Material(
        kind=kind,
        path=edition.href,
        media_type=edition.media_type,
        size=edition.size,
        seconds=edition.seconds,
        language=edition.language,
    )


@require_safe
def archive_item(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the session that `slug` recorded, for ever; show a recording that never was one.

    410 with the reason for one that was withdrawn, 404 for what the visitor may not know of.
    """
    recording = recording_or_404(request, slug)
    if recording.withdrawn_at:
        return tombstone(request, recording)
    if recording.session:
        rest = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(place_of(recording) + (f"?{rest}" if rest else ""))
    return render(request, "recordings/item.html", {"recording": recording, "now": timezone.now()})


urlpatterns = [
    *search_feed.urlpatterns,
    path("archive/", archive, name="archive"),
    path("archive/<slug:slug>/", archive_item, name="archive_item"),
]
