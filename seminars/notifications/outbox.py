"""Send what is due: claimed with a lease, written down as "sending" before a byte leaves, then marked.

A worker may die at any moment. Before "sending" nothing has left, and the mail is tried again; after it nobody can
know, so the mail becomes uncertain and a person decides. So none goes out twice. Ten mails are marked in one durable
step, together with the ten before; which of the ten a killed worker had begun is in its journal, so that one mail at
most is uncertain for each worker killed, and ten for each power cut.
"""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from seminars.notifications import journal
from seminars.notifications.bounces import noting
from seminars.notifications.composing import Ready, compose
from seminars.notifications.handing import Away, Line, Refusal, Unanswered
from seminars.notifications.journal import Journal
from seminars.notifications.models import Message, MessageState
from seminars.notifications.pacing import limiting
from seminars.notifications.press import Press

BATCH = 100  # mails that are claimed and written together
GROUP = 10  # mails that are marked together: so many are uncertain after a power cut
LEASE = timedelta(minutes=5)
SPARE = 100.0  # seconds of a lease in which no mail is begun: a slow server may take so long for one
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=48)
LATE = timedelta(minutes=30)
AT_MOST = 8.0  # seconds that one call sends for, so that other work gets its turn
MOST_MISSES = 3  # mails in a row at which the server hangs up: then it is not well

# Shown to people: translated when shown.
UNREACHABLE = gettext_noop("The mail server cannot be reached.")
REFUSED = gettext_noop("The mail server refused it.")
LOST = gettext_noop(
    "The answer of the mail server was lost: it may have arrived or not. It is not sent again by itself."
)
FREE: dict[str, Any] = {"lease_until": None, "leased_by": ""}
log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class MailsLate(Exception):
    """Mails wait for longer than half an hour, though they are tried."""


class Stopped(Exception):
    """No other mail is to be begun now: the time is over, or the mail server is away, which said `said`."""

    def __init__(self, said: str | None = None) -> None:
        super().__init__(said)
        self.said = said


def deliver(
    *,
    clock: Clock = timezone.now,
    batch: int = BATCH,
    seconds: float = AT_MOST,
    press: Press | None = None,
    many: Callable[[], object] | None = None,
) -> int:
    """Return how many mails were sent now: batch after batch until none is due, over one connection.

    Any number of workers may do so at once. clock: says what time it is, aware UTC. seconds: after so many the rest
    is left to the next call. press: what was made of words before, kept by the caller. many: called whenever a whole
    batch could be claimed, so that perhaps others can help.
    """
    recover(now=clock())
    if limiting.resting(now=clock()):
        return 0
    return _Round(clock, time.monotonic() + seconds, press or Press(), many).run(batch)


def recover(*, now: datetime) -> tuple[int, int]:
    """Return how many mails of dead workers wait again, and how many became uncertain. now: aware UTC.

    At once for who died on this machine and left a journal; for others when their lease has ended.
    """
    again = lost = 0
    with journal.of_dead() as left, transaction.atomic():
        for each in left:
            if each.believed:
                more, fewer = _settle(each, now)
                again, lost = again + more, lost + fewer
    expired = Message.objects.filter(lease_until__lt=now)
    again += expired.filter(state=MessageState.CLAIMED).update(state=MessageState.WAITING, **FREE)
    lost += expired.filter(state=MessageState.SENDING).update(
        state=MessageState.UNCERTAIN, reason=LOST, **FREE
    )
    return again, lost


def claim(*, now: datetime, batch: int = BATCH, name: str = "") -> list[Message]:
    """Return due mails that are now ours until their lease ends; of two workers each gets others. now: aware UTC.

    name: what they are leased by. Who has had as many mails this minute as the limits allow is passed over.
    """
    mine = name or secrets.token_hex(8)
    with transaction.atomic():
        keys = limiting.take(Message.objects.due(now=now), now=now, most=batch)
        Message.objects.filter(pk__in=keys, state=MessageState.WAITING).update(
            state=MessageState.CLAIMED, leased_by=mine, lease_until=now + LEASE
        )
    ours = Message.objects.filter(pk__in=keys, leased_by=mine, state=MessageState.CLAIMED)
    return list(ours.select_related("person__user").order_by("try_at", "id"))


def late(*, now: datetime) -> int:
    """Return how many mails should have left half an hour before `now` (aware UTC), whatever keeps them."""
    waiting = Message.objects.filter(state__in=MessageState.unsent(), due_at__lt=now - LATE)
    return waiting.count()


def more(*, now: datetime) -> bool:
    """Return whether there is work for another worker: a batch is due and the mail server answers. now: aware UTC."""
    if limiting.resting(now=now):
        return False
    return len(Message.objects.due(now=now).values_list("pk", flat=True)[: BATCH + 1]) > BATCH


