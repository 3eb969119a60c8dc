"""Finds when the pages of a deck are shown in a video. Looks at one small grey frame a second."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image

from recordings.assets import store
from recordings.renditions import ffmpeg
from recordings.renditions.recipes import DEMUXERS
from recordings.slides.matching import SAMPLES, Run, costs, deck_of, places, runs

WIDE, HIGH = 384, 216  # pixels of a frame that is looked at
SPEED = 2.0  # times real time: slower than this on any machine, and something is wrong
LEAST_SECONDS = 300
TELL_FRAMES = 60
Tell = Callable[[float], None]


def find(
    video: Path,
    *,
    media_type: str,
    seconds: float,
    shape: float,
    pages: Sequence[Path],
    tell: Tell = lambda _share: None,
) -> list[Run]:
    """Return what is shown when in the video at `video`.

    seconds: how long it is. shape: width by height. pages: pictures of the pages, in order. tell: called with the share
    that is done. Raises ffmpeg.Failed, ffmpeg.NoFfmpeg, store.DiskFull.
    """
    deck = deck_of(_pictures(pages))
    with _frames(video, media_type, seconds, lambda share: tell(share * 0.6)) as frames:
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
                    tell(0.6 + 0.4 * number / count)
    return runs(table, deck)


def _seek(file: IO[bytes], numbers: Iterable[int]) -> Iterator[int]:
    for number in numbers:
        file.seek(number * WIDE * HIGH)
        yield number


def _frame(pixels: bytes) -> Image.Image:
    return Image.frombytes("L", (WIDE, HIGH), pixels)


def _pictures(pages: Sequence[Path]) -> Iterator[Image.Image]:
    for path in pages:
        with Image.open(path, formats=["WEBP"]) as picture:
            picture.load()
            yield picture


@contextmanager
def _frames(video: Path, media_type: str, seconds: float, tell: Tell) -> Iterator[Path]:
    """Give a file of small grey frames, one a second, one after the other; it is gone at the end."""
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
