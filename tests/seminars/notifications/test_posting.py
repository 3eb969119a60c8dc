"""Mails are written down once, the newer in place of the older; nothing typed by people becomes a header."""

from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from seminars.notifications.letters import Written, mail_of, one_line
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, post, recipient_of
from tests.factories import make_person, make_user
from tests.seminars.notifications.conftest import states, write_down

A, B = "a@example.org", "b@example.org"


@pytest.mark.django_db
def test_the_same_is_written_once_and_a_newer_takes_the_place_of_an_older(now: datetime) -> None:
    assert write_down([A, B, A], now) == 2
    assert write_down([A, B], now) == 0
    assert write_down([A], now, revision=3) == 1
    assert write_down([A], now, revision=2) == 0
    rows = Message.objects.order_by("pk").values_list("email", "revision", "state")
    assert list(rows) == [(A, 1, "dropped"), (B, 1, "waiting"), (A, 3, "waiting")]
    assert Message.objects.get(email=A, revision=1).reason_words == "A newer mail took its place."


@pytest.mark.django_db
def test_one_that_has_left_stays(now: datetime) -> None:
    write_down([A], now)
    Message.objects.update(state="sent")
    write_down([A], now, revision=2)
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "waiting"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email",
    ["", "a@b", "a@example.org\nBcc: b@example.org", "a@example.org, b@example.org", "A <a@example.org>"],
)
def test_what_is_no_address_gets_no_mail(now: datetime, email: str) -> None:
    assert write_down([email], now) == 0
    assert states() == {}


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_written_in_a_transaction(now: datetime) -> None:
    letters = [Letter(Recipient(A))]
    with pytest.raises(transaction.TransactionManagementError):
        post(kind="poll", subject="poll:1", revision=1, letters=letters, due_at=now, now=now)


@pytest.mark.django_db
def test_the_message_id_stays_and_differs(now: datetime) -> None:
    write_down([A, B], now)
    first = dict(Message.objects.values_list("email", "message_id"))
    Message.objects.all().delete()
    write_down([A, B], now)
    assert dict(Message.objects.values_list("email", "message_id")) == first
    assert first[A] != first[B]


@pytest.mark.django_db
def test_a_person_is_written_to_in_their_language_and_zone() -> None:
    user = make_user("Ana@example.org", zone="Asia/Calcutta", language="sv")
    assert recipient_of(user.person) == Recipient("ana@example.org", user.person.pk, "sv", "Asia/Kolkata")
    plain = make_person(email="B@example.org")
    assert recipient_of(plain, language="pt") == Recipient(B, plain.pk, "en", "")
    assert recipient_of(make_person()) is None


@hypothesis_settings(max_examples=200)
@given(
    st.text(max_size=300), st.sampled_from(["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
)
def test_no_words_become_a_header(words: str, end: str) -> None:
    subject = one_line(f"{words}{end}Bcc: victim@example.org{end}{end}body")
    assert len(subject.splitlines()) == 1
    message = Message(email=A, message_id="<1@example.org>")
    mail = mail_of(message, Written(subject, "text", "<p>text</p>"))
    told = message_from_bytes(mail.message().as_bytes(), policy=default)
    assert told["Bcc"] is None
    assert told["To"] == A
    assert sorted(told.keys()) == sorted(
        [
            *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date"),
            *("Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
        ]
    )
