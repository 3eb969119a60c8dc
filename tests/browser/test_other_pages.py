"""Pages beside the sessions: subscribing, signing in, one's own calendar. Usable by everybody, narrow, light."""

from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from playwright.sync_api import Page, expect

from recordings.publishing.releasing import release
from recordings.search.indexing import index
from seminars.people.models import Community, User
from seminars.web.mailbox import FILE_BACKEND
from tests.browser.conftest import NARROW, axe, fits, screens, sign_in, weight
from tests.factories import NOW, make_original, make_recording, make_series, make_session

PUBLIC = {
    "subscribe": "/subscribe/",
    "subscribe-community": "/communities/savings/subscribe/",
    "subscribe-series": "/series/after-hours/subscribe/",
    "sign-up": "/accounts/signup/",
    "sign-in-code": "/accounts/login/code/",
}
MEMBERS = {"me": "/me/", "addresses": "/accounts/email/", "sign-out": "/accounts/logout/"}


@pytest.fixture
def series(site: str, community: Community) -> None:
    """A series with two sessions."""
    series = make_series(community, slug="after-hours", title={"en": "After Hours"})
    make_session(series)
    make_session(series)


def look(page: Page, address: str, name: str) -> None:
    """Everything that must hold for every page."""
    page.goto(address)
    axe(page)
    fits(page)
    screens(page, name)
    assert weight(page) <= 45_000


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_are_for_everybody(page: Page, site: str, series: None, name: str) -> None:
    look(page, site + PUBLIC[name], name)


@pytest.mark.parametrize("name", MEMBERS)
def test_members_pages_are_for_everybody(
    page: Page, site: str, series: None, member: User, name: str
) -> None:
    sign_in(page, member, site)
    look(page, site + MEMBERS[name], f"member-{name}")


def test_the_mailbox_of_a_trial_is_for_everybody(page: Page, site: str, settings: Any) -> None:
    settings.EMAIL_BACKEND = FILE_BACKEND
    for subject in (
        "Your code for Meridian",
        "Changed: Savings by phone, on Tuesday 1 December 2026 at 15:00",
    ):
        mail = EmailMultiAlternatives(subject, "KDXZ-TRBM", "m@example.org", ["amina.diallo@example.org"])
        mail.connection = get_connection(FILE_BACKEND)
        mail.send()
    look(page, f"{site}/mailbox/", "mailbox")
    page.set_viewport_size(NARROW)
    page.reload()
    table = page.locator(".scroll")
    expect(table.get_by_role("link")).to_have_count(2)
    assert table.evaluate(
        "each => each.scrollWidth <= each.clientWidth"
    )  # nothing is out of sight at the side


def test_a_word_longer_than_a_phone_is_broken(page: Page, site: str, community: Community) -> None:
    title = {"en": "On the " + "Donaudampfschifffahrtselektrizitäten" * 3}
    series = make_series(community)
    for day in (1, 2):
        session = make_session(series, wall=NOW.replace(tzinfo=None, day=day), title=title)
        recording = make_recording(session)
        make_original(recording, b"WEBVTT\n\n00:01.000 --> 00:09.000\nWelcome to all\n")
        release(recording=recording, now=NOW)
        index(recording.pk, now=NOW)
    page.set_viewport_size({"width": 360, "height": 800})
    for address in ("/archive/", f"/sessions/{session.slug}/", f"/archive/{session.slug}/cite/"):
        page.goto(site + address)
        expect(page.get_by_text("Donaudampfschiff").first).to_be_visible()
        fits(page)
