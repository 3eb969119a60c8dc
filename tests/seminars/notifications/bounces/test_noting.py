"""Which answers of a mail server say that a mailbox is gone, and how soft bounces add up."""

from datetime import datetime, timedelta

import pytest

from seminars.notifications.bounces import noting
from seminars.notifications.bounces.models import MailAddress, Trouble

A = "a@example.org"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("code", "words", "gone"),
    [
        (550, "5.1.1 <a@example.org>: Recipient address rejected: User unknown", True),
        (550, "no such person", True),
        (553, "sorry, that domain isn't in my list", True),
        (550, "5.2.1 The account is disabled", True),
        (550, "5.7.1 Relaying denied", False),
        (554, "5.7.1 Blocked: your address is on a list", False),
        (550, "relay not permitted", False),
        (550, "5.1.8 Sender address rejected: domain not found", False),
        (552, "5.2.2 Mailbox full", False),
        (530, "5.7.0 Authentication required", False),
        (550, "Message rejected as spam by policy", False),
    ],
)
def test_only_answers_about_the_mailbox_count(code: int, words: str, gone: bool) -> None:
    assert noting.says_gone(code, words) is gone


@pytest.mark.django_db
def test_five_days_of_soft_bounces_are_one_hard_one(now: datetime) -> None:
    stopped = [noting.note_soft(A, reason="full", now=now + number * DAY / 2) for number in range(9)]
    assert stopped == [False] * 8 + [True]
    assert MailAddress.objects.get().trouble == Trouble.BOUNCED


@pytest.mark.django_db
def test_a_delivery_forgets_soft_bounces_and_no_hard_one(now: datetime) -> None:
    noting.note_soft(A, reason="full", now=now)
    noting.note_delivered(A.upper())
    assert MailAddress.objects.get().soft == 0
    assert noting.note_hard(A, reason="gone", now=now)
    assert not noting.note_hard(A, reason="gone", now=now)
    noting.note_delivered(A)
    assert noting.troubled([A.upper()]).keys() == {A}


@pytest.mark.django_db
def test_an_organiser_does_not_overrule_a_complaint(now: datetime) -> None:
    noting.note_hard(A, reason="spam", now=now, trouble=Trouble.COMPLAINED)
    assert not noting.note_hard(A, reason="gone", now=now)
    assert not noting.reopen(A, complaints=False)
    assert noting.reopen(A)
    assert noting.troubled([A]) == {}
