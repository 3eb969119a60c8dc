"""Gives the files: to whoever may see the recording, any part of them (Range), without starving the pages."""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from whitenoise.responders import NotARegularFileError, Response, SlicedFile, StaticFile

from recordings.assets import store
from recordings.catalogue.addresses import file_name
from recordings.catalogue.models import Original, Recording
from recordings.publishing.tombstones import Tombstone, tombstone_of, words_of
from recordings.renditions.models import Rendition
from recordings.slides.models import SlidePage
from recordings.web.using import SLIDE, counter_of
from seminars.people.visitors import NOBODY, Visitor
from seminars.web.uses import is_beginning
from seminars.words import say

BLOCK = 256 * 1024
PUBLIC = "public, max-age=3600"  # an hour: so soon does a recording that is withdrawn or closed leave shared caches
PRIVATE = "private, no-cache"
INLINE = ("video/", "audio/", "image/webp", "application/pdf", "text/vtt")
TEXT = "text/plain; charset=utf-8"
log = logging.getLogger(__name__)
_streams = threading.BoundedSemaphore(settings.STREAMS)


class MediaFile(StaticFile):  # type: ignore[misc]  # whitenoise has no types
    """A file of the store: whitenoise's answers to Range, put right where they differ from RFC 9110.

    whitenoise refuses a range of one byte, counts `-0` as the whole, takes a Range of HEAD for one, and knows neither
    If-Range nor lists of ETags.
    """

    def get_response(self, method: str, request_headers: dict[str, Any]) -> Response:
        """Return the answer; an If-Range of another file (§13.1.5) turns the Range off, and so does HEAD (§14.2)."""
        condition = request_headers.get("HTTP_IF_RANGE")
        other = condition is not None and condition not in (self.etag, self.headers["Last-Modified"])
        if other or method != "GET":
            request_headers = {k: v for k, v in request_headers.items() if k != "HTTP_RANGE"}
        return super().get_response(method, request_headers)

    def get_headers(self, headers_list: list[tuple[str, str]], files: Any) -> Any:
        """Return the headers, remembered for If-Range."""
        self.headers = super().get_headers(headers_list, files)
        return self.headers

    def is_not_modified(self, request_headers: dict[str, Any]) -> bool:
        """Return whether If-None-Match (§13.1.2) names this file, or If-Modified-Since is met."""
        tags = request_headers.get("HTTP_IF_NONE_MATCH")
        if tags is None:
            return bool(super().is_not_modified(request_headers))
        return any(tag.strip().removeprefix("W/") in (self.etag, "*") for tag in tags.split(","))

    def get_range_response(
        self, range_header: str, base_headers: list[tuple[str, str]], file_handle: BinaryIO | None
    ) -> Response:
        """Return 206 or 416 (§14.4, §15.5.17). Raises ValueError for what is no single range: it is ignored."""
        size = next(int(value) for name, value in base_headers if name == "Content-Length")
        if not re.fullmatch(r"bytes=(\d+-\d*|-\d+)", range_header.strip()):
            raise ValueError(range_header)
        first, last = self.parse_byte_range(range_header)
        if last is not None and last < first:
            raise ValueError(range_header)
        start, end = self.get_byte_range(range_header, size)
        suffix_of_nothing = bool(re.fullmatch(r"bytes=-0+", range_header.strip()))
        if start > end or suffix_of_nothing:
            return self.get_range_not_satisfiable_response(file_handle, size)
        headers = [(name, value) for name, value in base_headers if name != "Content-Length"]
        headers += [
            ("Content-Range", f"bytes {start}-{end}/{size}"),
            ("Content-Length", str(end - start + 1)),
        ]
        part = SlicedFile(file_handle, start, end) if file_handle else None
        return Response(206, headers, part)


