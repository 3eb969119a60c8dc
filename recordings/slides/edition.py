"""The edition with slides and voice: each page as a still, for as long as it was shown, and what was said.

Where no slide was seen, the last one stays. It is made once there is a deck and its times, and again when they change.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _
from PIL import ImageOps

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.catalogue.models import Original
from recordings.renditions import making
from recordings.renditions.encoding import evened, run, seconds_of
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import (
    DEMUXERS,
    RECIPES,
    SPEECH_AAC,
    SPEECH_OPUS,
    VOICE,
    VOICE_OPUS,
    Recipe,
)
from recordings.renditions.wanting import EVEN, Maker, Progress, register
from recordings.slides import pictures
from recordings.slides.models import SlidePage, SlideTime
from recordings.slides.reading import rank
from seminars.queue.models import Job

WIDE = 960
SLIDES_VOICE = Recipe(
    name="slides_voice",
    label=_("Slides and voice"),
    version=1,
    media_type="video/webm",
    suffix=".webm",
    kind="video",
    needs="audio_codec",
    # One picture a second: a still costs next to nothing, and a change is half a second off at most. A whole picture
    # every five minutes, so that jumping is quick.
    arguments=(
        "-map 0:v:0 -map 1:a:0 -vf fps=1 -pix_fmt yuv420p -c:v libvpx-vp9 -crf 40 -b:v 0 -g 300 -deadline good"
        " -cpu-used 5 -row-mt 1 -map_metadata -1 -map_chapters -1 -f webm"
    ),
    sound=True,
)
SLIDES_VOICE_OLD = Recipe(
    name="slides_voice_old",
    label=_("Slides and voice, for old phones"),
    version=1,
    media_type="video/mp4",
    suffix=".mp4",
    kind="video",
    needs="audio_codec",
    arguments=(
        "-map 0:v:0 -map 1:a:0 -vf fps=1 -pix_fmt yuv420p -c:v libx264 -preset veryfast -tune stillimage -crf 27"
        " -profile:v main -level 3.1 -g 300 -map_metadata -1 -map_chapters -1 -movflags +faststart -f mp4"
    ),
    sound=True,
)
VOICES = {SLIDES_VOICE.name: (VOICE_OPUS, SPEECH_OPUS), SLIDES_VOICE_OLD.name: (VOICE, SPEECH_AAC)}


class Still(NamedTuple):
    """A picture from `start` on, in seconds."""

    start: float
    asset: Asset


def make_known() -> None:
    """Have the editions made here; called once, when the app is ready."""
    for recipe in (SLIDES_VOICE, SLIDES_VOICE_OLD):
        RECIPES.setdefault(recipe.name, recipe)
        register(recipe, Maker(inputs, write))


def inputs(originals: Sequence[Original]) -> dict[int, str]:
    """Return, for each video whose slides and times are known, the hash of them. Two questions."""
    found = {}
    for original, stills in stills_of(originals).items():
        even = EVEN if original.recording.even_sound else ""
        said = [even, *([still.start, still.asset.sha256] for still in stills)]
        found[original.pk] = sha256(json.dumps(said).encode()).hexdigest()
    return found


def stills_of(originals: Sequence[Original]) -> dict[Original, list[Still]]:
    """Return what is to be seen when, of those videos whose slides are known. Two questions."""
    videos = {each.pk: each for each in originals}
    rows = SlideTime.objects.filter(timeline__video__in=videos, timeline__slides__superseded_at=None)
    times: dict[int, dict[Original, list[SlideTime]]] = {}
    for row in rows.select_related("timeline__slides").order_by("timeline_id", "start"):
        decks = times.setdefault(row.timeline.video_id, {})
        decks.setdefault(row.timeline.slides, []).append(row)
    chosen = {
        key: min(decks.items(), key=lambda each: rank(videos[key].recording, each[0]))
        for key, decks in times.items()
    }
    drawn = SlidePage.objects.filter(
        slides__in=[deck for deck, _rows in chosen.values()], asset__isnull=False
    )
    pages = {(page.slides_id, page.number): page.asset for page in drawn.select_related("asset")}
    found = {}
    for key, (deck, shown) in chosen.items():
        stills = [Still(row.start, asset) for row in shown if (asset := pages.get((deck.pk, row.page or 0)))]
        if stills:
            kept = [stills[0]._replace(start=0.0)]
            kept += [each for before, each in pairwise(stills) if each.asset != before.asset]
            found[videos[key]] = kept
    return found


def write(original: Original, recipe: Recipe, target: Path, progress: Progress) -> None:
    """Write the edition to `target`. Raises encoding.CannotMake, ffmpeg.NoFfmpeg, store.DiskFull, jobs.Transient."""
    seconds = seconds_of(original)
    with listed(stills_of([original])[original], seconds) as listing:
        run([*arguments_of(original, recipe, listing, progress), f"file:{target}"], seconds, progress)


def arguments_of(original: Original, recipe: Recipe, listing: Path, progress: Progress) -> list[str]:
    """Return ffmpeg's arguments before the path it writes. listing: see `listed`. Raises as `write`."""
    # Only names of our own making are in the list, and none may leave its folder.
    shown = ["-protocol_whitelist", "file,pipe", "-format_whitelist", "concat,png_pipe"]
    shown += ["-f", "concat", "-safe", "1", "-i", f"file:{listing}"]
    sound = sound_of(original, recipe, progress)
    return [*shown, *sound, *recipe.arguments.split(), "-t", f"{seconds_of(original):.3f}"]


