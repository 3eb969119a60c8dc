"""A podcast: RSS 2.0 with the words of Apple (`itunes:`) and of Podcasting 2.0 (`podcast:`). Plain text goes in.

What never changes whatever becomes of addresses: `podcast:guid` of the show, `guid` of each episode.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import UUID, uuid5
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from recordings.catalogue.addresses import played_at
from recordings.catalogue.models import OriginalKind
from recordings.podcast.chapters import TYPE as CHAPTERS_TYPE
from recordings.preservation.collecting import Collection
from recordings.preservation.description import Agent, Description, Format
from recordings.preservation.dublin_core import said_of
from recordings.renditions.recipes import RECIPES
from recordings.slides.paging import SLIDES_PDF
from seminars.calendars.lines import clean, clean_line, shorten
from seminars.results.models import UseKind
from seminars.sessions.models import SpeakerRole
from seminars.words import say

MOST = 300
"""Episodes of a feed, the newest."""
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
SHOWS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace of `podcast:guid`, as Podcasting 2.0 sets it."""
HEARD = ("voice", "voice_opus", OriginalKind.AUDIO, "slides_voice_old", "video_360", OriginalKind.VIDEO)
"""What an episode plays, the first that is there: speech that every telephone plays, and that costs the least."""
ROLES = {SpeakerRole.SPEAKER: "guest", SpeakerRole.MODERATOR: "host", SpeakerRole.HOST: "host"}
LONGEST = 4000
"""Bytes of a description: more, Apple refuses."""
LONGEST_LINE, LONGEST_NAME = 255, 128
"""Characters of what stands on one line, and of a person: more, programs cut."""


@dataclass(frozen=True)
class Show:
    """A podcast. collection: of what. address, page, image: whole. language: in which it is written."""

    collection: Collection
    address: str
    page: str
    image: str
    language: str

    @property
    def title(self) -> str:
        """What it is called."""
        return _line(say(self.collection.name, self.language)) or _line(settings.SITE_NAME)

    @property
    def guid(self) -> UUID:
        """Its name in all directories, for ever."""
        return uuid5(SHOWS, str(self.collection.uuid))


def rss(show: Show, episodes: list[Description], *, chaptered: Mapping[UUID, str], mail: str) -> bytes:
    """Return the feed in UTF-8. chaptered: the address of the chapters of each recording that has some.

    Call it with the show's language active.
    """
    root = Element("rss", {"version": "2.0"} | {f"xmlns:{name}": uri for name, uri in NAMESPACES.items()})
    channel = SubElement(root, "channel")
    _describe(channel, show, episodes, mail)
    for each in episodes:
        if enclosure_of(each):
            _episode(channel, show, each, chaptered.get(each.uuid, ""))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def enclosure_of(description: Description) -> Format | None:
    """Return the file that an episode plays; None where there is nothing to hear."""
    there = {each.kind: each for each in reversed(description.formats) if each.plays}
    return next((there[kind] for kind in HEARD if kind in there), None)


def edition_name(kind: str) -> str:
    """Return what people call a file. kind: an OriginalKind, or what made it; a word of its own for what is unknown."""
    if kind in RECIPES:
        return str(RECIPES[kind].label)
    known = dict(OriginalKind.choices) | {SLIDES_PDF: OriginalKind.SLIDES.label}
    return str(known.get(kind, kind))


def _describe(channel: Element, show: Show, episodes: list[Description], mail: str) -> None:
    owner = _line(say(show.collection.owner, show.language)) or show.title
    about = shorten(clean(say(show.collection.about, show.language)).strip(), LONGEST)
    _add(channel, "title", show.title)
    _add(channel, "link", show.page)
    _add(channel, "description", about or show.title)
    _add(channel, "language", show.language)
    if dates := [each.changed_at for each in episodes]:
        _add(channel, "lastBuildDate", _date(max(dates)))
    _add(channel, "generator", "Meridian")
    _add(channel, "ttl", "60")
    image = SubElement(channel, "image")
    for name, value in {"url": show.image, "title": show.title, "link": show.page}.items():
        _add(image, name, value)
    SubElement(channel, "atom:link", {"rel": "self", "type": "application/rss+xml", "href": show.address})
    _add(channel, "itunes:author", owner)
    contact = SubElement(channel, "itunes:owner")
    _add(contact, "itunes:name", owner)
    _add(contact, "itunes:email", mail)
    SubElement(channel, "itunes:image", {"href": show.image})
    SubElement(channel, "itunes:category", {"text": "Education"})
    _add(channel, "itunes:explicit", "false")
    _add(channel, "itunes:type", "episodic")
    _add(channel, "podcast:guid", str(show.guid))
    _add(channel, "podcast:medium", "podcast")
    _add(channel, "podcast:locked", "no")


