"""What the page of an archive item shows of a recording: ways to hear and see it, transcripts, slides, chapters."""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, F, FloatField, IntegerField, UUIDField, Value
from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from recordings.catalogue.models import Origin, Original, Recording
from recordings.publishing.editions import Edition, Shelf
from recordings.slides.models import Chapter, SlidePage, SlideTime
from recordings.slides.reading import Mark, Page, deck_of, page_path
from recordings.transcripts.blocks import Block, blocks, cue_at
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import CaptionError, Cue
from seminars.followups.reports.reading import ReportPart

log = logging.getLogger(__name__)
MOST_CUES = 2_500  # in the page: some three hours of speech, 60 KB compressed; the caption file has them all
MOST_LETTERS = 8_000  # of a transcript in the Lite edition: 4 KB compressed; it leads on to the rest
MOST_SECONDS = 10 * 24 * 3600
MOST_POINTS, LONGEST_POINT = 5, 400
COLUMNS = ("what", "at", "number", "words", "key", "picture", "wide", "high", "tongue")
POINTS = ("results", "arguments", "quotes")
"""Fields of a report that say what came out, the best first."""
_MOMENT = re.compile(r"(?:(\d{1,3}):)?(\d{1,6}):([0-5]?\d)|(\d{1,7})(?:\.\d{1,3})?s?", re.ASCII)


@dataclass(frozen=True)
class Way:
    """One way to hear or see it, with all files that serve it, the smallest first. tag: video or audio."""

    name: str
    words: str
    icon: str
    tag: str
    editions: list[Edition]

    @property
    def first(self) -> Edition:
        """The file that its button leads to."""
        return self.editions[0]

    @property
    def sources(self) -> str:
        """What the script builds the player from, as JSON."""
        return json.dumps([{"src": each.href, "type": each.media_type} for each in self.editions])


@dataclass(frozen=True)
class Transcript:
    """What was said, in one language. cut: whether the caption file says more than the page. here: where to begin.

    origin: where the words come from, in words. earlier, later: seconds at which the parts beside this one begin.
    """

    captions: Edition
    blocks: list[Block]
    here: Cue | None = None
    cut: bool = False
    origin: str = ""
    earlier: int | None = None
    later: int | None = None


@dataclass(frozen=True)
class Leaf:
    """A page of the deck. at: the second at which it is first shown; None where nobody knows."""

    page: Page
    at: float | None = None


@dataclass
class Deck:
    """The pages of the slides. shown: the second at which each page comes on (0: none), as the script reads it."""

    leaves: list[Leaf] = field(default_factory=list)
    shown: list[tuple[float, int]] = field(default_factory=list)
    chapters: list[Mark] = field(default_factory=list)

    @property
    def steps(self) -> str:
        """The same as JSON; "" where the slides cannot follow."""
        return json.dumps(self.shown, separators=(",", ":")) if any(page for _at, page in self.shown) else ""


def ways_of(shelf: Shelf) -> list[Way]:
    """Return the ways to hear and see it, the lightest first."""
    voices = shelf.voices or ([shelf.voice] if shelf.voice else [])
    small = shelf.small if shelf.small and shelf.video and shelf.small.size < shelf.video.size else None
    watch = [each for each in (small, shelf.video) if each][:1]
    whole = [shelf.video] if small and shelf.video else []
    found = [
        ("listen", gettext("Listen"), "sound", "audio", voices),
        ("slides", gettext("Slides and voice"), "slides", "video", shelf.slides_and_voice),
        ("watch", gettext("Watch"), "play", "video", watch),
        ("whole", gettext("Watch in full quality"), "play", "video", whole),
    ]
    return [Way(*each) for each in found if each[-1]]


def moment_asked(request: HttpRequest | None) -> int:
    """Return the second at which the address asks to begin: `?t=83`, `?t=1:23` or `?t=1:02:03`; 0 if it does not."""
    return moment_said(request.GET) if request else 0


def moment_said(query: Mapping[str, str]) -> int:
    """Return the second that a query names as `t`, in any of these forms; 0 where it names none."""
    found = _MOMENT.fullmatch(query.get("t", "").strip())
    if not found:
        return 0
    if found[4]:
        return min(int(found[4]), MOST_SECONDS)
    return min(int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]), MOST_SECONDS)


def slide_asked(request: HttpRequest | None) -> int:
    """Return the number of the slide at which the address asks to begin, `?slide=3`; 0 if it does not."""
    asked = request.GET.get("slide", "") if request else ""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0


def by_reader(captions: Iterable[Edition], recording: Recording) -> list[Edition]:
    """Return captions with the reader's language first, then the one that was spoken."""
    wanted = [(get_language() or "en").split("-")[0], recording.language.split("-")[0]]

    def place(edition: Edition) -> int:
        base = edition.language.split("-")[0]
        return wanted.index(base) if base in wanted else len(wanted)

    return sorted(captions, key=place)


