"""Who may want to meet whom: the words of an offer met by those of a wish. Plain Python, no scores.

One rule: a word that one seeks, the other offers; they live by other clocks or work in other sectors; and where both
say which languages they speak, they share one. Every match carries the words that made it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_WORD, SHORTEST_WORD, MOST_WORDS = 30, 4, 40
# Words of every sentence: they make no match.
PLAIN = frozenset(
    " ".join(
        (
            "about across also anybody anyone avec chez com como dans desde eller else entre from från have",
            "help inte into like looking mine more much need needs och offer offers other others ours over",
            "para people person pour sans seek seeking sobre some somebody someone something than that their",
            "them then there these they this those till uma vill want wants what when where which with work",
            "working would your",
        )
    ).split()
)


@dataclass(frozen=True)
class Says:
    """What one member says: `offers` and `seeks` as `words_of` gives them, "" for what they leave out."""

    offers: frozenset[str]
    seeks: frozenset[str]
    zone: str = ""
    sector: str = ""
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Match:
    """Why two may want to meet: words that the other offers and I seek, and the other way; what is different."""

    they_offer: tuple[str, ...]
    they_seek: tuple[str, ...]
    other_zone: bool
    other_sector: bool

    @property
    def both_ways(self) -> bool:
        """Whether each has something for the other."""
        return bool(self.they_offer and self.they_seek)

    @property
    def words(self) -> int:
        """How many words meet."""
        return len(self.they_offer) + len(self.they_seek)


def words_of(text: str) -> list[str]:
    """Return the words of `text` that say something: in small letters, each once, in order, at most 40.

    A plural's "s" is taken off, so that "savings" meets "saving". Words of fewer than four letters say nothing, but in
    scripts that write without blanks.
    """
    found: dict[str, None] = {}
    for word in re.findall(r"[^\W\d_]+", text.casefold()):
        if len(word) < SHORTEST_WORD and word.isascii():
            continue
        if word in PLAIN:
            continue
        found[word.removesuffix("s")[:LONGEST_WORD] if word.isascii() else word[:LONGEST_WORD]] = None
    return list(found)[:MOST_WORDS]


def match(mine: Says, theirs: Says) -> Match | None:
    """Return why the two may want to meet; None where they need not."""
    they_offer = tuple(sorted(mine.seeks & theirs.offers))
    they_seek = tuple(sorted(mine.offers & theirs.seeks))
    zone = bool(mine.zone and theirs.zone and mine.zone != theirs.zone)
    sector = bool(mine.sector and theirs.sector and mine.sector.casefold() != theirs.sector.casefold())
    silent = mine.languages and theirs.languages and not mine.languages & theirs.languages
    if silent or not (they_offer or they_seek) or not (zone or sector):
        return None
    return Match(they_offer, they_seek, zone, sector)


def in_order(found: Iterable[tuple[int, Match]]) -> list[tuple[int, Match]]:
    """Return (number, match): first those of use to each other, then by how many words meet, then by number."""
    return sorted(found, key=lambda each: (not each[1].both_ways, -each[1].words, each[0]))
