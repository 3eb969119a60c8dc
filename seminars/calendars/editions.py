"""When all entries are written otherwise at once: another MERIDIAN_URL, serialiser, clocks' law, better translations.

No session has changed then, yet subscribers see a difference, and their programs take an entry anew only when
LAST-MODIFIED or SEQUENCE has risen. So each such time is written down as an edition, and both rise with it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.db.models import QuerySet

from seminars.calendars import prepared
from seminars.changes.models import Change
from seminars.changes.recording import note

log = logging.getLogger(__name__)
SUBJECT = "calendars"


@dataclass(frozen=True)
class Edition:
    """How often everything was written anew, and since when it reads as now (aware UTC); None: since ever."""

    number: int = 0
    since: datetime | None = None

    def dated(self, changed_at: datetime) -> datetime:
        """Return the later of `changed_at` (aware UTC) and the edition's beginning."""
        return max(changed_at, self.since) if self.since else changed_at


FIRST = Edition()


def current(stamp: str, *, now: datetime) -> Edition:
    """Return the edition of entries with `stamp`; a new one, from `now` (aware UTC) on, if the last had another stamp.

    Where it cannot be written down the last one counts: calendars are served all the same.
    """
    last = prepared.first(_latest, SUBJECT, "")
    after = prepared.object_of(last["after"]) if last else {}
    known = Edition(number, prepared.moment_of(last["at"])) if last and (number := after["number"]) else FIRST
    if after.get("stamp") == stamp:
        return known
    found = Edition(known.number + 1, now.replace(microsecond=0)) if last else FIRST
    told = {"number": found.number, "stamp": stamp}
    try:
        note(
            kind="edition", subject=SUBJECT, now=found.since or now, after=told
        )  # two at once say the same twice
    except DatabaseError:
        log.exception("A new edition of all calendar entries cannot be written down.")
        return known
    return found


def _latest(subject: str, _key: str) -> QuerySet[Any]:
    last = Change.objects.filter(subject=subject).order_by("-id").values("id")[:1]
    return Change.objects.filter(id__in=last).values("at", "after")
