"""A progress bar on one line of a terminal: how far, how fast, how long still. Silent where nobody looks."""

import time
from typing import Any, Self

WIDTH = 30
EVERY_SECONDS = 0.2


class Bar:
    """Take it as a context. out: a stream that may be a terminal. total: bytes, 0 while nobody knows."""

    def __init__(self, out: Any, total: int) -> None:
        self.out, self.total, self.done = out, total, 0
        self._began = self._told = time.monotonic()
        self._shown = bool(getattr(out, "isatty", lambda: False)())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        if self._shown:
            self._draw()
            self.out.write("")

    def step(self, count: int) -> None:
        """Say that so many more bytes are done."""
        self.at(self.done + count, self.total)

    def at(self, done: int, total: int) -> None:
        """Say how many bytes are done, and in all."""
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
        left = seconds / share - seconds if share else 0
        filled = "#" * round(share * WIDTH)
        words = f"\r[{filled:<{WIDTH}}] {share:4.0%}  {self.done / 10**6 / seconds:6.1f} MB/s  {left:5.0f} s left "
        self.out.write(words, ending="")
        self.out.flush()
