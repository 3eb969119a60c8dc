"""Administrators are told once a day which files of the archive are damaged, as long as there are any."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from seminars.notifications.letters import Context
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, language_of, post
from seminars.people.models import User

KIND = "damaged-files"
MOST = 20
Named = tuple[str, str, str]  # the file's name, its SHA-256, the path of the page that tells of it or ""


def tell(files: Sequence[Named], *, count: int, now: datetime) -> int:
    """Return how many mails are written down; none where it was told this day. Call it inside `atomic`.

    files: the first of `count`. now: aware UTC.
    """
    facts = {"files": [list(each) for each in files[:MOST]], "count": count}
    letters = [
        Letter(recipient(user), facts) for user in User.objects.filter(is_superuser=True, is_active=True)
    ]
    return post(
        kind=KIND, subject=f"damaged:{now:%Y-%m-%d}", revision=1, letters=letters, due_at=now, now=now
    )


def recipient(user: User) -> Recipient:
    """Return how to write to an administrator."""
    return Recipient(user.email.lower(), None, language_of(user.language), user.zone)


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says."""
    return said(message.facts["files"], message.facts["count"])


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for a file that is none; None on a site that knows nobody."""
    if not User.objects.exists():
        return None
    return said([["rain-and-maize-video-en.mp4", "e3b0c442" * 8, "/archive/verification/"]], 1)


def said(files: Sequence[Sequence[Any]], count: int) -> Context:
    """Return the context of the templates."""
    whole = [(name, sha256, settings.MERIDIAN_URL + path if path else "") for name, sha256, path in files]
    return {"files": whole, "count": count, "address": settings.MERIDIAN_URL + reverse("queue")}
