"""After a backup was brought back: mails that were due may have gone out since it was made. A person decides."""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_noop

from seminars.notifications.models import Message, MessageState
from seminars.notifications.outbox import FREE

MAYBE = gettext_noop(
    "It came back with a backup, and may have gone out since that was made. It is not sent again by itself."
)


def note() -> Path:
    """Return where it is noted that a backup is being brought back, from before its first row until mails are held.

    While it is there nothing may be sent: what was broken off is ended by the same command again.
    """
    return Path(settings.DATA) / "restoring"


def begin(what: str) -> None:
    """Write the note, there for sure. what: which backup, in one line."""
    draft = note().with_suffix(".draft")
    with draft.open("w") as file:
        file.write(f"{what}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, note())


def begun() -> str:
    """Return which backup is being brought back; "" for none."""
    try:
        return note().read_text().strip()
    except FileNotFoundError:
        return ""


def hold_due(*, now: datetime) -> int:
    """Return how many mails wait for a person from now on: those due by `now` (aware UTC), or under way."""
    due = Q(state=MessageState.WAITING, due_at__lte=now)
    under_way = Q(state__in=[MessageState.CLAIMED, MessageState.SENDING])
    rows = Message.objects.filter(due | under_way)
    return rows.update(state=MessageState.UNCERTAIN, reason=MAYBE, **FREE)
