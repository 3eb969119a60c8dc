"""What the queue does for fixity: each verb takes a job, and says what is in its way in words for the queue's page."""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from recordings.assets import presence, store
from recordings.assets.models import Asset
from recordings.catalogue.models import Original
from recordings.preservation.fixity import copying, nightly, shedding
from recordings.preservation.fixity.belonging import recordings_with
from recordings.preservation.fixity.copies import Copies, Full, second_copies
from recordings.preservation.fixity.models import Where
from seminars.notifications import damaged
from seminars.queue import jobs
from seminars.queue.models import Beat, Job

Clock = Callable[[], datetime]
MOST_LOST = 1000
DAMAGED = "damaged files"
log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what may pass by itself into jobs.Transient, with its reason."""
    try:
        yield
    except (presence.Away, Full, store.DiskFull) as wrong:
        raise jobs.Transient(str(wrong)) from wrong
    except OSError as wrong:
        words = _("A disk does not answer: %(why)s.") % {"why": wrong.strerror or wrong}
        raise jobs.Transient(words, str(wrong)) from wrong


def reachable() -> tuple[Copies | None, str]:
    """Return the second copies, or None and why they cannot be reached; "" where none are kept."""
    try:
        return second_copies(), ""
    except presence.Away as wrong:
        return None, str(wrong)


def night(job: Job, *, clock: Clock, progress: Progress) -> bool:
    """Return whether there is more to read tonight. The store is read even where the second copies are away."""
    copies, away = reachable()
    with in_words():
        more = nightly.read_on(copies=copies, clock=clock, progress=progress)
    if away and not more:
        raise jobs.Transient(away)
    return more


def mend(job: Job, *, clock: Clock, progress: Progress) -> None:
    """Mend a damaged file. Raises jobs.Transient while the second copy cannot be reached, else jobs.Permanent."""
    copies, away = reachable()
    try:
        with in_words():
            nightly.mend(job, copies=copies, clock=clock, progress=progress)
    except jobs.Permanent:
        if away:
            raise jobs.Transient(away) from None
        raise


def copy(job: Job, *, clock: Clock, progress: Progress) -> None:
    """Copy new files to the second disk. Raises jobs.Transient where that is full or away."""
    with in_words():
        copies = second_copies()
        if copies is not None:
            copying.copy_on(copies=copies, clock=clock, progress=progress)


def look_again(asset_id: int, *, clock: Clock) -> None:
    """Look at a file that was brought again, now."""
    asset = Asset.objects.filter(pk=asset_id).first()
    if asset is not None:
        nightly.look_at(asset, Where.STORE, copies=reachable()[0], clock=clock)


def order_copies(*, now: datetime) -> bool:
    """Return whether there is a job that copies files; also where the disk is away, so that the job says so."""
    copies, away = reachable()
    if away:
        jobs.ensure(kind=copying.KIND, subject="store", door=copying.DOOR, cluster="media", now=now)
        return True
    return copies is not None and copying.order_due(disk=copies.disk, now=now)


def begin_night(*, lost: Collection[str], now: datetime) -> None:
    """Let go what nobody needs; order a night's reading, and the mending of what is known to be broken.

    lost: hashes of files that are gone.
    """
    shed(now=now)
    for asset in Asset.objects.filter(sha256__in=list(lost)[:MOST_LOST], damaged_at=None):
        nightly.order(kind=nightly.MEND_KIND, subject=f"asset:{asset.pk}", door=nightly.MEND_DOOR, now=now)
    nightly.begin(now=now)
    warn(now=now)


def shed(*, now: datetime) -> int:
    """Return how many files were let go that nothing points at; none while a disk is away: another night will do."""
    try:
        return shedding.shed(copies=second_copies(), now=now)
    except (presence.Away, OSError) as wrong:
        log.warning("Files that nobody needs stay for another night: %s", wrong)
        return 0


def warn(*, now: datetime) -> int:
    """Return how many administrators are told of damaged files, once a day; and let /health/ say since when."""
    broken = nightly.damaged().order_by("damaged_at", "pk")
    first = broken.first()
    if first is None:
        Beat.objects.filter(name=DAMAGED).delete()
        return 0
    jobs.beat(DAMAGED, first.damaged_at or now)
    with transaction.atomic():
        return damaged.tell([named(each) for each in broken[: damaged.MOST]], count=broken.count(), now=now)


def named(asset: Asset) -> damaged.Named:
    """Return what a mail says of a damaged file."""
    original = Original.objects.filter(asset=asset).order_by("pk").first()
    recording = next(iter(recordings_with(asset)), None)
    page = reverse("recording_verification", args=[recording.slug]) if recording else ""
    name = original.filename if original and original.filename else asset.media_type
    return name, asset.sha256, page


def go_on(job_id: int, *, more: bool, now: datetime) -> None:
    """Begin the next slice of the night, behind the other work of the cluster."""
    job = Job.objects.filter(pk=job_id).first()
    if more and job is not None:
        jobs.once_more(job, now)
