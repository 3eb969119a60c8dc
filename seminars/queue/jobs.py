"""Jobs that must not be lost: leases, heartbeats, another try later, and a person's help when nothing else helps.

queued → leased → done; or leased → failed (another try comes at `due_at`); or leased → held (a person decides: try it
again, skip it, or put something else in its place, see `kinds`).
Every step is a conditional update: who does not find the row in the state it expects has lost the race.
"""

import logging
import random
import resource
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from seminars.queue import enqueue, processes
from seminars.queue.masking import masked
from seminars.queue.models import Attempt, Beat, Job, JobState

LEASE_SECONDS = 300
MOST_TRIES = 8
FIRST_WAIT, LONGEST_WAIT = 30, 3600  # seconds
SWEEP_LIMIT = 500
STEP = 200  # jobs that are looked at together
LAST_WORDS = 4000  # characters of an error stream that are kept
AWAY_SECONDS = 60.0  # for which a worker waits for a database that is away, so that what it has done counts
T = TypeVar("T")

# Shown to people: translate when showing, `gettext(job.reason)`.
UNEXPECTED = gettext_noop("Something went wrong that nobody foresaw. The details are kept with the attempt.")
DIED = gettext_noop("The program that worked on it ended too early.")
log = logging.getLogger(__name__)


class Transient(Exception):
    """It may work later. The message is shown to people; `last_words` is what a program said on its error stream."""

    def __init__(self, reason: str, last_words: str = "") -> None:
        super().__init__(reason)
        self.last_words = last_words


class Permanent(Exception):
    """It will never work like this. The message tells people what to do; `last_words` as in Transient."""

    def __init__(self, reason: str, last_words: str = "") -> None:
        super().__init__(reason)
        self.last_words = last_words


class LeaseLost(Exception):
    """Somebody else works on the job by now: stop, and write nothing."""


def ensure(
    *,
    kind: str,
    subject: str,
    door: str,
    cluster: str = "",
    input_sha256: str = "",
    recipe_version: int = 1,
    now: datetime,
    due_at: datetime | None = None,
    asked_by_id: int | None = None,
) -> Job:
    """Return the one job of this business key, made and its worker woken if it is new.

    door: dotted path of a task that takes `job_id`. due_at: not before then, aware UTC; default now. asked_by_id: the
    account that wants it; None: Meridian itself.
    """
    with transaction.atomic():
        job, made = Job.objects.get_or_create(
            kind=kind,
            subject=subject,
            input_sha256=input_sha256,
            recipe_version=recipe_version,
            defaults={
                "door": door,
                "cluster": cluster,
                "due_at": due_at or now,
                "created_at": now,
                "asked_by_id": asked_by_id,
            },
        )
        if made and job.due_at <= now:
            _wake(job)
    return job


def _wake(job: Job) -> None:
    enqueue.nudge(job.door, cluster=job.cluster, job_id=job.pk)


def lease(job_id: int, *, worker: str, now: datetime, seconds: int = LEASE_SECONDS) -> Job | None:
    """Return the job, ours for `seconds`; None if it is gone, done, held, not due yet or somebody else's."""
    ready = Q(state__in=[JobState.QUEUED, JobState.FAILED], due_at__lte=now)
    expired = Q(state=JobState.LEASED, lease_until__lt=now)
    won = Job.objects.filter(ready | expired, pk=job_id).update(
        state=JobState.LEASED,
        leased_by=worker,
        lease_until=now + timedelta(seconds=seconds),
        tries=F("tries") + 1,
        finished_at=None,
        heartbeat_at=now,
        paced_at=None,
    )
    return Job.objects.get(pk=job_id) if won else None


def heartbeat(job: Job, *, progress: int, total: int, now: datetime, seconds: int = LEASE_SECONDS) -> None:
    """Keep the lease for `seconds` more and say how far it is. Raises LeaseLost when it is no longer ours."""
    told = {
        "lease_until": now + timedelta(seconds=seconds),
        "heartbeat_at": now,
        "progress": progress,
        "progress_total": total,
    }
    if job.paced_at is None or progress < job.paced_from:  # the rate is that of this try, from here on
        told |= {"paced_at": now, "paced_from": progress}
    if not _ours(job).update(**told):
        raise LeaseLost(job.pk)
    for name, value in told.items():
        setattr(job, name, value)


def finish(job: Job, now: datetime) -> bool:
    """Return whether the job was still ours and is now done."""
    return _end(job, state=JobState.DONE, reason="", finished_at=now)


