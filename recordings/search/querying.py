"""Find recordings by their words: the best first, each with the words that were found and their second.

A recording is found when every wanted term stands somewhere in it and no unwanted one does. The number of queries does
not grow with recordings; only what the visitor may see is ever counted, corrected or quoted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from recordings.catalogue.models import Recording
from recordings.search.extracts import Quote, places_of, quotes_of
from recordings.search.mending import Mended, mended, said
from recordings.search.narrowing import Archive, Narrowed, narrow
from recordings.search.parsing import Query, parse
from recordings.search.ranking import answering, weighed
from seminars.people.visitors import NOBODY, Visitor

PAGE = 20
MOST_SPELLINGS = 5
SHOWN = (
    "slug",
    "title",
    "language",
    "recorded_on",
    "session__slug",
    "session__title",
    "session__number",
    "session__language",
    "session__precision",
    "session__zone",
    "session__local_date",
    "session__local_time",
    "session__days",
    "session__starts_at",
    "session__ends_at",
    "session__series__slug",
    "session__series__title",
    "session__series__rrule",
    "session__series__community__slug",
    "session__series__community__name",
)
"""What a list of hits says of a recording: of four wide tables, the rest would take longer than the search."""
__all__ = ["PAGE", "Answer", "Hit", "Quote", "browse", "find", "followed", "search"]


@dataclass
class Hit:
    """A recording with its session, series and community, and what to quote."""

    recording: Recording
    quotes: list[Quote] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """One page of hits. total: recordings found in all; pages: at least 1; page: from 1; query: what was understood.

    counts: by facet and value, how many each further choice would leave. mended: the question in the spelling that was
    looked for instead, "" where it was taken as typed. spellings: others that would find something.
    """

    query: Query
    hits: list[Hit]
    total: int = 0
    page: int = 1
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    mended: str = ""
    spellings: tuple[str, ...] = ()

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def search(
    asked: str, *, recordings: QuerySet[Recording, Any], visitor: Visitor = NOBODY, page: int = 1
) -> Answer:
    """Return page `page` of what of `recordings` (already only those the visitor may see) answers `asked`, as typed.

    visitor: who may read what is for members only. A page before the first or after the last is the nearest there is.
    Nothing to look for: an empty answer.
    """
    return find(asked, Archive(recordings, visitor), page=page, as_typed=True)


def find(
    asked: str,
    archive: Archive,
    *,
    chosen: Mapping[str, str] | None = None,
    page: int = 1,
    as_typed: bool = False,
) -> Answer:
    """Return page `page` of what of the archive answers `asked` and is of all `chosen` facets.

    What finds nothing is looked for in the nearest spelling that does, but `as_typed`.
    """
    query = parse(asked)
    if not query.wanted:
        return Answer(query, [])
    terms = [*query.wanted, *query.unwanted]
    weights = weighed(terms, languages=archive.languages, visitor=archive.visitor)
    keys = answering(query, weights, archive.facts, archive.visitor)
    others: list[Mended] = []
    instead = ""
    if not keys:
        visible = archive.facts.keys()
        others = mended(query, weights, visible=visible, languages=archive.languages, visitor=archive.visitor)
    spellings = [said(each.query) for each in others]
    if others and not as_typed:
        query, instead = others[0].query, spellings.pop(0)
        keys = answering(query, others[0].weights, archive.facts, archive.visitor)
    found = narrow(archive, keys, chosen) if chosen is not None else Narrowed(keys, {})
    hits, page = hits_of(query, found.keys, archive, page)
    spelt = tuple(spellings[:MOST_SPELLINGS])
    return Answer(query, hits, len(found.keys), page, found.counts, instead, spelt)


def followed(asked: str, archive: Archive, *, chosen: Mapping[str, str], most: int) -> list[int]:
    """Return the newest of what answers `asked` as typed, or of all where it is empty, by primary keys."""
    keys: Iterable[int] = archive.facts
    if asked:
        query = parse(asked)
        terms = [*query.wanted, *query.unwanted]
        weights = weighed(terms, languages=archive.languages, visitor=archive.visitor)
        held = set(answering(query, weights, archive.facts, archive.visitor) if query.wanted else ())
        keys = [key for key in archive.facts if key in held]
    return narrow(archive, keys, chosen).keys[:most]


def browse(archive: Archive, *, chosen: Mapping[str, str], page: int = 1) -> Answer:
    """Return page `page` of all that is of the chosen facets, the newest first."""
    found = narrow(archive, archive.facts, chosen)
    hits, page = hits_of(Query(), found.keys, archive, page)
    return Answer(Query(), hits, len(found.keys), page, found.counts)


def hits_of(query: Query, keys: list[int], archive: Archive, page: int) -> tuple[list[Hit], int]:
    """Return a page of hits with their quotations, and which page it is. Two queries; one where nothing is asked."""
    page = min(max(1, page), max(1, -(-len(keys) // PAGE)))
    shown = keys[(page - 1) * PAGE : page * PAGE]
    if not shown:
        return [], page
    recordings = Recording.objects.select_related("session__series__community").only(*SHOWN)
    if not query.wanted:
        rows = recordings.in_bulk(shown)
        return [Hit(rows[key]) for key in shown if key in rows], page
    subquery = places_of(query.wanted, languages=archive.languages, visitor=archive.visitor)
    rows = recordings.annotate(places=subquery).in_bulk(shown)
    places = {
        key: getattr(row, "places", None) for key, row in rows.items()
    }  # of an older form of the index: None
    kept = [(text, archive.facts[key].languages.split()) for key, text in places.items() if text]
    quotes = quotes_of(query.wanted, kept)
    return [Hit(rows[key], quotes.get(key, [])) for key in shown if key in rows], page
