"""Cut captions into pieces to quote from, about a minute each; a phrase across two of them is in the first."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from recordings.search.folding import fold

WORDS, OVER = 120, 20  # of a piece, and of the next one that it ends with


@dataclass(frozen=True)
class Piece:
    """A piece of text. marks: of each cue in it the second, the first character and the first word.

    only_for: the community whose members alone may see it. page: of slides.
    """

    field: str
    language: str
    text: str
    seconds: float | None = None
    page: int | None = None
    only_for: int | None = None
    marks: list[tuple[float, int, int]] = dataclasses.field(default_factory=list)
    folded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """A cue: its second, its words as they are shown and as they are looked for."""

    seconds: float
    text: str
    words: tuple[str, ...]


def said(cues: Sequence[tuple[float, str]]) -> list[Said]:
    """Return cues, each a second and a text, with their words."""
    return [Said(seconds, text, tuple(fold(text).split())) for seconds, text in cues if text.strip()]


def pieces_of(cues: Sequence[Said], *, field: str, language: str) -> list[Piece]:
    """Return captions as pieces of whole cues: of at least 120 words, and what follows up to 20 words on."""
    found: list[Piece] = []
    first = 0
    while first < len(cues):
        after = _end(cues, first, WORDS)
        found.append(_piece(cues[first : _end(cues, after, OVER)], field, language))
        first = after
    return found


def _end(cues: Sequence[Said], start: int, words: int) -> int:
    """Return the index after the cue with which there are `words` words from `start` on."""
    while start < len(cues) and words > 0:
        words -= max(1, len(cues[start].words))
        start += 1
    return start


def _piece(cues: Sequence[Said], field: str, language: str) -> Piece:
    marks, words, text = [], list[str](), ""
    for cue in cues:
        text += " " if text else ""
        marks.append((cue.seconds, len(text), len(words)))
        text += cue.text
        words += cue.words
    return Piece(field, language, text, cues[0].seconds, marks=marks, folded=tuple(words))