def _episode(channel: Element, show: Show, description: Description, chapters: str) -> None:
    file = enclosure_of(description)
    assert file is not None
    item = SubElement(channel, "item")
    title = _line(say(description.title, show.language)) or description.slug
    _add(item, "title", title)
    _add(item, "link", description.page)
    _add(item, "description", _about(description, show.language) or title)
    _add(item, "guid", str(description.uuid), isPermaLink="false")
    _add(item, "pubDate", _date(description.published_at or description.changed_at))
    SubElement(item, "enclosure", {"url": _played(file), "length": str(file.size), "type": _type(file)})
    names = (_line(each.name) for each in description.creators)
    authors = ", ".join(each for each in names if each) or say(description.publisher, show.language)
    _add(item, "itunes:author", _line(authors) or show.title)
    if seconds := round(file.seconds):
        _add(item, "itunes:duration", str(seconds))
    _add(item, "itunes:explicit", "false")
    _add(item, "itunes:episodeType", "full")
    for agent in (*description.creators, *description.contributors):
        _person(item, agent)
    if description.licence_page:
        _add(item, "podcast:license", description.licence, url=description.licence_page)
    if chapters:
        SubElement(item, "podcast:chapters", {"url": chapters, "type": CHAPTERS_TYPE})
    for captions in description.made_by(OriginalKind.CAPTIONS):
        _transcripts(item, description, captions)
    for edition in description.formats:
        if edition.plays:
            _alternative(item, edition, is_default=edition == file)


def _about(description: Description, language: str) -> str:
    """What an episode's text says: what it is about, who speaks, where the rest is."""
    people = ", ".join(said_of(each) for each in description.creators)
    end = _("Slides, transcript and all editions: %(page)s") % {"page": description.page}
    if people:
        with_whom = _("With %(people)s.") % {"people": people}
        end = f"{with_whom}\n\n{end}"
    end = shorten(clean(end), LONGEST)
    room = LONGEST - len(end.encode()) - 2
    about = clean(say(description.abstract, language)).strip()
    return f"{shorten(about, room)}\n\n{end}" if about and room > 3 else end


def _person(item: Element, agent: Agent) -> None:
    name = _line(agent.name, LONGEST_NAME)
    if name and agent.role in ROLES:
        _add(item, "podcast:person", name, role=ROLES[SpeakerRole(agent.role)], href=agent.href)


def _transcripts(item: Element, description: Description, captions: Format) -> None:
    """The captions as they came, and as SubRip, which more programs read."""
    language = {"language": captions.language} if captions.language else {}
    facts = {"url": captions.href, "type": captions.media_type, "rel": "captions", **language}
    SubElement(item, "podcast:transcript", facts)
    path = reverse("captions_as_srt", args=[description.slug, captions.uuid])
    facts |= {"url": f"{settings.MERIDIAN_URL}{path}", "type": "application/x-subrip"}
    SubElement(item, "podcast:transcript", facts)


def _alternative(item: Element, file: Format, *, is_default: bool) -> None:
    """One edition, with the SHA-256 by which a program knows that it got these bytes (Subresource Integrity)."""
    facts = {"type": _type(file), "length": str(file.size), "title": edition_name(file.kind)}
    if file.seconds:
        facts["bitrate"] = str(round(file.size * 8 / file.seconds))
    if file.height and file.media_type.startswith("video/"):
        facts["height"] = str(file.height)
    if file.language:
        facts["lang"] = file.language
    if is_default:
        facts["default"] = "true"
    edition = SubElement(item, "podcast:alternateEnclosure", facts)
    SubElement(edition, "podcast:source", {"uri": _played(file)})
    SubElement(edition, "podcast:integrity", {"type": "sri", "value": integrity(file.sha256)})


def integrity(sha256: str) -> str:
    """Return a digest in hexadecimal as Subresource Integrity writes it: "sha256-" and base64."""
    return f"sha256-{b64encode(bytes.fromhex(sha256)).decode()}"


def _played(file: Format) -> str:
    """Where programs fetch it from: reach tells them apart by that."""
    return played_at(file.href, UseKind.PODCAST)


def _type(file: Format) -> str:
    """Apple knows sound in an MP4 file by this name only."""
    return "audio/x-m4a" if file.media_type == "audio/mp4" else file.media_type


def _line(text: str, most: int = LONGEST_LINE) -> str:
    return clean_line(clean_line(text)[:most])


def _date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text
