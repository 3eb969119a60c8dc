"""Writes down what happened to a recording. Call it in the transaction where it happens."""

from datetime import datetime
from typing import Any

from recordings.catalogue.history.models import Event, EventKind
from recordings.catalogue.models import Recording


def happened(
    recording: Recording, kind: EventKind, *, now: datetime, actor_id: int | None = None, **facts: Any
) -> Event:
    """Return the event, written down. facts: open to everybody who may see the recording, so no names of people.

    now: aware UTC. actor_id: the account that did it; None: Meridian itself.
    """
    return Event.objects.create(recording_id=recording.pk, kind=kind, at=now, actor_id=actor_id, facts=facts)
