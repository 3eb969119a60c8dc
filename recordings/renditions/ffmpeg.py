"""Runs ffmpeg: the one place that does. Confined, without a terminal, its progress told, its last words kept."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from typing import IO

import imageio_ffmpeg
from django.conf import settings

from recordings.assets.confined import confined

MEMORY = 4 * 1024**3  # bytes of address space, of which ffmpeg's threads use little
LAST_WORDS = 4000
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


class Failed(Exception):
    """ffmpeg ended with an error or was stopped; `last_words` is the end of what it said."""

    def __init__(self, why: str, last_words: str) -> None:
        super().__init__(why)
        self.last_words = last_words


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
    command = confined([executable(), *QUIET, *arguments], cpu_seconds=cpu_seconds, memory=MEMORY)
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603  # no shell; the paths are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd="/",
            env={},
            start_new_session=True,
        )
        late = threading.Event()

        def too_late() -> None:
            late.set()
            stop(child)

        timer = threading.Timer(timeout, too_late)
        timer.start()
        assert child.stdout is not None  # because of PIPE
        try:
            follow(child.stdout, progress)
            code = child.wait()
        finally:
            timer.cancel()
            stop(child)
            child.stdout.close()
        words = end_of(said)
    if late.is_set():
        raise Failed(f"stopped after {timeout:.0f} seconds", words)
    if code:
        raise Failed(f"ended with {code}", words)
    return words


def follow(lines: IO[str], progress: Callable[[float], None]) -> None:
    """Tell `progress` of the lines that -progress writes, not oftener than it is worth a write to the database."""
    told = time.monotonic()
    for line in lines:
        name, _equals, value = line.strip().partition("=")
        due = time.monotonic() - told >= TELL_SECONDS
        if name == "out_time_us" and value.lstrip("-").isdigit() and due:
            told = time.monotonic()
            progress(max(int(value), 0) / 1_000_000)


def stop(child: subprocess.Popen[str]) -> None:
    """Kill the child and its children, if it still runs."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # it ended by itself just now
        child.wait()


def end_of(said: IO[bytes]) -> str:
    """Return the last lines of an error stream."""
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - LAST_WORDS))
    return said.read().decode("utf-8", "replace").strip()
