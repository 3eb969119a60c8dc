"""When a job will be done: from how fast it goes itself, or from how long its kind took before.

Plain arithmetic over a few rows; it promises nothing where nothing was measured yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heapreplace
from statistics import median
from typing import Any

from django.conf import settings

from seminars.queue.models import Attempt, Job, JobState

FAR = 2000  # waiting jobs that are looked at; whoever stands farther back is told no time
SAMPLE = 400  # attempts that a pace is measured on
NEVER = timedelta(days=3650)


@dataclass(frozen=True)
class Pace:
    """How fast jobs of a kind are: seconds for a whole one, and for one unit of progress where it counts any."""

    seconds: float
    per_unit: float | None = None

    def whole(self, total: int) -> timedelta:
        """Return how long a job of `total` units of progress takes; 0: unknown how many."""
        if total and self.per_unit is not None:
            return timedelta(seconds=self.per_unit * total)
        return timedelta(seconds=self.seconds)


def paces(kinds: Iterable[str]) -> dict[str, Pace]:
    """Return how fast each of these kinds was of late; a kind that never ended well is left out. One question."""
    taken: dict[str, list[float]] = {}
    units: dict[str, list[float]] = {}
    done = Attempt.objects.filter(outcome="done", job__kind__in=set(kinds), ended_at__isnull=False)
    columns = ("job__kind", "job__progress_total", "started_at", "ended_at")
    for kind, total, started, ended in done.order_by("-id").values_list(*columns)[:SAMPLE]:
        seconds = (ended - started).total_seconds()
        taken.setdefault(kind, []).append(seconds)
        if total:
            units.setdefault(kind, []).append(seconds / total)
    return {
        kind: Pace(median(found), median(units[kind]) if kind in units else None)
        for kind, found in taken.items()
    }


def at_its_rate(job: Job) -> datetime | None:
    """Return when a running job ends if it goes on as it did since this try's first word; None: nothing to go by."""
    gone = job.progress - job.paced_from
    if not job.progress_total or job.paced_at is None or job.heartbeat_at is None or gone <= 0:
        return None
    left = max(job.progress_total - job.progress, 0)
    return job.heartbeat_at + (job.heartbeat_at - job.paced_at) * (left / gone)


def expected(*, now: datetime) -> dict[int, datetime]:
    """Return when each job that runs or waits will be done, by its key, where that can be told. now: aware UTC.

    Each cluster works on its due jobs in order, as many at a time as it has workers. Three questions, however many.
    """
    running = list(Job.objects.filter(state=JobState.LEASED).order_by("id")[:FAR])
    begun = _begun(running)
    waiting = Job.objects.filter(state__in=[JobState.QUEUED, JobState.FAILED]).order_by("due_at", "id")
    columns = ("id", "kind", "cluster", "due_at", "progress_total")
    rows = list(waiting.values_list(*columns)[:FAR])
    known = paces({job.kind for job in running} | {row[1] for row in rows}) if running or rows else {}
    ends: dict[int, datetime] = {}
    free: dict[str, list[datetime]] = {}
    for job in running:
        end = at_its_rate(job)
        if end is None and job.kind in known and job.pk in begun:
            end = begun[job.pk] + known[job.kind].whole(job.progress_total)
        if end is not None:
            ends[job.pk] = max(end, now)
        free.setdefault(job.cluster, []).append(ends.get(job.pk, now + NEVER))
    for name in {row[2] for row in rows} | set(free):
        busy = free.setdefault(name, [])
        busy += [now] * (workers(name) - len(busy))
        heapify(busy)
    for key, kind, cluster, due_at, total in rows:
        starts = max(free[cluster][0], due_at, now)
        ended = starts + known[kind].whole(total) if kind in known else now + NEVER
        heapreplace(free[cluster], ended)
        if ended < now + NEVER:
            ends[key] = ended
    return ends


def workers(cluster: str) -> int:
    """Return how many jobs a cluster works on at a time; "" is the first one."""
    given: dict[str, Any] = settings.Q_CLUSTER
    return max(int((given["ALT_CLUSTERS"].get(cluster, given) if cluster else given)["workers"]), 1)


def _begun(running: list[Job]) -> dict[int, datetime]:
    open_ = Attempt.objects.filter(job__in=running, ended_at=None)
    return dict(open_.order_by("id").values_list("job_id", "started_at")) if running else {}
