"""What the public is told of who came: nothing of fewer than three, nor what would tell it by subtraction."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Exists, OuterRef, Sum, Value

from seminars.results.models import Use
from seminars.sessions.attendance.counting import put_together
from seminars.sessions.attendance.models import Attendance, Intake
from seminars.sessions.dialling import country_of
from seminars.sessions.models import Session, SessionQuerySet
from seminars.sessions.sites.models import ListeningSite

FEWEST = 3
HEADS = "heads"
"""Beside the ways in which somebody can come: what a listening site counted."""
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Told:
    """How many took part live, in how many countries, of how many sessions; nought where nothing is told."""

    people: int = 0
    countries: int = 0
    sessions: int = 0


def told_of(sessions: Iterable[Session]) -> Told:
    """Return what is told of one topic: a session with those that repeat it. Two questions."""
    return _sum([[each.pk for each in sessions]])


def opened_since(sessions: Iterable[Session]) -> int:
    """Return how often what is kept of one topic was watched, heard or fetched; nought for fewer than three.

    Of days, never of people: `Use` knows nobody. One question.
    """
    kept = Use.objects.of_files().filter(session__in=[each.pk for each in sessions])
    number = kept.aggregate(n=Sum("number"))["n"] or 0
    return number if number >= FEWEST else 0


def told_of_series(sessions: SessionQuerySet, *, now: datetime) -> Told:
    """Return the same of all of `sessions` that are over, which are those that who looks may see.

    It is the sum of what their own pages tell: a session with fewer than three stays out of it, so that taking the
    others from the sum leaves nothing to be found. Parts of an event are told with nothing but themselves.
    """
    over = sessions.filter(ends_at__lte=now, cancelled_at=None, postponed_at=None, withdrawn_at=None)
    topics: dict[int, list[int]] = {}
    for pk, lead in (
        over.filter(within=None, series__external=False).order_by("pk").values_list("pk", "lead_id")
    ):
        topics.setdefault(lead or pk, []).append(pk)
    return _sum(list(topics.values()))


def guarded(counted: Mapping[Key, int]) -> dict[Key, int]:
    """Return what may leave the house of numbers that add up to a known sum: none under three.

    Where those left out are together under three, the next smallest goes with them: the sum would tell them else.
    """
    shown = {key: number for key, number in counted.items() if number >= FEWEST}
    hidden = sum(counted.values()) - sum(shown.values())
    if 0 < hidden < FEWEST and shown:
        del shown[min(shown, key=lambda key: (shown[key], str(key)))]
    return shown


def _sum(topics: list[list[int]]) -> Told:
    people, places = _came([pk for topic in topics for pk in topic])
    sums = [sum(people[pk] for pk in topic) for topic in topics]
    shown = [topic for topic, number in zip(topics, sums, strict=True) if number >= FEWEST]
    countries = {code for topic in shown for pk in topic for code in places[pk]}
    return Told(sum(number for number in sums if number >= FEWEST), len(countries), len(shown))


def _came(ids: list[int]) -> tuple[dict[int, int], dict[int, set[str]]]:
    """How many came to each session, as `counts_of_all` counts, and from where. Two questions."""
    ways: Counter[tuple[int, str]] = Counter()
    places: dict[int, set[str]] = {pk: set() for pk in ids}
    rows = Attendance.objects.came().filter(session_id__in=ids).order_by()
    by_place = rows.values_list("session_id", "way", "zone", "country").annotate(n=Count("pk"))
    sites = ListeningSite.objects.standing().filter(session_id__in=ids, came__gt=0).order_by()
    heads = sites.values_list("session_id", Value(HEADS), "zone", Value(""), "came")
    for pk, way, zone, country, number in by_place.union(heads, all=True):
        ways[pk, way] += number
        places[pk] |= {country or country_of(zone)} - {""}
    listed = Intake.objects.standing().filter(session=OuterRef("pk"))
    sessions = Session.objects.filter(pk__in=ids).select_related("headcount").order_by()
    held: list[Any] = list(sessions.only("pk", "headcount").annotate(listed=Exists(listed)))
    people = {
        each.pk: put_together(
            each.pk, ways, getattr(each, "headcount", None), ways[each.pk, HEADS], each.listed
        ).people
        for each in held
    }
    return people, places
