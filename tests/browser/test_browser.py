"""The browser, and the tools to look with, on a page that is always there."""

import pytest
from playwright.sync_api import Page, expect

from seminars.people.models import User
from tests.browser.conftest import axe, fits, screens, sign_in, weight


def test_sign_in_page_can_be_used_by_everybody(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    expect(page.get_by_role("main").or_(page.locator("body")).first).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "sign-in")


def test_sign_in_page_is_light(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    assert 500 < weight(page) < 45_000


def test_somebody_can_be_signed_in(page: Page, site: str, member: User) -> None:
    sign_in(page, member, site)
    page.goto(f"{site}/accounts/email/")
    expect(page.get_by_text(member.email).first).to_be_visible()


def test_axe_finds_what_is_wrong(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">')"
    )
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


def test_a_wide_page_does_not_fit(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<pre>' + 'wide '.repeat(200) + '</pre>')")
    with pytest.raises(AssertionError, match="px wide"):
        fits(page)
