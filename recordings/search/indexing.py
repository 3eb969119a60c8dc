"""Bring the index up to date with a recording: its fields to find it by, and its pieces to quote from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q

from recordings.catalogue.models import Recording, RecordingQuerySet
from recordings.search import vocabulary
from recordings.search.backends import back_end
from recordings.search.cards import card_of
from recordings.search.cutting import Piece, Said
from recordings.search.folding import fold
from recordings.search.gathering import captioned, spoken, told_of
from recordings.search.models import SearchCard, SearchDocument, SearchDrawer, SearchText, SearchTokens
from recordings.search.placing import drawers
from recordings.search.quoting import spaced
from recordings.search.stemming import language_of, stem
from recordings.search.tokens import tokens_of, words_among
from seminars.sessions.models import Session

FORM = 4
"""Of the index. Whatever changes what is kept or how words are folded raises it: all is then indexed again."""
WEIGHTS = {
    "title": 27,
    "topics": 9,
    "speakers": 9,
    "abstract": 4,
    "report": 3,
    "paper": 3,
    "questions": 2,
    "slides": 2,
    "often": 2,
    "caption": 1,
}
OFTEN = 5  # times that a word is said, from which on a talk is about it
MOST_CHARACTERS = 100_000  # of one text


def index(recording_id: int, *, now: datetime) -> int:
    """Write what search knows of a recording afresh and return how many pieces there are; again gives the same.

    now: aware UTC. What is not out yet, or was withdrawn, has none. A recording that is gone: 0. The revision of the
    session that was read is kept, so that a change made meanwhile is seen as due. All of it is one transaction: who
    searches meanwhile finds what was there before.
    """
    with transaction.atomic():
        recording = Recording.objects.select_for_update().filter(pk=recording_id).first()
        if recording is None:
            return 0
        session = Session.objects.select_related("series").filter(archived=recording).first()
        before = words_of(recording)
        SearchText.objects.filter(recording=recording).delete()
        SearchDrawer.objects.filter(recording=recording).delete()
        SearchDocument.objects.filter(recording=recording).delete()
        SearchCard.objects.filter(recording=recording).delete()
        written, after = 0, set[str]()
        if findable(recording, session, now):
            originals = list(recording.originals.filter(superseded_at=None).select_related("asset"))
            captions = captioned(originals)
            pieces = unlike([*told_of(recording, session), *spoken(captions)])
            card_of(recording, session, originals, pieces).save(force_insert=True)
            written, after = len(pieces), write(recording, pieces, captions)
        vocabulary.replace(before, after)
        revision = session.revision if session else 1
        Recording.objects.filter(pk=recording.pk).update(indexed_revision=revision, indexed_form=FORM)
    return written


def write(
    recording: Recording, pieces: Sequence[Piece], captions: Iterable[tuple[str, list[Said]]]
) -> set[str]:
    """Store the pieces of a recording and what finds them, and return its words."""
    pieces = sorted(pieces, key=lambda each: -WEIGHTS[each.field])  # of equals the first is quoted
    documents = [document_of(recording, each) for each in pieces]
    SearchDocument.objects.bulk_create(documents, batch_size=500)
    SearchDrawer.objects.bulk_create(drawers_of(documents, pieces))
    fields = fields_of(pieces, captions)
    texts = [
        SearchText(recording=recording, field=field, weight=WEIGHTS[field], only_for_id=only_for)
        for field, only_for in fields
    ]
    SearchText.objects.bulk_create(texts)
    rows = [
        SearchTokens(text=text, tokens=" ".join(sorted(tokens)))
        for text, tokens in zip(texts, fields.values(), strict=True)
    ]
    SearchTokens.objects.bulk_create(rows)
    return words_among(set().union(*fields.values()))


def drawers_of(documents: Sequence[SearchDocument], pieces: Sequence[Piece]) -> list[SearchDrawer]:
    """Return where the words of stored pieces stand, as rows, apart for those who may see them; not yet stored."""
    apart: dict[int | None, list[tuple[int, str, Sequence[str]]]] = defaultdict(list)
    for document, piece in zip(documents, pieces, strict=True):
        apart[piece.only_for].append((document.pk, language_of(piece.language), piece.folded))
    return [
        SearchDrawer(recording=documents[0].recording, only_for_id=only_for, number=number, places=places)
        for only_for, some in apart.items()
        for number, places in drawers(documents[0].pk, some).items()
    ]


def fields_of(
    pieces: Iterable[Piece], captions: Iterable[tuple[str, list[Said]]]
) -> dict[tuple[str, int | None], set[str]]:
    """Return the tokens of each field, apart for those who may see it."""
    found: dict[tuple[str, int | None], set[str]] = defaultdict(set)
    for piece in pieces:
        found[piece.field, piece.only_for] |= tokens_of([(language_of(piece.language), piece.folded)])
    for language, cues in captions:
        counts = Counter(word for cue in cues for word in cue.words)
        often = [word for word, number in counts.items() if number >= OFTEN]
        for word in often:
            found["often", None] |= tokens_of([(language_of(language), [word])])
    return {key: tokens for key, tokens in found.items() if tokens}


def document_of(recording: Recording, piece: Piece) -> SearchDocument:
    """Return a piece as a row, not yet stored."""
    language = language_of(piece.language)
    return SearchDocument(
        recording=recording,
        field=piece.field,
        language=piece.language,
        seconds=piece.seconds,
        page=piece.page,
        only_for_id=piece.only_for,
        marks=[list(mark) for mark in piece.marks],
        text=piece.text,
        folded=spaced(piece.folded),
        stems=spaced([stem(word, language) for word in piece.folded]),
    )


def unlike(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces that say something, each once, in order; spaces made even, the longest cut."""

    def even(piece: Piece) -> Piece:
        if piece.marks:
            return piece
        text = " ".join(piece.text.replace("\x00", " ").split())[:MOST_CHARACTERS]
        return replace(piece, text=text, folded=tuple(fold(text).split()))

    found: dict[tuple[str, str, float | None, int | None, str], Piece] = {}
    for piece in map(even, pieces):
        if piece.text:
            key = (piece.field, piece.language, piece.seconds, piece.only_for, piece.text)
            found.setdefault(key, piece)
    return list(found.values())


