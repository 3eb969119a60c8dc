"""One mail handed over after the other: in two rounds where the server pipelines, in four where it does not."""

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from seminars.notifications.handing import Away, Line, Unanswered
from seminars.notifications.wire import bytes_of
from tests.seminars.notifications.smtp import Peer, peer


@pytest.fixture(params=["pipelining", "step by step"])
def server(request: pytest.FixtureRequest, settings: Any) -> Iterator[Peer]:
    """A mail server of each sort."""
    with peer(settings) as running:
        running.pipelines = running.holds = request.param == "pipelining"
        yield running


def a_mail(
    to: str, text: str = "Words.", subject: str = "A subject", **headers: str
) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(subject, text, "us@example.org", [to], headers=headers)
    mail.attach_alternative(f"<p>{text}</p>", "text/html")
    return mail


def hand(line: Line, to: str, text: str = "Words.") -> Any:
    mail = a_mail(to, text)
    return line.hand(mail, bytes_of(mail))


def test_the_envelope_goes_in_one_piece_where_the_server_pipelines(server: Peer) -> None:
    """It answers to nothing before DATA is there: who waited would wait for ever."""
    line = Line()
    assert [hand(line, f"r{number}@example.org") for number in range(3)] == [None] * 3
    line.close()
    assert [to for to, _text in server.taken] == [f"r{number}@example.org" for number in range(3)]
    assert (server.connections, line.took) == (1, 3)


@pytest.mark.parametrize("rude", [False, True])
def test_who_is_refused_holds_up_no_other_and_gets_no_empty_mail(server: Peer, rude: bool) -> None:
    server.refuse["gone@example.org"], server.rude = "550 5.1.1 nobody here", rude
    line = Line()
    refusal = hand(line, "gone@example.org")
    assert (refusal.code, refusal.of_address, refusal.words) == (550, True, "5.1.1 nobody here")
    assert hand(line, "reader@example.org") is None
    line.close()
    assert [to for to, _text in server.taken] == ["reader@example.org"]


def test_a_server_that_closes_is_away_and_nothing_left(server: Peer) -> None:
    server.refuse["reader@example.org"] = "421 come back later"
    line = Line()
    with pytest.raises(Away, match="421"):
        hand(line, "reader@example.org")
    assert not line.is_open
    assert server.taken == []


@pytest.mark.parametrize(("where", "what"), [("mail", Away), ("content", Unanswered), ("answer", Unanswered)])
def test_what_is_known_of_a_mail_when_the_line_breaks(
    server: Peer, where: str, what: type[Exception]
) -> None:
    server.hang_up.append((where, "reader@example.org"))
    with pytest.raises(what):
        hand(Line(), "reader@example.org")


def test_lines_that_begin_with_a_dot_arrive_as_they_are(server: Peer) -> None:
    line = Line()
    hand(line, "reader@example.org", ".\n..\n.hidden\nend")
    line.close()
    ((_to, text),) = server.taken
    assert "\r\n..\r\n...\r\n..hidden\r\nend" in text  # doubled on the way (RFC 5321 §4.5.2)


def test_no_line_break_in_an_address_becomes_a_command(server: Peer) -> None:
    mail = a_mail("reader@example.org")
    data = bytes_of(mail)
    mail.to = ["reader@example.org>\r\nRCPT TO:<other@example.org"]
    line = Line()
    with pytest.raises(ValueError, match=r"\S"):
        line.hand(mail, data)
    line.close()
    assert server.taken == []


def test_a_long_address_stays_on_the_line_of_its_name() -> None:
    address = f"<https://example.org/mails/stop/{'x' * 200}/>"
    lines = bytes_of(a_mail("reader@example.org", **{"List-Unsubscribe": address})).split(b"\r\n")
    assert f"List-Unsubscribe: {address}".encode() in lines


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=120)


@rules(max_examples=150, deadline=None)
@given(subject=WORDS, text=WORDS, listed=WORDS)
def test_the_bytes_say_what_those_of_django_say(subject: str, text: str, listed: str) -> None:
    extra = {"Date": "Sun, 22 Nov 2026 04:00:00 -0000", "Message-ID": "<1@example.org>", "X-Words": listed}
    mail = a_mail("reader@example.org", text, subject, **extra)
    ours, theirs = (
        message_from_bytes(each, policy=default)
        for each in (bytes_of(mail), mail.message().as_bytes(linesep="\r\n"))
    )
    for mine, other in zip(ours.walk(), theirs.walk(), strict=True):
        names = [each for each in other if each.lower() != "content-type"]
        said = [(each, mine[each].strip()) for each in names]
        assert said == [(each, other[each].strip()) for each in names]
        assert mine.get_content_type() == other.get_content_type()
        if not mine.is_multipart():
            assert mine.get_payload() == other.get_payload()