def try_again(message: Message, *, now: datetime) -> bool:
    """Return whether a mail that was given up or is uncertain waits again: a person decided so. now: aware UTC.

    They say with it that the address is right, where it bounced; who complained about mails gets none all the same.
    """
    stopped = Message.objects.filter(pk=message.pk, state__in=[MessageState.GIVEN_UP, MessageState.UNCERTAIN])
    columns: dict[str, Any] = {"due_at": now, "try_at": now, "attempts": 0, "reason": ""}
    with transaction.atomic():
        done = bool(stopped.update(state=MessageState.WAITING, **columns))
        if done:
            noting.reopen(message.email, complaints=False)
    return done


# Below: how it is done.


def _settle(left: journal.Left, now: datetime) -> tuple[int, int]:
    """Give back what a dead worker had: what it did not begin waits, what was answered is sent."""
    ours = Message.objects.filter(leased_by=left.name)
    again = ours.filter(state=MessageState.CLAIMED).update(state=MessageState.WAITING, **FREE)
    lost = 0
    for message in ours.filter(state=MessageState.SENDING):
        same = ours.filter(pk=message.pk, state=MessageState.SENDING)
        if message.pk in left.answered:
            same.update(state=MessageState.SENT, reason="", sent_at=now, **FREE)
        elif message.pk in left.begun:
            lost += same.update(state=MessageState.UNCERTAIN, reason=LOST, **FREE)
        else:
            facts = {name: value for name, value in message.facts.items() if name != "told"}
            again += same.update(state=MessageState.WAITING, facts=facts, **FREE)
    return again, lost


class _Round:
    """One call of `deliver`: a connection, a journal, and what the mail server has taken but is not marked yet."""

    def __init__(
        self, clock: Clock, until: float, press: Press, many: Callable[[], object] | None = None
    ) -> None:
        self.clock, self.until, self.press, self.many = clock, until, press, many
        self.line = Line()
        self.journal = Journal(secrets.token_hex(8))
        self.taken: list[int] = []
        self.sent = self.misses = 0

    def run(self, batch: int) -> int:
        """Send until nothing is due or the time is over; how many left."""
        settled = False
        try:
            while time.monotonic() < self.until and (mine := self._claim(batch)):
                if self.many and len(mine) == batch:
                    self.many()
                try:
                    self._batch(mine)
                except Stopped as stop:
                    if stop.said is not None:
                        limiting.rest(stop.said, now=self.clock())
                        _give_up_old(stop.said, self.clock())
                    break
            settled = True
        finally:
            self.journal.close(settled=settled)
            self.line.close()
        return self.sent

    def _claim(self, batch: int) -> list[Message]:
        return claim(now=self.clock(), batch=batch, name=self.journal.name)

    def _batch(self, mine: list[Message]) -> None:
        """Write them, then send them ten by ten. Raises Stopped with the rest given back."""
        ready = compose(mine, self.press, now=self.clock())
        for end in ready.ended:
            if end.later:
                _later(end.message, end.reason, "", self.clock())
            else:
                _end(end.message, end.state, end.reason)
        done = 0
        try:
            while done < len(ready.mails):
                if time.monotonic() >= self.until:
                    raise Stopped
                self._open()
                group = ready.mails[done : done + GROUP]
                done += len(group)
                self._group(group)
        except Stopped as stop:
            self._mark([])
            _give_back([each.message for each in ready.mails[done:]], MessageState.CLAIMED, stop.said)
            raise
        self._mark([])

    def _open(self) -> None:
        """Have an open connection. Raises Stopped."""
        if self.line.is_open:
            return
        try:
            self.line.open()
        except Away as wrong:
            raise Stopped(str(wrong)) from wrong
        if not self.sent:
            limiting.answered()

    def _group(self, group: list[Ready]) -> None:
        """Mark some and send them. Raises Stopped with those given back that did not begin."""
        ours, began = self._mark(group), time.monotonic()
        for place, each in enumerate(ours):
            try:
                if time.monotonic() - began > LEASE.total_seconds() - SPARE:
                    raise Stopped
                self._one(each)
            except Stopped as stop:
                _give_back([each.message for each in ours[place:]], MessageState.SENDING, stop.said)
                raise

    def _mark(self, group: list[Ready]) -> list[Ready]:
        """Write down for good that mails of before were taken and that these are about to leave; those still ours."""
        if not (group or self.taken):
            return []
        now, ours = self.clock(), Message.objects.filter(leased_by=self.journal.name)
        keys = [each.message.pk for each in group]
        with transaction.atomic(durable=True):  # inside another transaction it could be forgotten again
            if self.taken:
                ours.filter(pk__in=self.taken, state=MessageState.SENDING).update(
                    state=MessageState.SENT, reason="", sent_at=now, **FREE
                )
            marked = ours.filter(pk__in=keys, state=MessageState.CLAIMED, lease_until__gte=now).update(
                state=MessageState.SENDING, lease_until=now + LEASE
            )
            for each in group:
                if each.facts != each.message.facts:
                    ours.filter(pk=each.message.pk, state=MessageState.SENDING).update(facts=each.facts)
        self.taken = []
        if marked == len(keys):
            return group
        still = set(ours.filter(pk__in=keys, state=MessageState.SENDING).values_list("pk", flat=True))
        return [
            each for each in group if each.message.pk in still
        ]  # others were dropped meanwhile, or taken over

    def _one(self, each: Ready) -> None:
        """Send one that is marked. Raises Stopped, also where it has ended itself."""
        key = each.message.pk
        for attempt in (1, 2):
            self._open()
            self.journal.begin(key)
            try:
                refusal = self.line.hand(each.mail, each.data)
            except Unanswered as wrong:
                self._end(each, MessageState.UNCERTAIN, LOST, facts=each.facts)
                if not self.line.took:
                    raise Stopped(str(wrong)) from wrong
                return
            except Away as wrong:
                if attempt == 2:
                    self._missed(each, str(wrong))
                continue
            self.misses = 0
            if refusal:
                self._refused(each, refusal)
                return
            self.journal.answer(key)
            self.taken.append(key)
            self.sent += 1
            return

    def _missed(self, each: Ready, said: str) -> None:
        """The server hung up on it twice. Perhaps it is this mail: it waits, and holds up no other."""
        self.misses += 1
        if self.misses >= MOST_MISSES:
            raise Stopped(said)
        _later(each.message, UNREACHABLE, said, self.clock(), MessageState.SENDING)

    def _refused(self, each: Ready, refusal: Refusal) -> None:
        """A clear no: for good (5xx), which may say that the address is gone; or for now (4xx)."""
        if not refusal.for_good:
            _later(each.message, REFUSED, str(refusal), self.clock(), MessageState.SENDING)
            return
        self._end(each, MessageState.GIVEN_UP, f"{REFUSED}\n{refusal}"[:500], facts=each.message.facts)
        if refusal.of_address and noting.says_gone(refusal.code, refusal.words):
            noting.note_hard(each.message.email, reason=str(refusal), now=self.clock())

    def _end(self, each: Ready, state: MessageState, reason: str, **columns: Any) -> None:
        _end(each.message, state, reason, MessageState.SENDING, **columns)


