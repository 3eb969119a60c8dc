"""Sign-in by OpenID Connect: there by setting, through a whole flow with a provider of our own, trusted or not."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import responses
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from seminars.config.accounts import sign_ins
from seminars.config.checks import other_sign_ins
from seminars.people.models import User
from tests.factories import make_user
from tests.seminars.web.accounts.signing import code

pytestmark = pytest.mark.django_db
ISSUER = "https://login.kth.example"
ENTRY = {"id": "kth", "name": "KTH", "issuer": ISSUER, "client_id": "meridian", "secret": "s3cret"}


def use(settings: Any, **more: object) -> None:
    """Set the provider up as the environment would."""
    found = sign_ins(oidc=json.dumps([ENTRY | more]))
    assert found.faults == []
    settings.SOCIALACCOUNT_PROVIDERS = found.providers


@pytest.fixture
def provider() -> Any:
    """The provider's addresses; `who` is whom it says is there."""
    who = {"sub": "u1", "email": "Mira@kth.example", "email_verified": True, "name": "Mira"}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(
            f"{ISSUER}/.well-known/openid-configuration",
            json={
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "userinfo_endpoint": f"{ISSUER}/userinfo",
                "jwks_uri": f"{ISSUER}/keys",
            },
        )

        def token(request: Any) -> tuple[int, dict[str, str], str]:
            given = parse_qs(request.body)
            assert given["code"] == ["c0de"]
            assert given["code_verifier"][0], "proof key (RFC 7636)"
            signed = jwt.encode(
                who | {"iss": ISSUER, "aud": "meridian", "exp": 9e9, "iat": 1}, "k" * 32, "HS256"
            )
            return 200, {}, json.dumps({"access_token": "a", "token_type": "Bearer", "id_token": signed})

        mock.add_callback("POST", f"{ISSUER}/token", token)
        mock.add_callback("GET", f"{ISSUER}/userinfo", lambda _request: (200, {}, json.dumps(who)))
        yield who


def through(client: Client, next_page: str = "") -> Any:
    """Press the button, be sent to the provider, and come back with its code."""
    away = client.post(
        f"/accounts/oidc/kth/login/?next={next_page}" if next_page else "/accounts/oidc/kth/login/"
    )
    asked = urlsplit(away.headers["Location"])
    assert f"{asked.scheme}://{asked.netloc}{asked.path}" == f"{ISSUER}/authorize"
    given = parse_qs(asked.query)
    assert given["redirect_uri"] == ["http://testserver/accounts/oidc/kth/login/callback/"]
    back = {"code": "c0de", "state": given["state"][0]}
    return client.get("/accounts/oidc/kth/login/callback/", back)


def test_no_button_unless_it_is_set(as_nobody: Client) -> None:
    assert "an account you have elsewhere" not in as_nobody.get("/accounts/login/").content.decode()
    assert as_nobody.get("/accounts/oidc/kth/login/").status_code == 404


def test_the_button_says_where_it_leads(as_nobody: Client, settings: Any) -> None:
    use(settings)
    page = as_nobody.get("/accounts/login/").content.decode()
    assert 'action="/accounts/oidc/kth/login/' in page
    assert "KTH" in page


def test_somebody_new_proves_the_address_by_a_code(as_nobody: Client, settings: Any, provider: Any) -> None:
    use(settings)
    answer = through(as_nobody)
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert as_nobody.get("/me/").status_code == 302
    as_nobody.post("/accounts/confirm-email/", {"code": code()})
    assert as_nobody.get("/me/").status_code == 200
    user = User.objects.get(email="mira@kth.example")
    assert SocialAccount.objects.get(user=user).uid == "u1"


def test_a_trusted_provider_s_word_is_enough(as_nobody: Client, settings: Any, provider: Any) -> None:
    use(settings, trusted=True)
    through(as_nobody)
    assert as_nobody.get("/me/").status_code == 200
    assert mail.outbox == []


