"""Which sessions belong into a feed, and which leave first when it grows too large. Plain Python.

Readers lose entries of large feeds without a word (Google at about 1,100 entries or 1 MB), so we choose ourselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

MAX_ENTRIES = 1000
MAX_BYTES = 900_000
RECENT = timedelta(days=731)
OFF_FOR = timedelta(days=60)


class Candidate(NamedTuple):
    """A dated session: starts_at and ends_at (aware UTC), whether it has materials, and, where it is cancelled or
    withdrawn, since when."""

    pk: int
    starts_at: datetime
    ends_at: datetime
    materials: bool = False
    off_since: datetime | None = None

    @property
    def off_until(self) -> datetime | None:
        """Until when a cancelled session is still told: 60 days from the news or from its date, whichever is later."""
        return None if self.off_since is None else max(self.off_since, self.ends_at) + OFF_FOR


@dataclass(frozen=True)
class Chosen:
    """The sessions that stay, the first to leave first; whether some were cut; until when this choice holds.

    ranked_until: until when they would also leave in this order.
    """

    staying: list[Candidate]
    cut: bool
    good_until: datetime | None
    ranked_until: datetime | None = None


def choose(candidates: Iterable[Candidate], now: datetime, *, everything: bool = False) -> Chosen:
    """Return what belongs into a feed at `now` (aware UTC): all that fits, without sessions cancelled long ago.

    First to leave are old sessions without materials, then old ones with materials, then those of the last 24 months,
    oldest first; last of all, the farthest future.
    """
    if everything:
        return Chosen(list(candidates), cut=False, good_until=None)
    told = [each for each in candidates if each.off_until is None or each.off_until > now]
    told.sort(key=lambda each: _leaving(each, now))
    staying = told[max(0, len(told) - MAX_ENTRIES) :]
    cut = len(staying) < len(told)
    ranked_until = good_until(told, now, cut=True)
    return Chosen(staying, cut, ranked_until if cut else good_until(told, now, cut=False), ranked_until)


def good_until(told: Iterable[Candidate], now: datetime, *, cut: bool) -> datetime | None:
    """Return when time alone next changes the choice: a cancelled one expires, or, if some were cut, ranks change."""
    edges = [each.off_until for each in told]
    if cut:
        edges += [each.ends_at for each in told]
        edges += [each.ends_at + RECENT for each in told]
    return min((edge for edge in edges if edge is not None and edge > now), default=None)


def fit(sizes: Iterable[int], limit: int = MAX_BYTES) -> int:
    """Return how many of the first have to leave so that the rest of `sizes` (bytes) is at most `limit` together."""
    given = list(sizes)
    total, leave = sum(given), 0
    while total > limit and leave < len(given):
        total -= given[leave]
        leave += 1
    return leave


def _leaving(each: Candidate, now: datetime) -> tuple[int, float, int]:
    start = each.starts_at.timestamp()
    if each.ends_at > now:
        return 3, -start, each.pk
    if each.ends_at > now - RECENT:
        return 2, start, each.pk
    return (1 if each.materials else 0), start, each.pk
