"""How long it takes from the end of a session to the archive."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.db.models import F, Min, Q

from seminars.sessions.models import MaterialKind, MaterialState, Session
from seminars.sessions.state import HEARD

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Speed:
    """Of one series: the median of days from the end to the archive, and of how many sessions."""

    days: float
    sessions: int

    @property
    def whole(self) -> int:
        """Days as one says them: rounded to the nearest."""
        return round(self.days)


def speeds(series: Iterable[int]) -> dict[int, Speed]:
    """Return the median days to the archive by series (primary keys); none for those of which nothing is out yet.

    A session is in the archive with its recording, or, where there is none, with its report. What is held twice counts
    once. One query.
    """
    out = Q(materials__state=MaterialState.PUBLISHED)
    rows = Session.objects.published().filter(series__in=list(series), lead=None, ends_at__isnull=False)
    rows = rows.filter(ends_at__gt=F("published_at"))  # what was over by then was brought here later
    rows = rows.filter(cancelled_at=None, postponed_at=None, withdrawn_at=None).order_by()
    timed = rows.annotate(
        heard=Min("materials__published_at", filter=out & Q(materials__kind__in=HEARD)),
        told=Min("materials__published_at", filter=out & Q(materials__kind=MaterialKind.REPORT)),
    )
    found = defaultdict[int, list[float]](list)
    for key, ended, heard, told in timed.values_list("series_id", "ends_at", "heard", "told"):
        there = heard or told
        if there and ended:
            found[key].append(max(0.0, (there - ended) / DAY))
    return {key: Speed(median(days), len(days)) for key, days in found.items()}