def fail(job: Job, *, reason: str, transient: bool, now: datetime, rng: random.Random | None = None) -> bool:
    """Return whether the job was still ours: failed with another try later, or held when that makes no sense.

    transient: it may work later; after MOST_TRIES tries it is held all the same. rng: for the jitter of the wait.
    """
    if transient and job.tries < MOST_TRIES:
        due_at = now + timedelta(seconds=backoff(job.tries, rng or random.Random()))  # noqa: S311 — not a secret
        return _end(job, state=JobState.FAILED, reason=reason, due_at=due_at)
    return _end(job, state=JobState.HELD, reason=reason)


def backoff(tries: int, rng: random.Random) -> float:
    """Return the seconds to wait after `tries` tries: doubling, at most an hour, half to one and a half of that.

    The jitter keeps many jobs that failed together from coming back together.
    """
    return float(min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)) * (0.5 + rng.random())


def try_again(job: Job, now: datetime, *, by_id: int | None = None) -> bool:
    """Return whether the job waited for a person, or for its next try, or was skipped, and is now queued afresh.

    by_id: the account of who decided so.
    """
    return _afresh(job, (JobState.HELD, JobState.FAILED, JobState.SKIPPED), now, by_id)


def once_more(job: Job, now: datetime) -> bool:
    """Return whether the job had come to an end, or waited for a person, and is now queued afresh: for work that
    comes again."""
    return _afresh(job, (JobState.DONE, JobState.HELD, JobState.SKIPPED), now, None)


def skip(job: Job, now: datetime, *, by_id: int | None) -> bool:
    """Return whether the job waited for a person, or for its next try, and is now given up for good by that person.

    What it would have made stays missing; `try_again` takes the decision back.
    """
    left = Job.objects.filter(pk=job.pk, state__in=(JobState.HELD, JobState.FAILED))
    moved = left.update(state=JobState.SKIPPED, finished_at=now, decided_by=by_id)
    job.refresh_from_db()
    return bool(moved)


def in_steps(found: QuerySet[Job]) -> Iterator[list[Job]]:
    """Yield all of these jobs, the newest first, STEP at a time. Each step asks anew, after the last one of the step
    before: what is done with them may take them away."""
    rest = found.order_by("-pk")
    while some := list(rest[:STEP]):
        yield some
        if len(some) < STEP:
            return
        rest = rest.filter(pk__lt=some[-1].pk)


def _afresh(job: Job, states: tuple[JobState, ...], now: datetime, by_id: int | None) -> bool:
    with transaction.atomic():
        moved = Job.objects.filter(pk=job.pk, state__in=states).update(
            state=JobState.QUEUED,
            due_at=now,
            tries=0,
            reason="",
            progress=0,
            progress_total=0,
            decided_by=by_id,
            finished_at=None,
        )
        job.refresh_from_db()
        if moved:
            _wake(job)
    return bool(moved)


def _ours(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=JobState.LEASED, leased_by=job.leased_by, tries=job.tries)


def _end(job: Job, **columns: object) -> bool:
    """Give the lease back with `columns`, if it is ours; `tries` tells one lease of ours from the next."""
    ended = _ours(job).update(lease_until=None, leased_by="", **columns)
    job.refresh_from_db()
    return bool(ended)


def work(
    job_id: int,
    verb: Callable[[Job], object],
    *,
    seconds: int = LEASE_SECONDS,
    clock: Callable[[], datetime] = timezone.now,
    rng: random.Random | None = None,
) -> bool:
    """Lease the job, call `verb(job)`, keep an Attempt. Return whether it is done now, by us.

    verb may raise Transient (another try later), Permanent (held, for a person) or LeaseLost (from `heartbeat`).
    Anything else it raises is a bug: logged, kept with the attempt, tried again as if transient.
    """
    job, attempt = _begin(job_id, clock=clock, seconds=seconds)
    if job is None or attempt is None:
        return False
    before = _cpu_seconds()

    def end(outcome: str, reason: str = "", last_words: str = "") -> bool:
        cpu = _cpu_seconds() - before
        return surely(lambda: _close(job, attempt, outcome, reason, masked(last_words), clock(), cpu, rng))

    try:
        verb(job)
    except Permanent as wrong:
        end("permanent", str(wrong), wrong.last_words)
    except Transient as wrong:
        end("transient", str(wrong), wrong.last_words)
    except LeaseLost:
        end("lost")
    except Exception:  # broad: a bug in one job must not lose it; what it said is kept, and it is tried again
        log.exception("Job %s (%s, %s) ended with an error nobody foresaw", job.pk, job.kind, job.subject)
        end("error", UNEXPECTED, traceback.format_exc())
    except BaseException:
        end("stopped", DIED, traceback.format_exc())  # the worker's time limit, or its end
        raise
    else:
        return end("done")
    return False


