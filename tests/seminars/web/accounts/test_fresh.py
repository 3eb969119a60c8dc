"""What is grave asks who is there: a code once more, three tries, fifteen minutes."""

from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from time_machine import Traveller

from seminars.people.models import Person, User
from tests.factories import make_user
from tests.seminars.web.accounts.signing import by_code, code

pytestmark = pytest.mark.django_db
GRAVE = [
    "/me/data/export/",
    "/me/data/leave/",
    "/accounts/email/",
    "/accounts/3rdparty/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/totp/activate/",
]


@pytest.mark.parametrize("path", GRAVE)
def test_an_old_sign_in_is_asked_again_and_then_led_on(as_member: Client, member: User, path: str) -> None:
    asked = as_member.get(path).headers["Location"]
    assert asked == f"/accounts/confirm/?next={path.replace('/', '%2F')}"
    page = as_member.post("/accounts/confirm/", {"do": "send", "next": path}).content.decode()
    assert member.email in page
    assert mail.outbox[-1].to == [member.email]
    answer = as_member.post("/accounts/confirm/", {"code": code().lower(), "next": path})
    assert answer.headers["Location"] == path
    assert as_member.get(path).status_code == 200


def test_who_has_just_signed_in_is_not_asked(member: User, stopped: Traveller, now: datetime) -> None:
    client = by_code(member.email)
    assert client.get("/me/data/leave/").status_code == 200
    stopped.move_to(now + timedelta(minutes=16))
    assert client.get("/me/data/leave/").status_code == 302


def test_who_has_just_made_an_account_is_not_asked(db: None, stopped: Traveller, now: datetime) -> None:
    client = Client()
    client.post("/accounts/signup/", {"email": "new@example.org"})
    assert client.get("/me/").status_code == 302
    assert client.post("/accounts/confirm-email/", {"code": code()}).status_code == 302
    sent = len(mail.outbox)
    for path in GRAVE:
        assert client.get(path).status_code == 200, path
    page = client.get("/accounts/2fa/webauthn/add/").content.decode()
    assert "Make the passkey" in page
    assert len(mail.outbox) == sent
    stopped.move_to(now + timedelta(minutes=16))
    for path in GRAVE:
        assert client.get(path).headers["Location"].startswith("/accounts/confirm/"), path


def test_a_new_address_of_an_old_sign_in_makes_it_no_fresher(
    member: User, stopped: Traveller, now: datetime
) -> None:
    client = by_code(member.email)
    client.post("/accounts/email/", {"action_add": "", "email": "mira@new.example"}, follow=True)
    stopped.move_to(now + timedelta(minutes=14))
    client.post("/accounts/confirm-email/", {"code": code()})
    stopped.move_to(now + timedelta(minutes=16))
    assert client.get("/me/data/leave/").status_code == 302


def test_a_wrong_code_three_times_ends_it(as_member: Client) -> None:
    as_member.post("/accounts/confirm/", {"do": "send"})
    right = code()
    for _ in range(3):
        assert as_member.post("/accounts/confirm/", {"code": "XXX-XXX"}).status_code == 422
    assert as_member.post("/accounts/confirm/", {"code": right}).status_code == 422


def test_a_code_is_good_for_fifteen_minutes(as_member: Client, stopped: Traveller, now: datetime) -> None:
    as_member.post("/accounts/confirm/", {"do": "send"})
    stopped.move_to(now + timedelta(minutes=16))
    assert as_member.post("/accounts/confirm/", {"code": code()}).status_code == 422


def test_it_leads_nowhere_else(as_member: Client) -> None:
    as_member.post("/accounts/confirm/", {"do": "send"})
    answer = as_member.post("/accounts/confirm/", {"code": code(), "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_codes_are_not_sent_without_end(as_member: Client) -> None:
    answers = [as_member.post("/accounts/confirm/", {"do": "send"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_an_address_is_changed_with_proof_and_the_old_one_told(member: User) -> None:
    client = by_code(member.email)
    client.post("/accounts/email/", {"action_add": "", "email": "Mira@New.example"}, follow=True)
    assert mail.outbox[-1].to == ["mira@new.example"]
    member.refresh_from_db()
    assert member.email == "member@example.org"
    client.post("/accounts/confirm-email/", {"code": code()})
    member.refresh_from_db()
    assert member.email == "mira@new.example"
    assert [each.email for each in EmailAddress.objects.filter(user=member)] == ["mira@new.example"]
    assert Person.objects.get(user=member).email == "mira@new.example"
    assert mail.outbox[-1].to == ["member@example.org"]
    assert "mira@new.example" in mail.outbox[-1].body
    assert by_code("mira@new.example").get("/me/").status_code == 200


def test_nobody_learns_whose_address_it_is(member: User) -> None:
    make_user("taken@example.org")
    pages = []
    for wanted in ("taken@example.org", "free@example.org"):
        client = by_code(member.email)
        answer = client.post("/accounts/email/", {"action_add": "", "email": wanted}, follow=True)
        pages.append((answer.status_code, [each for each, _ in answer.redirect_chain]))
    assert pages[0] == pages[1]
