"""Where a job stands, in words, with what a person can do about it: for the pages of both apps."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seminars.queue.kinds import About, kind_of
from seminars.queue.models import Job, JobState

NOWHERE = About("")


@dataclass(frozen=True)
class Work:
    """Where a job stands, in words. percent: None while unknown. job: set where a person can decide about it.

    end: when it will be done, aware UTC, where that can be told. missing: what there is not when it is skipped; empty
    where it cannot be. replace: address at which another file takes its place.
    """

    words: str
    busy: bool = False
    percent: int | None = None
    reason: str = ""
    job: UUID | None = None
    missing: str = ""
    replace: str = ""
    end: datetime | None = None


def work_of(job: Job, now: datetime, *, end: datetime | None = None, about: About = NOWHERE) -> Work:
    """Return where a job stands. end: when it will be done, see `forecasting.expected`; about: see `kinds.about`."""
    missing = str(kind_of(job.kind).missing)
    if job.state == JobState.HELD:
        reason = _(job.reason) if job.reason else ""
        return Work(_("stopped"), reason=reason, job=job.uuid, missing=missing, replace=about.replace)
    if job.state == JobState.SKIPPED:
        return Work(_("skipped"), reason=missing, job=job.uuid)
    if job.state == JobState.FAILED:
        wait = max(round((job.due_at - now).total_seconds() / 60), 1)
        words = ngettext("tries again in a minute", "tries again in %(n)d minutes", wait) % {"n": wait}
        reason = _(job.reason) if job.reason else ""
        return Work(words, True, None, reason, job.uuid, missing, about.replace, end)
    if job.state == JobState.DONE:
        return Work(_("ready"))
    if job.state == JobState.LEASED:
        percent = min(100 * job.progress // job.progress_total, 100) if job.progress_total else None
        return Work(until(end, now) or _("under way"), busy=True, percent=percent, end=end)
    if job.due_at > now:
        return Work(_("waits for its time"), busy=True, end=end)
    words = _("waits for its turn")
    return Work(f"{words}, {until(end, now)}" if end else words, busy=True, end=end)


def until(end: datetime | None, now: datetime) -> str:
    """Return how long it takes until then, in words; empty where nobody knows."""
    if end is None:
        return ""
    minutes = round((end - now).total_seconds() / 60)
    if minutes < 1:
        return _("done in less than a minute")
    if minutes < 120:
        return ngettext("done in about a minute", "done in about %(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("done in about %(n)d hour", "done in about %(n)d hours", hours) % {"n": hours}
