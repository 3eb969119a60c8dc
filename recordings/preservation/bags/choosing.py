"""Which rows go into a bag: of one session, a series, a community, or all that is over and out.

Drafts stay at home, and sessions to come: their bag would be old tomorrow. What was withdrawn leaves its tombstone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from recordings.assets.models import Asset
from recordings.catalogue.history.models import Event, FormerAddress
from recordings.catalogue.models import Original, Recording
from recordings.preservation.bags.rows import Row, rows_of
from recordings.preservation.bags.schema import TABLES, Table
from recordings.renditions.models import Rendition
from recordings.slides.models import Chapter, Chapters, SlidePage, SlideTime, Timeline
from seminars.followups.models import Checklist, Item, Owed
from seminars.followups.papers.models import TEXT, Paper, PaperSession, PaperState, PaperVersion
from seminars.followups.reports.models import Report, ReportForm
from seminars.people.models import Community, Person
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.series.resources.models import Resource
from seminars.series.rooms.models import Room
from seminars.series.topics.models import Topic, TopicSlug
from seminars.sessions.facts import FILES
from seminars.sessions.models import Material, Session, Speaker
from seminars.sessions.questions.models import Question, WrittenAnswer
from seminars.sessions.speaking.models import Engagement

ALL, COMMUNITY, SERIES, SESSION = "all", "community", "series", "session"
KINDS = (ALL, COMMUNITY, SERIES, SESSION)
MUST = frozenset({"poster"})
"""Editions that always go along: small, and pages need them."""
EVERYTHING = Visitor(is_admin=True)
"""Who runs the server reads all of it."""


class Nothing(Exception):
    """There is no such thing, or nothing of it is over and out yet."""


@dataclass(frozen=True)
class Scope:
    """What a bag is of. kind: one of KINDS. slug: of the community, series, session, or recording without one."""

    kind: str
    slug: str = ""

    @property
    def name(self) -> str:
        """The name of the bag's folder."""
        return f"meridian-{self.slug}" if self.slug else "meridian-archive"


