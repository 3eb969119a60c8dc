"""That a bag was taken, in the history of each recording that is in it."""

from datetime import datetime, timedelta

from recordings.catalogue.history.models import Event, EventKind
from recordings.catalogue.models import Recording
from recordings.preservation.bags.freezing import Frozen

ONCE_IN = timedelta(hours=20)
"""A history says it once a day: whoever takes bags each night must not bury what else happened."""
BATCH = 500


def taken(frozen: Frozen, *, now: datetime, actor_id: int | None = None) -> int:
    """Return in how many histories it is written that a whole bag went out. now: aware UTC, when it was whole.

    actor_id: the account that took it; None: the server's own command. Tombstones are no copy of anything. What came
    out or was withdrawn while the bag was sent changes nothing of what is in it.
    """
    told = Event.objects.filter(kind=EventKind.BAGGED, at__gt=now - ONCE_IN).values("recording")
    whole = [uuid for uuid in frozen.recordings if uuid not in frozen.withheld]
    keys: list[int] = []
    for first in range(0, len(whole), BATCH):  # a database takes only so many values in one question
        rows = Recording.objects.filter(uuid__in=whole[first : first + BATCH]).exclude(pk__in=told)
        keys += rows.order_by("pk").values_list("pk", flat=True)
    events = [Event(recording_id=key, kind=EventKind.BAGGED, at=now, actor_id=actor_id) for key in keys]
    Event.objects.bulk_create(events, batch_size=BATCH)
    return len(keys)