def _begin(job_id: int, *, clock: Callable[[], datetime], seconds: int) -> tuple[Job | None, Attempt | None]:
    """Lease the job and write its attempt down, both or neither. What this very process held before is given back."""
    worker = processes.name()
    with transaction.atomic():
        now = clock()
        _give_back(Job.objects.filter(state=JobState.LEASED, leased_by=worker), now)
        job = lease(job_id, worker=worker, now=now, seconds=seconds)
        if job is None:
            return None, None
        job.attempts.filter(ended_at=None).update(ended_at=now, outcome="lost")
        return job, Attempt.objects.create(job=job, worker=worker, started_at=now)


def _close(
    job: Job,
    attempt: Attempt,
    outcome: str,
    reason: str,
    last_words: str,
    now: datetime,
    cpu: float,
    rng: random.Random | None,
) -> bool:
    """Return whether the job was still ours and has ended so; its attempt is closed with it.

    An attempt that the sweep has closed as lost stays as it is.
    """
    with transaction.atomic():
        if outcome == "done":
            ours = finish(job, now)
        elif outcome == "lost":
            ours = False
        else:
            ours = fail(job, reason=reason, transient=outcome != "permanent", now=now, rng=rng)
        Attempt.objects.filter(pk=attempt.pk, ended_at=None).update(
            ended_at=now,
            outcome=outcome if ours else "lost",
            last_words=last_words[-LAST_WORDS:],
            cpu_seconds=cpu,
        )
    return ours


def surely(write: Callable[[], T]) -> T:
    """Return what `write` returns, called again while the database is away, for a minute at most.

    For the last word about work that is done: without it, it would be done again. `write` may run twice where only
    the answer of the database was lost, so it must be conditional.
    """
    until = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            connection.close()
            time.sleep(1)


def _cpu_seconds() -> float:
    """What this process and its ended children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def sweep(*, now: datetime) -> int:
    """Take back the jobs of dead workers; return how many due jobs were woken that had no wake-up waiting."""
    _take_back(now)
    due = Job.objects.filter(state__in=[JobState.QUEUED, JobState.FAILED], due_at__lte=now)
    woken = 0
    waiting: dict[str, set[int]] = {}
    for job in due.order_by("due_at")[:SWEEP_LIMIT]:
        if job.cluster not in waiting:
            waiting[job.cluster] = enqueue.waiting(cluster=job.cluster, now=now)
        if job.pk not in waiting[job.cluster]:
            _wake(job)
            woken += 1
    return woken


def _take_back(now: datetime) -> None:
    """Jobs whose worker died: at once where it was on this machine, else when the lease has ended."""
    _give_back(Job.objects.filter(state=JobState.LEASED, lease_until__lt=now), now)
    leased = Job.objects.filter(state=JobState.LEASED)
    dead = [name for name in leased.values_list("leased_by", flat=True).distinct() if processes.is_gone(name)]
    if dead:
        _give_back(leased.filter(leased_by__in=dead), now)


def _give_back(orphans: QuerySet[Job], now: datetime) -> None:
    """Have each tried again at once, or held when it has killed too many workers."""
    for job in orphans:
        held = job.tries >= MOST_TRIES
        with transaction.atomic():
            if (
                _ours(job)
                .filter(lease_until=job.lease_until)
                .update(
                    state=JobState.HELD if held else JobState.FAILED,
                    reason=DIED,
                    due_at=now,
                    lease_until=None,
                    leased_by="",
                )
            ):
                job.attempts.filter(ended_at=None).update(ended_at=now, outcome="lost")


def prune(*, before: datetime) -> int:
    """Return how many attempts that ended before `before` are gone now; those of jobs that wait for a person stay."""
    old = Attempt.objects.filter(ended_at__lt=before)
    return old.exclude(job__state__in=[JobState.HELD, JobState.FAILED]).delete()[0]


def beat(name: str, now: datetime) -> None:
    """Write down that the periodic part `name` ran to its end at `now`."""
    Beat.objects.update_or_create(name=name, defaults={"at": now})


def last_beat(name: str) -> datetime | None:
    """Return when the periodic part `name` ran to its end last (aware UTC); None if it never did."""
    return Beat.objects.filter(name=name).values_list("at", flat=True).first()


def stuck(*, cluster: str, since: datetime) -> bool:
    """Return whether a job of `cluster` is due since before `since` and nobody works on any of that cluster's."""
    jobs = Job.objects.filter(cluster=cluster)
    late = jobs.filter(state__in=[JobState.QUEUED, JobState.FAILED], due_at__lt=since)
    return late.exists() and not jobs.filter(state=JobState.LEASED).exists()
