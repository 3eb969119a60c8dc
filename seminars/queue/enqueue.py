"""Wake a worker, and keep the timetable: with `supervise` the only file that knows django-q2.

A wake-up is a row of the same database, written in the caller's transaction: if that rolls back, so does the wake-up.
It says where to look (a primary key), never what to do, so losing or doubling one does no harm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule, Success
from django_q.tasks import async_task

PREFIX = "meridian:"
MEDIA = "media"


@dataclass(frozen=True)
class Line:
    """One line of the timetable: the dotted path of a task without arguments, and every how many minutes it runs."""

    name: str
    task: str
    minutes: int


def nudge(door: str, *, cluster: str = "", **ids: int | str) -> str:
    """Return the id of a wake-up for the task at the dotted path `door`, called with `ids` as keywords.

    cluster: "" for the first one, "media" for long work. Call it in the transaction that writes the fact.
    """
    # Named always: inside the media cluster django-q2 would take "no name" for its own.
    return str(async_task(door, q_options={"cluster": cluster or Conf.PREFIX}, **ids))


def waiting(*, cluster: str = "", now: datetime) -> set[int]:
    """Return the ids of jobs with a wake-up that nobody has fetched yet (fetched ones are locked into the future)."""
    rows = OrmQ.objects.filter(key=cluster or Conf.PREFIX, lock__lte=now)
    # A row signed with an earlier secret key has no arguments to read: workers throw it away, so it wakes nobody.
    asked = (row.task.get("kwargs", {}).get("job_id") for row in rows)
    return {job_id for job_id in asked if isinstance(job_id, int)}


def is_waiting(door: str, *, now: datetime) -> bool:
    """Return whether a wake-up for the task at the dotted path `door` waits that nobody has fetched yet."""
    rows = OrmQ.objects.filter(key=Conf.PREFIX, lock__lte=now)
    return any(row.task.get("func") == door for row in rows)


def keep_timetable(lines: Iterable[Line], *, now: datetime) -> None:
    """Make django-q2's schedule say what `lines` say and nothing else of ours. Doing it again changes nothing.

    A row that is right keeps its next run. Any other row with our prefix goes: one that cannot be read would stop all.
    """
    wanted = {PREFIX + line.name: line for line in lines}
    with transaction.atomic():
        kept: set[str] = set()
        for row in Schedule.objects.filter(name__startswith=PREFIX).order_by("id"):
            line = wanted.get(row.name or "")
            if line is None or row.name in kept or _facts(row) != _facts(_row(line, now=now)):
                row.delete()
            else:
                kept.add(row.name or "")
        for name, line in wanted.items():
            if name not in kept:
                _row(line, now=now).save()


def _row(line: Line, *, now: datetime) -> Schedule:
    return Schedule(
        name=PREFIX + line.name,
        func=line.task,
        schedule_type=Schedule.MINUTES,
        minutes=line.minutes,
        repeats=-1,
        next_run=now,
    )


def _facts(row: Schedule) -> tuple[object, ...]:
    """What makes two rows the same; an argument, a hook or a cluster is none of ours and spoils a row."""
    extras = (row.args or "", row.kwargs or "", row.hook or "", row.cluster or "", row.cron or "")
    return (row.func, row.schedule_type, row.minutes, row.repeats, row.next_run is None, extras)


def forget_all() -> int:
    """Return how many wake-ups are gone: of another time, from a backup. Rows that are due wake workers anew."""
    return int(OrmQ.objects.all().delete()[0])


def prune(*, before: datetime) -> int:
    """Return how many records of successes that ended before `before` are gone now. Failures stay to be read."""
    return int(Success.objects.filter(stopped__lt=before).delete()[0])
