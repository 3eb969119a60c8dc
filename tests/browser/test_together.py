"""Members find each other in Chromium: the directory, an introduction, resources, topics, and the organisers' pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.people.directory.listing import enter
from seminars.people.introducing import introducing
from seminars.people.models import Community, User
from seminars.series.resources import sharing
from tests.browser.conftest import axe, fits, screens, sign_in, weight
from tests.factories import make_member, make_series

HARD = 80_000


@pytest.fixture
def rosa(community: Community, member: User) -> User:
    """A member who is in the directory, as Celso is, who wrote to her; something is shared and suggested."""
    now = timezone.now()
    mine = member.person.memberships.get(community=community)
    said = {
        "offers": "Packaging of food",
        "seeks": "Housing",
        "sector": "food",
        "zone": "America/Mexico_City",
    }
    own = enter(membership=mine, now=now, name="Rosa", languages=["es", "en"], **said)
    celso = make_member(community)
    theirs = {"offers": "Housing pilots", "seeks": "Packaging", "sector": "housing", "zone": "Africa/Maputo"}
    enter(membership=celso, now=now, name="Celso", country="MZ", languages=["pt", "en"], **theirs)
    introducing.write_to(community=community, writer=celso.person, entry=own, text="May I ask you?", now=now)
    shared: dict[str, Any] = {
        "title": "Small grants",
        "url": "https://example.org/",
        "about": "Two pages.",
        "zone": "Africa/Maputo",
    }
    for moderator in (True, False):
        sharing.post_resource(
            community=community,
            person=celso.person,
            moderator=moderator,
            now=now,
            actor_id=None,
            due_on=(now + timedelta(days=5)).date(),
            **shared,
        )
    return member


def test_a_member(page: Page, site: str, community: Community, rosa: User) -> None:
    sign_in(page, rosa, site)
    page.goto(f"{site}/communities/savings/directory/")
    expect(page.get_by_role("heading", name="You may want to meet")).to_be_visible()
    assert weight(page) < HARD
    for name, address in {
        "directory": "directory/",
        "directory-mine": "directory/mine/",
        "introductions": "introductions/",
        "resources": "resources/",
        "resource-new": "resources/new/",
        "suggestions": "suggestions/",
    }.items():
        page.goto(f"{site}/communities/savings/{address}")
        axe(page)
        fits(page)
        screens(page, name)
    page.get_by_label("Topic", exact=True).fill("Savings by phone")
    page.get_by_role("button", name="Suggest it").click()
    expect(page.get_by_role("heading", name="Savings by phone")).to_be_visible()
    page.goto(f"{site}/communities/savings/introductions/")
    page.get_by_role("link", name="Celso").click()
    axe(page)
    fits(page)
    screens(page, "introduction")
    page.get_by_label("Your message").fill("Of course.")
    page.get_by_role("button", name="Pass it on").click()
    expect(page.get_by_text("You know each other.")).to_be_visible()


def test_an_organiser(page: Page, site: str, community: Community, rosa: User, organiser: User) -> None:
    make_series(community)
    sign_in(page, organiser, site)
    for name in ("introductions", "resources", "suggestions", "silence", "welcome"):
        page.goto(f"{site}/organise/communities/savings/{name}/")
        axe(page)
        fits(page)
        screens(page, f"organise-{name}")
    page.goto(f"{site}/organise/communities/savings/resources/")
    page.get_by_role("button", name="Take Small grants onto the list").click()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
