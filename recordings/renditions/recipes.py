"""Recipes: which editions are made of an original, and how. Pure. A changed recipe takes the next version."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Probe = Mapping[str, Any]
POSTER_PIXELS = 640
SMALL_LONG, SMALL_SHORT = 640, 360
SMALL_BITS = 180_000  # a second: the most that the small video takes, its sound and container with it
# AAC-LC plays everywhere, also on old iPhones, where Opus does not; 32 kbit/s mono is a call's sound. Opus takes half
# the bytes for the same words: `voip` keeps speech clear, packets of 60 ms cost the least around it.
SPEECH_AAC = "-ac 1 -ar 24000 -c:a aac -b:a 32k"
SPEECH_OPUS = "-ac 1 -ar 24000 -c:a libopus -b:a 16k -vbr on -application voip -frame_duration 60"

# What ffmpeg calls the container of each media type; it is told, so that it never guesses from the bytes.
DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "audio/mp4": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "audio/webm": "matroska",
    "audio/x-matroska": "matroska",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "video/ogg": "ogg",
    "audio/wav": "wav",
}


@dataclass(frozen=True)
class Recipe:
    """How an edition is made.

    name, version: part of the job's key. label: what people call the edition. media_type, suffix: of what comes out.
    kind: what the output is probed as, empty for a picture. needs: the fact that the original's probe must have. seek:
    the second to start at, of a file of so many seconds. arguments: for ffmpeg, between input and output, none with a
    space in it. sound: whether it has sound, which can be evened out. least_bits: of an original a second; of a smaller
    one this would not be smaller. along: the recipe that makes this one with itself, from one decoding. heavy: takes
    long, so others come first.
    """

    name: str
    label: str | Promise
    version: int
    media_type: str
    suffix: str
    kind: str
    needs: str
    arguments: str
    seek: Callable[[float], float] = lambda _seconds: 0.0
    sound: bool = False
    least_bits: int = 0
    along: str = ""
    heavy: bool = False

    @property
    def spared(self) -> str:
        """The fact of an original's probe that says that this edition would not be smaller than the file itself."""
        return f"without_{self.name}"

    def suits(self, media_type: str, probe: Probe, size: int) -> bool:
        """Return whether an original of this type, facts and size in bytes is worth making into this edition."""
        if media_type not in DEMUXERS or self.needs not in probe or self.spared in probe:
            return False
        return not self.least_bits or size * 8 > self.least_bits * float(probe.get("seconds") or 0)


VOICE = Recipe(
    name="voice",
    label=_("Voice only"),
    version=1,
    media_type="audio/mp4",
    suffix=".m4a",
    kind="audio",
    needs="audio_codec",
    arguments=(
        f"-vn -sn -dn -map 0:a:0 {SPEECH_AAC} -map_metadata -1 -map_chapters -1 -movflags +faststart -f ipod"
    ),
    sound=True,
)
VOICE_OPUS = Recipe(
    name="voice_opus",
    label=_("Voice only, smallest"),
    version=1,
    media_type="audio/ogg",
    suffix=".ogg",
    kind="audio",
    needs="audio_codec",
    arguments=f"-vn -sn -dn -map 0:a:0 {SPEECH_OPUS} -map_metadata -1 -map_chapters -1 -f ogg",
    sound=True,
    along=VOICE.name,
)
POSTER = Recipe(
    name="poster",
    label=_("Still picture"),
    version=1,
    media_type="image/webp",
    suffix=".webp",
    kind="",
    needs="video_codec",
    # The most typical of fifty frames: not the black before the start, not one in the middle of a fade.
    arguments=(
        f"-an -sn -dn -vf thumbnail=50,scale=w='min({POSTER_PIXELS},iw)':h=-2 -frames:v 1"
        " -c:v libwebp -quality 70 -f webp"
    ),
    seek=lambda seconds: round(min(seconds * 0.1, 60.0), 3),
)
# How much smaller: into 640 × 360, or 360 × 640 where it stands upright; never larger. Pixels that are not square
# become so, and both sides even, as the encoder wants them.
_SHRINK = f"min(1,min({SMALL_LONG}/max(iw*sar,ih),{SMALL_SHORT}/min(iw*sar,ih)))"
VIDEO_360 = Recipe(
    name="video_360",
    label=_("Small video"),
    version=1,
    media_type="video/mp4",
    suffix=".mp4",
    kind="video",
    needs="video_codec",
    # A steady rate of at most 25 pictures a second also where the source's varies; never above 128 kbit/s for them.
    arguments=(
        "-sn -dn -map 0:v:0 -map 0:a:0?"
        f" -vf scale=w='max(16,2*trunc(iw*sar*{_SHRINK}/2))':h='max(16,2*trunc(ih*{_SHRINK}/2))'"
        ",setsar=1,fps=fps='min(25,source_fps)'"
        " -c:v libx264 -preset veryfast -crf 29 -maxrate 128k -bufsize 512k -profile:v main -pix_fmt yuv420p -g 250"
        " -c:a aac -ac 1 -ar 32000 -b:a 48k -map_metadata -1 -map_chapters -1 -movflags +faststart -f mp4"
    ),
    sound=True,
    least_bits=SMALL_BITS,
    heavy=True,
)
RECIPES = {recipe.name: recipe for recipe in (VOICE, VOICE_OPUS, POSTER, VIDEO_360)}
"""In the order of need: who has a slow line can listen first."""


def command(
    targets: Mapping[str, str], *, source: str, media_type: str, seconds: float, even: str = ""
) -> list[str]:
    """Return ffmpeg's arguments, to read the source once and write each recipe of `targets` (its path by its name).

    source: path. media_type, seconds: of the source. even: ffmpeg's filter that evens the sound out, if it shall.
    """
    recipes = [RECIPES[name] for name in targets]
    seek = max(recipe.seek(seconds) for recipe in recipes)
    start = ["-ss", str(seek)] if seek else []
    arguments = [
        "-protocol_whitelist",
        "file,pipe",
        "-f",
        DEMUXERS[media_type],
        *start,
        "-i",
        f"file:{source}",
    ]
    for recipe in recipes:
        sound = ["-af", even] if even and recipe.sound else []
        arguments += [*recipe.arguments.split(), *sound, f"file:{targets[recipe.name]}"]
    return arguments


def measuring(*, source: str, media_type: str, evening: str) -> list[str]:
    """Return ffmpeg's arguments that measure how loud the first sound of a file is. evening: the measuring filter."""
    limits = ["-protocol_whitelist", "file,pipe", "-f", DEMUXERS[media_type], "-i", f"file:{source}"]
    return [*limits, *["-vn", "-sn", "-dn", "-map", "0:a:0", "-af"], evening, "-f", "null", "-"]


def along_with(recipe: Recipe, lacking: Sequence[Recipe]) -> list[Recipe]:
    """Return the recipe with those of the lacking ones that it makes with itself."""
    return [recipe, *(each for each in lacking if each.along == recipe.name)]
