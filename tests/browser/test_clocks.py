"""The page of new laws in Chromium: for everybody, on a phone, and by keyboard as by hand."""

import pytest
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.sessions.clocks import recompute
from seminars.sessions.models import Session
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import NOW, make_series, make_session
from tests.seminars.sessions.test_clocks import HOUR, behind, kept, member_in


@pytest.fixture
def moved(community: Community, organiser: User, member: User) -> Session:
    """Four sessions in Asunción that a new law has moved, and one in Lisbon that comes at another hour there."""
    for zone in ("Europe/Lisbon", "Africa/Nairobi", "America/Asuncion"):
        member_in(community, zone)
    kept(NOW, "America/Asuncion", hours=-1)
    series = make_series(community, slug="terere", title={"en": "Tereré at three"}, zone="America/Asuncion")
    sessions = [behind(make_session(series), by=HOUR) for _number in range(4)]
    lisbon = make_series(community, slug="lisbon", title={"en": "Café in Lisbon"}, zone="Europe/Lisbon")
    make_session(lisbon)
    recompute(now=NOW)
    return sessions[0]


def test_new_laws_are_for_everybody(page: Page, site: str, moved: Session, organiser: User) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/")
    screens(page, "organise-board-new-laws")
    page.get_by_role("link", name="See what moved").click()
    expect(page.get_by_role("heading", name="New laws of the clocks")).to_be_visible()
    expect(page.get_by_text("4 sessions stay at 15:00 in Asunción")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "organise-clocks")
    page.get_by_role("button", name="Keep the moment").click()
    expect(page.get_by_text("4 sessions are back at the moment")).to_be_visible()
    page.get_by_role("button", name="Leave it so").click()
    expect(page.get_by_text("No new law moves your sessions.")).to_be_visible()
    axe(page)
    fits(page)


def test_a_moved_hour_is_said_on_the_session(page: Page, site: str, moved: Session, member: User) -> None:
    sign_in(page, member, site)
    page.goto(f"{site}/sessions/{moved.slug}/")
    expect(page.get_by_text("the law of the clocks has changed in Paraguay")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "session-new-law")
