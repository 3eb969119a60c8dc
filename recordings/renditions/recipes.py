"""Recipes: which editions are made of an original, and how. Pure. A changed recipe takes the next version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Probe = Mapping[str, Any]
POSTER_PIXELS = 640

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

    name, version: part of the job's key. media_type, suffix: of what comes out. kind: what the output is probed as,
    empty for a picture. needs: the fact that the original's probe must have. seek: the second to start at, of a file
    of so many seconds. arguments: for ffmpeg, between input and output, none with a space in it.
    """

    name: str
    version: int
    media_type: str
    suffix: str
    kind: str
    needs: str
    arguments: str
    seek: Callable[[float], float] = lambda _seconds: 0.0

    def suits(self, media_type: str, probe: Probe) -> bool:
        """Return whether an original of this type, with these facts, can be made into this edition."""
        return media_type in DEMUXERS and self.needs in probe


POSTER = Recipe(
    name="poster",
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
VOICE = Recipe(
    name="voice",
    version=1,
    media_type="audio/mp4",
    suffix=".m4a",
    kind="audio",
    needs="audio_codec",
    # AAC-LC plays everywhere, also on old iPhones, where Opus does not; 32 kbit/s mono is a call's sound.
    arguments=(
        "-vn -sn -dn -map 0:a:0 -ac 1 -ar 24000 -c:a aac -b:a 32k -map_metadata -1 -map_chapters -1"
        " -movflags +faststart -f ipod"
    ),
)
RECIPES = {recipe.name: recipe for recipe in (POSTER, VOICE)}


def command(recipe: Recipe, *, source: str, media_type: str, target: str, seconds: float) -> list[str]:
    """Return ffmpeg's arguments. source, target: paths. media_type, seconds: of the source."""
    limits = ["-protocol_whitelist", "file,pipe", "-f", DEMUXERS[media_type]]
    seek = ["-ss", str(recipe.seek(seconds))] if recipe.seek(seconds) else []
    return [*limits, *seek, "-i", f"file:{source}", *recipe.arguments.split(), f"file:{target}"]
