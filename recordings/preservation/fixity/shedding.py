"""Files that nothing points at any more: of an edition or a picture that was made anew, of an import that broke off.

They are let go once nobody has wanted them for a week: second copy first, then the rows, and the store's file the next
night, as one without a row (`assets.orphans`). An original is never one of them, for its row never goes.
"""

import logging
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet

from recordings.assets import orphans, presence, store
from recordings.assets.models import Asset
from recordings.preservation.fixity.copies import Copies
from recordings.preservation.fixity.models import Copy, Verification
from recordings.preservation.fixity.nightly import MEND_KIND
from seminars.queue import jobs
from seminars.queue.models import Job, JobState

log = logging.getLogger(__name__)


def unused() -> QuerySet[Asset]:
    """Return the files that no row points at but those of their keeping."""
    rows = Asset.objects.all()
    for relation in Asset._meta.related_objects:
        table = relation.field.model
        if table not in (Copy, Verification):
            rows = rows.filter(~Exists(table._base_manager.filter(**{relation.field.name: OuterRef("pk")})))
    return rows


def shed(*, copies: Copies | None, now: datetime) -> int:
    """Return how many files were let go. now: aware UTC. Raises presence.Away, OSError where a disk is in trouble.

    What is damaged and not needed goes at once. A file on an earlier second disk, that is not there, stays on it.
    """
    presence.check()
    return sum(let_go(asset, copies=copies, now=now) for asset in list(unused().order_by("pk")))


def let_go(asset: Asset, *, copies: Copies | None, now: datetime) -> bool:
    """Return whether the file was let go: at rest, and looked at again under the lock of its address."""
    with store.locked(asset.sha256):
        found = unused().filter(pk=asset.pk).first()  # read again: it may have been mended meanwhile
        if found is None or not at_rest(found, now):
            return False
        if copies is not None:
            copies.drop(asset.sha256)
        try:
            with transaction.atomic():
                Copy.objects.filter(asset=asset).delete()
                Verification.objects.filter(asset=asset).delete()
                Asset.objects.filter(pk=asset.pk).delete()
        except (ProtectedError, IntegrityError):
            log.info("%s serves something since just now, and stays", asset)
            return False
    for job in Job.objects.filter(kind=MEND_KIND, subject=f"asset:{asset.pk}", state=JobState.HELD):
        jobs.skip(job, now, by_id=None)
    return True


def at_rest(asset: Asset, now: datetime) -> bool:
    """Return whether nobody has brought the file for a week, so that nobody can be about to point at it.

    What was found damaged or gone is not waited for, unless it was brought again since: its row does not know yet.
    """
    try:
        path = store.path_of(asset.sha256)
        as_found = asset.damaged_at is not None and path.stat().st_ctime <= asset.damaged_at.timestamp()
        return as_found or orphans.rests(path, now)
    except FileNotFoundError:
        return asset.damaged_at is not None or now - asset.kept_at >= orphans.CERTAIN
