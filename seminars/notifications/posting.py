"""Write down that somebody is to be told something. The words come later, from what is true when the mail leaves."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from seminars import clock
from seminars.notifications.models import Message, MessageState
from seminars.people.addresses import is_address
from seminars.people.models import Person

UNDO = timedelta(minutes=10)
"""Pages and feeds change at once; a mail about a change waits so long, in case it is undone."""
SUPERSEDED = gettext_noop("A newer mail took its place.")
CHUNK = 500


@dataclass(frozen=True)
class Recipient:
    """An address, whose it is, and how they read: a language of the site, an IANA zone or "" while unknown."""

    email: str
    person_id: int | None = None
    language: str = settings.LANGUAGE_CODE
    zone: str = ""


@dataclass(frozen=True)
class Letter:
    """One mail of several. facts: JSON values that its kind needs beside the subject, such as what was known before."""

    to: Recipient
    facts: Mapping[str, Any] = field(default_factory=dict)


def recipient_of(person: Person, *, language: str = "") -> Recipient | None:
    """Return how to write to `person`; None if no good address is known. Load `user` with it.

    language: of the community or session, for who has not chosen one.
    """
    user = person.user
    email = ((user.email if user else "") or person.email).strip().lower()
    if not is_address(email):
        return None
    zone = person.zone or (user.zone if user else "")
    known = clock.canonical(zone) if zone and clock.is_zone(zone) else ""
    return Recipient(email, person.pk, language_of(user.language if user else "", language), known)


def language_of(*wanted: str) -> str:
    """Return the first of `wanted` (tags) that the site has, its base counting too; else the site's own."""
    ours = {code for code, _name in settings.LANGUAGES}
    for tag in wanted:
        for each in (tag, tag.split("-")[0]):
            if each in ours:
                return each
    return settings.LANGUAGE_CODE


def post(
    *,
    kind: str,
    subject: str,
    revision: int,
    letters: Iterable[Letter],
    due_at: datetime,
    now: datetime,
    community_id: int | None = None,
) -> int:
    """Return how many mails are written down now, in the caller's transaction; what is there already stays.

    kind: a name in `kinds.KINDS`. subject: what it is about, such as `session:<uid>`. revision: of the fact; a mail of
    a lower one that has not left is dropped, one of the same or a higher one is not written twice. due_at: aware UTC.
    community_id: whose organisers see how far it is. Addresses that are none are passed over.
    Raises TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "A mail is written in the transaction of the fact it tells."
        )
    wanted = {each.to.email: each for each in letters if is_address(each.to.email)}
    made, addresses = 0, sorted(wanted)
    for start in range(0, len(addresses), CHUNK):
        some = addresses[start : start + CHUNK]
        same = Message.objects.filter(kind=kind, subject=subject, email__in=some)
        there = set(same.filter(revision__gte=revision).values_list("email", flat=True))
        drop(same.filter(revision__lt=revision).exclude(email__in=there), SUPERSEDED)
        new = [
            Message(
                email=email,
                person_id=wanted[email].to.person_id,
                community_id=community_id,
                kind=kind,
                subject=subject,
                revision=revision,
                language=wanted[email].to.language,
                zone=wanted[email].to.zone,
                facts=dict(wanted[email].facts),
                due_at=due_at,
                try_at=due_at,
                message_id=message_id_of(email, kind, subject, revision),
                made_at=now,
            )
            for email in some
            if email not in there
        ]
        made += len(Message.objects.bulk_create(new, ignore_conflicts=True))
    return made


def drop(messages: Any, reason: str) -> int:
    """Return how many of `messages` (a queryset) had not left yet and never will. reason: marked, not translated."""
    unsent = messages.filter(state__in=MessageState.unsent())
    return int(unsent.update(state=MessageState.DROPPED, reason=reason, lease_until=None, leased_by=""))


def message_id_of(email: str, kind: str, subject: str, revision: int) -> str:
    """Return the Message-ID of a mail: the same whenever it is made, so that a lost answer can be looked up."""
    key = "\n".join((email, kind, subject, str(revision)))
    host = urlsplit(settings.MERIDIAN_URL).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"
