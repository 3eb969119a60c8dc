"""The mailbox shows sign-in codes: to the person at this machine, and to nobody else on earth."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

from seminars.web.mailbox import FILE_BACKEND, PROXY_HEADERS

pytestmark = pytest.mark.django_db
HERE = {"headers": {"host": "127.0.0.1:8000"}, "REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture(autouse=True)
def folder(settings: Any) -> Path:
    settings.EMAIL_BACKEND = FILE_BACKEND
    return Path(settings.MAILBOX)


def send(subject: str = "Your code", text: str = "Hello,\n\nKDXZ-TRBM\n\nBye", html: str = "") -> None:
    mail = EmailMultiAlternatives(
        subject,
        text,
        "Meridian <m@example.org>",
        ["ann@example.org"],
        connection=get_connection(FILE_BACKEND),
    )
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()


def listed(client: Client, **extra: Any) -> list[str]:
    text = client.get("/mailbox/", **HERE | extra).content.decode()
    return re.findall(r'href="(/mailbox/[^"]+/)"', text)


def test_it_is_empty_first(client: Client) -> None:
    page = client.get("/mailbox/", **HERE)
    assert page.status_code == 200
    assert "no mail yet" in page.content.decode()


def test_newest_first_with_the_code_in_sight(client: Client) -> None:
    send("First")
    send("Second", "Look at https://example.org/a?b=1&c=2 please, å.")
    page = client.get("/mailbox/", **HERE).content.decode()
    assert page.index("Second") < page.index("First")
    second, first = listed(client)
    text = client.get(first, **HERE).content.decode()
    assert re.search(r"<strong[^>]*>KDXZ-TRBM</strong>", text)
    text = client.get(second, **HERE).content.decode()
    assert 'href="https://example.org/a?b=1&amp;c=2"' in text
    assert "please, å." in text


def test_two_mails_of_one_connection_are_two(client: Client) -> None:
    connection = get_connection(FILE_BACKEND)
    connection.open()
    for subject in ("one", "two"):
        EmailMultiAlternatives(subject, "x\n" + "-" * 20, to=["a@b.org"], connection=connection).send()
    connection.close()
    assert len(listed(client)) == 2


def test_what_a_mail_says_is_never_html_of_ours(client: Client) -> None:
    send("<script>alert(1)</script>", "<img src=x onerror=alert(2)> javascript:alert(3)", "<b>html</b>")
    (name,) = listed(client)
    for address in ("/mailbox/", name):
        text = client.get(address, **HERE).content.decode()
        assert "<script>alert" not in text
        assert "<img" not in text
        assert 'href="javascript' not in text
        assert "<b>html" not in text


def test_mails_that_cannot_be_read_do_no_harm(client: Client, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "odd.log").write_bytes(
        b'Content-Type: text/plain; charset="no-such"\nDate: never\n\n\xff\xfe caf\xe9'
    )
    (folder / "empty.log").write_bytes(b"")
    (folder / "other.txt").write_bytes(b"Subject: not a mail\n\n")
    (name,) = listed(client)
    assert client.get(name, **HERE).status_code == 200


def is_404(client: Client, **extra: Any) -> bool:
    send()
    (name,) = {each.rsplit("/", 2)[1] for each in listed(Client())[:1]} or {"x"}
    answers = [client.get(address, **HERE | extra) for address in ("/mailbox/", f"/mailbox/{name}/")]
    return [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("header", PROXY_HEADERS)
def test_through_a_proxy_it_is_not_there(client: Client, header: str) -> None:
    assert is_404(client, headers={"host": "127.0.0.1:8000", header: "127.0.0.1"})


@pytest.mark.parametrize("remote", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.7", "", "unix:"])
def test_from_another_machine_it_is_not_there(client: Client, remote: str) -> None:
    assert is_404(client, REMOTE_ADDR=remote)


@pytest.mark.parametrize("remote", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_from_this_machine_it_is_there(client: Client, remote: str) -> None:
    assert client.get("/mailbox/", **HERE | {"REMOTE_ADDR": remote}).status_code == 200


def test_under_another_name_it_is_not_there(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "tunnel.example.org"]
    assert is_404(client, headers={"host": "tunnel.example.org"})


def test_a_host_that_is_none_of_ours_gets_the_page_that_says_so(client: Client) -> None:
    """That page asks for the mailbox too, so asking must not raise once more."""
    client.raise_request_exception = False
    assert client.get("/", headers={"host": "evil.example.org"}).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"},
        {"IS_LOOPBACK": False},
        {"BEHIND_PROXY": True},
    ],
)
def test_where_mail_is_sent_or_the_site_is_public_it_is_not_there(
    client: Client, settings: Any, change: dict[str, Any]
) -> None:
    send()
    for name, value in change.items():
        setattr(settings, name, value)
    assert client.get("/mailbox/", **HERE).status_code == 404


@pytest.mark.parametrize("name", ["..", "..%2F..%2Fsecret_key", "none", "x" * 300, "%00"])
def test_a_name_is_never_a_path(client: Client, name: str, folder: Path) -> None:
    send()
    (folder.parent / "secret_key").write_text("secret")
    assert client.get(f"/mailbox/{name}/", **HERE).status_code == 404


def test_it_is_there_for_reading_only(client: Client) -> None:
    assert client.post("/mailbox/", **HERE).status_code == 405
