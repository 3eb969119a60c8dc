"""Jobs that must not be lost: leases, heartbeats, another try later, and a person's help when nothing else helps.

queued → leased → done; or leased → failed (another try comes at `due_at`); or leased → held (a person decides).
Every step is a conditional update: who does not find the row in the state it expects has lost the race.
"""

import logging
import os
import random
import resource
import socket
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from seminars.queue import enqueue
from seminars.queue.models import Attempt, Beat, Job, JobState

LEASE_SECONDS = 300
MOST_TRIES = 8
FIRST_WAIT, LONGEST_WAIT = 30, 3600  # seconds
SWEEP_LIMIT = 500
LAST_WORDS = 4000  # characters of an error stream that are kept

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
) -> Job:
    """Return the one job of this business key, made and its worker woken if it is new.

    door: dotted path of a task that takes `job_id`. due_at: not before then, aware UTC; default now.
    """
    with transaction.atomic():
        job, made = Job.objects.get_or_create(
            kind=kind,
            subject=subject,
            input_sha256=input_sha256,
            recipe_version=recipe_version,
            defaults={"door": door, "cluster": cluster, "due_at": due_at or now, "created_at": now},
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
    )
    return Job.objects.get(pk=job_id) if won else None


def heartbeat(job: Job, *, progress: int, total: int, now: datetime, seconds: int = LEASE_SECONDS) -> None:
    """Keep the lease for `seconds` more and say how far it is. Raises LeaseLost when it is no longer ours."""
    until = now + timedelta(seconds=seconds)
    if not _ours(job).update(lease_until=until, progress=progress, progress_total=total):
        raise LeaseLost(job.pk)
    job.lease_until, job.progress, job.progress_total = until, progress, total


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


def try_again(job: Job, now: datetime) -> bool:
    """Return whether the job waited for a person, or for its next try, and is now queued afresh."""
    return _afresh(job, (JobState.HELD, JobState.FAILED), now)


def once_more(job: Job, now: datetime) -> bool:
    """Return whether the job was done, or waited for a person, and is now queued afresh: for work that comes again."""
    return _afresh(job, (JobState.DONE, JobState.HELD), now)


def _afresh(job: Job, states: tuple[JobState, ...], now: datetime) -> bool:
    with transaction.atomic():
        moved = Job.objects.filter(pk=job.pk, state__in=states).update(
            state=JobState.QUEUED, due_at=now, tries=0, reason="", progress=0, progress_total=0
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
    worker = f"{socket.gethostname()}:{os.getpid()}"
    job = lease(job_id, worker=worker, now=clock(), seconds=seconds)
    if job is None:
        return False
    job.attempts.filter(ended_at=None).update(ended_at=clock(), outcome="lost")
    before, attempt = _cpu_seconds(), Attempt.objects.create(job=job, worker=worker, started_at=clock())

    def close(outcome: str, last_words: str = "") -> None:
        attempt.ended_at, attempt.outcome = clock(), outcome
        attempt.last_words, attempt.cpu_seconds = last_words[-LAST_WORDS:], _cpu_seconds() - before
        attempt.save()

    def failed(reason: str, outcome: str, last_words: str) -> None:
        with transaction.atomic():
            fail(job, reason=reason, transient=outcome != "permanent", now=clock(), rng=rng)
            close(outcome, last_words)

    try:
        verb(job)
    except Permanent as wrong:
        failed(str(wrong), "permanent", wrong.last_words)
    except Transient as wrong:
        failed(str(wrong), "transient", wrong.last_words)
    except LeaseLost:
        close("lost")
    except Exception:  # broad: a bug in one job must not lose it; what it said is kept, and it is tried again
        log.exception("Job %s (%s, %s) ended with an error nobody foresaw", job.pk, job.kind, job.subject)
        failed(UNEXPECTED, "error", traceback.format_exc())
    except BaseException:
        failed(DIED, "stopped", traceback.format_exc())  # the worker's time limit, or its end
        raise
    else:
        with transaction.atomic():
            done = finish(job, clock())
            close("done" if done else "lost")
        return done
    return False


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
    """Jobs whose worker died: again at once, or held when they have killed too many workers."""
    for job in Job.objects.filter(state=JobState.LEASED, lease_until__lt=now):
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


def beat(name: str, now: datetime) -> None:
    """Write down that the periodic part `name` ran to its end at `now`."""
    Beat.objects.update_or_create(name=name, defaults={"at": now})


def stuck(*, cluster: str, since: datetime) -> bool:
    """Return whether a job of `cluster` is due since before `since` and nobody works on any of that cluster's."""
    jobs = Job.objects.filter(cluster=cluster)
    late = jobs.filter(state__in=[JobState.QUEUED, JobState.FAILED], due_at__lt=since)
    return late.exists() and not jobs.filter(state=JobState.LEASED).exists()
