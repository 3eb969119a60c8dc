"""Runs a program that meets untrusted bytes: confined, without our environment, stopped when it takes too long."""

import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from recordings.assets.confined import confined
from recordings.renditions.ffmpeg import end_of, stop

MEMORY = 2 * 1024**3


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
    memory: int = MEMORY,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run `program`, an absolute path and arguments.

    seconds: on the wall, and of one processor. told: called with each line it prints; what it raises stops the program
    and goes on. memory: bytes. Raises Failed.
    """
    command = confined(program, cpu_seconds=int(seconds), memory=memory)
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
        late = threading.Timer(seconds, stop, [child])
        late.start()
        assert child.stdout is not None  # because of PIPE
        try:
            for line in child.stdout:
                told(line)
            code = child.wait()
        finally:
            late.cancel()
            stop(child)
            child.stdout.close()
        words = end_of(said)
    if code:
        raise Failed(f"ended with {code}", words)
