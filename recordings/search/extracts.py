"""The words of a hit: which of its texts to quote, and from which second or slide on."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from django.db.models import Case, CharField, Expression, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import RowNumber, StrIndex, Substr
from django.db.models.lookups import GreaterThan
from django.utils.safestring import SafeString

from recordings.search.indexing import WEIGHTS
from recordings.search.models import SearchDocument
from recordings.search.narrowing import allowed
from recordings.search.parsing import Term
from recordings.search.quoting import places, quote
from recordings.search.ranking import phrase_in
from recordings.search.stemming import language_of, stem
from seminars.people.visitors import Visitor

QUOTES = 3


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
    """A part of a text with some of the terms in it. held: how many."""

    held: int
    weight: int
    text: str
    seconds: float | None


def quotes_of(
    wanted: Sequence[Term], keys: Sequence[int], *, languages: Iterable[str], visitor: Visitor
) -> dict[int, list[Quote]]:
    """Return at most three quotations a recording: those with most of the terms, title first, then by their second.

    One query. It looks through the texts of these recordings only, a page of them.
    """
    languages = sorted(languages)
    # Keys alone are put in order: a database that sorts carries all that is asked for with it, and texts are large.
    # What tells no second comes first, and was stored in the order of its weight. Texts without a term bring nothing.
    order = [F("held").desc(), F("seconds").asc(nulls_first=True), F("id").asc()]
    best = (
        SearchDocument.objects.filter(allowed(visitor), recording_id__in=keys)
        .annotate(short=Substr("language", 1, 2))
        .annotate(held=reduce(add, [_held(term, languages) for term in wanted]))
        .annotate(place=Window(RowNumber(), partition_by=F("recording_id"), order_by=order))
        .filter(place__lte=QUOTES)
        .values("id")
    )
    documents = SearchDocument.objects.filter(id__in=best)
    found: dict[int, list[tuple[Extract, SearchDocument]]] = defaultdict(list)
    for each in documents:
        found[each.recording_id] += [(part, each) for part in extracts_of(each, wanted)]
    return {key: chosen(parts, wanted) for key, parts in found.items()}


def chosen(parts: Iterable[tuple[Extract, SearchDocument]], wanted: Sequence[Term]) -> list[Quote]:
    """Return the three best as quotations, none twice."""

    def rank(part: tuple[Extract, SearchDocument]) -> tuple[int, int, float, int]:
        extract, document = part
        seconds = -1.0 if extract.seconds is None else extract.seconds
        return -extract.held, -extract.weight, seconds, document.pk

    found: dict[tuple[str, str, float | None, int | None, str], Quote] = {}
    for extract, document in sorted(parts, key=rank):
        where = (document.field, document.language, extract.seconds, document.page, extract.text)
        if where not in found:
            html = quote(extract.text, wanted, language_of(document.language))
            found[where] = Quote(document.field, document.language, html, extract.seconds, document.page)
        if len(found) == QUOTES:
            break
    return list(found.values())


def extracts_of(document: SearchDocument, wanted: Sequence[Term]) -> list[Extract]:
    """Return the parts of a text that hold any of the terms: cues, two where a phrase crosses them, or all of it."""
    weight = WEIGHTS.get(document.field, 1)
    language = language_of(document.language)
    folded, stems = document.folded.split(), document.stems.split()
    ends: dict[int, int] = {}  # by cue: after which word the last hit that begins there ends
    held: dict[int, set[int]] = defaultdict(set)
    marks = document.marks or [[document.seconds, 0, 0]]
    firsts = [mark[2] for mark in marks]
    for number, term in enumerate(wanted):
        cue = 0
        for at in places(folded, stems, term, language):
            while cue + 1 < len(firsts) and firsts[cue + 1] <= at:
                cue += 1
            held[cue].add(number)
            ends[cue] = max(ends.get(cue, 0), at + len(term.words))
    found = []
    for cue, numbers in held.items():
        after = next((mark[1] for mark in marks[cue + 1 :] if mark[2] >= ends[cue]), len(document.text))
        text = document.text[marks[cue][1] : after].strip()
        found.append(Extract(len(numbers), weight, text, marks[cue][0]))
    return found


def _held(term: Term, languages: Sequence[str]) -> Expression:
    """Return 1 where a text holds the term, in SQL; of stems that of the text's language."""
    if not term.is_loose:
        found = Q(GreaterThan(StrIndex("folded", Value(phrase_in(term))), 0))
    else:
        (word,) = term.words
        forms = {language: stem(word, language) for language in languages}
        root = Case(
            *(
                When(short=language, then=Value(f" {form} "))
                for language, form in forms.items()
                if form != word
            ),
            default=Value(f" {word} "),
            output_field=CharField(),
        )
        found = Q(GreaterThan(StrIndex("stems", root), 0))
        if term.prefix:
            found |= Q(GreaterThan(StrIndex("folded", Value(phrase_in(term))), 0))
    return Case(When(found, then=Value(1)), default=Value(0), output_field=IntegerField())
