"""What counts when a file of the archive was given: somebody watched, listened, or fetched, here or elsewhere."""

import re
from collections.abc import Callable
from typing import Any

from django.db import Error
from django.db.models import Max
from django.http import HttpRequest

from recordings.catalogue.addresses import FROM
from recordings.catalogue.models import Original, OriginalKind
from recordings.publishing.editions import SLIDES_AND_VOICE
from recordings.renditions.recipes import POSTER, VIDEO_360, VOICE, VOICE_OPUS
from seminars.results.models import UseKind
from seminars.web.uses import counter, log

HEARD = {OriginalKind.AUDIO.value, VOICE.name, VOICE_OPUS.name}
SMALLER = {VIDEO_360.name, *SLIDES_AND_VOICE}
SEEN = {OriginalKind.VIDEO.value, *SMALLER}
SLIDE = "slide"
BESIDE = {POSTER.name, OriginalKind.CAPTIONS.value, SLIDE}
"""What comes with a recording that is watched: counted only where it is fetched by itself."""
ELSEWHERE = {UseKind.PODCAST, UseKind.EMBED}
# As the apps name themselves (the list of OPAWG, https://github.com/opawg/user-agents-v2, its most used ones).
PODCAST_APPS = re.compile(
    r"AntennaPod|AmazonMusic|BeyondPod|CastBox|Castro|Deezer|Downcast|gPodder|iCatcher|iTunes/|Overcast|Player ?FM"
    r"|PocketCasts|Pocket Casts|Podbean|Podcast|Podkicker|Podverse|RSSRadio|Snipd|Spotify|Stitcher|TuneIn",
    re.IGNORECASE,
)


def kind_of(request: HttpRequest, kind: str) -> UseKind | None:
    """Return what somebody does who asks for a file of this kind; None for what only comes with another."""
    if "download" in request.GET:
        return UseKind.DOWNLOAD
    if kind in BESIDE:
        return None
    if kind in SEEN | HEARD:
        if elsewhere := place_of(request):
            return elsewhere
        return UseKind.VIEW if kind in SEEN else UseKind.LISTEN
    return UseKind.DOWNLOAD


def place_of(request: HttpRequest) -> UseKind | None:
    """Return where a recording is played, if not on its own page: in a podcast app, or on a site that embeds it.

    The addresses in our podcasts and in the player for other sites say so (`addresses.played_at`). An app that has an
    address from elsewhere, such as a feed in Atom, says its name.
    """
    if PODCAST_APPS.search(request.headers.get("User-Agent", "")):
        return UseKind.PODCAST
    said = request.GET.get(FROM, "")
    return UseKind(said) if said in ELSEWHERE else None


def counter_of(request: HttpRequest, file: Any, original: Original, kind: str) -> Callable[[], None] | None:
    """Return what counts this use when called; None where there is nothing to count: it has no session, too.

    file: the Original or Rendition that is given. kind: the word for what it is.
    """
    use, session_id = kind_of(request, kind), original.recording.session_id
    if use is None or session_id is None:
        return None
    edition = VOICE.name if kind == OriginalKind.AUDIO else kind
    size = file.asset.size

    def count() -> None:
        counted = counter(
            request, session_id=session_id, kind=use, edition=edition, size=size, big=_big(original, kind)
        )
        counted()

    return count


def _big(original: Original, kind: str) -> int:
    """Bytes of the video, where something smaller was given in its place; else 0."""
    if kind not in HEARD | SMALLER:
        return 0
    rows = Original.objects.filter(
        recording=original.recording_id, kind=OriginalKind.VIDEO, superseded_at=None
    )
    try:
        return int(rows.aggregate(big=Max("asset__size"))["big"] or 0)
    except Error:  # as in `counter`: nobody who listens is to notice
        log.exception("The size of a video could not be asked for")
        return 0
