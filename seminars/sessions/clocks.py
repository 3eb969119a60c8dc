"""When the law of the clocks changes: the wall time that was announced stays, the instant follows."""

from datetime import datetime

from django.db.models import Q

from seminars import clock
from seminars.sessions.facts import with_state
from seminars.sessions.models import Session
from seminars.sessions.revising import Stale, revise
from seminars.sessions.spans import Slot


def recompute(*, now: datetime) -> list[Session]:
    """Return the sessions still to come whose instants another tzdata release has moved, with the new ones stored.

    Those that it leaves alone only get its name. What is over keeps its instants. now: aware UTC.
    """
    release, moved = clock.release(), []
    behind = Session.objects.exclude(Q(tzdata_release=release) | Q(local_date=None)).filter(ends_at__gt=now)
    for session in behind.with_facts():
        if session.local_date is None:
            continue
        slot = Slot(
            session.local_date, session.local_time, session.zone, session.minutes, session.days, session.fold
        )
        starts_at, ends_at = slot.bounds()
        if (starts_at, ends_at) == (session.starts_at, session.ends_at):
            Session.objects.filter(pk=session.pk, revision=session.revision).update(tzdata_release=release)
            continue
        updates = {"starts_at": starts_at, "ends_at": ends_at, "tzdata_release": release}
        try:
            moved.append(
                revise(session, kind="clocks", now=now, note=release, **with_state(session, now, updates))
            )
        except Stale:
            continue  # somebody changed it meanwhile; the next call looks at it again
    return moved