@dataclass(frozen=True)
class Chosen:
    """The rows of a bag, as questions. editions: recipes that go along; None: every one.

    reader: who gets it. They plan what it is of, which its door asks; yet of a closed community's papers they may read
    none, where they only organise a series.
    """

    scope: Scope
    now: datetime
    editions: frozenset[str] | None = None
    reader: Visitor = EVERYTHING
    _kept: dict[str, QuerySet[Any]] = field(default_factory=dict)

    @property
    def sessions(self) -> QuerySet[Session]:
        """Sessions that are out and over."""
        rows = Session.objects.published().filter(Q(ends_at__lte=self.now) | Q(withdrawn_at__isnull=False))
        match self.scope.kind:
            case "all":
                return rows
            case "community":
                return rows.filter(series__community__slug=self.scope.slug)
            case "series":
                return rows.filter(series__slug=self.scope.slug)
        return rows.filter(slug=self.scope.slug)

    @property
    def recordings(self) -> QuerySet[Recording]:
        """Recordings of these sessions that are out; those that never were a session where they are asked for."""
        rows = Recording.objects.published()
        theirs = Q(session__in=self.sessions.values("pk"))
        if self.scope.kind == ALL:
            return rows.filter(theirs | Q(session=None))
        if self.scope.kind == SESSION:
            return rows.filter(theirs | Q(session=None, slug=self.scope.slug))
        return rows.filter(theirs)

    @property
    def withheld(self) -> QuerySet[Recording]:
        """Those of which only the tombstone goes along."""
        return self.recordings.filter(Q(withdrawn_at__isnull=False) | Q(session__withdrawn_at__isnull=False))

    @property
    def originals(self) -> QuerySet[Original]:
        """Their files as they came, superseded ones too."""
        return Original.objects.filter(recording__in=self.recordings.values("pk"))

    @property
    def renditions(self) -> QuerySet[Rendition]:
        """What was made of them."""
        rows = Rendition.objects.filter(original__in=self.originals.values("pk"))
        return rows if self.editions is None else rows.filter(recipe__in=self.editions | MUST)

    @property
    def pages(self) -> QuerySet[SlidePage]:
        """Pages of their decks; what stood on those of a withdrawn one is told no more."""
        gone = self.withheld.values("pk")
        here = self.originals.exclude(recording__in=gone)
        return SlidePage.objects.filter(slides__in=here.values("pk"))

    @property
    def series(self) -> QuerySet[Series]:
        """Series of these sessions."""
        return Series.objects.filter(pk__in=self.sessions.values("series"))

    @property
    def communities(self) -> QuerySet[Community]:
        """Communities of these series."""
        return Community.objects.filter(pk__in=self.series.values("community"))

    @property
    def papers(self) -> QuerySet[Paper]:
        """Papers that are out: of the whole community, or those that draw on the sessions."""
        drawn = PaperSession.objects.filter(session__in=self.sessions.values("pk")).values("paper")
        rows = Paper.objects.visible_to(self.reader).order_by()
        whole = self.scope.kind in (ALL, COMMUNITY)
        return (
            rows.filter(community__in=self.communities.values("pk")) if whole else rows.filter(pk__in=drawn)
        )

    @property
    def resources(self) -> QuerySet[Resource]:
        """What members share on their list, where the bag is of a whole community."""
        whole = self.scope.kind in (ALL, COMMUNITY)
        rows = Resource.objects.published().filter(community__in=self.communities.values("pk"))
        return rows if whole else rows.none()

    @property
    def reports(self) -> QuerySet[Report]:
        """Reports that came out."""
        return Report.objects.filter(published_at__isnull=False, session__in=self.sessions.values("pk"))

    @property
    def questions(self) -> QuerySet[Question]:
        """Questions that were answered and are part of the record."""
        here = self.sessions.filter(withdrawn_at=None)
        return Question.objects.shown().answered().filter(session__in=here.values("pk"))

    @property
    def assets(self) -> QuerySet[Asset]:
        """The bytes of all of them."""
        pictures = self.pages.filter(asset=OuterRef("pk"))
        made = self.renditions.filter(asset=OuterRef("pk"))
        files = self.originals.filter(asset=OuterRef("pk"))
        return Asset.objects.filter(Exists(files) | Exists(made) | Exists(pictures))

    def check(self) -> None:
        """Raise Nothing where the bag would be empty."""
        if self.scope.kind not in KINDS or not (self.sessions.exists() or self.recordings.exists()):
            raise Nothing(self.scope.slug)

    def tables(self) -> Iterator[tuple[Table, Iterator[Row]]]:
        """Yield each table with its rows, in an order in which rows can be written again."""
        for table in TABLES:
            yield table, (as_told(table, row) for row in rows_of(table, self._rows(table.name)))

    def _rows(self, name: str) -> QuerySet[Any]:
        if not self._kept:
            self._kept.update(self._questions())
        return self._kept[name]

    def _questions(self) -> dict[str, QuerySet[Any]]:
        sessions, series = self.sessions.values("pk"), self.series.values("pk")
        recordings, communities = self.recordings.values("pk"), self.communities.values("pk")
        speakers = Speaker.objects.filter(session__in=sessions)
        topics = Topic.objects.filter(
            Q(sessions__in=sessions) | Q(series__in=series) | Q(resources__in=self.resources.values("pk"))
        ).distinct()
        papers = self.papers.values("pk")
        consented = Engagement.objects.filter(session__in=sessions, may_publish=True).exclude(licence="")
        here = self.recordings.exclude(pk__in=self.withheld.values("pk")).values("pk")
        lists = Chapters.objects.filter(recording__in=here)
        lines = Timeline.objects.filter(video__recording__in=here)
        return {
            "topics": topics,
            "topic_addresses": TopicSlug.objects.filter(topic__in=topics.values("pk")),
            "communities": Community.objects.filter(
                Q(pk__in=communities) | Q(pk__in=self.papers.values("community"))
            ),
            "rooms": Room.objects.filter(Q(sessions__in=sessions) | Q(series__in=series)).distinct(),
            "people": Person.objects.filter(appearances__in=speakers.values("pk")).distinct(),
            "series": self.series,
            "owed": Owed.objects.filter(series__in=series, kind__in=FILES),
            "sessions": self.sessions,
            "speakers": speakers,
            "licences": consented.filter(
                Exists(speakers.filter(session=OuterRef("session"), person=OuterRef("person")))
            ),
            "checklists": Checklist.objects.filter(session__in=sessions),
            "promises": Item.objects.filter(session__in=sessions, kind__in=FILES),
            "questions": self.questions,
            "answers": WrittenAnswer.objects.filter(question__in=self.questions.values("pk")),
            "report_forms": ReportForm.objects.filter(reports__in=self.reports.values("pk")).distinct(),
            "reports": self.reports,
            "papers": self.papers,
            "paper_versions": PaperVersion.objects.filter(paper__in=papers).select_related("paper"),
            "paper_sessions": PaperSession.objects.filter(paper__in=papers, session__in=sessions),
            "resources": self.resources,
            "assets": self.assets,
            "recordings": self.recordings,
            "former_addresses": FormerAddress.objects.filter(recording__in=recordings),
            "events": Event.objects.filter(recording__in=recordings),
            "originals": self.originals,
            "editions": self.renditions,
            "slide_pages": self.pages,
            "timelines": lines,
            "slide_times": SlideTime.objects.filter(timeline__in=lines.values("pk")),
            "chapter_lists": lists,
            "chapters": Chapter.objects.filter(chapters__in=lists.values("pk")),
            "materials": self._materials(sessions),
        }

    def _materials(self, sessions: Any) -> QuerySet[Material]:
        """What pages say of files, but of editions that stay at home."""
        rows = Material.objects.filter(session__in=sessions)
        if self.editions is None:
            return rows
        left = Rendition.objects.filter(original__in=self.originals.values("pk"))
        return rows.exclude(source__in=left.exclude(recipe__in=self.editions | MUST).values("uuid"))


def as_told(table: Table, row: Row) -> Row:
    """Return a row as a bag tells it: of papers and reports what is out, no draft and nothing that was taken back."""
    change = _CHANGES.get(table.name)
    return change(row) if change else row


def _paper(row: Row) -> Row:
    """A paper as it is out: its own text may be a draft of the next version, which is nobody's yet."""
    latest = PaperVersion.objects.filter(paper__uuid=UUID(row["uuid"])).order_by("-version").first()
    out = {name: getattr(latest, name) for name in TEXT} if latest else {}
    state = row["state"]
    if state in (PaperState.DRAFT, PaperState.REVIEW, PaperState.APPROVED):
        state = PaperState.PUBLISHED.value
    return row | out | {"state": state} | (_GONE_TEXT if row["withdrawn_at"] else {})


def _version(row: Row) -> Row:
    gone = Paper.objects.filter(uuid=UUID(row["paper"]), withdrawn_at__isnull=False).exists()
    return row | (_GONE_TEXT if gone else {})


def _report(row: Row) -> Row:
    gone = (
        row["withdrawn_at"]
        or Session.objects.filter(uid=UUID(row["session"]), withdrawn_at__isnull=False).exists()
    )
    return row | ({"answers": {}, "labels": {}} if gone else {})


_GONE_TEXT = {"summary": "", "body": ""}
_CHANGES: dict[str, Callable[[Row], Row]] = {"papers": _paper, "paper_versions": _version, "reports": _report}