class Stream:
    """An open file, or a part; closing it, at the end or when the visitor leaves, frees the place it takes.

    A web server that can lets the system send it, from where the file stands: no byte passes through Python, and
    nobody else waits meanwhile. Others take it in blocks.

    afterwards: called then, once, when nobody waits for it any more.
    """

    afterwards: Callable[[], None] | None = None

    def __init__(self, file: BinaryIO, places: threading.BoundedSemaphore) -> None:
        self.file, self.places, self.open = file, places, True

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(BLOCK), b"")

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`; none at the end of the part."""
        return self.file.read(size)

    def fileno(self) -> int:
        """Return the open file's number; it stands at the first byte to send. Its end the server is told by length."""
        whole: BinaryIO = getattr(self.file, "fileobj", self.file)
        return whole.fileno()

    def close(self) -> None:
        """Close the file and free the place, once."""
        if self.open:
            self.open = False
            self.file.close()
            self.places.release()
            if self.afterwards:
                self.afterwards()


class StreamResponse(StreamingHttpResponse):
    """Says to the web server that it is a file (`wsgi.file_wrapper`, PEP 3333)."""

    block_size = BLOCK

    def __init__(self, stream: Stream, status: int) -> None:
        super().__init__(stream, status=status)
        self.file_to_stream = stream


class Given(NamedTuple):
    """What was found at an address. kind: the word for what it is. public: whether everybody may see it."""

    file: Any
    original: Original
    kind: str
    media: MediaFile
    public: bool


@require_safe
def archive_file(request: HttpRequest, slug: str, uuid: UUID, filename: str) -> HttpResponseBase:
    """Give a file of a recording, or a part of it. filename: whatever the link said; the uuid decides."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    found = find(slug, uuid, visitor)
    if found is None:
        raise Http404
    file, original, kind = found
    if stone := tombstone_of(original.recording):
        return gone(stone, file.asset.sha256)
    headers = headers_of(file, original, kind, public=file.public, download="download" in request.GET)
    try:
        media = MediaFile(str(store.path_of(file.asset.sha256)), headers)
    except NotARegularFileError:
        log.error("The store lost %s", file.asset.sha256)
        return HttpResponse(_("The file cannot be read just now."), status=503, content_type=TEXT)
    given = Given(file, original, kind, media, bool(file.public))
    request.given = given  # type: ignore[attr-defined]  # for `media_again`
    return give(request, given)


def give(request: HttpRequest, given: Given) -> HttpResponseBase:
    """Return the file or the part that is asked for, and count it where somebody begins. Raises OSError."""
    # The bytes are what Range counts, so nothing may compress them on their way out.
    request.META["HTTP_ACCEPT_ENCODING"] = "identity"
    answer, stream = respond(given.media.get_response(request.method or "GET", request.META))
    if stream and is_beginning(request, answer):
        stream.afterwards = counter_of(request, given.file, given.original, given.kind)
    return answer


def find(slug: str, uuid: UUID, visitor: Visitor) -> tuple[Any, Original, str] | None:
    """Return the Original, Rendition or SlidePage with this uuid, its original and the word for what it is.

    In three queries at most.
    """
    seen = Recording.objects.filter(slug=slug).visible_to(visitor)
    originals = with_public(
        Original.objects.select_related("asset", "recording__session__series"), "recording_id"
    )
    original = originals.filter(uuid=uuid, recording__in=seen).first()
    if original:
        return original, original, original.kind
    renditions = Rendition.objects.select_related("asset", "original__recording__session__series")
    rendition = (
        with_public(renditions, "original__recording_id")
        .filter(uuid=uuid, original__recording__in=seen)
        .first()
    )
    if rendition:
        return rendition, rendition.original, rendition.recipe
    pages = SlidePage.objects.select_related("asset", "slides__recording__session")
    page = (
        with_public(pages, "slides__recording_id")
        .filter(uuid=uuid, slides__recording__in=seen, asset__isnull=False)
        .first()
    )
    return (page, page.slides, SLIDE) if page else None


def with_public(rows: QuerySet[Any], recording: str) -> QuerySet[Any]:
    """Return the rows with `public`: whether everybody may see them, which decides who may keep a copy."""
    everybodys = Recording.objects.visible_to(NOBODY).filter(pk=OuterRef(recording))
    annotated: QuerySet[Any] = rows.annotate(public=Exists(everybodys))
    return annotated


def headers_of(
    file: Any, original: Original, kind: str, *, public: bool, download: bool
) -> list[tuple[str, str]]:
    """Return the headers that every answer about the file carries."""
    media_type = file.asset.media_type
    inline = media_type.startswith(INLINE) and not download
    name = file_name(original.recording, kind=kind, language=original.language, media_type=media_type)
    text = "; charset=utf-8" if media_type.startswith("text/") else ""
    return [
        ("Content-Type", media_type + text),
        ("Content-Disposition", f'{"inline" if inline else "attachment"}; filename="{name}"'),
        ("ETag", f'"{file.asset.sha256}"'),
        ("Accept-Ranges", "bytes"),
        ("Cache-Control", PUBLIC if public else PRIVATE),
        ("X-Content-Type-Options", "nosniff"),
    ]


def respond(answer: Response) -> tuple[HttpResponseBase, Stream | None]:
    """Return whitenoise's answer as Django's, and the file it gives, if any; 503 when too many are being given."""
    stream = None
    if answer.file is None:
        response: HttpResponseBase = HttpResponse(status=int(answer.status))
    elif not _streams.acquire(blocking=False):
        answer.file.close()
        words = _("Too many people are watching just now. Try again in a moment.")
        busy = HttpResponse(words, status=503, content_type=TEXT, headers={"Retry-After": "10"})
        return busy, None
    else:
        stream = Stream(answer.file, _streams)
        response = StreamResponse(stream, status=int(answer.status))
    for name, value in answer.headers:
        response[name] = value
    return response, stream


def gone(stone: Tombstone, sha256: str = "") -> HttpResponse:
    """Return the tombstone of a withdrawn file: 410; what it was, the date, the reason, who decided and its hash."""
    title = str(say(stone.title, get_language() or "en"))
    return HttpResponse(words_of(stone, title, sha256), status=410, content_type=TEXT)


urlpatterns = [
    path("archive/<slug:slug>/files/<uuid:uuid>/<str:filename>", archive_file, name="archive_file"),
]
