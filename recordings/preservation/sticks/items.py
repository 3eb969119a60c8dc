"""One item of a stick: what its page says and search finds, read from the archive when its turn comes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import prefetch_related_objects

from recordings.catalogue.licences import licence_of, terms_of
from recordings.catalogue.models import OriginalKind, Recording
from recordings.preservation.sticks.choosing import File, Order, files_of, recordings_of, sessions_of
from recordings.preservation.sticks.passages import Passage
from recordings.slides.reading import Mark, Page, Shown, chapters_of, pages_of, timeline_of
from recordings.transcripts.blocks import Block, blocks
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import CaptionError
from seminars.followups.papers.marking import words_in
from seminars.followups.papers.models import Paper, PaperVersion
from seminars.followups.reports.models import Report
from seminars.followups.reports.reading import ReportPart, parts_of
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.sessions.models import Session, SpeakerRole
from seminars.sessions.questions.answering import record_of
from seminars.sessions.questions.models import Question
from seminars.words import Words

CHUNK = 50


@dataclass(frozen=True)
class Said:
    """What was said, in one language. mark: begins the names of its places on the page."""

    language: str
    blocks: list[Block]
    mark: str


@dataclass
class Item:
    """A session with what is kept of it, or a recording that never was one. number: its place in the list, from 0."""

    number: int
    slug: str
    title: Words
    abstract: Words
    language: str
    day: date | None
    session: Session | None
    recording: Recording | None
    files: list[File] = field(default_factory=list)

    @property
    def series(self) -> Series | None:
        """Its series."""
        return self.session.series if self.session else None

    @property
    def speakers(self) -> list[str]:
        """Who spoke: "Amina Diallo, Oxfam"."""
        rows = self.session.speakers.all() if self.session else ()
        return [
            ", ".join(
                part for part in (each.person.name, each.affiliation or each.person.affiliation) if part
            )
            for each in rows
            if each.role in (SpeakerRole.SPEAKER, SpeakerRole.MODERATOR)
        ]

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return max((each.seconds for each in self.files), default=0)


@dataclass
class Body:
    """All the words of an item."""

    said: list[Said] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    chapters: list[Mark] = field(default_factory=list)
    report: Report | None = None
    parts: list[ReportPart] = field(default_factory=list)
    papers: list[tuple[Paper, PaperVersion]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    licence: str = ""
    licence_page: str = ""

    def second_of(self, page: int) -> int | None:
        """Return the whole second at which a slide is first seen."""
        return next((int(each.start) for each in self.shown if each.page == page), None)


def items_of(order: Order, now: datetime) -> Iterator[Item]:
    """Yield what is on the stick, the latest first, some dozens in memory at a time."""
    rows = sessions_of(order, now).select_related("series__community", "archived", "place")
    keys = list(rows.values_list("pk", flat=True))
    kept = set(recordings_of(order, now).values_list("pk", flat=True))
    number = 0
    for first in range(0, len(keys), CHUNK):
        some = list(rows.filter(pk__in=keys[first : first + CHUNK]))
        prefetch_related_objects(some, "speakers__person", "topics")
        here = [each for session in some if (each := recording_in(session, kept))]
        files = files_of(here)
        for session in some:
            yield of_session(number, session, recording_in(session, kept), files)
            number += 1
    alone = recordings_of(order, now).filter(session=None).order_by("-recorded_on", "-pk")
    keys = list(alone.values_list("pk", flat=True))
    for first in range(0, len(keys), CHUNK):
        without = list(alone.filter(pk__in=keys[first : first + CHUNK]))
        files = files_of(without)
        for recording in without:
            yield of_recording(number, recording, files)
            number += 1


def recording_in(session: Session, kept: set[int]) -> Recording | None:
    """Return the session's recording, where that is among the primary keys `kept`."""
    recording: Recording | None = getattr(session, "archived", None)
    return recording if recording and recording.pk in kept else None


