"""Runs ffmpeg: the one place that does. Confined, its progress told."""

import os
import shutil
import time
from collections.abc import Callable

import imageio_ffmpeg
from django.conf import settings

from recordings.renditions import children
from recordings.renditions.children import Failed

__all__ = ["Failed", "NoFfmpeg", "executable", "run"]
MEMORY = 4 * 1024**3  # bytes of address space, of which ffmpeg's threads use little
TELL_SECONDS = 1.5
QUIET = [
    "-nostdin",
    "-hide_banner",
    "-nostats",
    "-loglevel",
    "error",
    "-y",
    "-threads",
    "2",
    "-progress",
    "pipe:1",
]


class NoFfmpeg(Exception):
    """There is no ffmpeg on this machine."""


def executable() -> str:
    """Return the path of ffmpeg: the setting, else on PATH, else the one of imageio-ffmpeg. Raises NoFfmpeg."""
    if settings.FFMPEG:
        found = shutil.which(settings.FFMPEG)
        if found is None:
            raise NoFfmpeg(f"MERIDIAN_FFMPEG is {settings.FFMPEG}, which is no program on this machine.")
        return os.path.abspath(found)
    try:
        return shutil.which("ffmpeg") or str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as wrong:
        raise NoFfmpeg("There is no ffmpeg: install it, or the package imageio-ffmpeg.") from wrong


def run(
    arguments: list[str],
    *,
    timeout: float,
    cpu_seconds: int,
    progress: Callable[[float], None] = lambda _seconds: None,
) -> str:
    """Run ffmpeg and return the end of what it said.

    timeout: seconds on the wall. progress: called now and then with the seconds of output that are written; what it
    raises stops ffmpeg and goes on. Raises Failed, NoFfmpeg.
    """
    return children.run(
        [executable(), *QUIET, *arguments],
        seconds=timeout,
        cpu_seconds=cpu_seconds,
        memory=MEMORY,
        told=listener(progress),
    )


def listener(progress: Callable[[float], None]) -> Callable[[str], None]:
    """Return who hears the lines that -progress writes, and tells no oftener than a write to the database is worth."""
    told = time.monotonic()

    def hear(line: str) -> None:
        nonlocal told
        name, _equals, value = line.strip().partition("=")
        due = time.monotonic() - told >= TELL_SECONDS
        if name == "out_time_us" and value.lstrip("-").isdigit() and due:
            told = time.monotonic()
            progress(max(int(value), 0) / 1_000_000)

    return hear
