"""What is read in one night: a ninetieth of what there is, the oldest first, in both places, one file at a time.

A night is a job of the media cluster that comes again until the night's bytes are read. What is read is seen from the
rows themselves, so a worker that dies in between loses one file's reading and nothing else.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet, Sum
from django.utils.translation import gettext_noop

from recordings.assets import presence
from recordings.assets.models import Asset
from recordings.preservation.fixity import verifying
from recordings.preservation.fixity.copies import Copies
from recordings.preservation.fixity.models import Where
from recordings.preservation.fixity.reading import Progress
from recordings.preservation.fixity.verifying import silent
from recordings.publishing import restoring
from seminars.queue import jobs
from seminars.queue.models import Beat, Job, JobState

WITHIN = timedelta(days=90)
NIGHTS = 80  # so many for all of it: ten nights may fail
WEEK = 7  # nights in which all of it may be read where it is overdue: so gently is that caught up
LATE = timedelta(days=85)
SLICE_SECONDS = 15 * 60  # then other work of the cluster has its turn
KIND, MEND_KIND = "fixity", "mend"
DOOR, MEND_DOOR = "recordings.tasks.verify_night", "recordings.tasks.mend"
BEGUN = "fixity night"
BROKEN = gettext_noop(
    "This file is damaged in the store, and there is no good second copy. Upload the same file again, or put it back "
    "from a backup at its address in the store; then try again."
)


@dataclass(frozen=True)
class Pass:
    """The files of one place. rows: those that were good, with `read_at`, and `since` when they lie there."""

    place: Where
    rows: "QuerySet[Any]"

    def left(self, *, begun: datetime, now: datetime) -> int:
        """Return how many bytes are still to be read of a night that began at `begun`. Three questions."""
        whole = bytes_of(self.rows)
        if not whole:
            return 0
        old = bytes_of(self.rows.filter(read_at__lt=now - LATE))
        tonight = bytes_of(self.rows.filter(read_at__gte=begun, since__lt=begun))
        return max(max(whole // NIGHTS, 1) - tonight, min(old, -(-whole // WEEK) - tonight))

    def next(self, *, begun: datetime) -> Asset | None:
        """Return the file that was not read for the longest time, none of tonight's."""
        oldest: Asset | None = self.rows.filter(read_at__lt=begun).order_by("read_at", "pk").first()
        return oldest


def bytes_of(rows: "QuerySet[Any]") -> int:
    """Return how many bytes these files have."""
    return int(rows.aggregate(bytes=Sum("size"))["bytes"] or 0)


def passes(copies: Copies | None) -> Iterator[Pass]:
    """Yield what is read: the store, then the second copies. Damaged files wait for `mend`."""
    good = Asset.objects.here().filter(damaged_at=None)
    yield Pass(Where.STORE, good.annotate(read_at=F("verified_at"), since=F("kept_at")))
    if copies is not None:
        here = FilteredRelation("copies", condition=Q(copies__disk=copies.disk))
        copied = good.annotate(here=here).filter(here__isnull=False)
        yield Pass(Where.COPY, copied.annotate(read_at=F("here__verified_at"), since=F("here__made_at")))


def begin(*, now: datetime) -> Job:
    """Return the job of a night that begins at `now` (aware UTC); and have what is broken looked at once more."""
    jobs.beat(BEGUN, now)
    mend_all(now=now)
    return order(kind=KIND, subject="night", door=DOOR, now=now)


def order(*, kind: str, subject: str, door: str, now: datetime) -> Job:
    """Return the job, made, or begun afresh where it had ended."""
    job = jobs.ensure(kind=kind, subject=subject, door=door, cluster="media", now=now)
    if job.state in (JobState.DONE, JobState.HELD, JobState.SKIPPED):
        jobs.once_more(job, now)
    return job


def read_on(
    *,
    copies: Copies | None,
    clock: Callable[[], datetime],
    progress: Callable[[int, int], None],
    seconds: float = SLICE_SECONDS,
) -> bool:
    """Return whether there is more to read tonight, after at most `seconds` and the file that is read then.

    progress: called with bytes read and to be read in this slice. Raises what `verifying` raises.
    """
    presence.check()
    until = time.monotonic() + seconds
    begun = Beat.objects.filter(name=BEGUN).values_list("at", flat=True).first() or clock()
    for each in passes(copies):
        left = each.left(begun=begun, now=clock())
        done, whole = 0, max(left, 0)

        def tell(more: int, whole: int = whole) -> None:
            nonlocal done
            done += more
            progress(done, max(done, whole))

        while left > 0 and (asset := each.next(begun=begun)):
            if time.monotonic() > until:
                return True
            tell(0)
            look_at(asset, each.place, copies=copies, clock=clock, progress=tell)
            left -= asset.size
    return False


def look_at(
    asset: Asset,
    place: Where,
    *,
    copies: Copies | None,
    clock: Callable[[], datetime],
    progress: Progress = silent,
) -> None:
    """Verify a file in one place; what cannot be mended becomes a job that waits for a person."""
    if place == Where.COPY and copies is not None:
        verifying.verify_copy(asset, copies=copies, clock=clock, progress=progress)
    else:
        verifying.verify_file(asset, copies=copies, clock=clock, progress=progress)
    if Asset.objects.filter(pk=asset.pk, damaged_at__isnull=False).exists():
        order_mending(asset, now=clock())


def order_mending(asset: Asset, *, now: datetime) -> Job:
    """Return the job that mends a file; it waits for a person when it cannot.

    One that is over is begun afresh by the next night only: a file that breaks twice a day lies on a disk that fails,
    and mending it again and again would hide that.
    """
    return jobs.ensure(kind=MEND_KIND, subject=f"asset:{asset.pk}", door=MEND_DOOR, cluster="media", now=now)


def mend_all(*, now: datetime) -> int:
    """Return how many damaged files are looked at once more: a copy may be there again, or the file itself."""
    count = 0
    for asset in Asset.objects.filter(damaged_at__isnull=False).order_by("pk"):
        order(kind=MEND_KIND, subject=f"asset:{asset.pk}", door=MEND_DOOR, now=now)
        count += 1
    return count


def mend(
    job: Job,
    *,
    copies: Copies | None,
    clock: Callable[[], datetime],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Mend what a job is about; an edition is made again. Raises jobs.Permanent where nothing is left to do it from."""
    asset = Asset.objects.filter(pk=int(job.subject.partition(":")[2])).first()
    if asset is None:
        return
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        progress(done, max(done, asset.size))

    verifying.verify_file(asset, copies=copies, clock=clock, progress=tell)
    broken = Asset.objects.filter(pk=asset.pk, damaged_at__isnull=False).exists()
    if broken and not restoring.remake(asset, now=clock()):
        raise jobs.Permanent(BROKEN, asset.sha256)


def damaged() -> "QuerySet[Asset]":
    """Return the files that are damaged or gone, with nothing to mend them from."""
    return Asset.objects.filter(damaged_at__isnull=False)


def overdue(*, now: datetime) -> "QuerySet[Asset]":
    """Return the files that nobody has read for more than 90 days."""
    return Asset.objects.here().filter(Q(verified_at__lt=now - WITHIN))
