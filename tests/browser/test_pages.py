"""The main pages as people meet them: usable by everybody, narrow, light, without complaints.

`MERIDIAN_SCREENS=folder` keeps their pictures.
"""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from recordings.catalogue.models import Recording
from seminars.people.models import Community, User
from seminars.sessions.models import Session, Speaker
from tests.browser.conftest import axe, fits, screens, sign_in, weight
from tests.factories import make_material, make_person, make_series, make_session

LIGHT, ITEM = 45_000, 100_000
PUBLIC = {
    "home": "/",
    "community": "/communities/savings/",
    "series": "/series/after-hours/",
    "session": "/sessions/after-hours-1/",
    "past": "/sessions/breakfast-1/",
    "cancelled": "/sessions/after-hours-2/",
    "subscribe": "/subscribe/",
    "subscribe-series": "/series/after-hours/subscribe/",
    "archive": "/archive/",
    "found": "/archive/?q=breakfast",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "missing": "/sessions/nothing-here/",
}
MEMBERS = {"me": "/me/", "addresses": "/accounts/email/"}
ORGANISERS = {"organise": "/organise/"}


def wall(days: int) -> datetime:
    """15:00 on the day so many days from today."""
    return datetime.combine(timezone.now().date(), datetime.min.time()) + timedelta(days=days, hours=15)


@pytest.fixture
def story(site: str, community: Community) -> Community:
    """A community with a coming, a cancelled and a recorded session."""
    coming = make_series(community, slug="after-hours", title={"en": "After Hours", "sv": "Efter arbetstid"})
    long = "Savings-led approaches in remote areas: what a decade of village banks tells us"
    first = make_session(
        coming, wall=wall(9), title={"en": long}, abstract={"en": f"{long}. " * 6}, room="Room 12"
    )
    make_session(
        coming, wall=wall(16), cancelled_at=timezone.now(), reason="The speaker is ill.", state="cancelled"
    )
    past = make_series(community, slug="breakfast", title={"en": "Breakfast"})
    held = make_session(past, wall=wall(-30), state="archived")
    for session in (first, held):
        Speaker.objects.create(
            session=session, person=make_person(name="Amina Abdi"), affiliation="Kenya Bankers"
        )
    make_material(held, "slides")
    Recording.objects.create(
        slug=held.slug, session=held, title=held.title, published_at=held.ends_at, made_at=held.ends_at
    )
    return community


def look(page: Page, address: str, name: str, heaviest: int) -> None:
    """Everything that must hold for every page."""
    page.goto(address)
    axe(page)
    fits(page)
    screens(page, name)
    assert weight(page) <= heaviest


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_are_for_everybody(page: Page, site: str, story: Community, name: str) -> None:
    look(page, site + PUBLIC[name], name, ITEM if name == "past" else LIGHT)


@pytest.mark.parametrize("name", MEMBERS)
def test_members_pages_are_for_everybody(
    page: Page, site: str, story: Community, member: User, name: str
) -> None:
    sign_in(page, member, site)
    look(page, site + MEMBERS[name], f"member-{name}", LIGHT)


@pytest.mark.parametrize("name", ORGANISERS)
def test_organisers_pages_are_for_everybody(
    page: Page, site: str, story: Community, organiser: User, name: str
) -> None:
    sign_in(page, organiser, site)
    look(page, site + ORGANISERS[name], f"organiser-{name}", 2 * LIGHT)


def test_pages_read_swedish(page: Page, site: str, story: Community) -> None:
    page.context.add_cookies([{"name": "meridian_language", "value": "sv", "url": site}])
    look(page, f"{site}/series/after-hours/", "series-sv", LIGHT)
    assert page.locator("html").get_attribute("lang") == "sv"
    assert page.get_by_role("heading", name="Efter arbetstid").count() == 1


def test_a_page_works_without_scripts(page: Page, site: str, story: Community) -> None:
    context = page.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{site}/sessions/{Session.objects.get(slug='after-hours-1').slug}/")
    assert plain.get_by_role("heading", level=1).count() == 1
    assert "UTC" in plain.locator("main").inner_text()
    context.close()