def words_of(recording: Recording) -> set[str]:
    """Return the words by which a recording is found now."""
    rows = SearchTokens.objects.filter(text__recording=recording).values_list("tokens", flat=True)
    return {word for tokens in rows for word in words_among(tokens.split(" "))}


def due(*, limit: int = 100) -> list[int]:
    """Return the primary keys of recordings that search does not know as they are now, at most `limit`."""
    return list(waiting().order_by("id").values_list("id", flat=True)[:limit])


def waiting() -> RecordingQuerySet:
    """Return the recordings that search does not know as they are now, or only in an older form of the index."""
    changed = Q(session__isnull=False) & ~Q(indexed_revision=F("session__revision"))
    alone = Q(session__isnull=True, indexed_revision=0)
    return Recording.objects.published().filter(changed | alone | Q(indexed_form__lt=FORM))


def forget_form() -> None:
    """Have all recordings indexed again, one after the other; until its turn each is found as before."""
    Recording.objects.published().update(indexed_form=0)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in back_end(connection).refresh():
            cursor.execute(statement)


def older() -> int:
    """Return how many recordings search knows in an older form of the index only. One query."""
    return Recording.objects.published().filter(indexed_form__lt=FORM, indexed_revision__gt=0).count()


def make_indexes() -> None:
    """Make the database's own indexes afresh from the rows that are there, where they are gone. Searches wait."""
    with transaction.atomic(), connection.cursor() as cursor:
        connection.check_constraints()  # PostgreSQL alters no table with checks still to do
        for statement in [*back_end(connection).drop(), *back_end(connection).create()]:
            cursor.execute(statement)


def findable(recording: Recording, session: Session | None, now: datetime) -> bool:
    """Whether a search may find it. Who may see it is asked at each search; this is about what is out at all."""
    if recording.published_at is None or recording.published_at > now or recording.withdrawn_at:
        return False
    return session is None or (session.published_at is not None and session.withdrawn_at is None)