def of_session(
    number: int, session: Session, recording: Recording | None, files: dict[int, list[File]]
) -> Item:
    """Return a session with its recording. files: by key of the recordings."""
    return Item(
        number=number,
        slug=recording.slug if recording else session.slug,
        title=session.heading,
        abstract=session.abstract or (recording.abstract if recording else {}),
        language=session.language,
        day=session.local_date,
        session=session,
        recording=recording,
        files=files[recording.pk] if recording else [],
    )


def of_recording(number: int, recording: Recording, files: dict[int, list[File]]) -> Item:
    """Return a recording that never was a session. files: by key of the recordings."""
    return Item(
        number=number,
        slug=recording.slug,
        title=recording.title,
        abstract=recording.abstract,
        language=recording.language,
        day=recording.recorded_on,
        session=None,
        recording=recording,
        files=files[recording.pk],
    )


def body_of(item: Item, visitor: Visitor) -> Body:
    """Return all words of an item that the visitor may read."""
    body = Body()
    if item.recording:
        body.said = list(_said(item))
        body.pages, body.shown = pages_of(item.recording), timeline_of(item.recording)
        body.chapters = chapters_of(item.recording)
        terms = terms_of(licence_of(item.recording))
        body.licence, body.licence_page = (terms.words, terms.href) if terms else ("", "")
    if item.session:
        report = Report.objects.out().select_related("form").filter(session=item.session).first()
        body.report, body.parts = report, parts_of(report) if report else []
        body.papers = list(_papers(item.session, visitor))
        body.questions = list(record_of(item.session))
    return body


def passages_of(item: Item, body: Body) -> Iterator[Passage]:
    """Yield what search finds of an item; the first is what it is called and who spoke."""
    series = item.series
    names = [*item.title.values(), *(series.title.values() if series else ()), *item.speakers]
    yield Passage(" · ".join(dict.fromkeys(each for each in names if each)) or item.slug)
    for text in item.abstract.values():
        yield Passage(text, "about")
    for part in body.parts:
        yield Passage(f"{part.label}: {part.text}", "report")
    for question in body.questions:
        answers = " ".join(each.text for each in question.answers.all())
        yield Passage(f"{question.words} {answers}", "questions")
    for _paper, version in body.papers:
        yield Passage(f"{version.title} {version.authors}", "papers")
        for text in (*words_in(version.summary).splitlines(), *words_in(version.body).splitlines()):
            yield Passage(text, "papers")
    for page in body.pages:
        second = body.second_of(page.number)
        yield Passage(page.text, f"slide-{page.number}", -1 if second is None else second)
    for said in body.said:
        for block in said.blocks:
            text = " ".join(cue.text for cue in block.cues)
            yield Passage(text, f"{said.mark}{int(block.start)}", int(block.start))


def _said(item: Item) -> Iterator[Said]:
    languages: dict[str, int] = {}
    for each in item.files:
        if each.kind != OriginalKind.CAPTIONS or each.original is None:
            continue
        try:
            found = blocks(cues(each.original))
        except (CaptionError, OSError):  # the file goes along as it is; whoever opens it sees what is wrong
            continue
        number = languages[each.language] = languages.get(each.language, 0) + 1
        again = f"{number}" if number > 1 else ""
        mark = f"{each.language}{again}-t" if languages.keys() - {each.language} or again else "t"
        yield Said(each.language, found, mark)


def _papers(session: Session, visitor: Visitor) -> Iterator[tuple[Paper, PaperVersion]]:
    rows = Paper.objects.visible_to(visitor).filter(sessions=session, withdrawn_at=None)
    for paper in rows.select_related("community", "replaced_by"):
        version = paper.versions.first()
        if version:
            yield paper, version


def uuid_of(item: Item) -> UUID | None:
    """Return what the item is known by everywhere."""
    return item.recording.uuid if item.recording else item.session.uid if item.session else None
