"""The shapes of the demo's data. Plain values: nothing here touches the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any


def example(english: str, swedish: str = "") -> dict[str, str]:
    """Return words that are invented, and say so."""
    return {"en": f"Example: {english}"} | ({"sv": f"Exempel: {swedish}"} if swedish else {})


@dataclass(frozen=True)
class PersonFacts:
    """Somebody of the demo. `role` is that in the community; with `signs_in` there is an account."""

    name: str
    email: str
    zone: str
    country: str
    role: str = "member"
    signs_in: bool = False
    language: str = "en"


@dataclass(frozen=True)
class PartFacts:
    """A part of an event: so many days after its first, by its clock."""

    day: int
    at: time
    minutes: int
    room: str
    title: Mapping[str, str]
    abstract: Mapping[str, str] = field(default_factory=dict)
    speakers: tuple[tuple[str, str, str], ...] = ()  # name, role, affiliation
    fields: Mapping[str, Any] = field(default_factory=dict)  # further columns
    report: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EchoFacts:
    """A session held once more, so many days later in `zone`: a twin, or with a `host` a relay of the recording."""

    day: int
    at: time
    zone: str
    host: str = ""


@dataclass(frozen=True)
class RoomFacts:
    """A room. position: latitude and longitude in degrees."""

    name: str
    address: str = ""
    capacity: int | None = None
    access: str = ""
    position: tuple[float, float] | None = None


@dataclass(frozen=True)
class GroupFacts:
    """A group that follows a session in one place."""

    place: str
    city: str
    zone: str
    contact: str
    email: str
    expected: int
    holds: int | None = None
    welcome: bool = False


@dataclass(frozen=True)
class SessionFacts:
    """What is known of the session that the cadence puts on `on`."""

    on: date
    title: Mapping[str, str] = field(default_factory=dict)
    abstract: Mapping[str, str] = field(default_factory=dict)
    speakers: tuple[tuple[str, str, str], ...] = ()  # name, role, affiliation
    named: tuple[str, ...] = ()  # addresses of the persons who may see it
    fields: Mapping[str, Any] = field(default_factory=dict)  # further columns
    media: str = ""  # the stem of a file set in recordings/demo/media
    report: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[GroupFacts, ...] = ()
    parts: tuple[PartFacts, ...] = ()
    echoes: tuple[EchoFacts, ...] = ()


@dataclass(frozen=True)
class SeriesFacts:
    """A series as `drafting.draft_series` takes it, with what is known of single sessions."""

    slug: str
    title: Mapping[str, str]
    abstract: Mapping[str, str]
    zone: str
    first_date: date
    local_time: time | None
    minutes: int = 60
    rrule: str = ""
    rdates: tuple[date, ...] = ()
    exdates: tuple[date, ...] = ()
    days: int = 1
    sessions: tuple[SessionFacts, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)  # form, room, join_url, …
    out_on: date | None = None  # the day it was published, where sessions since then still owe something


@dataclass(frozen=True)
class CommunityFacts:
    """A community with its people and series."""

    slug: str
    name: Mapping[str, str]
    summary: Mapping[str, str]
    fields: Mapping[str, Any]
    people: tuple[PersonFacts, ...]
    series: tuple[SeriesFacts, ...]
    rooms: tuple[RoomFacts, ...] = ()
