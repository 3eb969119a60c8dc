"""Runs a program that meets untrusted bytes: confined, without a terminal and our environment, its last words kept.

It is stopped when it takes too long, and when who listens to it has heard enough.
"""

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from recordings.assets.confined import confined

MEMORY = 2 * 1024**3
LAST_WORDS = 4000


class Failed(Exception):
    """The program ended with an error or was stopped; `last_words` is the end of what it said."""

    def __init__(self, why: str, last_words: str) -> None:
        super().__init__(why)
        self.last_words = last_words


def run(
    program: list[str],
    *,
    seconds: float,
    told: Callable[[str], None],
    cpu_seconds: int | None = None,
    memory: int = MEMORY,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """Run `program`, an absolute path and arguments; return the end of what it said on its error stream.

    seconds: on the wall, and of one processor where `cpu_seconds` says nothing else. told: called with each line it
    prints; what it raises stops the program and goes on. memory: bytes of address space. Raises Failed.
    """
    command = confined(program, cpu_seconds=int(cpu_seconds or seconds), memory=memory)
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603  # no shell; the paths are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd=folder or "/",
            env=environment or {},
            start_new_session=True,
        )
        late = threading.Event()

        def too_late() -> None:
            late.set()
            stop(child)

        timer = threading.Timer(seconds, too_late)
        timer.start()
        assert child.stdout is not None  # because of PIPE
        try:
            for line in child.stdout:
                told(line)
            code = child.wait()
        finally:
            timer.cancel()
            stop(child)
            child.stdout.close()
        words = end_of(said)
    if late.is_set():
        raise Failed(f"stopped after {seconds:.0f} seconds", words)
    if code:
        raise Failed(f"ended with {code}", words)
    return words


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
