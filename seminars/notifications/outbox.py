"""Send what is due: claimed with a lease, written down as "sending" before a byte leaves, then marked.

A worker may die at any moment. Before "sending" nothing has left, and the mail is tried again; after it nobody can
know, so the mail becomes uncertain and a person decides. So none goes out twice.
"""

import logging
import secrets
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from seminars.notifications.kinds import KINDS
from seminars.notifications.letters import Pointless, mail_of, write
from seminars.notifications.models import Message, MessageState

BATCH = 50
LEASE = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=48)
LATE = timedelta(minutes=30)
AT_MOST = 45.0  # seconds that one call sends for: the next sweep goes on

# Shown to people: translated when shown.
UNREACHABLE = gettext_noop("The mail server cannot be reached.")
REFUSED = gettext_noop("The mail server refused it.")
BROKEN = gettext_noop("Its words could not be made. The log says why.")
LOST = gettext_noop(
    "The answer of the mail server was lost: it may have arrived or not. It is not sent again by itself."
)
TOO_LONG = gettext_noop("It could not be sent for two days.")
UNKNOWN = gettext_noop("Nobody knows this kind of mail any more.")
log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class MailsLate(Exception):
    """Mails wait for longer than half an hour, though they are tried."""


class Unanswered(Exception):
    """The connection broke after the mail had begun to leave."""


def deliver(*, clock: Clock = timezone.now, batch: int = BATCH, seconds: float = AT_MOST) -> int:
    """Return how many mails were sent now: batch after batch until none is due, each over one connection.

    clock: says what time it is, aware UTC. seconds: after so many the rest is left to the next call.
    """
    recover(now=clock())
    sent, until = 0, time.monotonic() + seconds
    while time.monotonic() < until and (mine := claim(now=clock(), batch=batch)):
        done, goes_on = _send(mine, clock, until)
        sent += done
        if not goes_on:
            break
    return sent


def recover(*, now: datetime) -> tuple[int, int]:
    """Return how many mails of dead workers wait again, and how many became uncertain. now: aware UTC."""
    expired = Message.objects.filter(lease_until__lt=now)
    free: dict[str, Any] = {"lease_until": None, "leased_by": ""}
    again = expired.filter(state=MessageState.CLAIMED).update(state=MessageState.WAITING, **free)
    lost = expired.filter(state=MessageState.SENDING).update(
        state=MessageState.UNCERTAIN, reason=LOST, **free
    )
    return again, lost


def claim(*, now: datetime, batch: int = BATCH) -> list[Message]:
    """Return due mails that are now ours until their lease ends; of two workers each gets others. now: aware UTC."""
    mine = secrets.token_hex(8)
    with transaction.atomic():
        rows = Message.objects.due(now=now)
        if database.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        keys = list(rows.values_list("pk", flat=True)[:batch])
        Message.objects.filter(pk__in=keys, state=MessageState.WAITING).update(
            state=MessageState.CLAIMED, leased_by=mine, lease_until=now + LEASE
        )
    ours = Message.objects.filter(leased_by=mine, state=MessageState.CLAIMED)
    return list(ours.select_related("person__user").order_by("try_at", "id"))


def late(*, now: datetime) -> int:
    """Return how many mails should have left half an hour before `now` (aware UTC), whatever keeps them."""
    waiting = Message.objects.filter(state__in=MessageState.unsent(), due_at__lt=now - LATE)
    return waiting.count()


def try_again(message: Message, *, now: datetime) -> bool:
    """Return whether a mail that was given up or is uncertain waits again: a person decided so. now: aware UTC."""
    stopped = Message.objects.filter(pk=message.pk, state__in=[MessageState.GIVEN_UP, MessageState.UNCERTAIN])
    return bool(stopped.update(state=MessageState.WAITING, due_at=now, try_at=now, attempts=0, reason=""))


# Below: how it is done.


def _send(mine: list[Message], clock: Clock, until: float) -> tuple[int, bool]:
    """Send these over one connection; how many left, and whether another batch makes sense now."""
    sent, connection = 0, get_connection()
    try:
        connection.open()
        for place, message in enumerate(mine):
            if time.monotonic() >= until:
                _release(mine[place:])
                return sent, False
            try:
                sent += _one(message, connection, clock)
            except Unanswered:
                return sent, _rest(mine[place + 1 :], sent, "", clock)
            except ConnectionError as wrong:
                return sent, _rest(mine[place:], sent, str(wrong), clock)
    except OSError as wrong:  # it could not be opened; smtplib's errors are OSErrors too
        return 0, _rest(mine, 0, str(wrong), clock)
    finally:
        _close(connection)
    return sent, True


def _rest(left: list[Message], sent: int, detail: str, clock: Clock) -> bool:
    """What the broken connection leaves: at once over a new one if this one took some, else later; whether at once."""
    if sent:
        _release(left)
        return True
    for message in left:
        _later(message, UNREACHABLE, detail, clock())
    return False