def sound_of(original: Original, recipe: Recipe, progress: Progress) -> list[str]:
    """Return ffmpeg's arguments for the voice: the one that was made, as it is, else it is made of the original."""
    even = EVEN if original.recording.even_sound else ""
    voice, codec = VOICES[recipe.name]
    rows = Rendition.objects.filter(
        original=original, recipe=voice.name, recipe_version=voice.version, input=even
    )
    made = rows.select_related("asset").first()
    asset = made.asset if made else original.asset
    source = ["-protocol_whitelist", "file,pipe", "-f", DEMUXERS[asset.media_type]]
    source += ["-i", f"file:{store.path_of(asset.sha256)}"]
    if made:
        return [*source, "-c:a", "copy"]
    return [*source, *codec.split(), *(["-af", evened(original, progress)] if even else [])]


@contextmanager
def listed(stills: Sequence[Still], seconds: float) -> Iterator[Path]:
    """Give a list of pictures as ffmpeg's concat demuxer reads it; it is gone at the end, and the pictures with it."""
    prefix = store.staging_folder() / f"slides-{uuid.uuid4().hex}-"
    names: dict[str, str] = {}
    shapes = sorted(still.asset.probe["width"] / still.asset.probe["height"] for still in stills)
    size = WIDE, 2 * round(WIDE / shapes[len(shapes) // 2] / 2)
    try:
        for still in stills:
            if still.asset.sha256 not in names:
                path = Path(f"{prefix}{len(names)}.png")
                _draw(still.asset, size, path)
                names[still.asset.sha256] = path.name
        lines = ["ffconcat version 1.0"]
        ends = [each.start for each in stills[1:]] + [seconds]
        for still, end in zip(stills, ends, strict=True):
            lines += [f"file {names[still.asset.sha256]}", f"duration {max(end - still.start, 0.04):.3f}"]
        lines.append(lines[-2])  # ffmpeg takes the last duration for true only so
        listing = Path(f"{prefix}list.txt")
        listing.write_text("\n".join(lines) + "\n")
        yield listing
    finally:
        for left in prefix.parent.glob(f"{prefix.name}*"):
            left.unlink(missing_ok=True)


def _draw(asset: Asset, size: tuple[int, int], path: Path) -> None:
    """Write a page as PNG of this size, with bars where it is of another shape. Raises jobs.Transient."""
    ImageOps.pad(pictures.read(asset), size).save(path, "PNG", compress_level=1)


def order_missing(*, now: datetime, limit: int = 100) -> int:
    """Return for how many editions of videos with known slides jobs were ordered late: nobody had asked for them."""
    name, version = SLIDES_VOICE.name, SLIDES_VOICE.version
    shown = SlideTime.objects.filter(
        timeline__video=OuterRef("pk"), timeline__slides__superseded_at=None, page__isnull=False
    )
    made = Rendition.objects.filter(original=OuterRef("pk"), recipe=name, recipe_version=version)
    asked = Job.objects.filter(
        kind=making.kind_of(SLIDES_VOICE),
        subject=Concat(Value("original:"), Cast(OuterRef("pk"), CharField())),
        recipe_version=version,
    )
    out = Original.objects.filter(superseded_at=None, recording__withdrawn_at=None)
    late = out.filter(
        Exists(shown),
        ~Exists(made),
        ~Exists(asked),
        recording__published_at__isnull=False,
        asset__probe__has_key=SLIDES_VOICE.needs,
    )
    rows = list(late.select_related("asset", "recording").order_by("pk")[:limit])
    return making.ensure(rows, now=now) if rows else 0