def _later(
    message: Message,
    reason: str,
    detail: str,
    now: datetime,
    from_state: MessageState = MessageState.CLAIMED,
) -> None:
    """Try again after a while that doubles; give up two days after it was due."""
    wait = min(FIRST_WAIT * 2 ** min(message.attempts, 10), LONGEST_WAIT)
    why, facts = f"{reason}\n{detail}".strip()[:500], message.facts
    if now + wait > message.due_at + GIVE_UP_AFTER:
        _end(message, MessageState.GIVEN_UP, why, from_state, facts=facts)
        return
    columns = {"try_at": now + wait, "attempts": message.attempts + 1, "facts": facts}
    _end(message, MessageState.WAITING, why, from_state, **columns)


def _give_back(messages: list[Message], from_state: MessageState, said: str | None) -> None:
    """Nothing of these left: they wait as before. said: by the mail server that is away; None where it is well."""
    ours = Message.objects.filter(pk__in=[each.pk for each in messages], state=from_state)
    for name in {each.leased_by for each in messages}:
        why = {} if said is None else {"reason": f"{UNREACHABLE}\n{said}".strip()[:500]}
        ours.filter(leased_by=name).update(state=MessageState.WAITING, **FREE, **why)
    for each in messages:
        if from_state == MessageState.SENDING and each.facts:
            Message.objects.filter(pk=each.pk, state=MessageState.WAITING).update(facts=each.facts)


def _give_up_old(said: str, now: datetime) -> None:
    """The mail server is away: what was due two days ago is given up."""
    old = Message.objects.filter(state=MessageState.WAITING, due_at__lte=now - GIVE_UP_AFTER)
    old.update(state=MessageState.GIVEN_UP, reason=f"{UNREACHABLE}\n{said}".strip()[:500])


def _end(
    message: Message,
    state: MessageState,
    reason: str,
    from_state: MessageState = MessageState.CLAIMED,
    **columns: Any,
) -> None:
    """Give the lease back with another state, if the mail is still ours."""
    ours = Message.objects.filter(pk=message.pk, state=from_state, leased_by=message.leased_by)
    ours.update(state=state, reason=reason, **FREE, **columns)
