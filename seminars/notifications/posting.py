"""Write down that somebody is to be told something. The words come later, from what is true when the mail leaves."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from seminars import clock
from seminars.notifications.bounces.noting import reason_of, troubled
from seminars.notifications.models import Message, MessageState
from seminars.people.addresses import is_address
from seminars.people.models import Person

UNDO = timedelta(minutes=10)
"""Pages and feeds change at once; a mail about a change waits so long, in case it is undone."""
NOT_AGAIN = timedelta(minutes=10)
"""Anybody can type any address: it gets one mail with the same link in so long."""
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
class _About:
    """What all mails of one call have in common."""

    kind: str
    subject: str
    revision: int
    due_at: datetime
    now: datetime
    community_id: int | None


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
    community_id: whose organisers see how far it is. Addresses that are none are passed over; a mail to one that
    bounces or complained is written down as dropped, so that organisers see why. letters: may be a generator; it is
    read in pieces of `CHUNK`. Who writes to very many calls this for some at a time, each in a transaction of its own.
    Raises TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "A mail is written in the transaction of the fact it tells."
        )
    made, rest = 0, iter(letters)
    about = _About(kind, subject, revision, due_at, now, community_id)
    while some := list(islice(rest, CHUNK)):
        made += _post(about, {each.to.email: each for each in some if is_address(each.to.email)})
    return made


def post_link(
    *, kind: str, subject: str, to: Recipient, now: datetime, community_id: int | None = None
) -> bool:
    """Return whether a mail with a secret link is written down; not while one waits, nor ten minutes after the last.

    Arguments as `post` takes them; the mail leaves at `now`. Raises TransactionManagementError outside a transaction.
    """
    known = Message.objects.about(kind=kind, subject=subject).first()
    if known and (known.state in MessageState.unsent() or known.made_at > now - NOT_AGAIN):
        return False
    made = post(
        kind=kind,
        subject=subject,
        revision=known.revision + 1 if known else 1,
        letters=[Letter(to)],
        due_at=now,
        now=now,
        community_id=community_id,
    )
    return bool(made)


def drop(messages: Any, reason: str) -> int:
    """Return how many of `messages` (a queryset) had not left yet and never will. reason: marked, not translated."""
    unsent = messages.filter(state__in=MessageState.unsent())
    return int(unsent.update(state=MessageState.DROPPED, reason=reason, lease_until=None, leased_by=""))


def _post(about: _About, wanted: Mapping[str, Letter]) -> int:
    """Write some down; how many of them will be sent."""
    same = Message.objects.filter(kind=about.kind, subject=about.subject, email__in=wanted)
    there = set(same.filter(revision__gte=about.revision).values_list("email", flat=True))
    drop(same.filter(revision__lt=about.revision).exclude(email__in=there), SUPERSEDED)
    stopped = troubled(wanted)
    new = []
    for email in sorted(wanted.keys() - there):
        message = _message(about, wanted[email])
        if address := stopped.get(email.lower()):
            message.state, message.reason = MessageState.DROPPED, reason_of(address)
        new.append(message)
    made = Message.objects.bulk_create(new, ignore_conflicts=True)
    return sum(each.state == MessageState.WAITING for each in made)


def _message(about: _About, letter: Letter) -> Message:
    to = letter.to
    return Message(
        email=to.email,
        domain=domain_of(to.email),
        person_id=to.person_id,
        community_id=about.community_id,
        kind=about.kind,
        subject=about.subject,
        revision=about.revision,
        language=to.language,
        zone=to.zone,
        facts=dict(letter.facts),
        due_at=about.due_at,
        try_at=about.due_at,
        message_id=message_id_of(to.email, about.kind, about.subject, about.revision),
        made_at=about.now,
    )


def domain_of(email: str) -> str:
    """Return what follows the last @, in small letters."""
    return email.rpartition("@")[2].lower()


def message_id_of(email: str, kind: str, subject: str, revision: int) -> str:
    """Return the Message-ID of a mail: the same whenever it is made, so that a lost answer can be looked up."""
    key = "\n".join((email, kind, subject, str(revision)))
    host = urlsplit(settings.MERIDIAN_URL).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"
