"""Cues as paragraphs that read well: a block ends with a sentence after some twenty seconds, or its voice. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from recordings.transcripts.vtt import Cue

SOON, LATEST = 20.0, 45.0
SENTENCE_ENDS = (".", "?", "!", "…", "؟", "。", "।")


@dataclass(frozen=True)
class Block:
    """Some cues, read as one paragraph. `start` in seconds."""

    cues: tuple[Cue, ...]

    @property
    def start(self) -> float:
        """Where the first of them begins."""
        return self.cues[0].start

    @property
    def voice(self) -> str:
        """Who says it, "" where that is not known."""
        return self.cues[0].voice


def blocks(cues: Sequence[Cue]) -> list[Block]:
    """Return the cues (in order of their start) as blocks."""
    found: list[Block] = []
    open_: list[Cue] = []
    for cue in cues:
        if open_:
            lasted = cue.start - open_[0].start
            full = lasted >= LATEST or (lasted >= SOON and open_[-1].text.endswith(SENTENCE_ENDS))
            if full or cue.voice != open_[-1].voice:
                found.append(Block(tuple(open_)))
                open_ = []
        open_.append(cue)
    return [*found, Block(tuple(open_))] if open_ else found


def cue_at(cues: Sequence[Cue], seconds: float) -> Cue | None:
    """Return the cue being said at `seconds`, the last one before it in a silence; None before the first.

    A link says whole seconds, so a cue that begins within that second counts.
    """
    return next((cue for cue in reversed(cues) if cue.start < seconds + 1), None)
