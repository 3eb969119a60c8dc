"""The progress bar of long commands: on one line of a terminal, and silent where nobody looks."""

from typing import Any

import pytest

from recordings.management import progress


class Out:
    """What a command writes to."""

    def __init__(self, *, terminal: bool) -> None:
        self.terminal, self.said = terminal, ""

    def isatty(self) -> bool:
        return self.terminal

    def write(self, words: str, ending: str = "\n") -> None:
        self.said += words + ending

    def flush(self) -> None:
        """Nothing is kept back."""


def test_how_far_how_fast_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.1, 10.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock, 10.0))
    out: Any = Out(terminal=True)
    bar = progress.Bar(out, 4_000_000)
    bar.step(1_000_000)
    bar.step(1_000_000)
    assert out.said == f"\r[{'#' * 15}{' ' * 15}]  50%     0.2 MB/s     10 s left "
    bar.clear()
    assert out.said.endswith(" \r")


def test_silent_in_a_file() -> None:
    out: Any = Out(terminal=False)
    with progress.Bar(out, 0) as bar:
        bar.at(5, 10)
        bar.clear()
    assert (out.said, bar.done, bar.total) == ("", 5, 10)
