"""What pages of the offline edition show: lists, players, files with their sizes, and what stayed out and why."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from recordings.catalogue.addresses import SUFFIXES
from recordings.catalogue.models import OriginalKind
from recordings.preservation.sticks.choosing import File
from recordings.preservation.sticks.fitting import NO_ROOM, TOO_LARGE
from recordings.preservation.sticks.items import Body, Item
from recordings.preservation.sticks.names import Names, safe
from recordings.preservation.sticks.pieces import Piece
from seminars.templatetags.meridian import FORMATS, day, language_name, size
from seminars.words import Words, say

WATCHED = (OriginalKind.VIDEO.value, "video_360")
SLIDES_AND_VOICE = ("slides_voice", "slides_voice_old")
HEARD = ("voice_opus", "voice", OriginalKind.AUDIO.value)
BESIDE = frozenset({"slide", "poster"})


@dataclass
class Files:
    """Where each file lies, by its hash: once, whoever uses it. left: by hash, why a file stays out.

    only: hashes of all that there are, where that was settled before, and `items` what sessions and recordings are
    known by; others came meanwhile, and are not told of.
    """

    names: Names = field(default_factory=Names)
    left: dict[str, str] = field(default_factory=dict)
    only: Container[bytes] | None = None
    items: Container[str] | None = None
    _paths: dict[bytes, str] = field(default_factory=dict)

    def place(self, folder: str, name: str, sha256: str, size: int) -> Piece | None:
        """Return the piece of a file; None where it lies somewhere already, or stays out."""
        key = bytes.fromhex(sha256)
        if sha256 in self.left or key in self._paths or not self.knows(sha256):
            return None
        self._paths[key] = self.names.take(f"files/{safe(folder.lower())}", name)
        return Piece(self._paths[key], size=size, sha256=sha256)

    def knows(self, sha256: str) -> bool:
        """Return whether the file was there when it was settled what goes along."""
        return self.only is None or sha256 in self.left or bytes.fromhex(sha256) in self.only

    def path_of(self, sha256: str) -> str:
        """Return where a file lies; "" where it does not go along."""
        return self._paths.get(bytes.fromhex(sha256), "")


@dataclass(frozen=True)
class Card:
    """What lists say of an item."""

    href: str
    title: Words
    day: date | None
    language: str
    speakers: tuple[str, ...]
    series: str
    about: str


def file_name_of(slug: str, file: File) -> str:
    """Return the name of a file on the stick: `after-hours-44-captions-sv.vtt`. slug: of its recording."""
    ending = SUFFIXES.get(file.media_type, "bin")
    number = f"{file.number:03}" if file.number else ""
    parts = [slug.lower()[:60], file.kind.replace("_", "-"), file.language, number]
    return f"{'-'.join(part for part in parts if part)}.{ending}"


def shown_of(item: Item, body: Body, files: Files) -> dict[str, Any]:
    """Return what an item's page shows of its files, in the active language."""
    here = [each for each in item.files if files.path_of(each.sha256)]
    video = _sources(here, WATCHED, files) or _sources(here, SLIDES_AND_VOICE, files)
    poster = next((files.path_of(each.sha256) for each in here if each.kind == "poster"), "")
    pictures = {each.number: files.path_of(each.sha256) for each in here if each.kind == "slide"}
    return {
        "item": item,
        "video": video,
        "audio": _sources(here, HEARD, files),
        "poster": poster,
        "files": [_row(each, files) for each in here if each.kind not in BESIDE],
        "left": [
            _left(each, files) for each in item.files if each.sha256 in files.left and each.kind not in BESIDE
        ],
        "slides": [
            {"page": page, "src": pictures.get(page.number, ""), "second": body.second_of(page.number)}
            for page in body.pages
        ],
    }


def card_of(item: Item, page: str) -> Card:
    """Return what lists say of an item, in the active language."""
    kinds = {each.kind for each in item.files}
    about = [_("%(minutes)d min") % {"minutes": round(item.seconds / 60)}] if item.seconds >= 60 else []
    about += [_("Slides")] if OriginalKind.SLIDES in kinds else []
    about += [_("Transcript")] if OriginalKind.CAPTIONS in kinds else []
    return Card(
        href=page,
        title=item.title,
        day=item.day,
        language=item.language,
        speakers=tuple(item.speakers),
        series=item.series.slug if item.series else "",
        about=" · ".join(about),
    )


def listed_of(card: Card, language: str) -> list[str]:
    """Return what search says of an item, in the active language: its page, title, and a line about it."""
    line = [day(card.day) if card.day else "", *card.speakers]
    return [card.href, say(card.title, language), " · ".join(each for each in line if each)]


def by_language(cards: Iterable[Card]) -> list[tuple[str, list[Card]]]:
    """Return the items by the language that is spoken, the language with most of them first."""
    found: dict[str, list[Card]] = {}
    for each in cards:
        found.setdefault(each.language, []).append(each)
    return sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _sources(here: list[File], kinds: Iterable[str], files: Files) -> list[dict[str, str]]:
    return [
        {"src": files.path_of(each.sha256), "type": each.media_type}
        for kind in kinds
        for each in here
        if each.kind == kind
    ]


def _row(file: File, files: Files) -> dict[str, str]:
    return {"href": files.path_of(file.sha256), "words": _words(file)}


def _left(file: File, files: Files) -> dict[str, str]:
    why = {
        NO_ROOM: _("there was no room for it"),
        TOO_LARGE: _("a stick takes no file of more than 4 GB"),
    }
    return {"words": _words(file), "why": why.get(files.left[file.sha256], _("it was not asked for"))}


def _words(file: File) -> str:
    """Return "Slides (PDF, 1.2 MB, English)"."""
    about = [
        FORMATS.get(file.media_type, SUFFIXES.get(file.media_type, "").upper()),
        size(file.size),
        str(language_name(file.language)) if file.language else "",
    ]
    return f"{_named(file)} ({', '.join(each for each in about if each)})"


def _named(file: File) -> str:
    names = {
        "video_360": _("Video, small"),
        "slides_voice": _("Slides and voice"),
        "slides_voice_old": _("Slides and voice, for old phones"),
        "voice": _("Voice only"),
        "voice_opus": _("Voice only"),
        "poster": _("Still picture"),
    }
    if file.kind in names:
        return names[file.kind]
    return str(OriginalKind(file.kind).label) if file.kind in OriginalKind.values else file.kind
