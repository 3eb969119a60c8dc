"""A backup each night, by the queue."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.preservation.backups import making, manifest
from recordings.preservation.backups.databases import Failed
from seminars.queue import jobs
from seminars.queue.models import Job

KIND, DOOR = "backup", "recordings.tasks.back_up_one"
BEAT = "backup"


def order(*, now: datetime) -> None:
    """Order tonight's; asked again while one waits or runs, it is one. now: aware UTC."""
    job = jobs.ensure(kind=KIND, subject="backup", door=DOOR, cluster="media", now=now)
    jobs.once_more(job, now)


def make(job: Job, *, clock: Callable[[], datetime]) -> Path:
    """Return the new backup's folder; earlier ones beyond the number kept are gone. Raises Transient, Permanent."""

    def beat(done: int, total: int) -> None:
        jobs.heartbeat(job, progress=done, total=total, now=clock())

    try:
        made = making.make(
            into=settings.BACKUPS, with_media=settings.BACKUPS_APART, now=clock(), progress=beat
        )
    except (making.Busy, store.DiskFull, Failed) as wrong:
        raise jobs.Transient(str(wrong)) from wrong
    except OSError as wrong:
        words = _("The folder of the backups does not answer: %(why)s.") % {"why": wrong.strerror or wrong}
        raise jobs.Transient(words, str(wrong)) from wrong
    making.prune(folder=settings.BACKUPS, keep=settings.BACKUPS_KEPT)
    missing = manifest.read(made).missing
    if missing:
        words = _(
            "%(count)d files of the archive are not in the backup: the store has lost them. Run verify."
        )
        raise jobs.Permanent(words % {"count": len(missing)}, "\n".join(missing[:50]))
    jobs.beat(BEAT, clock())
    return made