def transcript_of(captions: Edition, start: int, *, all_of_it: bool = False) -> Transcript | None:
    """Return the transcript of a caption file; None when it cannot be read, which the log tells.

    start: second to begin at. all_of_it: however long it is.
    """
    if captions.original is None:
        return None
    try:
        said = cues(captions.original)
    except (CaptionError, OSError) as wrong:
        log.warning("Captions %s cannot be shown: %s", captions.original.uuid, wrong)
        return None
    shown = said if all_of_it else said[:MOST_CUES]
    here = cue_at(shown, start) if start else None
    return Transcript(captions, blocks(shown), here, len(said) > len(shown), origin_of(captions.original))


def part_of(whole: Transcript, start: int) -> Transcript:
    """Return the part of a transcript that is said at `start` (seconds), as long as the Lite edition bears."""
    parts: list[list[Block]] = []
    room = 0
    for block in whole.blocks:
        length = sum(len(cue.text) for cue in block.cues)
        if not parts or length > room:
            parts.append([])
            room = MOST_LETTERS
        parts[-1].append(block)
        room -= length
    if len(parts) < 2:
        return whole
    at = max((number for number, part in enumerate(parts) if part[0].start < start + 1), default=0)
    begins = [int(part[0].start) for part in parts]
    earlier = begins[at - 1] if at else None
    later = begins[at + 1] if at + 1 < len(parts) else None
    return replace(whole, blocks=parts[at], earlier=earlier, later=later)


def origin_of(captions: Original) -> str:
    """Return where the words of captions come from, as a reader needs to know it."""
    if captions.origin == Origin.AUTOMATIC:
        return gettext("Written by a program, not yet checked by a person.")
    if captions.origin == Origin.CORRECTED:
        return gettext("Written by a program, then corrected by people.")
    return gettext("Written by people.")


def deck_shown(recording: Recording, shelf: Shelf) -> Deck:
    """Return the slides with their moments, and the chapters: one query for all three."""
    deck = deck_of(recording, (each.original for each in shelf.slides if each.original))
    video = shelf.video.original if shelf.video else None
    pages = SlidePage.objects.filter(slides=deck).order_by().annotate(
        what=Value("page", CharField()), at=Value(None, FloatField()), words=F("text"), key=F("uuid"),
        picture=F("asset_id"), wide=F("width"), high=F("height"), tongue=F("language"),
    )  # fmt: skip
    nothing = {
        "key": Value(None, UUIDField()), "picture": Value(None, BigIntegerField()), "wide": Value(0, IntegerField()),
        "high": Value(0, IntegerField()), "tongue": Value("", CharField()),
    }  # fmt: skip
    times = SlideTime.objects.filter(timeline__slides=deck, timeline__video=video).order_by().annotate(
        what=Value("shown", CharField()), at=F("start"), number=F("page"), words=Value("", CharField()), **nothing
    )  # fmt: skip
    marks = Chapter.objects.filter(chapters__recording=recording).order_by().annotate(
        what=Value("mark", CharField()), at=F("start"), number=Value(0, IntegerField()), words=F("title"), **nothing
    )  # fmt: skip
    # Pages come first: what they are decides the types of the columns.
    rows = [each.values_list(*COLUMNS) for each in ((pages, times, marks) if deck else (marks,))]
    found = sorted(rows[0].union(*rows[1:], all=True) if rows[1:] else rows[0], key=lambda row: row[1] or 0.0)
    shown = [(round(float(row[1]), 2), int(row[2] or 0)) for row in found if row[0] == "shown"]
    first: dict[int, float] = {}
    for at, number in shown:
        first.setdefault(number, at)
    leaves = [_leaf(recording, row[2:], first) for row in found if row[0] == "page"]
    leaves.sort(key=lambda leaf: leaf.page.number)
    return Deck(leaves, shown, [Mark(row[1], row[3]) for row in found if row[0] == "mark"])


def _leaf(recording: Recording, row: tuple[Any, ...], first: dict[int, float]) -> Leaf:
    number, text, uuid, picture, width, height, language = row
    href = page_path(recording, uuid, number) if picture else ""
    return Leaf(Page(number, href, width, height, text, language), first.get(number))


def key_points(parts: Iterable[ReportPart]) -> list[str]:
    """Return what came out of a session in a few lines, from its report; [] where that does not say it briefly."""
    said = {each.name: each.lines for each in parts}
    best = next((said[name] for name in POINTS if said.get(name)), [])
    return [] if any(len(each) > LONGEST_POINT for each in best) else best[:MOST_POINTS]


def verified_at(shelf: Shelf) -> datetime | None:
    """Return when the least lately read of its files was last found whole; None while one of them is damaged."""
    editions = [shelf.video, shelf.voice, *shelf.slides, *shelf.captions, *shelf.papers]
    assets = {each.original.asset for each in editions if each and each.original}
    if not assets or any(each.damaged_at for each in assets):
        return None
    return min(each.verified_at for each in assets)
