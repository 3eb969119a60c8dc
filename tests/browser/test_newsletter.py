"""A newsletter in Chromium: the editor's desk, the draft, the preview, and its pages."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.notifications.newsletter import going
from seminars.notifications.newsletter.models import Issue
from seminars.people.models import Community, User
from tests.browser.conftest import axe, fits, screens, sign_in, weight
from tests.factories import make_series, make_session

HARD = 80_000


@pytest.fixture
def sessions(community: Community) -> None:
    """Two sessions to come."""
    series, wall = (
        make_series(community),
        (timezone.now() + timedelta(days=3)).replace(tzinfo=None, microsecond=0),
    )
    for name, day in (("Savings by phone", 0), ("Loans by phone", 1)):
        make_session(series, title={"en": name}, wall=wall + timedelta(days=day))


def test_an_editor_and_a_reader(
    page: Page, site: str, community: Community, organiser: User, sessions: None
) -> None:
    sign_in(page, organiser, site)
    desk = f"{site}/organise/communities/savings/newsletter/"
    page.goto(desk)
    axe(page)
    fits(page)
    screens(page, "newsletter-desk")
    page.get_by_role("button", name="Begin the next issue").click()
    page.get_by_role("textbox", name="Introduction (English)").fill("Dear readers, hello.")
    page.get_by_label("Pin Loans by phone").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Picked for you")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "newsletter-draft")
    page.get_by_role("button", name="Save and look at it").click()
    expect(page.frame_locator("iframe").first.get_by_text("Dear readers, hello.")).to_be_visible()
    axe(page)
    fits(page)
    page.goto(f"{desk}draft/")
    page.get_by_role("button", name="Send to").click()
    expect(page.get_by_role("button", name="Hold it back")).to_be_visible()
    assert going.look(now=timezone.now() + timedelta(minutes=11)) == 1
    assert Issue.objects.get().number == 1
    for name, path in {"newsletter": "", "newsletter-issue": "1/"}.items():
        page.goto(f"{site}/communities/savings/newsletter/{path}")
        axe(page)
        fits(page)
        screens(page, name)
        assert weight(page) < HARD
    expect(page.get_by_text("Dear readers, hello.")).to_be_visible()
