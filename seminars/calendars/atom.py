"""Atom (RFC 4287): the one place that writes it, whatever a feed is of. Texts are cleaned here: none can break it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree

from django.conf import settings

from seminars.calendars.feeds import Subject
from seminars.calendars.lines import clean, clean_line

MOST = 100
"""Entries of a feed."""
ATOM = "http://www.w3.org/2005/Atom"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Enclosure:
    """A file that belongs to an entry: whole address, type, bytes, and what it is in words (RFC 4287 §4.2.7)."""

    href: str
    media_type: str
    size: int
    title: str = ""
    language: str = ""


@dataclass(frozen=True)
class Piece:
    """One entry. uid: a UUID that never changes. at: aware UTC; changed_at: where it changed since. text: plain."""

    uid: str
    title: str
    text: str
    page: str
    at: datetime
    language: str
    changed_at: datetime | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    licence: str = ""
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def latest(self) -> datetime:
        """When it last changed."""
        return max(self.at, self.changed_at or self.at)


def atom(
    subject: Subject,
    told: Iterable[Piece],
    *,
    address: str,
    language: str,
    heading: str,
    uid: UUID | None = None,
) -> bytes:
    """Return an Atom document in UTF-8. address: its own, whole. heading: what it is called.

    uid: its id whatever becomes of its address; without one, that is its id.
    """
    ElementTree.register_namespace("", ATOM)
    told = list(told)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {LANGUAGE: language})
    _add(feed, "id", uid.urn if uid else address)
    _add(feed, "title", clean_line(heading))
    _add(feed, "updated", stamp(max([each.latest for each in told], default=begun(subject))))
    _add(feed, "link", "", rel="self", type="application/atom+xml", href=address)
    _add(feed, "link", "", rel="alternate", type="text/html", href=subject.page)
    _author(feed, clean_line(settings.SITE_NAME))
    for each in told:
        _entry(feed, each, language)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(feed: ElementTree.Element, piece: Piece, language: str) -> None:
    own = {LANGUAGE: piece.language} if piece.language and piece.language != language else {}
    entry = ElementTree.SubElement(feed, f"{{{ATOM}}}entry", own)
    title = clean_line(piece.title) or piece.uid
    _add(entry, "id", f"urn:uuid:{piece.uid}")
    _add(entry, "title", title)
    _add(entry, "published", stamp(piece.at))
    _add(entry, "updated", stamp(piece.latest))
    for name in filter(None, map(clean_line, piece.authors)):
        _author(entry, name)
    for topic in filter(None, map(clean_line, piece.topics)):
        _add(entry, "category", "", term=topic)
    _add(entry, "link", "", rel="alternate", type="text/html", href=clean_line(piece.page))
    for file in piece.enclosures:
        said = {"title": clean_line(file.title), "hreflang": file.language}
        facts = {"rel": "enclosure", "type": file.media_type, "length": str(file.size), "href": file.href}
        _add(entry, "link", "", **facts, **{name: value for name, value in said.items() if value})
    if piece.licence:
        _add(entry, "link", "", rel="license", href=piece.licence)  # RFC 4946
    _add(entry, "summary", clean(piece.text).strip() or title)


def begun(subject: Subject) -> datetime:
    """Return when a feed without entries last changed: when its thing was made."""
    return subject.made_at or datetime(2026, 1, 1, tzinfo=UTC)


def stamp(moment: datetime) -> str:
    """Return an aware moment as RFC 3339 has it, in UTC and whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _author(parent: ElementTree.Element, name: str) -> None:
    _add(ElementTree.SubElement(parent, f"{{{ATOM}}}author"), "name", name)


def _add(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = text or None
