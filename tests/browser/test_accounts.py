"""One's own account in a browser: a passkey made, used, renamed and removed; each page in our look."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from seminars.people.models import User
from tests.browser.conftest import axe, fits, screens
from tests.seminars.web.accounts.signing import code


@pytest.fixture
def phone(page: Page) -> None:
    """A phone that keeps passkeys and whose owner always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in_by_code(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/me/")


def test_a_passkey_from_first_to_last(page: Page, site: str, phone: None, organiser: User) -> None:
    page.goto(f"{site}/accounts/login/")
    axe(page)
    fits(page)
    screens(page, "login")
    sign_in_by_code(page, site, organiser.email)
    page.get_by_role("link", name="Ways to sign in").click()
    axe(page)
    fits(page)
    screens(page, "ways")
    page.get_by_role("link", name="Add a passkey").click()
    axe(page)
    fits(page)
    page.get_by_label("Name, such as the device").fill("My phone")
    screens(page, "passkey-add")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url(f"{site}/accounts/2fa/recovery-codes/")
    axe(page)
    fits(page)
    screens(page, "recovery")
    assert Authenticator.objects.filter(user=organiser, type="webauthn").count() == 1
    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/?next=/organise/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{site}/organise/")
    page.goto(f"{site}/accounts/2fa/webauthn/")
    expect(page.get_by_role("heading", name="My phone")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "passkeys")
    page.get_by_role("link", name="Rename").click()
    page.get_by_label("Name").fill("Old phone")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Old phone")).to_be_visible()
    page.get_by_role("link", name="Remove").click()
    axe(page)
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("You have no passkey yet.").wait_for()
    assert not Authenticator.objects.filter(user=organiser, type="webauthn").exists()


def test_a_passkey_makes_an_account(page: Page, site: str, phone: None, db: None) -> None:
    page.goto(f"{site}/accounts/signup/")
    axe(page)
    fits(page)
    screens(page, "signup")
    page.get_by_role("link", name="Make it with a passkey").click()
    page.get_by_label("Email").fill("new@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Confirm").click()
    axe(page)
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url(f"{site}/me/")
    assert Authenticator.objects.filter(user__email="new@example.org", type="webauthn").exists()


def test_pages_of_an_account(page: Page, site: str, organiser: User) -> None:
    sign_in_by_code(page, site, organiser.email)
    pages = {
        "me": "/me/",
        "profile": "/me/profile/",
        "data": "/me/data/",
        "export": "/me/data/export/",
        "leave": "/me/data/leave/",
        "email": "/accounts/email/",
        "app": "/accounts/2fa/totp/activate/",
        "sessions": "/accounts/sessions/",
        "second-factor": "/accounts/second-factor/",
        "confirm": "/accounts/confirm/",
        "elsewhere": "/accounts/3rdparty/",
    }
    for name, path in pages.items():
        page.goto(site + path)
        axe(page)
        fits(page)
        screens(page, f"account-{name}")