def _release(left: list[Message]) -> None:
    """Nothing of these was tried: they wait as before."""
    for message in left:
        _end(message, MessageState.WAITING, message.reason)


def _one(message: Message, connection: BaseEmailBackend, clock: Clock) -> bool:
    """Write and send one mail; whether it left. Raises ConnectionError with nothing sent, or Unanswered."""
    kind = KINDS.get(message.kind)
    if kind is None:
        return _end(message, MessageState.GIVEN_UP, UNKNOWN)
    try:
        with translation.override(message.language):
            context = kind.facts(message, clock())
        written = write(kind.name, context, language=message.language, zone=message.zone, now=clock())
        mail = mail_of(message, written, connection)
        mail.message()  # what cannot be a mail fails here, before it is marked
    except Pointless as done:
        return _end(message, MessageState.DROPPED, done.reason)
    except Exception:  # broad: a mail that cannot be written must not hold up the others
        log.exception("Mail %s (%s, %s) could not be written", message.pk, message.kind, message.subject)
        _later(message, BROKEN, "", clock())
        return False
    if not _mark_sending(message, kind.told(message, context), clock()):
        return False  # dropped meanwhile, or the lease ran out and somebody else has it
    with _watched(connection) as leaving:
        try:
            connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            return _refused(message, code, words, clock())
        except smtplib.SMTPResponseException as refused:
            return _refused(message, refused.smtp_code, refused.smtp_error, clock())
        except (
            smtplib.SMTPNotSupportedError
        ) as refused:  # an address in a script that the server does not take
            return _refused(message, 553, str(refused), clock())
        except OSError as wrong:
            if leaving():
                _end(message, MessageState.UNCERTAIN, LOST, from_state=MessageState.SENDING)
                raise Unanswered from wrong
            _back_to_claimed(message)
            raise ConnectionError(str(wrong)) from wrong
    return _end(message, MessageState.SENT, "", from_state=MessageState.SENDING, sent_at=clock())


@contextmanager
def _watched(connection: BaseEmailBackend) -> Iterator[Callable[[], bool]]:
    """Give a function that says whether the mail itself had begun to leave; what is no SMTP always may have."""
    smtp = getattr(connection, "connection", None)
    if not isinstance(smtp, smtplib.SMTP):
        yield lambda: True
        return
    begun: list[bool] = []
    data = smtp.data

    def noted(message: Any) -> Any:
        begun.append(True)
        return data(message)

    smtp.data = noted  # type: ignore[method-assign, assignment]
    try:
        yield lambda: bool(begun)
    finally:
        smtp.data = data  # type: ignore[method-assign]


def _mark_sending(message: Message, facts: Any, now: datetime) -> bool:
    """Write down, for good, that the mail is about to leave; False if it is no longer ours."""
    mine = Message.objects.filter(pk=message.pk, state=MessageState.CLAIMED, leased_by=message.leased_by)
    with transaction.atomic(durable=True):  # inside another transaction it could be forgotten again
        marked = mine.filter(lease_until__gte=now).update(
            state=MessageState.SENDING, lease_until=now + LEASE, facts=dict(facts)
        )
    return bool(marked)


def _back_to_claimed(message: Message) -> None:
    """Nothing of it left: it is as it was before."""
    ours = Message.objects.filter(pk=message.pk, state=MessageState.SENDING, leased_by=message.leased_by)
    ours.update(state=MessageState.CLAIMED, facts=message.facts)


def _refused(message: Message, code: int, words: bytes | str, now: datetime) -> bool:
    """A clear no: for good (5xx), or for now (4xx)."""
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    _back_to_claimed(message)
    if code >= 500:
        return _end(message, MessageState.GIVEN_UP, f"{REFUSED}\n{code} {said}"[:500])
    _later(message, REFUSED, f"{code} {said}", now)
    return False


def _later(message: Message, reason: str, detail: str, now: datetime) -> None:
    """Try again after a while that doubles; give up two days after it was due."""
    wait = min(FIRST_WAIT * 2 ** min(message.attempts, 10), LONGEST_WAIT)
    if now + wait > message.due_at + GIVE_UP_AFTER:
        _end(message, MessageState.GIVEN_UP, f"{reason}\n{detail}"[:500])
        return
    columns = {"try_at": now + wait, "attempts": message.attempts + 1}
    _end(message, MessageState.WAITING, f"{reason}\n{detail}".strip()[:500], **columns)


def _end(
    message: Message,
    state: MessageState,
    reason: str,
    *,
    from_state: MessageState = MessageState.CLAIMED,
    **columns: Any,
) -> bool:
    """Give the lease back with another state, if the mail is still ours; whether it was sent."""
    ours = Message.objects.filter(pk=message.pk, state=from_state, leased_by=message.leased_by)
    free: dict[str, Any] = {"lease_until": None, "leased_by": ""}
    done = ours.update(state=state, reason=reason, **free, **columns)
    return bool(done) and state == MessageState.SENT


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:  # it was broken already; what was sent is sent
        log.info("The connection to the mail server broke while it was closed")
