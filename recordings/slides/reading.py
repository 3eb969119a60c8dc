"""What is known of a recording's slides. Whether the recording may be seen is for the caller to ask.

Where there are several decks, the one in the recording's own language counts, else the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.slides.models import Chapter, SlidePage, SlideTime


@dataclass(frozen=True)
class Page:
    """A page of the deck. href: path of its picture, "" where there is none; width, height: its pixels."""

    number: int
    href: str
    width: int
    height: int
    text: str
    language: str
    title: str = ""


@dataclass(frozen=True)
class Shown:
    """What is seen from start to end (seconds). page: its number, None for "no slide". confidence: 0–1."""

    start: float
    end: float
    page: int | None
    confidence: float
    href: str = ""
    width: int = 0
    height: int = 0
    title: str = ""


@dataclass(frozen=True)
class Mark:
    """A chapter. start: seconds."""

    start: float
    title: str


def page_path(recording: Recording, uuid: UUID, number: int) -> str:
    """Return the path of a page's picture below MERIDIAN_URL."""
    return reverse("archive_file", args=[recording.slug, uuid, f"{recording.slug}-slide-{number}.webp"])


def pages_of(recording: Recording) -> list[Page]:
    """Return the pages of the recording's deck, in order. One query."""
    return [page_of(recording, row) for row in preferred(recording, _rows(recording))]


def pages_of_deck(recording: Recording, deck: Original) -> list[Page]:
    """Return the pages of one deck of the recording, in order. One query."""
    return [page_of(recording, row) for row in SlidePage.objects.filter(slides=deck).order_by("number")]


def timeline_of(recording: Recording) -> list[Shown]:
    """Return what is seen when, without a gap from the first second to the last; [] where nobody knows.

    Two queries.
    """
    current = {"superseded_at": None, "recording": recording}
    times = SlideTime.objects.filter(
        **{
            f"timeline__{file}__{name}": value
            for file in ("video", "slides")
            for name, value in current.items()
        }
    )
    rows = list(
        times.select_related("timeline__slides", "timeline__video__asset").order_by(
            "timeline__video_id", "timeline__slides_id", "start"
        )
    )
    decks = {row.timeline.slides_id: row.timeline.slides for row in rows}
    if not decks:
        return []
    deck = min(decks.values(), key=lambda each: rank(recording, each))
    # The latest video, should two of them be current.
    last = max(row.timeline.video_id for row in rows if row.timeline.slides_id == deck.pk)
    chosen = [row for row in rows if row.timeline.slides_id == deck.pk and row.timeline.video_id == last]
    pages = {row.number: page_of(recording, row) for row in SlidePage.objects.filter(slides=deck)}
    seconds = float(chosen[0].timeline.video.asset.probe.get("seconds") or chosen[-1].start)
    ends = [row.start for row in chosen[1:]] + [max(seconds, chosen[-1].start)]
    return [_shown(row, end, pages.get(row.page or 0)) for row, end in zip(chosen, ends, strict=True)]


def chapters_of(recording: Recording) -> list[Mark]:
    """Return the chapters in order. One query."""
    rows = Chapter.objects.filter(chapters__recording=recording).order_by("start")
    return [Mark(row.start, row.title) for row in rows]


def page_of(recording: Recording, row: SlidePage) -> Page:
    """Return a page as others use it."""
    href = page_path(recording, row.uuid, row.number) if row.asset_id else ""
    return Page(row.number, href, row.width, row.height, row.text, row.language, row.title)


def preferred(recording: Recording, rows: Iterable[SlidePage]) -> list[SlidePage]:
    """Return those rows that are of the deck that counts."""
    rows = list(rows)
    decks = {row.slides_id: row.slides for row in rows}
    if not decks:
        return []
    deck = min(decks.values(), key=lambda each: rank(recording, each))
    return [row for row in rows if row.slides_id == deck.pk]


def deck_of(recording: Recording, originals: Iterable[Original]) -> Original | None:
    """Return which of these current originals is the deck that counts."""
    decks = [each for each in originals if each.kind == OriginalKind.SLIDES and each.superseded_at is None]
    return min(decks, key=lambda each: rank(recording, each), default=None)


def rank(recording: Recording, deck: Original) -> tuple[bool, int]:
    """Return the key by which the deck that counts comes first."""
    return deck.language != recording.language, deck.pk


def _rows(recording: Recording) -> list[SlidePage]:
    rows = SlidePage.objects.filter(slides__recording=recording, slides__superseded_at=None)
    return list(rows.select_related("slides").order_by("slides_id", "number"))


def _shown(row: SlideTime, end: float, page: Page | None) -> Shown:
    if row.page is None or page is None:
        return Shown(row.start, end, row.page, row.confidence)
    title = page.title or _("Slide %(number)s") % {"number": page.number}
    return Shown(row.start, end, row.page, row.confidence, page.href, page.width, page.height, title)
