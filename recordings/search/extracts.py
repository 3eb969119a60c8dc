"""The words of a hit: which of its texts to quote, and from which second or slide on."""

import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import OuterRef, Subquery, TextField
from django.db.models.sql.compiler import SQLCompiler
from django.utils.safestring import SafeString

from recordings.search.indexing import WEIGHTS
from recordings.search.models import SearchDocument, SearchDrawer
from recordings.search.narrowing import allowed
from recordings.search.parsing import Term
from recordings.search.placing import best_pieces, drawers_for
from recordings.search.quoting import marked, places, root_of
from recordings.search.stemming import language_of
from seminars.people.visitors import Visitor

QUOTES = 3
MOST_COUNTED = 6  # terms by which texts are told apart


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

    @property
    def place(self) -> str:
        """What to add to the address of the recording: it opens there, with these captions or this slide in sight."""
        asked: dict[str, str | int] = {}
        if self.seconds is not None:
            asked["t"] = int(self.seconds)
        if self.page is not None:
            asked["slide"] = self.page
        if self.field == "caption" and self.language:
            asked["transcript"] = self.language
        spot = "player" if "t" in asked else f"slide-{self.page}"
        return f"?{urlencode(asked)}#{spot}" if asked.keys() & {"t", "slide"} else ""


@dataclass(frozen=True)
class Extract:
    """A part of a text with some of the terms in it. held: how many; spans: which of its words they are."""

    held: int
    weight: int
    text: str
    seconds: float | None
    spans: tuple[tuple[int, int], ...] = ()


class _Together(Subquery):
    """The texts that a query finds, as one; null where it finds none."""

    template = "(SELECT GROUP_CONCAT(found.places, '') FROM (%(subquery)s) found)"
    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the same in PostgreSQL's words."""
        template = "(SELECT STRING_AGG(found.places, '') FROM (%(subquery)s) found)"
        return super().as_sql(compiler, connection, template=template)  # type: ignore[call-arg]  # the stubs lack it


def places_of(wanted: Sequence[Term], *, languages: Iterable[str], visitor: Visitor) -> Subquery:
    """Return the subquery, beside a recording, of where the words of the first terms stand in it."""
    numbers = drawers_for(wanted[:MOST_COUNTED], languages)
    kept = SearchDrawer.objects.filter(allowed(visitor), recording_id=OuterRef("pk"), number__in=numbers)
    return _Together(kept.values("places"))


def quotes_of(wanted: Sequence[Term], kept: Iterable[tuple[str, Sequence[str]]]) -> dict[int, list[Quote]]:
    """Return by recording at most three quotations: those with most of the terms, title first, then by their second.

    kept: of each recording its places, as `places_of` found them, and its languages. One query.
    """
    counted = wanted[:MOST_COUNTED]
    keys = [key for places, languages in kept for key in best_pieces(places, counted, languages, QUOTES)]
    found: dict[int, list[tuple[Extract, SearchDocument]]] = defaultdict(list)
    for document in SearchDocument.objects.filter(id__in=keys):
        found[document.recording_id] += [(part, document) for part in extracts_of(document, wanted)]
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
