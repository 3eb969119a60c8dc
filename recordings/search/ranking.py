"""Which recordings hold which terms, and how much that counts. Nothing here looks at who may see a recording."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from recordings.search.backends import back_end
from recordings.search.models import SearchDocument, SearchText
from recordings.search.narrowing import allowed
from recordings.search.parsing import Query, Term
from recordings.search.stored import fetched, statement_of, stored
from recordings.search.tokens import need_of
from seminars.people.visitors import Visitor

Weights = dict[int, int]
"""How much a term counts in each recording that holds it."""


def weighed(terms: Sequence[Term], *, languages: Iterable[str], visitor: Visitor) -> list[Weights]:
    """Return of each term which recordings hold it in a text the visitor may see, and its weight. One query.

    A phrase of more than two words may not be there yet: `phrased` says.
    """
    found: list[Weights] = [{} for _term in terms]
    if not terms:
        return found
    texts = SearchText.objects.filter(allowed(visitor)).order_by()
    try:
        may, values = statement_of(texts.values_list("id", "recording_id", "weight"))
    except EmptyResultSet:  # no text is there to be seen by anybody like this
        return found
    held, asked = back_end(connection).holding([need_of(term, languages) for term in terms])
    best = "SELECT may.recording_id, held.term, MAX(may.weight)"
    best += f" FROM ({held}) held JOIN ({may}) may ON may.id = held.id GROUP BY 1, 2"
    for key, number, weight in fetched(best, [*asked, *values]):
        found[number][key] = weight
    return found


def answering(query: Query, weights: Sequence[Weights], among: Iterable[int], visitor: Visitor) -> list[int]:
    """Return which of `among` hold all that is wanted and nothing that is not, the best first, else in their order.

    weights: of the wanted terms, then of the unwanted. One query where phrases are longer than two words, else none.
    """
    wanted, unwanted = weights[: len(query.wanted)], weights[len(query.wanted) :]
    keys = [key for key in among if all(key in each for each in wanted)]
    terms = [*query.wanted, *query.unwanted]
    long = [number for number, term in enumerate(terms) if len(term.words) > 2 and weights[number]]
    if long and keys:
        held = phrased([terms[number] for number in long], keys, visitor)
        there = dict(zip(long, held, strict=True))
        keys = [key for key in keys if all(key in there[at] for at in long if at < len(wanted))]
        unwanted = [
            dict.fromkeys(there[at], 0) if (at := len(wanted) + number) in there else each
            for number, each in enumerate(unwanted)
        ]
    keys = [key for key in keys if not any(key in each for each in unwanted)]
    return sorted(keys, key=lambda key: -sum(each[key] for each in wanted))


def phrased(phrases: Sequence[Term], keys: Sequence[int], visitor: Visitor) -> list[set[int]]:
    """Return of each phrase which of the recordings hold it, by their texts. One query."""
    texts = SearchDocument.objects.filter(allowed(visitor), recording_id__in=keys).order_by()
    rows = [
        texts.filter(GreaterThan(StrIndex("folded", Value(phrase_in(term))), 0))
        .values_list("recording_id", Value(number))
        .distinct()
        for number, term in enumerate(phrases)
    ]
    found: list[set[int]] = [set() for _phrase in phrases]
    for key, number in stored(rows[0].union(*rows[1:], all=True)):
        found[number].add(key)
    return found


def phrase_in(term: Term) -> str:
    """Return the words of a term as they stand in `SearchDocument.folded`."""
    return f" {' '.join(term.words)}" + ("" if term.prefix else " ")
