"""Organisers and a second factor: asked by setting, on the way, and only where they plan."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client

from seminars.calendars import tokens
from seminars.people.models import User
from tests.conftest import signed_in
from tests.factories import NOW, make_user
from tests.seminars.web.accounts.signing import by_code, code

pytestmark = pytest.mark.django_db
ASKED = "/accounts/second-factor/?next="


@pytest.fixture
def asked(settings: Any) -> None:
    settings.ORGANISERS_NEED_MFA = True


def figures(secret: str) -> str:
    """What an app would show now."""
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def test_without_the_setting_nobody_is_asked(as_organiser: Client) -> None:
    assert as_organiser.get("/organise/").status_code == 200


@pytest.mark.django_db(transaction=True)  # the mail is written on commit, within the request
def test_an_organiser_sets_one_up_and_goes_on_where_they_were(asked: None, organiser: User) -> None:
    client = by_code(organiser.email)
    first = client.get("/organise/year/2026/?x=1")
    assert first.headers["Location"] == ASKED + "%2Forganise%2Fyear%2F2026%2F%3Fx%3D1"
    assert "Add a passkey" in client.get(first.headers["Location"]).content.decode()
    form = client.get("/accounts/2fa/totp/activate/").context["form"]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": figures(form.secret)})
    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    assert 'href="/accounts/second-factor/"' in client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert client.get("/accounts/second-factor/").headers["Location"] == "/organise/year/2026/?x=1"
    assert client.get("/organise/").status_code == 200
    assert any("app" in each.subject for each in mail.outbox), "the account's address is told"


def test_with_one_a_code_from_the_mail_alone_is_not_enough(organiser: User) -> None:
    TOTP.activate(organiser, "JBSWY3DPEHPK3PXP")
    client = Client()
    client.post("/accounts/login/", {"login": organiser.email})
    answer = client.post("/accounts/login/code/confirm/", {"code": code()})
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    page = client.get("/accounts/2fa/authenticate/").content.decode()
    assert 'class="brand"' in page
    assert "Use a passkey" in page
    assert client.get("/me/").status_code == 302
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    client.post("/accounts/2fa/authenticate/", {"code": figures("JBSWY3DPEHPK3PXP")})
    assert client.get("/me/").status_code == 200


@pytest.mark.parametrize("path", ["/organise/", "/organise/communities/savings/", "/admin/"])
def test_each_way_in_is_guarded_in_every_method(
    asked: None, as_organiser: Client, administrator: User, path: str
) -> None:
    for client in (signed_in(administrator), as_organiser)[: 1 if path == "/admin/" else 2]:
        for method in (client.get, client.post):
            assert method(path).headers["Location"].startswith(ASKED)


def test_everything_else_goes_on_without(asked: None, as_organiser: Client, organiser: User) -> None:
    token = tokens.make(user=organiser, now=NOW).token
    for path in ("/", "/me/", "/me/profile/", f"/me/calendar/{token}.ics", "/api/v1/"):
        assert not as_organiser.get(path).headers.get("Location", "").startswith(ASKED), path
    assert Client().get(f"/me/calendar/{token}.ics").status_code == 200


def test_a_member_is_not_asked(asked: None, as_member: Client) -> None:
    assert as_member.get("/organise/").status_code == 404


def test_another_s_passkeys_are_not_there(member: User) -> None:
    key = Authenticator.objects.create(
        user=make_user(), type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": {}}
    )
    client = by_code(member.email)
    for deed in ("edit", "remove"):
        assert client.get(f"/accounts/2fa/webauthn/keys/{key.pk}/{deed}/").status_code == 404
        assert client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/{deed}/", {"name": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_one_signs_out_everywhere_else(member: User) -> None:
    elsewhere, here = by_code(member.email), by_code(member.email)
    assert "Sign out everywhere else" in here.get("/accounts/sessions/").content.decode()
    here.post("/accounts/sessions/")
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
