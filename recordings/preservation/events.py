"""What happened to a recording from its first file to today, for its page, bags and programs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from recordings.assets.models import Asset
from recordings.catalogue.history.models import Event, EventKind
from recordings.catalogue.models import Recording


@dataclass(frozen=True)
class Happening:
    """One thing that happened. kind: an EventKind. facts: open to everybody who may see the recording.

    by: "" for Meridian itself, else "person": the audit row knows whom, the public need not.
    """

    kind: EventKind
    at: datetime
    facts: dict[str, Any]
    by: str = ""

    @property
    def label(self) -> str:
        """What it is called."""
        return str(self.kind.label)


def events_of(recording: Recording) -> list[Happening]:
    """Return what happened, the first first; at the end when its files were last read and all good. Two queries."""
    rows = Event.objects.filter(recording=recording)
    told = [
        Happening(EventKind(each.kind), each.at, each.facts, "person" if each.actor_id else "")
        for each in rows
    ]
    current = Asset.objects.filter(originals__recording=recording, damaged_at=None).distinct()
    newest = current.aggregate(at=Max("verified_at"))["at"]
    if newest:
        told.append(Happening(EventKind.VERIFIED, newest, {}))
    return sorted(told, key=lambda each: each.at)
