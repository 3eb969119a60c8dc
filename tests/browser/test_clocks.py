"""Clocks in Chromium: the page of new laws, for everybody, on a phone; and whose hours a first visit is told."""

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


@pytest.mark.parametrize(
    ("whose", "other", "not_other"),
    [
        pytest.param(
            "your time – UTC",
            "15:00–16:00 Tuesday in Johannesburg",
            "UTC",
            marks=pytest.mark.browser_context_args(timezone_id="UTC"),
        ),
        pytest.param(
            "your time – Johannesburg (UTC+2)",
            "13:00–14:00 Tuesday UTC",
            "Johannesburg",
            marks=pytest.mark.browser_context_args(timezone_id="Africa/Johannesburg"),
        ),
    ],
)
def test_no_visit_is_told_the_same_hour_twice(
    page: Page, site: str, community: Community, whose: str, other: str, not_other: str
) -> None:
    """The first, when only the script knows whose clock counts, as little as those that the server knows of."""
    session = make_session(make_series(community))  # on Tuesday, 1 December 2026, at 15:00 in Johannesburg
    for other_words in (
        other,
        other.replace(" Tuesday", ""),
    ):  # the server names the day only where it differs
        page.goto(f"{site}/sessions/{session.slug}/")
        expect(page.locator("[data-whose][data-at]")).to_have_text(whose)
        others = page.locator(".when-other:not([data-note])")
        expect(others).to_contain_text(other_words)
        expect(others).not_to_contain_text(not_other)
