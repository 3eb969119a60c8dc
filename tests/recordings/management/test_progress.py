"""The progress bar of long commands: on one line of a terminal, and silent where nobody looks."""

from typing import Any

import pytest
from django.core.management import CommandError

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


def test_things_are_counted() -> None:
    out: Any = Out(terminal=True)
    with progress.Bar(out, 4, counts=True) as bar:
        bar.step(1)
    assert f"[{'#' * 8}{' ' * 22}]  25%  1 of 4 " in out.said


def test_before_the_first_is_done_nobody_knows_how_long() -> None:
    out: Any = Out(terminal=True)
    with progress.Bar(out, 4, counts=True):
        pass
    assert "0 of 4" in out.said
    assert "left" not in out.said


@pytest.mark.parametrize("terminal", [True, False])
def test_broken_off_it_says_how_it_goes_on(terminal: bool) -> None:
    out: Any = Out(terminal=terminal)
    with pytest.raises(CommandError, match="goes on from here"), progress.Bar(out, 4):
        raise KeyboardInterrupt
    with pytest.raises(CommandError, match="begins again"), progress.Bar(out, 4, stopped=progress.AGAIN):
        raise KeyboardInterrupt
    with pytest.raises(ValueError, match="something else"), progress.Bar(out, 4):
        raise ValueError("something else")