def test_an_account_that_is_there_is_joined_by_a_code(
    as_nobody: Client, settings: Any, provider: Any
) -> None:
    use(settings)
    user = make_user("mira@kth.example")
    answer = through(as_nobody)
    assert answer.headers["Location"] == "/accounts/login/code/confirm/"
    assert as_nobody.get("/me/").status_code == 302
    assert not SocialAccount.objects.exists()
    as_nobody.post("/accounts/login/code/confirm/", {"code": code()})
    assert as_nobody.get("/me/").status_code == 200
    assert SocialAccount.objects.get().user == user
    again = Client()
    through(again)
    assert again.get("/me/").status_code == 200, "from now on without a code"


def test_without_the_code_nothing_is_joined(settings: Any, provider: Any) -> None:
    use(settings)
    make_user("mira@kth.example")
    client, other = Client(), make_user("other@example.org")
    through(client)
    assert client.post("/accounts/login/code/confirm/", {"code": "XXX-XXX"}).status_code == 200
    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": other.email})
    client.post("/accounts/login/code/confirm/", {"code": code()})
    assert client.get("/me/").wsgi_request.user == other
    assert not SocialAccount.objects.exists()


def test_a_trusted_provider_joins_an_account_by_a_verified_address(
    as_nobody: Client, settings: Any, provider: Any
) -> None:
    use(settings, trusted=True)
    user = make_user("mira@kth.example")
    through(as_nobody)
    assert as_nobody.get("/me/").status_code == 200
    assert SocialAccount.objects.get().user == user


def test_a_trusted_provider_that_has_not_verified_it_is_not_believed(
    as_nobody: Client, settings: Any, provider: Any
) -> None:
    use(settings, trusted=True)
    provider["email_verified"] = False
    make_user("mira@kth.example")
    through(as_nobody)
    assert as_nobody.get("/me/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_a_second_factor_is_asked_all_the_same(as_nobody: Client, settings: Any, provider: Any) -> None:
    use(settings, trusted=True)
    TOTP.activate(make_user("mira@kth.example"), "JBSWY3DPEHPK3PXP")
    assert through(as_nobody).headers["Location"] == "/accounts/2fa/authenticate/"


def test_a_provider_that_fails_is_told_in_words(as_nobody: Client, settings: Any, provider: Any) -> None:
    use(settings)
    answer = as_nobody.get("/accounts/oidc/kth/login/callback/", {"error": "server_error", "state": "x"})
    assert "That did not work" in answer.content.decode()


@pytest.mark.parametrize(
    ("oidc", "words"),
    [
        ("{", "no JSON"),
        ('{"id": "kth"}', "a list of objects"),
        (json.dumps([{**ENTRY, "secret": ""}]), "lacks secret"),
        (json.dumps([{**ENTRY, "colour": "red"}]), "unknown keys: colour"),
        (json.dumps([{**ENTRY, "issuer": "http://login.kth.example"}]), "must be https"),
        (json.dumps([{**ENTRY, "issuer": "login"}]), "is no address"),
        (json.dumps([{**ENTRY, "id": "k/th"}]), "letters, digits and hyphens"),
        (json.dumps([{**ENTRY, "trusted": "yes"}]), "true or false"),
        (json.dumps([{**ENTRY, "name": 3}]), "are texts"),
        (json.dumps([ENTRY, ENTRY]), "Two sign-ins"),
    ],
)
def test_what_is_wrong_is_said_with_a_hint(oidc: str, words: str, settings: Any) -> None:
    settings.SIGN_INS = sign_ins(oidc=oidc)
    found = other_sign_ins()
    assert [words in str(each.msg) for each in found] == [True]
    assert found[0].hint


def test_three_are_ready_made() -> None:
    found = sign_ins(oidc="", google="g:1", microsoft="m:2", github="h:3")
    assert [each["provider_id"] for each in found.providers["openid_connect"]["APPS"]] == [
        "google",
        "microsoft",
    ]
    assert found.apps == ["allauth.socialaccount.providers.github"]
    assert found.origins == [
        "https://accounts.google.com", "https://login.microsoftonline.com", "https://github.com"
    ]  # fmt: skip
    assert sign_ins(oidc="", google="only-id").faults == ["MERIDIAN_GOOGLE must be “client id:secret”."]
