"""Mend typing mistakes by the words that are there. Pure but for `nearest`, which asks for them, in one query.

Each word of the archive is kept with what is left of it without any one letter. What somebody typed is taken apart the
same way, long words twice: whatever shares a piece is near it, and its distance is then counted.
"""

from collections.abc import Iterable

from django.db import connection

from recordings.search.backends import back_end
from recordings.search.models import SearchWord

SHORTEST, LONGEST = 4, 24  # letters of a word that is mended
FAR = 7  # letters from which on two mistakes are mended
MOST_LOOKED_AT, MOST = 400, 6


def slips(word: str) -> set[str]:
    """Return `word` and what is left of it without any one letter."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def is_mendable(word: str) -> bool:
    """Whether a folded word is one to mend, or to mend by: letters only, and neither short nor very long."""
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


def nearest(words: Iterable[str]) -> dict[str, list[str]]:
    """Return for each word that can be mended the nearest ones there are, the nearest first. One query.

    They are of the whole archive: whoever shows one asks first whether the visitor may see a text that holds it.
    """
    typed = {word: _pieces(word) for word in words if is_mendable(word)}
    if not typed:
        return {}
    near = back_end(connection).near(sorted(set().union(*typed.values())))
    known = list(SearchWord.objects.filter(id__in=near).values_list("word", flat=True)[:MOST_LOOKED_AT])
    found = {}
    for word in typed:
        most = 2 if len(word) >= FAR else 1
        by_distance = sorted(
            (distance(word, each), each[0] != word[0], each) for each in known if each != word
        )
        found[word] = [each for far, _first, each in by_distance if far <= most][:MOST]
    return found


def _pieces(word: str) -> set[str]:
    found = slips(word)
    return found.union(*map(slips, found)) if len(word) >= FAR else found


def distance(one: str, other: str) -> int:
    """Return how many letters must be put in, left out, changed, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for down, letter in enumerate(one, 1):
        last, before, row = before, row, [down]
        for across, against in enumerate(other, 1):
            cost = min(before[across] + 1, row[-1] + 1, before[across - 1] + (letter != against))
            if down > 1 and across > 1 and letter == other[across - 2] and one[down - 2] == against:
                cost = min(cost, last[across - 2] + 1)
            row.append(cost)
    return row[-1]
