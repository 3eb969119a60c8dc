"""What a recording says, piece by piece: its session's words, its papers and report, slides and captions."""

import logging
from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Prefetch

from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.search.cutting import Piece, Said, pieces_of, said
from recordings.slides import reading
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import CaptionError
from seminars.followups.papers.marking import words_in
from seminars.followups.papers.models import Paper, PaperVersion
from seminars.followups.reports.models import Report
from seminars.followups.reports.reading import parts_of
from seminars.sessions.models import Session, Speaker
from seminars.sessions.questions.answering import record_of
from seminars.sessions.topics import topics_of_session

log = logging.getLogger(__name__)


def told_of(recording: Recording, session: Session | None) -> Iterator[Piece]:
    """Yield all that is said of a recording but its captions."""
    titles: list[Mapping[str, str]] = [recording.title, session.title if session else {}]
    for title in titles:
        yield from _said("title", title.items())
    if session:
        yield from _said("title", session.series.title.items())
        yield from _said("speakers", [("", words) for words in speakers_of(session)])
        yield from _said(
            "topics", [each for topic in topics_of_session(session) for each in topic.name.items()]
        )
        yield from _said("abstract", session.abstract.items())
        yield from _said("questions", asked_of(session))
        yield from _said("report", reported_of(session))
        for paper in papers_of(session):
            yield from _said("paper", written_in(paper), only_for=closed_to(paper))
    yield from _said("abstract", recording.abstract.items())
    yield from slides_of(recording)


def _said(field: str, texts: Iterable[tuple[str, str]], *, only_for: int | None = None) -> Iterator[Piece]:
    for language, text in texts:
        yield Piece(field, language, text, only_for=only_for)


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


def papers_of(session: Session) -> list[Paper]:
    """Return the papers that draw on the session and are out, each with its `versions`, the latest first."""
    rows = Paper.objects.out().filter(sessions=session, withdrawn_at=None)
    return list(rows.prefetch_related(Prefetch("versions", PaperVersion.objects.order_by("-version"))))


def closed_to(paper: Paper) -> int | None:
    """Return the community whose rules say who may read a paper; None where everybody may, whatever it becomes."""
    return None if paper.for_everybody else paper.community_id


def written_in(paper: Paper) -> list[tuple[str, str]]:
    """Return language and words of each paragraph of a paper as it is out now."""
    latest = next(iter(paper.versions.all()), None)
    if latest is None:
        return []
    texts = (latest.title, *words_in(latest.summary).splitlines(), *words_in(latest.body).splitlines())
    return [(latest.language, each) for each in texts]


def slides_of(recording: Recording) -> Iterator[Piece]:
    """Yield the words of each slide, with the second at which it is first shown, where that is known."""
    pages = [each for each in reading.pages_of(recording) if each.text.strip()]
    shown: dict[int, float] = {}
    for each in reading.timeline_of(recording) if pages else []:
        if each.page is not None:
            shown.setdefault(each.page, each.start)
    for page in pages:
        language = page.language or recording.language
        yield Piece("slides", language, page.text, shown.get(page.number), page.number)


def captioned(originals: Iterable[Original]) -> list[tuple[str, list[Said]]]:
    """Return language and cues of each caption file; one that cannot be read is told of and costs its own cues only."""
    found = []
    for original in originals:
        if original.kind != OriginalKind.CAPTIONS:
            continue
        try:
            rows = [(cue.start, " ".join(cue.text.split())) for cue in cues(original)]
        except (CaptionError, OSError) as wrong:
            log.warning("Captions %s cannot be searched: %s", original.uuid, wrong)
            continue
        found.append((original.language, said(rows)))
    return found


def spoken(captions: Iterable[tuple[str, list[Said]]]) -> Iterator[Piece]:
    """Yield captions as pieces."""
    for language, rows in captions:
        yield from pieces_of(rows, field="caption", language=language)
