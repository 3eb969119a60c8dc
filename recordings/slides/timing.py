"""Finds when the pages of a deck are shown in a video. Looks at one small grey frame a second."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image

from recordings.assets import store
from recordings.renditions import ffmpeg
from recordings.renditions.recipes import DEMUXERS
from recordings.slides.matching import SAMPLES, Deck, Run, costs, places, runs

WIDE, HIGH = 384, 216  # pixels of a frame that is looked at
SPEED = 2.0  # times real time: slower than this on any machine, and something is wrong
LEAST_SECONDS = 300
TELL_FRAMES = 60
Tell = Callable[[float], None]


def find(frames: Path, deck: Deck, *, shape: float, tell: Tell = lambda _share: None) -> list[Run]:
    """Return which of the deck's pages are shown when in a video. frames: of it, see `looked_at`.

    shape: width by height of the video. tell: called with the share that is done.
    """
    count = frames.stat().st_size // (WIDE * HIGH)
    if not count:
        return []
    with frames.open("rb") as file:
        step = max(1, count // SAMPLES)
        sample = [_frame(file.read(WIDE * HIGH)) for _at in _seek(file, range(step // 2, count, step))]
        boxes = places(sample, deck, shape)
        file.seek(0)
        table: list[list[float]] = []
        last = b""
        for number in range(count):
            pixels = file.read(WIDE * HIGH)
            table.append(table[-1] if pixels == last else costs(_frame(pixels), deck, boxes))
            last = pixels
            if number % TELL_FRAMES == 0:
                tell(number / count)
    return runs(table, deck)


def _seek(file: IO[bytes], numbers: Iterable[int]) -> Iterator[int]:
    for number in numbers:
        file.seek(number * WIDE * HIGH)
        yield number


def _frame(pixels: bytes) -> Image.Image:
    return Image.frombytes("L", (WIDE, HIGH), pixels)


@contextmanager
def looked_at(
    video: Path, *, media_type: str, seconds: float, tell: Tell = lambda _share: None
) -> Iterator[Path]:
    """Give a file of small grey frames of the video, one a second, one after the other; it is gone at the end.

    This is what takes long, so it is done once, however many decks are looked for. seconds: how long the video is.
    tell: called with the share that is done. Raises ffmpeg.Failed, ffmpeg.NoFfmpeg, store.DiskFull.
    """
    with store.draft_path(".grey") as target:
        needed = int(seconds + 2) * WIDE * HIGH
        if shutil.disk_usage(target.parent).free < needed + store.SPARE_BYTES:
            raise store.DiskFull(_("The server's disk is full. Tell its administrator, then try again."))
        longest = max(LEAST_SECONDS, seconds / SPEED)
        # Frames that no other frame needs are not decoded: one a second is enough, and there are many of the others.
        arguments = ["-protocol_whitelist", "file,pipe", "-skip_frame", "noref", "-skip_loop_filter", "all"]
        arguments += ["-f", DEMUXERS[media_type], "-i", f"file:{video}", "-map", "0:V:0", "-an", "-sn", "-dn"]
        arguments += ["-vf", f"fps=1:start_time=0,scale={WIDE}:{HIGH}:flags=area,format=gray"]
        arguments += ["-fs", str(needed), "-f", "rawvideo", f"file:{target}"]
        ffmpeg.run(
            arguments,
            timeout=longest,
            cpu_seconds=int(longest * 2),
            progress=lambda done: tell(min(1.0, done / max(seconds, 1))),
        )
        yield target
