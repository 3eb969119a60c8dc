"""The shapes of what the archive answers. Addresses are whole; null is "none"."""

from datetime import date, datetime

from ninja import Field, Schema

from seminars.api.problems import Problem
from seminars.api.schemas import Words


class Quote(Schema):
    """Words that were found. seconds: where they are said, with `address` leading there; else null."""

    field: str = Field(description="title, speakers, abstract or caption")
    language: str
    text: str
    html: str = Field(description="The same, escaped, with what was found in <mark>.")
    seconds: float | None
    address: str


class Recording(Schema):
    """A recording, named. session: its address here, null for what never was one."""

    slug: str
    title: Words
    language: str
    recorded_on: date | None
    starts_at: datetime | None
    session: str | None
    page: str
    address: str


class Hit(Recording):
    """A recording in a list, with what a search found in it."""

    quotes: list[Quote]


class Archive(Schema):
    """A page of the archive. total: recordings in all. next: the address of the next page, null at the end."""

    total: int
    page: int
    pages: int
    recordings: list[Hit]
    next: str | None


class Edition(Schema):
    """A file to watch, hear or read."""

    kind: str = Field(
        description="As it came: video, audio, slides, captions, report, paper or handout. Made of it: video_360, "
        "voice, voice_opus, slides_voice, slides_voice_old, slides_pdf or poster."
    )
    language: str | None
    media_type: str
    size: int = Field(description="Bytes.")
    seconds: float | None = Field(description="How long it plays.")
    width: int | None
    height: int | None
    address: str


class Item(Recording):
    """A recording with all there is of it."""

    abstract: Words
    published: bool
    editions: list[Edition]


class Buried(Schema):
    """A file of something withdrawn: it is given to nobody."""

    kind: str
    language: str | None
    sha256: str
    size: int = Field(description="Bytes.")


class Withdrawn(Schema):
    """What was there. by: in which office somebody decided, in words; empty where nobody wrote it down."""

    title: Words
    at: datetime
    reason: str
    by: str
    files: list[Buried]


class Gone(Problem):
    """The problem document of something withdrawn: what it was, when it went, why, and its files' hashes."""

    withdrawn: Withdrawn
