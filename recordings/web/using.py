"""What counts when a file of the archive was given: somebody watched, listened, or fetched."""

from collections.abc import Callable
from typing import Any

from django.db import Error
from django.db.models import Max
from django.http import HttpRequest

from recordings.catalogue.models import Original, OriginalKind
from recordings.renditions.recipes import POSTER, VOICE
from seminars.results.models import UseKind
from seminars.web.uses import counter, log

HEARD = {OriginalKind.AUDIO.value, VOICE.name}
SLIDE = "slide"
BESIDE = {POSTER.name, OriginalKind.CAPTIONS.value, SLIDE}
"""What comes with a recording that is watched: counted only where it is fetched by itself."""


def kind_of(request: HttpRequest, kind: str) -> UseKind | None:
    """Return what somebody does who asks for a file of this kind; None for what only comes with another."""
    if "download" in request.GET:
        return UseKind.DOWNLOAD
    if kind in BESIDE:
        return None
    if kind == OriginalKind.VIDEO:
        return UseKind.VIEW
    return UseKind.LISTEN if kind in HEARD else UseKind.DOWNLOAD


def counter_of(request: HttpRequest, file: Any, original: Original, kind: str) -> Callable[[], None] | None:
    """Return what counts this use when called; None where there is nothing to count: it has no session, too.

    file: the Original or Rendition that is given. kind: the word for what it is.
    """
    use, session_id = kind_of(request, kind), original.recording.session_id
    if use is None or session_id is None:
        return None
    edition = VOICE.name if kind in HEARD else kind
    size = file.asset.size

    def count() -> None:
        counted = counter(
            request, session_id=session_id, kind=use, edition=edition, size=size, big=_big(original, kind)
        )
        counted()

    return count


def _big(original: Original, kind: str) -> int:
    """Bytes of the video, where something smaller was heard in its place; else 0."""
    if kind not in HEARD:
        return 0
    rows = Original.objects.filter(
        recording=original.recording_id, kind=OriginalKind.VIDEO, superseded_at=None
    )
    try:
        return int(rows.aggregate(big=Max("asset__size"))["big"] or 0)
    except Error:  # as in `counter`: nobody who listens is to notice
        log.exception("The size of a video could not be asked for")
        return 0
