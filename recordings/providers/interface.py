"""What every provider can do: be asked whether its settings work, and what was recorded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from recordings.providers.line import Line

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Setting:
    """One thing to fill in. secret: kept sealed, and never shown again."""

    name: str
    label: "str | StrPromise"
    help: "str | StrPromise" = ""
    secret: bool = False
    needed: bool = True


@dataclass(frozen=True)
class File:
    """One file of a recording. kind: an OriginalKind. size: bytes, None where it is not said. name: for people."""

    url: str
    kind: str
    language: str = ""
    size: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Piece:
    """One recording. key: for ever the same. began_at, ended_at, expires_at: aware UTC; the last when it is deleted."""

    key: str
    title: str
    meeting: str
    began_at: datetime
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    files: tuple[File, ...] = field(default=())


@dataclass(frozen=True)
class Page:
    """What is known of a video's page. seconds: None if it is not said. files: what may be copied, the best first."""

    title: str = ""
    seconds: float | None = None
    files: tuple[File, ...] = field(default=())


Values = Mapping[str, str]
"""Settings by name, secrets too, as they are used."""


class Provider(Protocol):
    """One way to record meetings elsewhere."""

    @property
    def name(self) -> str:
        """What it is kept by."""

    @property
    def label(self) -> "str | StrPromise":
        """What people call it."""

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What has to be filled in."""

    def check(self, values: Values, line: Line, *, now: datetime) -> str:
        """Return, in words, what was reached. now: aware UTC. Raises line.Trouble."""

    def pieces(self, values: Values, line: Line, *, since: datetime, until: datetime) -> Iterable[Piece]:
        """Return what was recorded between two moments (aware UTC), and is ready. Raises line.Trouble."""

    def headers(self, values: Values, line: Line) -> dict[str, str]:
        """Return what a download of one of its files needs to send. Raises line.Trouble."""

    def holds(self, values: Values, url: str) -> bool:
        """Return whether `url` is an address of this provider, to which those headers may go."""


class Pages(Protocol):
    """One site with videos that people watch there: needs no account, and is linked until a copy is here."""

    @property
    def name(self) -> str:
        """What it is kept by."""

    @property
    def label(self) -> "str | StrPromise":
        """What people call it."""

    def recognise(self, url: str) -> str:
        """Return the one address of the video that `url` leads to; "" where it is none of this site's."""

    def look(self, url: str, line: Line) -> Page:
        """Return what is said of the video at that address. Raises line.Gone, line.Trouble."""
