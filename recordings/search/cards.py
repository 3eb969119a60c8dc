"""The facts of a recording that narrow a search down, as they are kept beside its words."""

from collections.abc import Iterable, Sequence

from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.search.cutting import Piece
from recordings.search.gathering import closed_to, papers_of
from recordings.search.models import SearchCard
from recordings.search.stemming import language_of
from seminars.sessions.models import MaterialKind, MaterialState, Session
from seminars.sessions.topics import topics_of_session

PLAYED = (OriginalKind.VIDEO, OriginalKind.AUDIO)


def card_of(
    recording: Recording, session: Session | None, originals: Sequence[Original], pieces: Iterable[Piece]
) -> SearchCard:
    """Return the facts of a recording, not yet stored. originals: those that count now, with their assets."""
    pieces = list(pieces)
    kinds = {each.kind for each in originals}
    ready = set[str]()
    papers, topics = set[int | None](), list[str]()
    if session:
        ready |= {each.kind for each in session.materials.all() if each.state == MaterialState.PUBLISHED}
        papers |= {closed_to(paper) for paper in papers_of(session)}
        topics += [str(each.pk) for each in topics_of_session(session)]
    anybody = None in papers or OriginalKind.PAPER in kinds
    day = (session.local_date if session else None) or recording.recorded_on or recording.published_at
    return SearchCard(
        recording=recording,
        year=day.year if day else None,
        seconds=seconds_of(originals, pieces),
        topics=" ".join(topics)[:500],
        languages=" ".join(sorted({language_of(each.language) for each in pieces} - {""}))[:200],
        captions=OriginalKind.CAPTIONS in kinds or MaterialKind.CAPTIONS in ready,
        slides=OriginalKind.SLIDES in kinds or MaterialKind.SLIDES in ready,
        papers="*" if anybody else " ".join(str(each) for each in papers if each is not None)[:200],
    )


def seconds_of(originals: Iterable[Original], pieces: Iterable[Piece]) -> int | None:
    """Return how long a recording is: its longest file, else where its captions end; None where nobody knows."""
    probed = [float(each.asset.probe.get("seconds") or 0) for each in originals if each.kind in PLAYED]
    last = [piece.marks[-1][0] for piece in pieces if piece.marks]
    return round(max(probed, default=0) or max(last, default=0)) or None
