"""What happened to a recording from its first file to today, for its page, bags and programs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext

from recordings.catalogue.history.models import Event, EventKind
from recordings.catalogue.models import OriginalKind, Recording
from recordings.preservation.fixity.belonging import files_of


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
    def words(self) -> str:
        """What was wrong, or how it was mended, in the reader's language."""
        return gettext(note) if (note := self.facts.get("note")) else ""

    @property
    def file(self) -> str:
        """What kind of file it was about, in the reader's language; "" for none."""
        kind = self.facts.get("file", "")
        return str(OriginalKind(kind).label) if kind in OriginalKind.values else kind

    @property
    def label(self) -> str:
        """What it is called."""
        return str(self.kind.label)


def events_of(recording: Recording) -> list[Happening]:
    """Return what happened, the first first; and since when every file of it is verified. Two queries."""
    rows = Event.objects.filter(recording=recording)
    told = [
        Happening(EventKind(each.kind), each.at, each.facts, "person" if each.actor_id else "")
        for each in rows
    ]
    files = files_of(Recording.objects.filter(pk=recording.pk)).here()
    read = files.aggregate(at=Min("verified_at"), broken=Count("damaged_at"))
    if read["at"] and not read["broken"]:
        told.append(Happening(EventKind.VERIFIED, read["at"], {}))
    return sorted(told, key=lambda each: each.at)
