"""A progress bar on one line of a terminal: how far, how fast, how long still. Silent where nobody looks.

Whoever breaks the work off (Ctrl-C) is told how it goes on.
"""

import time
from types import TracebackType
from typing import Any, Self

from django.core.management.base import CommandError

WIDTH = 30
EVERY_SECONDS = 0.2
GOES_ON = "Stopped. The same command goes on from here."
AGAIN = "Stopped. The same command begins again."
WITHOUT_AFRESH = "Stopped. The same command without --afresh goes on from here."


class Bar:
    """Take it as a context: broken off within it, a command ends with CommandError.

    out: a stream that may be a terminal. total: bytes, or things where `counts`; 0 while nobody knows. stopped: what
    to say when the work is broken off.
    """

    def __init__(self, out: Any, total: int, *, counts: bool = False, stopped: str = GOES_ON) -> None:
        self.out, self.total, self.done = out, total, 0
        self.counts, self.stopped = counts, stopped
        self._began = self._told = time.monotonic()
        self._shown = bool(getattr(out, "isatty", lambda: False)())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._draw()
            self.out.write("")
        if kind and issubclass(kind, KeyboardInterrupt):
            raise CommandError(self.stopped) from None

    def step(self, count: int) -> None:
        """Say that so many more are done."""
        self.at(self.done + count, self.total)

    def at(self, done: int, total: int) -> None:
        """Say how many are done, and in all."""
        self.done, self.total = done, total
        if self._shown and time.monotonic() - self._told >= EVERY_SECONDS:
            self._told = time.monotonic()
            self._draw()

    def clear(self) -> None:
        """Make room for a line of words."""
        if self._shown:
            self.out.write("\r" + " " * (WIDTH + 40) + "\r", ending="")
            self.out.flush()

    def _draw(self) -> None:
        seconds = max(time.monotonic() - self._began, 0.001)
        share = min(self.done / self.total, 1) if self.total else 0
        left = (
            f"{seconds / share - seconds:5.0f} s left" if share else ""
        )  # nobody knows before the first is done
        filled = "#" * round(share * WIDTH)
        speed = f"{self.done} of {self.total}" if self.counts else f"{self.done / 10**6 / seconds:6.1f} MB/s"
        self.out.write(f"\r[{filled:<{WIDTH}}] {share:4.0%}  {speed}  {left:<12} ", ending="")
        self.out.flush()
