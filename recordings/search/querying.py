"""Find recordings by their words: the best first, each with the words that were found and their second.

A recording is found when every wanted term stands somewhere in it and no unwanted one does. Three queries, however
many recordings there are; only what the visitor may see is ever counted.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from operator import add
from typing import Any

from django.db import connection
from django.db.models import Case, Expression, F, IntegerField, Max, Q, QuerySet, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.safestring import SafeString

from recordings.catalogue.models import Recording
from recordings.search.backends import back_end
from recordings.search.models import SearchDocument
from recordings.search.parsing import Query, Term, parse
from recordings.search.quoting import quote

PAGE, QUOTES = 20, 3
WEIGHTS = {"title": 27, "speakers": 9, "abstract": 3, "report": 2, "paper": 2, "questions": 2, "caption": 1}
_EARLY = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Quote:
    """Words that were found, as HTML with <mark>. seconds: where in the recording they are said, else None."""

    field: str
    language: str
    html: SafeString
    seconds: float | None = None


@dataclass
class Hit:
    """A recording with its session, series and community, and what to quote."""

    recording: Recording
    quotes: list[Quote] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """One page of hits. total: recordings found in all; pages: at least 1; page: from 1; query: what was understood."""

    query: Query
    hits: list[Hit]
    total: int = 0
    page: int = 1

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def search(asked: str, *, recordings: QuerySet[Recording], page: int = 1) -> Answer:
    """Return page `page` of what of `recordings` (already only those the visitor may see) answers `asked`.

    A page before the first or after the last is the nearest there is. Nothing to look for: an empty answer.
    """
    query = parse(asked)
    if not query.wanted:
        return Answer(query, [])
    ranked = rank(query, recordings)
    page = min(max(1, page), max(1, -(-len(ranked) // PAGE)))
    keys = ranked[(page - 1) * PAGE : page * PAGE]
    rows = recordings.select_related("session__series__community").in_bulk(keys) if keys else {}
    quotes = quotes_of(query.wanted, keys) if keys else {}
    hits = [Hit(rows[key], quotes.get(key, [])) for key in keys if key in rows]
    return Answer(query, hits, len(ranked), page)


def rank(query: Query, recordings: QuerySet[Recording]) -> list[int]:
    """Return the primary keys of the recordings that answer, the best first, then the newest."""
    visible = recordings.order_by().values("pk")
    terms = [*query.wanted, *query.unwanted]
    rows = [_found(number, term, visible) for number, term in enumerate(terms)]
    scores: dict[int, dict[int, int]] = defaultdict(dict)
    dates: dict[int, datetime] = {}
    for key, number, weight, date in rows[0].union(*rows[1:], all=True):
        scores[key][number] = weight
        dates[key] = date or _EARLY
    needed = set(range(len(query.wanted)))
    answering = [key for key, found in scores.items() if set(found) == needed]
    return sorted(answering, key=lambda key: (sum(scores[key].values()), dates[key], key), reverse=True)


def _found(number: int, term: Term, visible: QuerySet[Recording, Any]) -> QuerySet[SearchDocument, Any]:
    """Rows of recording, number of the term, weight of the best field that holds it, date."""
    weight = Case(
        *(When(field=name, then=Value(weight)) for name, weight in WEIGHTS.items()),
        default=Value(1),
        output_field=IntegerField(),
    )
    return (
        SearchDocument.objects.filter(id__in=back_end(connection).matching(term), recording__in=visible)
        .order_by()
        .values("recording_id")
        .annotate(
            term=Value(number),
            best=Max(weight),
            date=Max(Coalesce("recording__session__starts_at", "recording__published_at")),
        )
        .values_list("recording_id", "term", "best", "date")
    )


def quotes_of(wanted: Sequence[Term], keys: Sequence[int]) -> dict[int, list[Quote]]:
    """Return at most three quotations a recording: those with most of the terms, title first, then by their second."""
    index = back_end(connection)
    matches = [Q(id__in=index.matching(term)) for term in wanted]
    counts: list[Expression] = [
        Case(When(match, then=Value(1)), default=Value(0), output_field=IntegerField()) for match in matches
    ]
    weight = Case(
        *(When(field=name, then=Value(weight)) for name, weight in WEIGHTS.items()),
        output_field=IntegerField(),
    )
    documents = (
        SearchDocument.objects.filter(reduce(Q.__or__, matches), recording_id__in=keys)
        .annotate(held=reduce(add, counts), weight=weight)
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=F("recording_id"),
                order_by=[
                    F("held").desc(),
                    F("weight").desc(),
                    F("seconds").asc(nulls_first=True),
                    F("id").asc(),
                ],
            )
        )
        .filter(place__lte=QUOTES)
        .order_by("recording_id", "place")
    )
    found: dict[int, list[Quote]] = defaultdict(list)
    for each in documents:
        words = quote(each.text, wanted)
        found[each.recording_id].append(Quote(each.field, each.language, words, each.seconds))
    return found
