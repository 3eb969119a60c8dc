"""What a visitor may see, in short, and how it is narrowed down: by topic, community, series, language, country, …

The facts of all that is visible are read at once, in one query and a few bytes each: whatever is counted, corrected or
offered is counted among them, so nothing hidden ever is. Country is that of the city whose time a session kept: where
speakers live is not everybody's business.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, NamedTuple

import pytz
from django.db.models import Q, QuerySet, Value

from recordings.catalogue.models import NEWEST, Recording
from recordings.search.stored import stored
from seminars.people.models import Community, Joining
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Series
from seminars.series.topics.models import TopicSlug
from seminars.words import Words

FACETS = (
    "topic",
    "community",
    "series",
    "language",
    "country",
    "year",
    "length",
    "captions",
    "slides",
    "paper",
)
NAMED = ("topic", "community", "series")
YES = "yes"
SHORT, LONG = 30 * 60, 60 * 60 + 59  # seconds; what says "60 minutes" is no more than an hour
_COLUMNS = (
    "pk",
    "card__topics",
    "session__series__community_id",
    "session__series_id",
    "session__language",
    "language",
    "session__zone",
    "card__year",
    "card__seconds",
    "card__captions",
    "card__slides",
    "card__papers",
    "card__languages",
)


class Facts(NamedTuple):
    """A recording in short. values: of each facet, in the order of `FACETS`, what it is; names are primary keys."""

    key: int
    values: tuple[tuple[str, ...], ...]
    papers: str
    languages: str


@dataclass
class Archive:
    """All that `visitor` may see, loaded once for a page. recordings: only those; the newest come first."""

    recordings: QuerySet[Recording, Any]
    visitor: Visitor = NOBODY

    @cached_property
    def facts(self) -> dict[int, Facts]:
        """By primary key, the newest first. One query."""
        rows = stored(self.recordings.order_by(*NEWEST).values_list(*_COLUMNS))
        return {row[0]: facts_of(row) for row in rows}

    @cached_property
    def languages(self) -> set[str]:
        """Of all texts."""
        return set(" ".join({each.languages for each in self.facts.values()}).split())

    @cached_property
    def names(self) -> "Names":
        """Of what the facts name by primary keys. One query."""
        return names_of(self.facts.values(), self.visitor)


@dataclass
class Names:
    """Slug and name by facet and primary key; every slug that leads there; whose papers the visitor may read."""

    words: dict[tuple[str, str], tuple[str, Words]] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    readable: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Narrowed:
    """Primary keys in order, and how many each further choice would leave, by facet and value."""

    keys: list[int]
    counts: dict[str, Counter[str]]


@lru_cache(maxsize=20_000)  # what a row says depends on the row alone: nothing here goes out of date
def facts_of(row: tuple[Any, ...]) -> Facts:
    """Return the facts of a row of `_COLUMNS`."""
    (
        key,
        topics,
        community,
        series,
        language,
        own,
        zone,
        year,
        seconds,
        captions,
        slides,
        papers,
        languages,
    ) = row
    country = countries().get(str(zone), "")
    values = (
        tuple((topics or "").split()),
        (str(community),) if community else (),
        (str(series),) if series else (),
        (language or own,),
        (country,) if country else (),
        (str(year),) if year else (),
        (length(seconds),) if seconds else (),
        (YES,) if captions else (),
        (YES,) if slides else (),
        (YES,) if papers == "*" else (),
    )
    return Facts(key, values, papers or "", languages or "")


def length(seconds: int) -> str:
    """Return how long a recording of so many seconds is, as a facet says it."""
    return "short" if seconds < SHORT else "long" if seconds > LONG else "medium"


@lru_cache
def countries() -> dict[str, str]:
    """Return the country of each zone of the tz database that belongs to one."""
    return {str(zone): code.lower() for code, zones in pytz.country_timezones.items() for zone in zones}


def readable(visitor: Visitor) -> QuerySet[Community, Any]:
    """Return the communities whose own texts the visitor may read: open ones, and those they are a member of."""
    if visitor.is_admin:
        return Community.objects.all()
    mine = Community.objects.of_member(visitor).values("id") if visitor.user_id is not None else ()
    return Community.objects.filter(~Q(joining=Joining.CLOSED) | Q(id__in=mine))


def allowed(visitor: Visitor) -> Q:
    """Return what is asked of texts that are for members only, beside the visibility of their recording."""
    return Q(only_for=None) | Q(only_for__in=readable(visitor).order_by().values("id"))


def names_of(facts: Iterable[Facts], visitor: Visitor) -> Names:
    """Return the names of all that the facts name. One query, or none where they name nothing."""
    rows = list(facts)
    keys = {
        name: set(chain.from_iterable(each.values[at] for each in rows)) for at, name in enumerate(FACETS)
    }
    papers = set(" ".join({each.papers for each in rows}).replace("*", "").split())
    if not any(keys[name] for name in NAMED):
        return Names()
    topics = TopicSlug.objects.filter(topic__in=keys["topic"]).order_by()
    communities = Community.objects.filter(pk__in=keys["community"]).order_by()
    series = Series.objects.filter(pk__in=keys["series"]).order_by()
    read = readable(visitor).filter(pk__in=papers).order_by()
    found = communities.values_list(Value("community"), "pk", "slug", "slug", "name").union(
        series.values_list(Value("series"), "pk", "slug", "slug", "title"),
        topics.values_list(Value("topic"), "topic_id", "slug", "topic__slug", "topic__name"),
        read.values_list(Value("paper"), "pk", "slug", "slug", "name"),
        all=True,
    )
    names = Names()
    for kind, key, slug, current, words in found:
        if kind == "paper":
            names.readable.add(str(key))
            continue
        names.words[kind, str(key)] = (current, words)
        names.keys[kind, slug] = str(key)
    return names


def narrow(archive: Archive, keys: Iterable[int], chosen: Mapping[str, str]) -> Narrowed:
    """Return which of `keys` are of all chosen values, and what each other choice would leave.

    chosen: by facet, names by their slugs. The count of a choice heeds what is chosen in the other facets.
    """
    wanted = {
        FACETS.index(name): archive.names.keys.get((name, value), "?") if name in NAMED else value
        for name, value in chosen.items()
    }
    kept: list[Facts] = []
    short_of: dict[int, list[Facts]] = {at: [] for at in wanted}
    for facts in with_papers(archive, keys):
        missing = [at for at, value in wanted.items() if value not in facts.values[at]]
        if not missing:
            kept.append(facts)
        elif len(missing) == 1:
            short_of[missing[0]].append(facts)
    every = counted(kept)
    for at, others in short_of.items():
        every[at] += counted(others)[at]
    return Narrowed([each.key for each in kept], dict(zip(FACETS, every, strict=True)))


def counted(rows: Sequence[Facts]) -> list[Counter[str]]:
    """Return of each facet how many of `rows` are of each value."""
    found = []
    for column in zip(*(each.values for each in rows), strict=True) if rows else [()] * len(FACETS):
        counts: Counter[str] = Counter()
        for values, number in Counter(column).items():  # few are unlike
            for value in values:
                counts[value] += number
        found.append(counts)
    return found


def with_papers(archive: Archive, keys: Iterable[int]) -> Iterable[Facts]:
    """Yield the facts of `keys`; a paper that only members may read counts for those who may."""
    at = FACETS.index("paper")
    for key in keys:
        facts = archive.facts[key]
        if facts.papers not in ("", "*") and not archive.names.readable.isdisjoint(facts.papers.split()):
            yield facts._replace(values=(*facts.values[:at], (YES,), *facts.values[at + 1 :]))
        else:
            yield facts
