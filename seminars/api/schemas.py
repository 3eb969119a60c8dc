"""The shapes of what is answered. Words of organisers are texts by language; addresses are whole; null is "none"."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema

from seminars.people.models import Form, Joining, Life, Purpose
from seminars.series.models import Audience
from seminars.sessions.models import Echo, MaterialKind, Precision, SpeakerRole
from seminars.sessions.state import State

Words = dict[str, str]
SLUG = r"^[-a-zA-Z0-9_]+$"


class CommunityName(Schema):
    """A community, named. page: for people. address: here."""

    slug: str
    name: Words
    page: str
    address: str


class Community(CommunityName):
    """A community. calendar: its feed, null where what it does is for members only. sessions: the list, here."""

    summary: Words
    eligibility: Words
    purpose: Purpose
    life: Life
    joining: Joining
    form: Form
    home_zone: str = Field(description="An IANA time zone.")
    language: str
    countries: list[str] = Field(description="ISO 3166 codes.")
    discusses_at: str | None
    calendar: str | None
    sessions: str


class Communities(Schema):
    """The communities that the reader may see."""

    communities: list[Community]


class SeriesName(Schema):
    """A series, named."""

    slug: str
    title: Words
    page: str
    address: str


class CommunityWithSeries(Community):
    """A community with the series that the reader may see."""

    series: list[SeriesName]


class Series(SeriesName):
    """A series: the wall time `local_time` in `zone` on each date of its rhythm. A draft is seen by organisers only."""

    community: CommunityName
    abstract: Words
    published: bool
    zone: str = Field(description="An IANA time zone.")
    first_date: date
    local_time: str | None = Field(description="HH:MM on a clock in the zone; null for whole days.")
    minutes: int
    days: int
    rrule: str = Field(description="RFC 5545, without DTSTART; empty where there is no rule.")
    rdates: list[date] = Field(description="Further dates, in the zone.")
    exdates: list[date] = Field(description="Dates that are left out, in the zone.")
    form: Form
    language: str
    audience: Audience
    external: bool = Field(description="Other people's, listed with its source.")
    source_url: str | None
    calendar: str | None
    sessions: str


class Speaker(Schema):
    """Somebody who appears at a session."""

    name: str
    role: SpeakerRole
    affiliation: str


class Material(Schema):
    """Something to read, hear or watch. size: bytes. seconds: how long it plays."""

    kind: MaterialKind
    title: Words
    language: str | None
    media_type: str | None
    size: int | None = Field(description="Bytes.")
    seconds: float | None = Field(description="How long it plays.")
    address: str


class Number(Schema):
    """A number to dial in by. country: ISO 3166, null where nobody said. uri: tel:, null for what cannot be dialled."""

    country: str | None
    number: str
    code: str | None = Field(description="To key in after the call is answered.")
    uri: str | None


class Session(Schema):
    """A session, as it is now. The local date and time in its zone are the truth; the instants (UTC) follow."""

    uid: UUID = Field(description="Of its calendar entry, for life.")
    slug: str
    number: int = Field(description="In its series.")
    title: Words
    abstract: Words
    community: CommunityName
    series: SeriesName
    published: bool
    state: State
    reason: str = Field(description="Why it is cancelled or postponed.")
    precision: Precision = Field(description="How much of the date is known.")
    local_date: date | None
    local_time: str | None = Field(description="HH:MM on a clock in the zone; null for whole days.")
    zone: str = Field(description="An IANA time zone.")
    minutes: int
    days: int = Field(description="How many, where it is whole days.")
    all_day: bool
    starts_at: datetime | None
    ends_at: datetime | None
    form: Form
    room: str
    language: str
    audience: Audience
    source_url: str | None
    within: str | None = Field(description="The slug of the event that it is part of.")
    parts: list[str] = Field(description="Of an event, the slugs of its parts, by hour.")
    lead: str | None = Field(description="The slug of the session that it repeats.")
    echo: Echo | None = Field(
        description="How it repeats its lead: live again, or as the recording with a host."
    )
    speakers: list[Speaker]
    materials: list[Material]
    page: str
    join: str | None = Field(description="The page that lets people in when the doors are open.")
    view: str | None = Field(description="The same for those who only watch.")
    doors_open_at: datetime | None
    dial_in: list[Number]
    calendar: str | None = Field(description="Its one entry, as a file.")
    address: str
    changed_at: datetime


class Sessions(Schema):
    """A part of the list, the earliest first. next: the address of the next part, null at the end."""

    sessions: list[Session]
    next: str | None
