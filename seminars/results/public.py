"""What the public is told of who came: nothing of fewer than three, nor what would tell it by subtraction."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from seminars.results.measuring import places_of
from seminars.sessions.attendance.counting import counts_of_all
from seminars.sessions.models import Session, SessionQuerySet

FEWEST = 3
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Told:
    """How many took part live, in how many countries, of how many sessions; nought where nothing is told."""

    people: int = 0
    countries: int = 0
    sessions: int = 0


def told_of(sessions: Iterable[Session]) -> Told:
    """Return what is told of one topic: a session with those that repeat it. Six questions."""
    return _sum([[each.pk for each in sessions]])


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
    ids = [pk for topic in topics for pk in topic]
    counts = counts_of_all(ids)
    people = {topic[0]: sum(counts[pk].people for pk in topic if pk in counts) for topic in topics}
    shown = [topic for topic in topics if people[topic[0]] >= FEWEST]
    if not shown:
        return Told()
    countries: Counter[str] = Counter()
    for _zones, theirs in places_of([pk for topic in shown for pk in topic]).values():
        countries += theirs
    return Told(sum(people[topic[0]] for topic in shown), len(countries), len(shown))
