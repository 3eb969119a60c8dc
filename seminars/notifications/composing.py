"""Make the mails of a batch: each subject's facts at once, and what cannot be a mail told apart from what can."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.translation import gettext_noop

from seminars.notifications.bounces.noting import reason_of, troubled
from seminars.notifications.kinds import KINDS
from seminars.notifications.letters import Kind, Pointless, Told, mail_of, write
from seminars.notifications.models import Message, MessageState
from seminars.notifications.press import Press
from seminars.notifications.wire import bytes_of

BROKEN = gettext_noop("Its words could not be made. The log says why.")
UNKNOWN = gettext_noop("Nobody knows this kind of mail any more.")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ready:
    """A mail that can leave. data: its bytes. facts: what is kept of it once it has left."""

    message: Message
    mail: EmailMultiAlternatives
    data: bytes
    facts: dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """A mail that does not leave now, and why. later: it is tried again."""

    message: Message
    state: MessageState
    reason: str
    later: bool = False


@dataclass
class Composed:
    """What became of a batch: `mails` in its order, and the others."""

    mails: list[Ready] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)


def compose(messages: Sequence[Message], press: Press, *, now: datetime) -> Composed:
    """Return the mails of claimed `messages`; none that fails holds up another. now: aware UTC."""
    press.begin()
    done, stopped = Composed(), troubled(each.email for each in messages)
    facts = _facts(messages, now)
    for message in messages:
        kind = KINDS.get(message.kind)
        if address := stopped.get(message.email.lower()):
            done.ended.append(Ended(message, MessageState.DROPPED, reason_of(address)))
        elif kind is None:
            done.ended.append(Ended(message, MessageState.GIVEN_UP, UNKNOWN))
        else:
            made = _made(kind, message, facts.get(message.pk), press, now)
            done.mails.append(made) if isinstance(made, Ready) else done.ended.append(made)
    return done


def _facts(messages: Sequence[Message], now: datetime) -> Mapping[int, Told | Pointless]:
    """What kinds say that tell many at once; one that fails is asked for each mail instead."""

    def about(message: Message) -> tuple[str, str]:
        return message.kind, message.subject

    found: dict[int, Told | Pointless] = {}
    for (name, subject), some in groupby(sorted(messages, key=about), about):
        kind = KINDS.get(name)
        if kind is not None and kind.many is not None:
            try:
                found |= kind.many(list(some), now)
            except Exception:  # broad: one that cannot be told for many may be for each, or fail alone
                log.exception("Mails %s about %s could not be written together", name, subject)
    return found


def _made(
    kind: Kind, message: Message, told: Told | Pointless | None, press: Press, now: datetime
) -> Ready | Ended:
    try:
        if isinstance(told, Pointless):
            raise told
        if told is None:
            with translation.override(message.language):
                context = kind.facts(message, now)
            written = write(kind.name, context, language=message.language, zone=message.zone, now=now)
        else:
            context = told.whole
            written = press.write(kind.name, told, language=message.language, zone=message.zone, now=now)
        mail = mail_of(message, written)
        return Ready(message, mail, bytes_of(mail), dict(kind.told(message, context)))
    except Pointless as done:
        return Ended(message, MessageState.DROPPED, done.reason)
    except Exception:  # broad: a mail that cannot be written must not hold up the others
        log.exception("Mail %s (%s, %s) could not be written", message.pk, message.kind, message.subject)
        return Ended(message, MessageState.WAITING, BROKEN, later=True)
