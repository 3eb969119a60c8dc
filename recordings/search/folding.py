"""Fold words so that "Röstånga", "ROSTANGA" and "rostanga" are one. Pure; index and query both go through it."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from seminars.words import APART

_PLAIN_WORDS = re.compile("[a-z0-9]+")
# Scripts written without spaces: Thai, Lao, Tibetan, Burmese, Khmer, Japanese, Chinese. Each letter is a word.
_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)

LONGEST = 64  # characters of a word that count; PostgreSQL refuses words of 2 KB
MOST_KEPT = 4096  # characters of which is remembered what they are


class Word(NamedTuple):
    """A folded word and where it stands in the text it came from: `text[start:end]`."""

    folded: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """Yield the folded words of `text` in order: runs of letters and numbers; all else parts words.

    Of scripts written without spaces each letter is a word: what is looked for in them is letters side by side.
    """
    if text.isascii():
        for found in _PLAIN_WORDS.finditer(text.lower()):
            yield Word(found[0][:LONGEST], found.start(), found.end())
        return
    for found in _RUNS.finditer(text.translate(_kinds)):
        start, end = found.span()
        if found[0] == _ALONE:
            for piece in _pieces(text[start]) or ():
                yield Word(piece, start, end)
        else:
            yield Word(text[start:end].translate(_folded)[:LONGEST], start, end)


def spans(text: str) -> list[tuple[int, int]]:
    """Return where each of `words` starts and ends, sooner than they say it."""
    if text.isascii():
        return [found.span() for found in _PLAIN_WORDS.finditer(text.lower())]
    kinds = text.translate(_kinds)
    if _ALONE in kinds:
        return [(word.start, word.end) for word in words(text)]
    return [found.span() for found in _RUNS.finditer(kinds)]


def fold(text: str) -> str:
    """Return the folded words of `text`, one space between them."""
    return " ".join(word.folded for word in words(text))


@lru_cache(maxsize=MOST_KEPT)
def _fold(character: str) -> str | None:
    """The character in lower case without accents, "" for a mere accent, None for what parts words."""
    kept = ""
    for piece in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()):
        if unicodedata.combining(piece):
            continue  # accents, and the vowel points that Arabic and Hebrew writers leave out
        if unicodedata.category(piece)[0] not in "LNM":
            return None
        kept += piece
    return kept.translate(APART)


@lru_cache(maxsize=MOST_KEPT)
def _pieces(character: str) -> tuple[str, ...] | None:
    """What a character is made of: one part of a word, or words of their own where it stands for unspaced letters."""
    folded = _fold(character)
    if folded is None or not _UNSPACED.search(folded):
        return None if folded is None else (folded,)
    return tuple(re.findall(f"{_UNSPACED.pattern}|{_UNSPACED.pattern.replace('[', '[^', 1)}+", folded))


# What a character is to words: part of one, an accent on one, a word by itself or several, or what parts them.
_LETTER, _ACCENT, _ALONE, _NONE = "l", "a", "w", " "
_RUNS = re.compile(f"{_LETTER}[{_LETTER}{_ACCENT}]*|{_ALONE}")


class _Table(dict[int, str]):
    """What `str.translate` makes of each character, found when it is first met; no more than `MOST_KEPT`."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self.of = of

    def __missing__(self, code: int) -> str:
        found = self.of(chr(code))
        if len(self) < MOST_KEPT:
            self[code] = found
        return found


def _kind(character: str) -> str:
    pieces = _pieces(character)
    if pieces is None:
        return _NONE
    if len(pieces) > 1 or _UNSPACED.match(pieces[0]):
        return _ALONE
    return _LETTER if pieces[0] else _ACCENT


_kinds = _Table(_kind)
_folded = _Table(lambda character: _fold(character) or "")
