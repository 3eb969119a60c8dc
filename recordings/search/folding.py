"""Fold words so that "Röstånga", "ROSTANGA" and "rostanga" are one. Pure; index and query both go through it."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Letters that Unicode does not take apart, as people without the key for them type them.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
)


LONGEST = 64  # characters of a word that count; PostgreSQL refuses words of 2 KB


@dataclass(frozen=True)
class Word:
    """A folded word and where it stands in the text it came from: `text[start:end]`."""

    folded: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """Yield the folded words of `text` in order. A word is a run of letters and numbers; all else parts words."""
    folded, start, end = "", 0, 0
    for at, character in enumerate(text):
        piece = _fold(character)
        if piece is None:
            if folded:
                yield Word(folded[:LONGEST], start, end)
            folded = ""
            continue
        if not folded:
            start = at
        folded, end = folded + piece, at + 1
    if folded:
        yield Word(folded[:LONGEST], start, end)


def fold(text: str) -> str:
    """Return the folded words of `text`, one space between them."""
    return " ".join(word.folded for word in words(text))


@lru_cache(maxsize=4096)
def _fold(character: str) -> str | None:
    """The character in lower case without accents, "" for a mere accent, None for what parts words."""
    kept = ""
    for piece in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()):
        if unicodedata.combining(piece):
            continue  # accents, and the vowel points that Arabic and Hebrew writers leave out
        if unicodedata.category(piece)[0] not in "LNM":
            return None
        kept += piece
    return kept.translate(_PLAIN)
