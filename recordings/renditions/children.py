"""Runs a program that meets untrusted bytes: confined, without a terminal and our environment, its last words kept.

It is stopped when it takes too long, and when who listens to it has heard enough; nothing that it started outlives it.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from recordings.assets.confined import confined

MEMORY = 2 * 1024**3
LAST_WORDS = 4000
TELL_SECONDS = 2.0
PIECE, LONGEST = 65536, 4 * 1024**2  # bytes; what goes beyond them in a line is left out
LEADING = Path(__file__).resolve().with_name("leading_child.py")


class Failed(Exception):
    """The program ended with an error, `code`, or was stopped: None; `last_words` is the end of what it said."""

    def __init__(self, why: str, last_words: str, code: int | None = None) -> None:
        super().__init__(why)
        self.last_words, self.code = last_words, code


def run(
    program: list[str],
    *,
    seconds: float,
    told: Callable[[str], None] = lambda _line: None,
    waiting: Callable[[], None] = lambda: None,
    cpu_seconds: int | None = None,
    memory: int = MEMORY,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
    leads: bool = False,
) -> str:
    """Run `program`, an absolute path and arguments; return the end of what it said on its error stream.

    seconds: on the wall, and of one processor where `cpu_seconds` says nothing else. told: called with each line it
    prints; waiting: called every two seconds, whatever it prints; what they raise stops the program and goes on.
    memory: bytes of address space. leads: it starts others, which are to end when our worker is killed. Raises Failed.
    """
    whole = [sys.executable, "-I", str(LEADING), *program] if leads else program
    command = confined(whole, cpu_seconds=int(cpu_seconds or seconds), memory=memory)
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603  # no shell; the paths are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            cwd=folder or "/",
            env=environment or {},
            start_new_session=True,
        )
        try:
            code = heard(child, time.monotonic() + seconds, told, waiting)
        finally:
            stop(child)
        words = end_of(said)
    if code is None:
        raise Failed(f"stopped after {seconds:.0f} seconds", words)
    if code:
        raise Failed(f"ended with {code}", words, code)
    return words


def heard(
    child: "subprocess.Popen[bytes]", ends: float, told: Callable[[str], None], waiting: Callable[[], None]
) -> int | None:
    """Return how the child ended, when all its lines are told; None where it still ran at `ends`, of time.monotonic."""
    assert child.stdout is not None  # because of PIPE
    rest, closed, tick = b"", False, time.monotonic() + TELL_SECONDS
    with selectors.DefaultSelector() as ready, child.stdout:
        ready.register(child.stdout, selectors.EVENT_READ)
        while (now := time.monotonic()) < ends:
            if now >= tick:
                waiting()
                tick = now + TELL_SECONDS
            pause = min(tick, ends) - now
            if closed:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return child.wait(pause)
                continue
            code = child.poll()
            if ready.select(pause if code is None else 0):
                piece = os.read(child.stdout.fileno(), PIECE)
            elif code is None:
                continue
            else:
                piece = b""  # what it left behind holds its output
            *lines, rest = (rest[:LONGEST] + piece).split(b"\n")
            closed = not piece
            for line in [*lines, rest] if closed and rest else lines:
                told(line.decode("utf-8", "replace"))
    return None


def stop(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child and all it started; also after it ended, for what it left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def end_of(said: IO[bytes]) -> str:
    """Return the last lines of an error stream."""
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - LAST_WORDS))
    return said.read().decode("utf-8", "replace").strip()
