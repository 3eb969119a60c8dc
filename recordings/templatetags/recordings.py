"""What pages show of recordings: the player with its transcript, the table of materials, the search box."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.translation import get_language, gettext

from recordings.catalogue.models import Recording
from recordings.publishing.editions import Edition, Shelf, shelf_of
from recordings.renditions import making
from recordings.transcripts.blocks import Block, blocks, cue_at
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import CaptionError, Cue
from seminars.followups.models import Item, ItemState
from seminars.sessions.models import Material, MaterialKind, MaterialState, Session
from seminars.templatetags.meridian import FORMATS, MATERIAL_ICONS, host, language_name, size
from seminars.web.times import locale_of

register = template.Library()
log = logging.getLogger(__name__)
MOST_CUES = 2_500  # in the page: some three hours of speech, 60 KB compressed; the caption file has them all
MOST_SECONDS = 10 * 24 * 3600
_MOMENT = re.compile(r"(?:(\d{1,3}):)?(\d{1,6}):([0-5]?\d)|(\d{1,7})(?:\.\d{1,3})?s?", re.ASCII)


@dataclass(frozen=True)
class Transcript:
    """What was said, in one language. cut: whether the caption file says more than the page. here: where to begin."""

    captions: Edition
    blocks: list[Block]
    here: Cue | None = None
    cut: bool = False


@register.inclusion_tag("recordings/player.html", takes_context=True)
def player(context: Context, session: Session) -> dict[str, Any]:
    """Show what can be watched and heard of `session`, with its transcript; nothing where nothing is published."""
    recording = Recording.objects.published().filter(session=session).first()
    return player_of(context, recording) if recording else {}


@register.inclusion_tag("recordings/player.html", takes_context=True)
def player_alone(context: Context, recording: Recording) -> dict[str, Any]:
    """Show the same for a recording that never was a session."""
    return player_of(context, recording)


def player_of(context: Context, recording: Recording) -> dict[str, Any]:
    """Return what the player's template names: a notice for what was withdrawn, else editions and transcripts."""
    if recording.withdrawn_at:
        return {"recording": recording, "withdrawn": True}
    shelf = shelf_of(recording)
    start = moment_asked(context.get("request"))
    poster = shelf.poster
    picture = shelf.video if shelf.video and shelf.video.width and shelf.video.height else poster
    return {
        "recording": recording,
        "shelf": shelf,
        "thrifty": is_thrifty(context.get("request")),
        "start": start,
        "width": picture.width if picture and picture.width else 640,
        "height": picture.height if picture and picture.height else 360,
        "more_coming": is_more_coming(shelf),
        "offers": [offer for offer in (offer_of(each) for each in editions_of(shelf)) if offer],
        "captions": by_reader(shelf.captions, recording),
        "transcripts": [
            found for each in by_reader(shelf.captions, recording) if (found := transcript_of(each, start))
        ],
    }


def is_thrifty(request: HttpRequest | None) -> bool:
    """Return whether whoever is signed in wants to save data: then the voice comes first, and no picture."""
    return bool(request and getattr(request.user, "saves_data", False))


def is_more_coming(shelf: Shelf) -> bool:
    """Return whether smaller editions of the video are being made; asks only while the voice edition is missing."""
    video = shelf.video.original if shelf.video else None
    return bool(video and not shelf.voice and making.is_under_way(video))


def moment_asked(request: HttpRequest | None) -> int:
    """Return the second at which the address asks to begin: `?t=83`, `?t=1:23` or `?t=1:02:03`; 0 if it does not."""
    found = _MOMENT.fullmatch(request.GET.get("t", "").strip()) if request else None
    if not found:
        return 0
    if found[4]:
        return min(int(found[4]), MOST_SECONDS)
    return min(int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]), MOST_SECONDS)


def by_reader(captions: Iterable[Edition], recording: Recording) -> list[Edition]:
    """Return captions with the reader's language first, then the one that was spoken."""
    wanted = [(get_language() or "en").split("-")[0], recording.language.split("-")[0]]

    def place(edition: Edition) -> int:
        base = edition.language.split("-")[0]
        return wanted.index(base) if base in wanted else len(wanted)

    return sorted(captions, key=place)


