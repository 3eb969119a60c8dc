"""Sign-in: an address, a code by mail, and in. An unknown address gets the same answer."""

import re

import pytest
from django.core import mail
from django.test import Client

from seminars.people.models import User

pytestmark = pytest.mark.django_db


def ask(client: Client, email: str) -> str:
    """Ask for a code; the page that follows, without what differs each time."""
    answer = client.post("/accounts/login/", {"login": email}, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/code/confirm/")
    page = re.sub(r'(nonce|value)="[^"]*"', "", answer.content.decode())
    return page.replace(email, "ADDRESS")


def code() -> str:
    """The code in the newest mail."""
    found = re.fullmatch(r"Your code: ([A-Z]{3}-[A-Z]{3})", mail.outbox[-1].subject)
    assert found
    assert found[1] in mail.outbox[-1].body
    return found[1]


def test_an_address_and_a_code_are_enough(as_nobody: Client, member: User) -> None:
    page = as_nobody.get("/accounts/login/").content.decode()
    assert 'type="password"' not in page
    ask(as_nobody, "Member@Example.org")
    answer = as_nobody.post("/accounts/login/code/confirm/", {"code": code().lower()}, follow=True)
    assert answer.wsgi_request.user == member
    assert answer.redirect_chain[-1][0] == "/me/"


def test_one_is_led_back_to_where_one_was(as_nobody: Client, member: User) -> None:
    as_nobody.post("/accounts/login/?next=/zone/", {"login": member.email, "next": "/zone/"})
    answer = as_nobody.post("/accounts/login/code/confirm/", {"code": code(), "next": "/zone/"})
    assert answer.headers["Location"] == "/zone/"


def test_a_wrong_code_says_so_and_keeps_the_page(as_nobody: Client, member: User) -> None:
    ask(as_nobody, member.email)
    answer = as_nobody.post("/accounts/login/code/confirm/", {"code": "XXX-XXX"})
    assert "Incorrect code" in answer.content.decode()
    assert 'value="XXX-XXX"' in answer.content.decode()
    assert not answer.wsgi_request.user.is_authenticated


def test_an_unknown_address_gets_the_same_answer(member: User) -> None:
    assert ask(Client(), member.email) == ask(Client(), "unknown@example.org")
    assert mail.outbox[-1].to == ["unknown@example.org"]
    assert "/accounts/signup/" in mail.outbox[-1].body


def test_an_account_needs_an_address_only(as_nobody: Client) -> None:
    as_nobody.post("/accounts/signup/", {"email": "new@example.org"}, follow=True)
    answer = as_nobody.post("/accounts/confirm-email/", {"code": code()}, follow=True)
    assert answer.wsgi_request.user.is_authenticated
    assert User.objects.get(email="new@example.org").emailaddress_set.get().verified


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/login/",
        "/accounts/login/code/",
        "/accounts/signup/",
        "/accounts/confirm/",
        "/accounts/second-factor/",
        "/accounts/signup/passkey/",
        "/accounts/inactive/",
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/3rdparty/login/cancelled/",
        "/accounts/3rdparty/login/error/",
        "/accounts/sessions/",
        "/me/profile/",
        "/me/data/",
        "/accounts/logout/",
    ],
)
def test_every_page_stands_in_our_frame(as_member: Client, as_nobody: Client, address: str) -> None:
    answers = [client.get(address) for client in (as_member, as_nobody)]
    pages = [each.content.decode() for each in answers if each.status_code in (200, 401)]
    assert pages
    assert all('class="brand"' in page for page in pages)


@pytest.mark.parametrize("way", ["set", "change", "reset", "reset/key/1-set"])
def test_there_are_no_passwords(as_member: Client, way: str) -> None:
    assert as_member.get(f"/accounts/password/{way}/").status_code == 404


def test_an_administrator_of_the_command_line_types_one_code(as_nobody: Client, db: None) -> None:
    user = User.objects.create_superuser("Root@Example.org")
    ask(as_nobody, user.email)
    answer = as_nobody.post("/accounts/login/code/confirm/", {"code": code()}, follow=True)
    assert answer.wsgi_request.user == user
    assert len(mail.outbox) == 1
    assert (user.emailaddress_set.get().verified, user.emailaddress_set.get().primary) == (True, True)


def test_a_code_proves_no_other_address(as_nobody: Client, db: None) -> None:
    user = User.objects.create_superuser("root@example.org")
    other = User.objects.create_user("other@example.org")
    ask(as_nobody, other.email)
    as_nobody.post("/accounts/login/code/confirm/", {"code": code()})
    assert not user.emailaddress_set.exists()


def test_pages_of_the_signed_in_stay_out_of_shared_caches(as_member: Client, as_nobody: Client) -> None:
    assert as_member.get("/").headers["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in as_nobody.get("/").headers
    assert (
        "public" in as_member.get("/robots.txt").headers["Cache-Control"]
    )  # what says it itself is left alone
