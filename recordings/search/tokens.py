"""The forms in which words are indexed and looked for: as written, by their stem, in pairs, by their beginning. Pure.

An index of sets of tokens, without places, is small and quick in any database. That words stand side by side is known
by their pairs; of longer phrases the pairs only say where it may be, and the texts are asked (`ranking.phrased`).
Hundreds of words begin with the same two letters: those are a token of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recordings.search.parsing import Term
from recordings.search.stemming import stem

STEM, PAIR, BEGUN = "\ue000", "\ue001", "\ue002"  # letters that no word has
SHORT = 2  # letters


@dataclass(frozen=True)
class Token:
    """What an index can be asked for; `prefix`: or anything that begins so."""

    text: str
    prefix: bool = False


Need = tuple[tuple[Token, ...], ...]
"""Of each group one token must be there."""


def tokens_of(texts: Iterable[tuple[str, Sequence[str]]]) -> set[str]:
    """Return the tokens of texts, each a language (`stemming.language_of`) and its folded words in order."""
    found: set[str] = set()
    for language, words in texts:
        plain = set(words)
        found |= plain
        found.update([f"{BEGUN}{word[:SHORT]}" for word in plain if len(word) >= SHORT])
        found.update([f"{PAIR}{one}{PAIR}{next_one}" for one, next_one in pairwise(words)])
        if language:
            found.update([f"{STEM}{language}{stem(word, language)}" for word in plain])
    return found


def words_among(tokens: Iterable[str]) -> set[str]:
    """Return those tokens that are words as they were written."""
    return {token for token in tokens if token and token[0] not in (STEM, PAIR, BEGUN)}


def need_of(term: Term, languages: Iterable[str]) -> Need:
    """Return what must be there for `term`. languages: those of the texts, for its stems."""
    if len(term.words) > 1:
        pairs = [f"{PAIR}{one}{PAIR}{next_one}" for one, next_one in pairwise(term.words)]
        return *((Token(pair),) for pair in pairs[:-1]), (Token(pairs[-1], term.prefix),)
    (word,) = term.words
    forms = [f"{STEM}{language}{stem(word, language)}" for language in sorted(languages) if term.is_loose]
    begun = term.prefix and len(word) == SHORT
    return ((Token(f"{BEGUN}{word}") if begun else Token(word, term.prefix), *map(Token, forms)),)
