"""What a recording is, said once for all who describe it: harvesters, bags, search engines, citations. Plain data."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from recordings.catalogue.licences import terms_of
from recordings.catalogue.models import OriginalKind
from seminars.words import Words


@dataclass(frozen=True)
class Agent:
    """Somebody who had a part in it. role: a SpeakerRole. href: their page, whole."""

    name: str
    affiliation: str
    role: str
    uuid: UUID
    href: str


@dataclass(frozen=True)
class Held:
    """When and where it took place: the wall time in `zone` is the truth, the instants (aware UTC) follow from it."""

    zone: str
    local_date: date
    local_time: time | None = None
    fold: int = 0
    days: int = 1
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    form: str = ""
    room: str = ""

    @property
    def local(self) -> datetime | None:
        """The start as clocks there showed it, with its offset; None for whole days."""
        if self.local_time is None:
            return None
        wall = datetime.combine(self.local_date, self.local_time)
        return wall.replace(fold=self.fold, tzinfo=ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Format:
    """One file of it. kind: an OriginalKind, or the recipe that made it. href: whole. seconds: 0 where none plays."""

    uuid: UUID
    kind: str
    is_original: bool
    media_type: str
    size: int
    sha256: str
    href: str
    filename: str
    language: str = ""
    seconds: float = 0
    width: int = 0
    height: int = 0
    added_at: datetime | None = None

    @property
    def plays(self) -> bool:
        """Whether it is watched or heard."""
        return self.media_type.startswith(("video/", "audio/"))


@dataclass(frozen=True)
class Relation:
    """Something that belongs with it. kind: series, session, event, paper or report. label: "DP 2026/3", of papers."""

    kind: str
    uuid: UUID
    title: Words
    href: str
    label: str = ""


@dataclass(frozen=True)
class Description:
    """A recording in words and numbers.

    page: its address as people read it. permalink: the one that never changes. title, abstract: by language.
    publisher: the community, or the site. licence: a `Licence`, "" where not everybody who speaks in it has said.
    changed_at: the last change of anything in here.
    """

    uuid: UUID
    slug: str
    page: str
    permalink: str
    title: Words
    abstract: Words
    language: str
    publisher: Words
    publisher_href: str
    changed_at: datetime
    community: UUID | None = None
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""
    held: Held | None = None
    recorded_on: date | None = None
    creators: tuple[Agent, ...] = ()
    contributors: tuple[Agent, ...] = ()
    subjects: tuple[Words, ...] = ()
    licence: str = ""
    formats: tuple[Format, ...] = ()
    relations: tuple[Relation, ...] = field(default=())

    @property
    def identifier(self) -> str:
        """Its name for ever, whatever becomes of addresses: a URN."""
        return f"urn:uuid:{self.uuid}"

    @property
    def day(self) -> date | None:
        """The day it took place where it took place; of what was never held, when it was recorded or came out."""
        if self.held:
            return self.held.local_date
        return self.recorded_on or (self.published_at.date() if self.published_at else None)

    @property
    def type(self) -> str:
        """What it is, in the words of the DCMI Type Vocabulary."""
        kinds = {each.kind for each in self.formats if each.is_original}
        if OriginalKind.VIDEO in kinds:
            return "MovingImage"
        if OriginalKind.AUDIO in kinds:
            return "Sound"
        return "Text" if kinds or self.related("report", "paper") else "Event"

    @property
    def seconds(self) -> float:
        """How long it plays; 0 where nothing does."""
        own = [each.seconds for each in self.formats if each.is_original and each.plays]
        return max(own, default=0)

    @property
    def licence_page(self) -> str:
        """The address of the licence's text; "" where there is none."""
        terms = terms_of(self.licence)
        return terms.href if terms else ""

    @property
    def rights(self) -> str:
        """The licence in words, in the active language; "" where none was given."""
        terms = terms_of(self.licence)
        return terms.words if terms else ""

    def related(self, *kinds: str) -> list[Relation]:
        """Return its relations of these kinds."""
        return [each for each in self.relations if each.kind in kinds]

    def made_by(self, *kinds: str) -> list[Format]:
        """Return its files of these kinds: OriginalKinds or recipes."""
        return [each for each in self.formats if each.kind in kinds]
