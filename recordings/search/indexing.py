"""Bring the index up to date with a recording: its own words, and each cue of its captions with its second."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q

from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.search.backends import back_end
from recordings.search.folding import fold
from recordings.search.models import SearchDocument
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import CaptionError
from seminars.followups.papers.marking import words_in
from seminars.followups.papers.models import PaperVersion
from seminars.followups.reports.models import Report
from seminars.followups.reports.reading import parts_of
from seminars.sessions.models import Session, Speaker
from seminars.sessions.questions.answering import record_of

MOST_CHARACTERS = 100_000  # of one text; PostgreSQL indexes no more than 1 MB at once
log = logging.getLogger(__name__)


def index(recording_id: int, *, now: datetime) -> int:
    """Write the documents of a recording afresh and return how many there are; again gives the same.

    now: aware UTC. What is not out yet, or was withdrawn, has none. A recording that is gone: 0. The revision of the
    session that was read is kept, so that a change made meanwhile is seen as due.
    """
    with transaction.atomic():
        recording = Recording.objects.select_for_update().filter(pk=recording_id).first()
        if recording is None:
            return 0
        session = Session.objects.select_related("series").filter(archived=recording).first()
        documents = documents_of(recording, session) if findable(recording, session, now) else []
        SearchDocument.objects.filter(recording=recording).delete()
        SearchDocument.objects.bulk_create(documents, batch_size=500)
        revision = session.revision if session else 1
        Recording.objects.filter(pk=recording.pk).update(indexed_revision=revision)
    return len(documents)


def due(*, limit: int = 100) -> list[int]:
    """Return the primary keys of recordings that search does not know as they are now, at most `limit`."""
    changed = Q(session__isnull=False) & ~Q(indexed_revision=F("session__revision"))
    alone = Q(session__isnull=True, indexed_revision=0)
    waiting = Recording.objects.published().filter(changed | alone)
    return list(waiting.order_by("id").values_list("id", flat=True)[:limit])


def rebuild(*, now: datetime) -> int:
    """Make the index afresh from all recordings and return how many documents there are. now: aware UTC."""
    keys = list(Recording.objects.order_by("id").values_list("id", flat=True))
    written = sum(index(key, now=now) for key in keys)
    with transaction.atomic(), connection.cursor() as cursor:
        connection.check_constraints()  # PostgreSQL alters no table with checks still to do
        for statement in [*back_end(connection).drop(), *back_end(connection).create()]:
            cursor.execute(statement)
    return written


def findable(recording: Recording, session: Session | None, now: datetime) -> bool:
    """Whether a search may find it. Who may see it is asked at each search; this is about what is out at all."""
    if recording.published_at is None or recording.published_at > now or recording.withdrawn_at:
        return False
    return session is None or (session.published_at is not None and session.withdrawn_at is None)


def documents_of(recording: Recording, session: Session | None) -> list[SearchDocument]:
    """Return the documents of a recording, not yet stored."""
    found: dict[tuple[str, str, float | None, str], None] = {}

    def add(field: str, texts: Iterable[tuple[str, str]], seconds: float | None = None) -> None:
        for language, text in texts:
            if text.strip():
                found[field, language, seconds, " ".join(text.split())[:MOST_CHARACTERS]] = None

    sources: list[Mapping[str, str]] = [recording.title, session.title if session else {}]
    for title in sources:
        add("title", title.items())
    if session:
        add("title", session.series.title.items())
        add("speakers", [("", words) for words in speakers_of(session)])
        add("abstract", session.abstract.items())
        add("questions", asked_of(session))
        add("report", reported_of(session))
        add("paper", papers_of(session))
    add("abstract", recording.abstract.items())
    for original in captions_of(recording):
        for seconds, text in cues_said(original):
            add("caption", [(original.language, text)], seconds)
    return [
        SearchDocument(
            recording=recording,
            field=field,
            language=language,
            seconds=seconds,
            text=text,
            folded=fold(text),
        )
        for field, language, seconds, text in found
    ]


def speakers_of(session: Session) -> list[str]:
    """Return each speaker with their affiliation: "Amina Diallo, Oxfam"."""
    people = Speaker.objects.filter(session=session).select_related("person")
    return [
        ", ".join(part for part in (each.person.name, each.affiliation or each.person.affiliation) if part)
        for each in people
    ]


def asked_of(session: Session) -> list[tuple[str, str]]:
    """Return language and words of each question that was answered, with its answers."""
    return [
        (each.language, "\n".join([each.words, *(answer.text for answer in each.answers.all())]))
        for each in record_of(session)
    ]


def reported_of(session: Session) -> list[tuple[str, str]]:
    """Return language and words of each answer in the session's report, where that is out."""
    report = Report.objects.out().select_related("form").filter(session=session).first()
    return [(report.language, each.text) for each in parts_of(report)] if report else []


def papers_of(session: Session) -> list[tuple[str, str]]:
    """Return language and words of each paragraph of the papers that draw on the session, as they are out now."""
    rows = PaperVersion.objects.filter(paper__sessions=session, paper__withdrawn_at=None)
    latest = {each.paper_id: each for each in rows.order_by("version")}
    return [
        (each.language, words)
        for each in latest.values()
        for words in (each.title, *words_in(each.summary).splitlines(), *words_in(each.body).splitlines())
    ]


def captions_of(recording: Recording) -> list[Original]:
    """Return the caption files that count now, with their assets."""
    files = recording.originals.filter(kind=OriginalKind.CAPTIONS, superseded_at__isnull=True)
    return list(files.select_related("asset"))


def cues_said(original: Original) -> list[tuple[float, str]]:
    """Return second and words of each cue; a file that cannot be read is told of and costs its own cues only."""
    try:
        return [(cue.start, cue.text) for cue in cues(original)]
    except (CaptionError, OSError) as wrong:
        log.warning("Captions %s cannot be searched: %s", original.uuid, wrong)
        return []
