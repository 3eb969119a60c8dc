"""The jobs of `tests/faults/jobs.py`: what workers do while they are killed. Any verb may be begun again."""

import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from recordings.assets import store
from seminars.notifications.posting import Letter, Recipient, post
from seminars.queue import jobs
from seminars.queue.models import Job

LEASE = 30  # seconds; the site's own leases are longer, and this run is short
BLOCKS, BLOCK_BYTES = 40, 64 * 1024
REVISION = 99  # of the mails that these jobs post


def work(job_id: int) -> None:
    """Do the job of this number by its kind."""
    jobs.work(job_id, lambda job: VERBS[job.kind.partition(".")[2]](job), seconds=LEASE)


def short(job: Job) -> None:
    """Take a moment."""
    time.sleep(0.3)


def long(job: Job) -> None:
    """Take seven seconds, and say how far it is."""
    steps = 14
    for step in range(steps):
        time.sleep(0.5)
        jobs.heartbeat(job, progress=step + 1, total=steps, now=timezone.now(), seconds=LEASE)


def flaky(job: Job) -> None:
    """Fail once in a way that passes. Raises Transient."""
    time.sleep(0.2)
    if not job.attempts.filter(outcome="transient").exists():
        raise jobs.Transient("The other side was busy.", "HTTP 429")


def hopeless(job: Job) -> None:
    """Fail for good. Raises Permanent."""
    time.sleep(0.2)
    raise jobs.Permanent("This is no film.", "moov atom not found")


def keeping(job: Job) -> None:
    """Write a file of two and a half megabytes to the store, in two seconds."""
    with store.staging(content(job.subject)) as staged:
        store.keep(staged, media_type="application/octet-stream", now=timezone.now())


def content(subject: str, pause: float = 0.05) -> Iterator[bytes]:
    """Yield the bytes that belong to a subject, always the same."""
    for number in range(BLOCKS):
        time.sleep(pause)
        yield hashlib.sha256(f"{subject}/{number}".encode()).digest() * (BLOCK_BYTES // 32)


def sha256_of(subject: str) -> str:
    """Return the address of those bytes."""
    digest = hashlib.sha256()
    for block in content(subject, pause=0):
        digest.update(block)
    return digest.hexdigest()


def posting(job: Job) -> None:
    """Write a mail down, once for its key however often this is begun; the outbox sends it."""
    now: datetime = timezone.now()
    membership = int(job.subject.partition(":")[2])
    time.sleep(0.2)
    with transaction.atomic():
        post(
            kind="welcome",
            subject=f"membership:{membership}",
            revision=REVISION,
            letters=[Letter(Recipient(f"member{membership}@example.org"))],
            due_at=now,
            now=now,
        )
    time.sleep(0.2)  # to be killed after it was written, and begun again


VERBS: dict[str, Callable[[Job], None]] = {
    "short": short,
    "long": long,
    "flaky": flaky,
    "hopeless": hopeless,
    "keeping": keeping,
    "posting": posting,
}