def transcript_of(captions: Edition, start: int) -> Transcript | None:
    """Return the transcript of a caption file; None when it cannot be read, which the log tells."""
    if captions.original is None:
        return None
    try:
        said = cues(captions.original)
    except (CaptionError, OSError) as wrong:
        log.warning("Captions %s cannot be shown: %s", captions.original.uuid, wrong)
        return None
    shown = said[:MOST_CUES]
    here = cue_at(shown, start) if start else None
    return Transcript(captions, blocks(shown), here, cut=len(said) > len(shown))


def editions_of(shelf: Shelf) -> list[tuple[str, str, Edition | None]]:
    """Return verb, icon and edition of all that a reader can open, the smallest need of line last."""
    return [
        (gettext("Watch"), "play", shelf.video),
        (gettext("Listen"), "sound", shelf.voice),
        *((gettext("Slides"), "slides", each) for each in shelf.slides),
    ]


def offer_of(entry: tuple[str, str, Edition | None]) -> dict[str, Any] | None:
    """Return words such as "Slides (PDF, 1.2 MB, English)" with address, icon and minutes on a slow line."""
    verb, icon, edition = entry
    if edition is None:
        return None
    about = [FORMATS.get(edition.media_type, ""), size(edition.size), told(edition.language)]
    words = f"{verb} ({', '.join(part for part in about if part)})"
    return {"href": edition.href, "icon": icon, "words": words, "minutes": edition.slow_minutes}


def told(tag: str) -> str:
    """Return the name of a language, "" for none."""
    return str(language_name(tag)) if tag else ""


@register.inclusion_tag("recordings/materials.html")
def materials_of(session: Session) -> dict[str, Any]:
    """Show each material of `session` with language, size and state, and what is still owed and for when."""
    materials = [each for each in session.materials.all() if each.state != MaterialState.WITHDRAWN]
    there = {each.kind for each in materials}
    items = () if session.withdrawn_at else session.items.all()  # fetched with the session, in order of need
    owed = [
        each for each in items if each.is_file and each.state != ItemState.DONE and each.kind not in there
    ]
    order = list(MaterialKind.values)
    materials.sort(key=lambda each: (order.index(each.kind), each.language, each.pk))
    return {
        "rows": [row_of(each) for each in materials],
        "owed": [promise_of(each) for each in owed],
    }


def row_of(material: Material) -> dict[str, Any]:
    """Return what the table says of one material."""
    return {
        "material": material,
        "icon": MATERIAL_ICONS.get(material.kind, "file"),
        "format": FORMATS.get(material.media_type, ""),
        "ready": material.state == MaterialState.PUBLISHED,
        "elsewhere": host(material.path) if "://" in material.path else "",
    }


def promise_of(item: Item) -> dict[str, Any]:
    """Return what the table says of what is owed: for when, the first promise if it moved, why it waits."""
    return {
        "kind": item.what,
        "due": item.day,
        "moves": item.moves,
        "first": item.first_day if item.moves and item.first_day != item.day else None,
        "waived": item.state == ItemState.WAIVED,
        "reason": item.reason,
    }


@register.inclusion_tag("recordings/search_box.html")
def archive_search_box(q: str = "", **kept: Any) -> dict[str, Any]:
    """Show the search box of the archive, filled with `q`; `kept` are filters that stay."""
    return {"q": q, "kept": {name: value for name, value in kept.items() if value}}


@register.filter
def day(date: date | None) -> str:
    """Say a date: "16 November 2026"."""
    return format_date(date, "long", locale=locale_of(get_language() or "en")) if date else ""


@register.filter
def moment(seconds: float | None) -> str:
    """Say a place in a recording: "1:23", "1:02:03"; it is never before it, so that no word is lost."""
    whole = int(seconds or 0)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


@register.filter
def whole(seconds: float | None) -> int:
    """Return whole seconds for an address."""
    return int(seconds or 0)
