"""Where a question finds nothing: the nearest spellings that would, among what the visitor may see."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import islice, product

from recordings.search.parsing import Query, Term
from recordings.search.ranking import Weights, weighed
from recordings.search.spelling import distance, nearest
from seminars.people.visitors import Visitor

MOST_TRIED = 200
MOST_MENDED = 4  # words of one question


@dataclass(frozen=True)
class Mended:
    """A question with other spellings, and which recordings hold its terms, as `ranking.weighed` says."""

    query: Query
    weights: list[Weights]


def mended(
    query: Query,
    weights: Sequence[Weights],
    *,
    visible: AbstractSet[int],
    languages: Iterable[str],
    visitor: Visitor,
) -> list[Mended]:
    """Return the same question in the nearest spellings that answer it, the nearest first. Two queries at most.

    Words are mended that nothing visible holds. Whether phrases of more than two words are there is not looked at.
    """
    odd = [
        number
        for number, term in enumerate(query.wanted)
        if len(term.words) == 1 and visible.isdisjoint(weights[number])
    ][:MOST_MENDED]
    near = nearest(query.wanted[number].words[0] for number in odd) if odd else {}
    choices = [[Term((word,)) for word in near.get(query.wanted[number].words[0], [])] for number in odd]
    if not odd or not all(choices):
        return []
    flat = [term for terms in choices for term in terms]
    held = dict(zip(flat, weighed(flat, languages=languages, visitor=visitor), strict=True))
    for number, terms in zip(odd, choices, strict=True):
        typed = query.wanted[number].words[0]
        terms.sort(key=lambda term: (distance(typed, term.words[0]), -len(held[term].keys() & visible)))
    found = []
    for together in islice(product(*choices), MOST_TRIED):
        terms, rows = list(query.wanted), list(weights)
        for number, term in zip(odd, together, strict=True):
            terms[number], rows[number] = term, held[term]
        if any(all(key in each for each in rows[: len(terms)]) for key in visible):
            found.append(Mended(replace(query, wanted=tuple(terms)), rows))
    return found


def said(query: Query) -> str:
    """Return a question as one would type it."""

    def one(term: Term) -> str:
        words = " ".join(term.words)
        return f'"{words}"' if len(term.words) > 1 or term.as_written else words

    return " ".join([*map(one, query.wanted), *(f"-{one(term)}" for term in query.unwanted)])
