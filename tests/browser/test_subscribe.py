"""Choosing what to follow and taking its address, on a large and a small screen, with and without a script."""

import re

import pytest
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.sessions.models import Session
from seminars.sessions.topics import set_session_topics
from tests.browser.conftest import axe, fits, said_stays, screens, sign_in, weight
from tests.factories import NOW, make_person, make_series, make_session

SIZES = [(1280, 900), (360, 740)]


@pytest.fixture
def talk(community: Community, member: User) -> Session:
    """A talk with a topic, in French."""
    series = make_series(community, slug="talks", title={"en": "Talks"})
    session = make_session(series, title={"en": "Saving together"}, language="fr")
    session.speakers.create(person=make_person(name="Amina Diallo"))
    set_session_topics(session=session, names=["Savings groups"], now=NOW, actor_id=None)
    return session


@pytest.mark.parametrize("size", SIZES)
def test_a_filter_is_chosen_and_its_address_shown(
    page: Page, site: str, talk: Session, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{site}/subscribe/")
    axe(page)
    fits(page)
    page.locator("summary", has_text="Choose topics").click()
    page.get_by_label("Topic").select_option("savings-groups")
    page.get_by_label("Language spoken").select_option("fr")
    page.get_by_label("Remind me").select_option("10,60")
    page.get_by_label("Times in UTC").check()
    page.get_by_role("button", name="Show this calendar").click()
    field = page.locator("#address-public")
    expect(field).to_have_value(
        re.compile(r"/calendar\.ics\?language=fr&topic=savings-groups&alarm=10,60&tz=utc$")
    )
    expect(page.get_by_label("Topic")).to_have_value("savings-groups")
    axe(page)
    fits(page)
    feed = page.request.get(field.input_value())
    assert (feed.status, feed.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert "Saving together" in feed.text()
    assert "TRIGGER:-PT60M" in feed.text()
    page.get_by_role("link", name="Start again").click()
    expect(page.locator("#address-public")).to_have_value(re.compile(r"/calendar\.ics$"))
    screens(page, "subscribe")


def test_copying_says_so_and_nothing_comes_from_elsewhere(page: Page, site: str, talk: Session) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/topics/savings-groups/")
    axe(page)
    page.get_by_role("link", name="Subscribe to this topic").click()
    with said_stays(page):
        page.get_by_role("button", name="Copy", exact=True).first.click()
        expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/topics/savings-groups/calendar.ics")
    assert [url for url in asked if not url.startswith((site, "data:"))] == []


def test_without_a_script_all_of_it_works(plain: Page, site: str, talk: Session) -> None:
    page = plain
    page.goto(f"{site}/series/talks/subscribe/")
    page.locator("summary", has_text="Choose reminders").click()
    page.get_by_label("Remind me").select_option("1440")
    page.get_by_role("button", name="Show this calendar").click()
    expect(page.locator("#address-public")).to_have_value(
        re.compile(r"/series/talks/calendar\.ics\?alarm=1440$")
    )
    page.goto(f"{site}/subscribe/?topic=never")
    expect(page.get_by_role("alert")).to_contain_text("There is nothing with")


@pytest.mark.parametrize("path", ["/subscribe/", "/topics/", "/topics/savings-groups/"])
def test_pages_are_light(page: Page, site: str, talk: Session, path: str) -> None:
    assert weight(page, f"{site}{path}") <= 45_000


def test_an_address_for_each_program(page: Page, site: str, talk: Session, member: User) -> None:
    sign_in(page, member, site)
    page.goto(f"{site}/me/")
    page.get_by_role("button", name="Make my calendar's address").click()
    page.get_by_label("One more address, for which program").fill("Phone")
    page.get_by_role("button", name="Make one more address").click()
    expect(page.get_by_role("heading", name="Phone")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_role("link", name="End the address").last.click()
    page.get_by_role("button", name="End the address").click()
    expect(page.get_by_role("heading", name="Phone")).to_have_count(0)
    expect(page.get_by_text("This address no longer works.")).to_be_visible()
