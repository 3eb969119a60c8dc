"""Who mailed files to a session's address is told which were kept, and why others were not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, language_of, post
from seminars.sessions.models import Session

KIND = "files"
GONE = gettext_noop("The session is gone.")


def answer(
    *,
    session: Session,
    batch: str,
    email: str,
    kept: Sequence[str],
    refused: Sequence[tuple[str, str]],
    now: datetime,
) -> int:
    """Return how many mails are written down: one for each batch, however often this is called. Call inside `atomic`.

    kept: names of files. refused: name and reason of each. now: aware UTC. Load `series__community` with the session.
    """
    facts = {"session": session.pk, "kept": list(kept), "refused": [list(each) for each in refused]}
    community = session.series.community
    return post(
        kind=KIND,
        subject=f"files:{batch[:40]}",
        revision=1,
        letters=[Letter(Recipient(email.lower(), language=language_of(session.language)), facts)],
        due_at=now,
        now=now,
        community_id=community.pk,
    )


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless."""
    rows = Session.objects.select_related("series__community")
    session = rows.filter(pk=message.facts.get("session")).first()
    if session is None:
        raise Pointless(GONE)
    return _said(session, message.facts["kept"], message.facts["refused"])


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for any session; None where there is none."""
    session = Session.objects.select_related("series__community").order_by("pk").first()
    if session is None:
        return None
    return _said(session, ["slides.pdf"], [["talk.mp4", "This is a web page."]])


def _said(session: Session, kept: list[str], refused: list[Any]) -> Context:
    address = settings.MERIDIAN_URL + reverse("session", args=[session.slug])
    return {
        "session": session,
        "community": session.series.community,
        "kept": kept,
        "refused": refused,
        "address": address,
    }
