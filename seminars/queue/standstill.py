"""Which cluster of workers stands still: work of it is due, nobody works on any, and restarting it did not help."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef

from seminars.queue.models import Job, JobState

LATE = timedelta(minutes=6)
"""The supervisor restarts a cluster after three minutes: twice that, and it was of no use."""


@dataclass(frozen=True)
class Standstill:
    """A cluster that stands still. name: "" is the first one; since: when its oldest job was due, aware UTC."""

    name: str
    since: datetime


def standing(*, now: datetime) -> list[Standstill]:
    """Return the clusters whose due work lies since `LATE` before `now` with nobody at it. One question."""
    at_work = Job.objects.filter(cluster=OuterRef("cluster"), state=JobState.LEASED, lease_until__gte=now)
    late = Job.objects.filter(
        ~Exists(at_work), state__in=[JobState.QUEUED, JobState.FAILED], due_at__lt=now - LATE
    )
    rows = late.values("cluster").annotate(since=Min("due_at")).order_by("cluster")
    return [Standstill(row["cluster"], row["since"]) for row in rows]
