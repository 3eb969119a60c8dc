"""Feeds of filters are kept while somebody comes for them: anybody can ask for one more.

What is swept loses nothing: its values stay known, so its address goes on answering; it is made anew when asked for.
"""

import contextlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from seminars.calendars import shelf
from seminars.calendars.models import Feed
from seminars.calendars.scopes import Kind, Scope

UNUSED = timedelta(days=90)
NOTED_EVERY = timedelta(days=1)
MOST = 5000
"""Filters whose calendars are kept, in all their options; more are made at each poll, and only in memory."""
SEARCHES = 2000
"""Of those, searches: they are as many as there are words, and must not take the place of all others."""
_FILTERS = f"{Kind.FILTER}|"
_SEARCHES = Q(name__startswith="q=") | Q(name__contains="&q=")


def note_use(scope: Scope, *, now: datetime) -> None:
    """Remember that somebody came for a filter's calendar; on disk, at most once a day, so that it costs no query."""
    last = shelf.touched_at(scope.key)
    if last is None or last <= now - NOTED_EVERY:
        with contextlib.suppress(OSError):  # a full disk must not cost anybody their calendar
            shelf.touch(scope.key, now)


def is_full(scope: Scope) -> bool:
    """Return whether there is no room to keep one more calendar of this kind."""
    if scope.kind != Kind.FILTER:
        return False
    kept = Feed.objects.filter(key__startswith=_FILTERS)
    if "q" in dict(scope.pairs) and kept.filter(_SEARCHES).count() >= SEARCHES:
        return True
    return kept.count() >= MOST


def sweep(*, now: datetime) -> int:
    """Remove what is kept of filters that nobody asked for in 90 days, and folders that no row knows. Return how many.

    now: aware UTC.
    """
    before = now - UNUSED
    rows = Feed.objects.filter(key__startswith=_FILTERS, changed_at__lt=before).values_list("pk", "key")
    gone = [(pk, key) for pk, key in rows if (shelf.touched_at(key) or before) <= before]
    for pk, key in gone:
        Feed.objects.filter(pk=pk).delete()
        shelf.remove(key)
    kept = {shelf.folder(key) for key in Feed.objects.values_list("key", flat=True)}
    orphans = [
        path for path in Path(settings.FEEDS).glob("??/*") if path not in kept and _is_old(path, before)
    ]
    for path in orphans:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone) + len(orphans)


def _is_old(folder: Path, before: datetime) -> bool:
    """Whether nothing in it was written or used since. A feed without its row is still somebody's last good one."""
    try:
        times = [path.stat().st_ctime for path in (folder, *folder.iterdir())]
    except OSError:  # somebody removes it meanwhile
        return False
    return datetime.fromtimestamp(max(times), UTC) < before
