"""What of a recording can be watched, heard and read now: current originals and what was made from them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from recordings.assets.models import Asset
from recordings.catalogue.addresses import file_path
from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import POSTER, VIDEO_360, VOICE, VOICE_OPUS
from recordings.slides.edition import SLIDES_VOICE, SLIDES_VOICE_OLD
from recordings.slides.paging import SLIDES_PDF

SLIDES_AND_VOICE = (SLIDES_VOICE.name, SLIDES_VOICE_OLD.name)
SLOW_BITS = 64_000  # a second, on the lines many participants have


@dataclass(frozen=True)
class Edition:
    """One file as a page offers it. size: bytes. seconds: how long it plays, 0 where it does not.

    recipe: what made it, see `renditions.recipes`; "" for a file as it came.
    """

    kind: str
    href: str
    media_type: str
    size: int
    language: str = ""
    seconds: float = 0
    width: int = 0
    height: int = 0
    original: Original | None = None
    recipe: str = ""

    @property
    def slow_minutes(self) -> int:
        """Whole minutes it takes to fetch at 64 kbit/s; 0 when it takes less than one."""
        seconds = self.size * 8 / SLOW_BITS
        return 0 if seconds < 60 else round(seconds / 60)


@dataclass
class Shelf:
    """A recording's editions by use: the one that is best, or as many as there are.

    small: 360p. voices: all that can be heard, the smallest first. slides_and_voice: the smallest first, VP9; then the
    one for old phones.
    """

    video: Edition | None = None
    voice: Edition | None = None
    poster: Edition | None = None
    small: Edition | None = None
    voices: list[Edition] = field(default_factory=list)
    slides_and_voice: list[Edition] = field(default_factory=list)
    slides: list[Edition] = field(default_factory=list)
    captions: list[Edition] = field(default_factory=list)
    papers: list[Edition] = field(default_factory=list)

    @property
    def plays(self) -> bool:
        """Whether there is something to watch or hear."""
        return bool(self.video or self.voice)


def shelf_of(recording: Recording, originals: Iterable[Original] | None = None) -> Shelf:
    """Return what there is of `recording`, in two queries. Whether it may be seen is for the caller to ask.

    originals: its current files with their assets, by kind, where they are loaded already: then one query.
    """
    if originals is None:
        originals = recording.originals.filter(superseded_at__isnull=True).select_related("asset")
    shelf = Shelf()
    for original in originals:
        edition = offered(recording, original.kind, original.asset, original)
        match original.kind:
            case OriginalKind.VIDEO:
                shelf.video = edition
            case OriginalKind.AUDIO:
                shelf.voice = edition
            case OriginalKind.SLIDES:
                shelf.slides.append(edition)
            case OriginalKind.CAPTIONS:
                shelf.captions.append(edition)
            case _:
                shelf.papers.append(edition)
    made = Rendition.objects.filter(original__recording=recording, original__superseded_at__isnull=True)
    # What is made from a sound file that was given is better than the same from the video: it comes later, and stays.
    best: dict[str, Edition] = {}
    for rendition in made.select_related("asset", "original__asset").order_by(
        "-original__kind", "recipe_version", "id"
    ):
        edition = offered(recording, rendition.recipe, rendition.asset, rendition)
        if rendition.recipe == SLIDES_PDF:  # one of each deck
            shelf.slides.append(edition)
        else:
            best[rendition.recipe] = edition
    put(shelf, best)
    return shelf


def put(shelf: Shelf, best: dict[str, Edition]) -> None:
    """Put on the shelf what was made, by recipe. A sound file as it came stays among the voices."""
    shelf.poster, shelf.small = best.get(POSTER.name), best.get(VIDEO_360.name)
    if shelf.slides:  # of a deck that was taken off, nothing is shown
        shelf.slides_and_voice = [best[name] for name in SLIDES_AND_VOICE if name in best]
    heard = [shelf.voice, best.get(VOICE.name), best.get(VOICE_OPUS.name)]
    shelf.voices = sorted((each for each in heard if each), key=lambda each: each.size)
    shelf.voice = best.get(VOICE.name, shelf.voice)


def rendition_path(recording: Recording, made: Rendition) -> str:
    """Return the path of an edition. Load `asset` and `original` with it."""
    language, media_type = made.original.language, made.asset.media_type
    return file_path(recording, made.uuid, kind=made.recipe, language=language, media_type=media_type)


def offered(recording: Recording, kind: str, asset: Asset, file: Original | Rendition) -> Edition:
    """Return how a page offers `file`."""
    original = file if isinstance(file, Original) else file.original
    return Edition(
        kind=kind,
        href=file_path(
            recording, file.uuid, kind=kind, language=original.language, media_type=asset.media_type
        ),
        media_type=asset.media_type,
        size=asset.size,
        language=original.language,
        seconds=float(asset.probe.get("seconds") or 0),
        width=int(asset.probe.get("width") or 0),
        height=int(asset.probe.get("height") or 0),
        original=original,
        recipe="" if isinstance(file, Original) else file.recipe,
    )
