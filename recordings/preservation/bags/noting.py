"""That a bag was taken, in the history of each recording that is in it."""

from datetime import datetime, timedelta

from recordings.catalogue.history.models import Event, EventKind
from recordings.preservation.bags.choosing import Chosen

ONCE_IN = timedelta(hours=20)
"""A history says it once a day: whoever takes bags each night must not bury what else happened."""
BATCH = 500


def taken(chosen: Chosen, *, now: datetime, actor_id: int | None = None) -> int:
    """Return in how many histories it is written that a whole bag went out. now: aware UTC, when it was whole.

    actor_id: the account that took it; None: the server's own command. Tombstones are no copy of anything.
    """
    told = Event.objects.filter(kind=EventKind.BAGGED, at__gt=now - ONCE_IN).values("recording")
    kept = chosen.recordings.exclude(pk__in=chosen.withheld.values("pk")).exclude(pk__in=told)
    keys = list(kept.order_by("pk").values_list("pk", flat=True))
    rows = [Event(recording_id=key, kind=EventKind.BAGGED, at=now, actor_id=actor_id) for key in keys]
    Event.objects.bulk_create(rows, batch_size=BATCH)
    return len(keys)
