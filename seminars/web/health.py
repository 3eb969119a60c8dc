"""/health/: is the site well? For people who look after it and for programs that watch it. Two queries, no session."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytz
from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from seminars import clock
from seminars.queue.models import Beat
from seminars.queue.standstill import Standstill, standing

VERSION = "0.1.0"
FIRST = "meridian"  # how the queue itself calls its first cluster
LATE = timedelta(seconds=150)  # a sweep is due each minute; one may be missed
BACKUP_LATE = timedelta(hours=36)  # one is made each night
DAMAGED = "damaged files"  # beaten each night while the archive has some that cannot be mended
PARTS = ("sessions", "checklists", "series", "jobs", "registrations", "mails")
ARCHIVE = (
    "recordings"  # what its workers left undone is looked for each minute, too; much of it may take longer
)
ARCHIVE_LATE = timedelta(hours=1)


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while all is well or has just started, 503 when not, and say which part it is."""
    now = timezone.now()
    try:
        beats = dict(Beat.objects.values_list("name", "at"))
        still = standing(now=now)
    except Error:
        return JsonResponse({"status": "unwell", "database": "no answer"} | _versions(), status=503)
    facts = report(beats, still, now=now)
    return JsonResponse(facts | _versions(), status=503 if facts["status"] == "unwell" else 200)


def report(beats: dict[str, datetime], still: Sequence[Standstill] = (), *, now: datetime) -> dict[str, Any]:
    """Return what /health/ says. beats: when each periodic part of the queue last ran to its end. now: aware UTC.

    still: clusters whose work lies though it is due; the first one is called "meridian". "starting" counts as well: the
    queue has been started and its first sweep is not overdue yet.
    """
    kept = beats.get("backup")
    swept, started = beats.get("sweep"), beats.get("queue")
    alive = swept is not None and now - swept <= LATE
    starting = started is not None and now - started <= LATE and (swept is None or swept < started)
    failing = [name for name in PARTS if swept and (name not in beats or swept - beats[name] > LATE)]
    status = "starting" if starting else "ok" if alive and not failing and not still else "unwell"
    if alive and swept and swept - beats.get(ARCHIVE, started or swept) > ARCHIVE_LATE:
        failing.append(ARCHIVE)  # said, and no more: one recording that cannot be indexed keeps nobody out
    return {
        "status": status,
        "database": "ok",
        "queue": "starting" if starting else "alive" if alive else "silent",
        "last_sweep": swept.isoformat() if swept else None,
        "last_sweep_age_seconds": round((now - swept).total_seconds()) if swept else None,
        "failing": [] if starting else failing,
        "damaged_files_since": damaged.isoformat() if (damaged := beats.get(DAMAGED)) else None,
        "last_backup": kept.isoformat() if kept else None,
        "backup": _backup(kept, started, now),
        "last_backup_age_hours": round((now - kept).total_seconds() / 3600) if kept else None,
        "standing_still": [
            {"cluster": each.name or FIRST, "since": each.since.isoformat()} for each in still if not starting
        ],
    }


def _backup(kept: datetime | None, started: datetime | None, now: datetime) -> str:
    """A word for who watches. It does not make the site unwell: without a backup people are still served."""
    since = kept or started
    if since is not None and now - since > BACKUP_LATE:
        return "overdue"
    return "ok" if kept else "none yet"


def _versions() -> dict[str, str]:
    names = str(pytz.OLSON_VERSION)  # type: ignore[attr-defined]  # the stubs lack it
    return {"tzdata": clock.release(), "pytz": names, "version": VERSION}


urlpatterns = [path("health/", health, name="health")]
