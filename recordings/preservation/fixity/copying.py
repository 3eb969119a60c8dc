"""New files are copied to the second disk soon after they are kept, by a job of the media cluster, in slices."""

import time
from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from recordings.assets import presence
from recordings.assets.models import Asset
from recordings.preservation.fixity.copies import Copies
from recordings.preservation.fixity.models import Copy, Where
from recordings.preservation.fixity.nightly import SLICE_SECONDS, look_at
from seminars.queue import jobs
from seminars.queue.models import JobState

KIND = "second-copy"
DOOR = "recordings.tasks.copy_files"
AT_ONCE = 200


def uncopied(disk: str) -> "QuerySet[Asset]":
    """Return the files without a second copy on a disk; those that are damaged themselves cannot be copied."""
    there = Copy.objects.filter(disk=disk).values("asset")
    return Asset.objects.here().filter(damaged_at=None).exclude(pk__in=there)


def order_due(*, disk: str, now: datetime) -> bool:
    """Return whether files wait for their second copy; then there is a job. One that waits for a person stays so."""
    if not uncopied(disk).exists():
        return False
    job = jobs.ensure(kind=KIND, subject="store", door=DOOR, cluster="media", now=now)
    if job.state == JobState.DONE:
        jobs.once_more(job, now)
    return True


def copy_on(
    *,
    copies: Copies,
    clock: Callable[[], datetime],
    progress: Callable[[int, int], None],
    seconds: float = SLICE_SECONDS,
) -> None:
    """Copy files that have no second copy, the newest first, for `seconds` and what the last one takes.

    progress: called with files done and in all. Raises copies.Full, presence.Away, OSError.
    """
    presence.check()
    copies.tidy(clock())
    until = time.monotonic() + seconds
    keys = list(uncopied(copies.disk).order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
    for done, asset in enumerate(Asset.objects.filter(pk__in=keys, damaged_at=None).order_by("-pk")):
        if done and time.monotonic() > until:
            return

        def tell(more: int, done: int = done) -> None:
            progress(done, len(keys))

        tell(0)
        look_at(asset, Where.COPY, copies=copies, clock=clock, progress=tell)
