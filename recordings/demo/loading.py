"""Hand the demo's files in for its past sessions, as their organisers would."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.core.files import File

from recordings.catalogue.arriving import take_upload
from recordings.catalogue.models import OriginalKind
from recordings.publishing.releasing import release
from recordings.search import indexing
from recordings.transcripts.converting import as_vtt
from seminars.sessions.models import Session

MEDIA = Path(__file__).parent / "media"
KINDS = {".mp4": OriginalKind.VIDEO, ".pdf": OriginalKind.SLIDES, ".vtt": OriginalKind.CAPTIONS}


def add_media(sessions: Iterable[tuple[Session, str]], *, now: datetime) -> None:
    """Store the video, deck and captions of each session; the queue makes the other editions. now: aware UTC."""
    for session, stem in sessions:
        for path in sorted(MEDIA.glob(f"{stem}.*")):
            captions = path.suffix == ".vtt"
            with path.open("rb") as file:
                taken = take_upload(
                    session=session,
                    kind=KINDS[path.suffix],
                    uploaded=File(file, path.name),
                    language=path.suffixes[0][1:] if captions else session.language,
                    now=now,
                    actor_id=None,
                    read_captions=as_vtt,
                )
        release(recording=taken.original.recording, now=now)
        indexing.index(taken.original.recording_id, now=now)
