"""Mails go out once: whatever a worker, the mail server or the connection does in between."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_string
from email.policy import default
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from seminars.notifications import composing, journal, outbox
from seminars.notifications.bounces.models import MailAddress
from seminars.notifications.journal import Journal
from seminars.notifications.letters import Kind, Pointless
from seminars.notifications.models import Message, MessageState
from seminars.notifications.pacing import limiting
from tests.seminars.notifications.conftest import states, write_down
from tests.seminars.notifications.smtp import Peer, peer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain")]
A, B, C = "a@example.org", "b@example.org", "c@example.org"
MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """As kill -9: nothing of ours catches it."""


def killed(*args: Any) -> None:
    raise Killed


@pytest.fixture
def server(settings: Any) -> Iterator[Peer]:
    with peer(settings) as running:
        yield running


def deliver(at: datetime) -> int:
    return outbox.deliver(clock=lambda: at, seconds=300)


def test_a_batch_goes_over_one_connection_with_its_headers(server: Peer, now: datetime) -> None:
    write_down([A, B, C], now, title="Grüße")
    assert deliver(now) == 3
    assert server.connections == 1
    assert states() == dict.fromkeys([A, B, C], "sent")
    told = message_from_string(server.taken[0][1], policy=default)
    assert told["Message-ID"] == Message.objects.get(email=A).message_id
    assert told["Auto-Submitted"] == "auto-generated"
    assert told["Subject"] == "When can you? Grüße"
    assert "List-Unsubscribe" not in told
    assert {part.get_content_type() for part in told.walk()} == {
        "multipart/alternative",
        "text/plain",
        "text/html",
    }
    assert Message.objects.get(email=A).sent_at == now
    assert deliver(now + MINUTE) == 0
    assert len(server.taken) == 3


def test_what_is_not_due_waits(now: datetime) -> None:
    write_down([A], now + MINUTE)
    assert (deliver(now), deliver(now + MINUTE)) == (0, 1)


def test_an_address_that_is_refused_is_given_up_and_the_others_go(server: Peer, now: datetime) -> None:
    server.refuse = {A: "550 no such person", B: "450 later please"}
    write_down([A, B, C], now)
    assert deliver(now) == 1
    assert states() == {A: "given-up", B: "waiting", C: "sent"}
    assert "550 no such person" in Message.objects.get(email=A).reason_words
    assert Message.objects.get(email=B).try_at == now + MINUTE
    server.refuse = {}
    assert (deliver(now), deliver(now + MINUTE)) == (0, 1)
    assert [to for to, _text in server.taken] == [C, B]


def test_a_server_that_is_down_for_an_hour_loses_nothing(settings: Any, now: datetime) -> None:
    with peer(settings) as server:
        pass
    write_down([A, B], now)
    for minute in (0, 1, 3, 7, 15, 31):
        assert deliver(now + minute * MINUTE) == 0
    assert states() == {A: "waiting", B: "waiting"}
    assert outbox.late(now=now + 31 * MINUTE) == 2
    with peer(settings) as server:
        assert deliver(now + 70 * MINUTE) == 2
    assert len(server.taken) == 2
    assert outbox.late(now=now + 70 * MINUTE) == 0


def test_after_two_days_it_is_given_up(settings: Any, now: datetime) -> None:
    with peer(settings):
        pass
    write_down([A], now)
    deliver(now + timedelta(hours=48))
    assert states() == {A: "given-up"}
    assert "cannot be reached" in Message.objects.get().reason_words


def test_a_connection_that_breaks_before_the_mail_leaves_goes_on_with_a_new_one(
    server: Peer, now: datetime
) -> None:
    server.hang_up = [("mail", B)]
    write_down([A, B, C], now)
    assert deliver(now) == 3
    assert server.connections == 2
    assert [to for to, _text in server.taken] == [A, B, C]


@pytest.mark.parametrize("where", ["content", "answer"])
def test_a_lost_answer_is_uncertain_and_never_sent_again(server: Peer, now: datetime, where: str) -> None:
    server.hang_up = [(where, B)]
    write_down([A, B, C], now)
    deliver(now)
    assert states() == {A: "sent", B: "uncertain", C: "sent"}
    deliver(now + timedelta(days=1))
    assert [to for to, _text in server.taken].count(B) == (1 if where == "answer" else 0)
    assert "may have arrived or not" in Message.objects.get(email=B).reason_words


STEPS: dict[str, tuple[Any, str]] = {
    "claim": (outbox, "claim"),
    "write": (composing, "write"),
    "mark": (outbox._Round, "_mark"),
    "begin": (Journal, "begin"),
    "send": (EmailBackend, "send_messages"),
    "answer": (Journal, "answer"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_dies_anywhere_sends_none_twice(
    monkeypatch: pytest.MonkeyPatch, now: datetime, step: str, after: bool
) -> None:
    place, name = STEPS[step]
    whole = getattr(place, name)

    def dies(*args: Any, **options: Any) -> Any:
        if after:
            whole(*args, **options)
        raise Killed

    write_down([A, B], now)
    with monkeypatch.context() as broken:
        broken.setattr(place, name, dies)
        with pytest.raises(Killed):
            deliver(now)
    deliver(now + MINUTE)  # its journal says what it had begun, so that nobody waits for the end of its lease
    sent = [each.to[0] for each in mail.outbox]
    assert len(sent) == len(set(sent))
    uncertain = [email for email, state in states().items() if state == "uncertain"]
    under_way = (step, after) in {("begin", True), ("send", False), ("send", True), ("answer", False)}
    assert uncertain == ([A] if under_way else [])
    assert set(sent) >= {B}
    assert (A in sent) == ((step, after) not in {("begin", True), ("send", False)})
    assert set(states().values()) <= {"sent", "uncertain"}
    assert not list((settings.DATA / "outbox").iterdir())


@pytest.mark.parametrize("after", [False, True])
def test_after_a_power_cut_all_that_was_marked_is_uncertain(
    monkeypatch: pytest.MonkeyPatch, now: datetime, after: bool
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Journal, "answer" if after else "begin", killed)
        write_down([A, B], now)
        with pytest.raises(Killed):
            deliver(now)
    monkeypatch.setattr(
        journal, "_boot", lambda: b"another boot: what was written may not have reached the disk"
    )
    assert deliver(now + MINUTE) == 0
    assert set(states().values()) == {"sending"}
    assert deliver(now + 2 * outbox.LEASE) == 0
    assert states() == {A: "uncertain", B: "uncertain"}
    assert len(mail.outbox) == after


def test_a_slow_worker_that_lives_is_not_taken_for_dead(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    lives = Journal("slow")
    write_down([A, B], now)
    outbox.claim(now=now, name="slow")
    Message.objects.filter(email=A).update(state=MessageState.SENDING)
    assert deliver(now + MINUTE) == 0
    assert states() == {A: "sending", B: "claimed"}
    assert deliver(now + 2 * outbox.LEASE) == 1
    assert states() == {A: "uncertain", B: "sent"}
    lives.close(settled=True)


def test_a_person_may_send_an_uncertain_one_again(now: datetime) -> None:
    write_down([A], now)
    message = Message.objects.get()
    Message.objects.update(state=MessageState.UNCERTAIN)
    assert outbox.try_again(message, now=now)
    assert not outbox.try_again(message, now=now)
    assert deliver(now) == 1


def test_what_is_pointless_by_now_is_dropped_and_a_bug_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, plain: Kind, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    def facts(message: Message, now: datetime) -> dict[str, Any]:
        if message.email == A:
            raise Pointless("Over.")
        if message.email == B:
            raise ZeroDivisionError
        return dict(plain.facts(message, now))

    kind = Kind("poll", "A word", facts, lambda now, zone: None)
    monkeypatch.setitem(composing.KINDS, "poll", kind)
    write_down([A, B, C], now)
    assert deliver(now) == 1
    assert states() == {A: "dropped", B: "waiting", C: "sent"}
    assert Message.objects.get(email=A).reason == "Over."
    assert "could not be written" in caplog.text


def test_a_mail_of_an_unknown_kind_is_given_up(now: datetime) -> None:
    write_down([A], now)
    Message.objects.update(kind="nothing")
    assert deliver(now) == 0
    assert states() == {A: "given-up"}


def test_a_mail_dropped_while_it_is_written_does_not_leave(
    monkeypatch: pytest.MonkeyPatch, plain: Kind, now: datetime
) -> None:
    def facts(message: Message, at: datetime) -> dict[str, Any]:
        write_down([A], now, revision=2, title="Newer")
        return dict(plain.facts(message, at))

    monkeypatch.setitem(composing.KINDS, "poll", Kind("poll", "A word", facts, lambda now, zone: None))
    write_down([A], now)
    deliver(now)
    assert [each.subject for each in mail.outbox] == ["When can you? Newer"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_what_is_due_and_send_each_once(now: datetime) -> None:
    addresses = [f"reader{number}@example.org" for number in range(60)]
    write_down(addresses, now)
    gate, taken, lock = threading.Barrier(2), list[Any](), threading.Lock()

    def work() -> None:
        gate.wait(60)
        try:
            while mine := outbox.claim(now=now, batch=7):
                with lock:
                    taken.extend(each.email for each in mine)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _each in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(120)
    assert sorted(taken) == sorted(addresses)


def test_marks_are_made_for_ten_mails_at_once(now: datetime, django_assert_max_num_queries: Any) -> None:
    write_down([f"reader{number}@example.org" for number in range(40)], now)
    with django_assert_max_num_queries(25 + 5 * 4):  # a mark is a savepoint in a test, and two updates
        assert deliver(now) == 40


def test_a_mailbox_that_does_not_exist_gets_no_more_until_somebody_says_it_does(
    server: Peer, now: datetime
) -> None:
    server.refuse = {A: "550 5.1.1 no such person", B: "550 5.7.1 relaying denied"}
    write_down([A, B], now)
    deliver(now)
    assert states() == {A: "given-up", B: "given-up"}
    assert [each.email for each in MailAddress.objects.exclude(trouble="")] == [A]
    assert write_down([A, B], now, revision=2) == 1
    dropped = Message.objects.get(email=A, revision=2)
    assert (dropped.state, "came back" in dropped.reason) == ("dropped", True)
    server.refuse = {}
    assert outbox.try_again(Message.objects.get(email=A, revision=1), now=now)
    assert deliver(now) == 2


def test_what_is_away_is_asked_once_in_a_while_and_the_order_is_kept(settings: Any, now: datetime) -> None:
    with peer(settings):
        pass
    many = [f"reader{number:03}@example.org" for number in range(250)]
    write_down(many, now)
    assert deliver(now) == 0
    assert set(Message.objects.values_list("state", "try_at", "attempts")) == {("waiting", now, 0)}
    with peer(settings) as server:
        assert deliver(now + MINUTE / 2) == 0
        assert server.connections == 0
        assert outbox.late(now=now + 40 * MINUTE) == 250
        assert deliver(now + MINUTE) == 250
        assert [to for to, _text in server.taken] == many
        assert server.connections == 1


def test_an_outage_that_several_workers_meet_is_no_longer_for_it(now: datetime) -> None:
    for _worker in range(4):
        limiting.rest("away", now=now)
    assert limiting.resting(now=now + MINUTE / 2)
    assert not limiting.resting(now=now + MINUTE)
    for _worker in range(4):
        limiting.rest("still away", now=now + MINUTE)
    assert limiting.resting(now=now + 2.5 * MINUTE)
    assert not limiting.resting(now=now + 3 * MINUTE)


def test_a_mail_at_which_the_server_hangs_up_holds_up_no_other(server: Peer, now: datetime) -> None:
    server.hang_up = [("mail", A)] * 2
    write_down([A, B, C], now)
    assert deliver(now) == 2
    assert states() == {A: "waiting", B: "sent", C: "sent"}
    assert deliver(now + MINUTE) == 1


def test_each_minute_a_domain_gets_its_share_and_the_others_go_on(
    server: Peer, settings: Any, now: datetime
) -> None:
    settings.MAIL_PER_DOMAIN = {"": 50, "big.example": 3}
    settings.MAIL_PER_MINUTE = 10
    big = [f"reader{number:02}@big.example" for number in range(8)]
    write_down([*big, A, B, C], now)
    assert deliver(now) == 6
    assert deliver(now + MINUTE / 2) == 0
    assert [to for to, _text in server.taken if "big" in to] == big[:3]
    assert {A, B, C} <= {to for to, _text in server.taken}
    assert [deliver(now + minute * MINUTE) for minute in (1, 2, 3)] == [3, 2, 0]
    settings.MAIL_PER_DOMAIN = {"": 0}
    write_down([f"reader{number}@example.net" for number in range(15)], now)
    assert [deliver(now + minute * MINUTE) for minute in (4, 5, 6)] == [10, 5, 0]


def test_whoever_finds_a_whole_batch_calls_others_and_the_last_does_not(now: datetime) -> None:
    write_down([f"reader{number}@example.org" for number in range(5)], now)
    called = list[int]()
    outbox.deliver(clock=lambda: now, batch=2, many=lambda: called.append(len(mail.outbox)))
    assert called == [0, 2]  # before each whole batch, not before the fifth mail


def test_who_has_had_their_share_of_this_minute_call_nobody(settings: Any, now: datetime) -> None:
    settings.MAIL_PER_MINUTE = 1
    write_down([A, B, C], now)
    called = list[bool]()
    assert outbox.deliver(clock=lambda: now, batch=2, many=lambda: called.append(True)) == 1
    assert not called  # they would call one another without end
