"""The words of a hit: which of its texts to quote, and from which second or slide on."""

import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, or_
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, Expression, IntegerField, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import StrIndex, Substr
from django.db.models.lookups import GreaterThan
from django.db.models.sql.compiler import SQLCompiler
from django.utils.safestring import SafeString

from recordings.search.indexing import WEIGHTS
from recordings.search.models import SearchDocument
from recordings.search.narrowing import allowed
from recordings.search.parsing import Term
from recordings.search.quoting import marked, places, root_of
from recordings.search.ranking import phrase_in
from recordings.search.stemming import language_of
from seminars.people.visitors import Visitor

QUOTES = 3
MOST_COUNTED = 3  # terms by which texts are told apart


@dataclass(frozen=True)
class Quote:
    """Words that were found, as HTML with <mark>. seconds: where in the recording they are said or shown, else None.

    page: of the slides.
    """

    field: str
    language: str
    html: SafeString
    seconds: float | None = None
    page: int | None = None


@dataclass(frozen=True)
class Extract:
    """A part of a text with some of the terms in it. held: how many; spans: which of its words they are."""

    held: int
    weight: int
    text: str
    seconds: float | None
    spans: tuple[tuple[int, int], ...] = ()


class _Keys(Subquery):
    """The primary keys that a query finds, as one text with commas between them; null where it finds none."""

    template = "(SELECT GROUP_CONCAT(best.id) FROM (%(subquery)s) best)"
    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the same in PostgreSQL's words."""
        template = "(SELECT STRING_AGG(best.id::text, ',') FROM (%(subquery)s) best)"
        return super().as_sql(compiler, connection, template=template)  # type: ignore[call-arg]  # the stubs lack it


def best_pieces(wanted: Sequence[Term], *, languages: Iterable[str], visitor: Visitor) -> _Keys:
    """Return the subquery, beside a recording, of the three texts to quote from: those with most of the terms first.

    Texts were stored in the order of their weight, and then of their seconds. So of one term the first three are the
    best, and the database reads no further; of many, the first three count.
    """
    counted = wanted[:MOST_COUNTED]
    plain = _held(counted, "")
    forms = {language: _held(counted, language) for language in sorted(languages)}
    held = Case(
        *(When(short=language, then=_sum(each)) for language, each in forms.items() if each != plain),
        default=_sum(plain),
        output_field=IntegerField(),
    )
    texts = SearchDocument.objects.filter(allowed(visitor), recording_id=OuterRef("pk"))
    texts = texts.annotate(short=Substr("language", 1, 2))
    if len(counted) == 1:
        texts = texts.filter(GreaterThan(held, 0)).order_by("id")
    else:
        texts = texts.order_by(held.desc(), "id")
    return _Keys(texts.values("id")[:QUOTES])


def quotes_of(wanted: Sequence[Term], pieces: Iterable[str | None]) -> dict[int, list[Quote]]:
    """Return by recording at most three quotations: those with most of the terms, title first, then by their second.

    pieces: as `best_pieces` found them. One query.
    """
    keys = [int(key) for each in pieces if each for key in each.split(",")]
    found: dict[int, list[tuple[Extract, SearchDocument]]] = defaultdict(list)
    for each in SearchDocument.objects.filter(id__in=keys):
        found[each.recording_id] += [(part, each) for part in extracts_of(each, wanted)]
    return {key: chosen(parts) for key, parts in found.items()}


def chosen(parts: Iterable[tuple[Extract, SearchDocument]]) -> list[Quote]:
    """Return the three best as quotations, none twice."""

    def rank(part: tuple[Extract, SearchDocument]) -> tuple[int, int, float, int]:
        extract, document = part
        seconds = -1.0 if extract.seconds is None else extract.seconds
        return -extract.held, -extract.weight, seconds, document.pk

    found: dict[tuple[str, str, float | None, int | None, str], Quote] = {}
    for extract, document in sorted(parts, key=rank):
        where = (document.field, document.language, extract.seconds, document.page, extract.text)
        if where not in found:
            html = marked(extract.text, extract.spans)
            found[where] = Quote(document.field, document.language, html, extract.seconds, document.page)
        if len(found) == QUOTES:
            break
    return list(found.values())


def extracts_of(document: SearchDocument, wanted: Sequence[Term]) -> list[Extract]:
    """Return the parts of a text that hold any of the terms: cues, two where a phrase crosses them, or all of it."""
    weight = WEIGHTS.get(document.field, 1)
    language = language_of(document.language)
    hits = [
        (at, at + len(term.words), number)
        for number, term in enumerate(wanted)
        for at in places(document.folded, document.stems, root_of(term, language), term)
    ]
    marks = document.marks or [[document.seconds, 0, 0]]
    firsts = [mark[2] for mark in marks]
    by_cue: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for hit in hits:
        by_cue[max(0, bisect_right(firsts, hit[0]) - 1)].append(hit)
    found = []
    for cue, here in by_cue.items():
        end = max(after for _at, after, _number in here)
        last = next((mark for mark in marks[cue + 1 :] if mark[2] >= end), None)
        text = document.text[marks[cue][1] : last[1] if last else None].strip()
        first, beyond = firsts[cue], last[2] if last else sys.maxsize
        spans = tuple((at - first, after - first) for at, after, _ in hits if at >= first and after <= beyond)
        held = len({number for _at, _after, number in here})
        found.append(Extract(held, weight, text, marks[cue][0], spans))
    return found


def _held(terms: Sequence[Term], language: str) -> list[list[tuple[str, str]]]:
    """Return for each term which words to look for in which column of texts in this language."""
    found = []
    for term in terms:
        root = root_of(term, language)
        looked_for = [("stems", f" {root} ")] if root else []
        if term.prefix or not root:
            looked_for.append(("folded", phrase_in(term)))
        found.append(looked_for)
    return found


def _sum(held: Iterable[Iterable[tuple[str, str]]]) -> Expression:
    """Return how many of the terms a text holds, in SQL."""
    ones = [
        Case(
            When(
                reduce(or_, (Q(GreaterThan(StrIndex(column, Value(words)), 0)) for column, words in each)),
                then=Value(1),
            ),
            default=Value(0),
        )
        for each in held
    ]
    return reduce(add, ones)
