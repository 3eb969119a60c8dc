"""The offer to undo, on the pages of a series and of a session, for ten minutes after a change."""

from dataclasses import dataclass
from datetime import datetime

from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.undoing import WINDOW, undoable
from seminars.web.organise.history import told


@dataclass(frozen=True)
class Offer:
    """What can be undone: the Change's number, who did what and when, and until when it can be taken back."""

    change: int
    who: str
    did: str
    at: datetime
    until: datetime


def offer(series: Series, now: datetime, session: Session | None = None) -> Offer | None:
    """Return the offer for the series, or for one of its sessions; None where there is nothing to take back."""
    change = undoable(series=series, session=session, now=now)
    if change is None:
        return None
    words = told(change)
    return Offer(change.pk, words.who, words.did, change.at, change.at + WINDOW)
