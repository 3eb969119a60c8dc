"""The pages *Slots* and *Expected audience* in Chromium: for everybody, on a phone, without a script, by weight."""

import pytest
from playwright.sync_api import Page, expect

from seminars.people import expecting
from seminars.people.models import Community, User
from tests.browser.conftest import axe, fits, screens, sign_in, weight
from tests.factories import NOW, make_member, make_person, make_series, make_session

TARGET, HARD = 120_000, 250_000
SLOTS, AUDIENCE = "/organise/communities/savings/slots/", "/organise/communities/savings/audience/"
FROM_EVERYWHERE = {
    "Africa/Johannesburg": 25,
    "Africa/Lagos": 25,
    "Africa/Accra": 20,
    "Africa/Nairobi": 20,
    "America/New_York": 20,
    "Asia/Kolkata": 15,
    "America/Mexico_City": 12,
    "Europe/Berlin": 10,
    "America/Lima": 8,
    "Africa/Cairo": 5,
    "America/Tijuana": 5,
    "Asia/Manila": 5,
    "Europe/London": 5,
}
SEASON = "?first=2027-01-13&zone=UTC"


@pytest.fixture
def expected(community: Community) -> None:
    """The 175 members from Mexico to Manila, four of them there already."""
    expecting.expect(community=community, numbers=FROM_EVERYWHERE, now=NOW, actor_id=None)
    for zone in ("Africa/Lagos", "Africa/Lagos", "America/New_York", "Asia/Kolkata"):
        make_member(community, person=make_person(zone=zone))


def test_from_nobody_to_a_planned_hour_without_script(plain: Page, site: str, organiser: User) -> None:
    User.objects.filter(pk=organiser.pk).update(zone="")
    organiser.person.zone = ""
    organiser.person.save()
    sign_in(plain, organiser, site)
    plain.goto(site + SLOTS)
    plain.get_by_role("link", name="Say where members will be").click()
    plain.get_by_label("Countries or cities").fill("Kenya 25\nWashington, 20\n15 Manila")
    plain.get_by_role("button", name="Add them all").click()
    expect(plain.get_by_text("Saved. The planner counts with these numbers.")).to_be_visible()
    plain.get_by_label("Nairobi").fill("30")
    plain.get_by_label("City", exact=True).select_option("America/Lima")
    plain.get_by_label("Members expected there").fill("4")
    plain.get_by_role("button", name="Save the numbers").click()
    expect(plain.get_by_label("Lima")).to_have_value("4")
    plain.get_by_role("link", name="Find an hour").click()
    plain.get_by_role("link", name="15:00").click()
    expect(plain.get_by_role("heading", name="15:00 in Johannesburg")).to_be_visible()
    plain.get_by_role("link", name="Plan a series at this hour").click()
    expect(plain.get_by_label("Start", exact=True)).to_have_value("15:00")
    expect(plain.get_by_label("Whose clock counts")).to_have_value("Africa/Johannesburg")


def test_slots_are_for_everybody(page: Page, site: str, organiser: User, expected: None) -> None:
    sign_in(page, organiser, site)
    page.goto(site + SLOTS + SEASON)
    axe(page)
    fits(page)
    screens(page, "organise-slots")
    page.get_by_text("Change", exact=True).click()
    page.get_by_text("The same as a plain list").click()
    page.get_by_label("Find a city or country").fill("washington")
    axe(page)
    fits(page)
    screens(page, "organise-slots-open")
    page.get_by_label("22:30–6").fill("20")
    page.get_by_role("button", name="Show the hours").click()
    expect(page.get_by_text("weights changed")).to_be_visible()
    expect(page.locator("#chosen")).to_contain_text("New York")


def test_slots_by_keyboard(page: Page, site: str, organiser: User, expected: None) -> None:
    sign_in(page, organiser, site)
    page.goto(site + SLOTS + SEASON)
    link = page.get_by_role("link", name="16:30", exact=True)
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="16:30 in UTC")).to_be_in_viewport()
    expect(page.get_by_role("link", name="16:30", exact=True)).to_have_attribute("aria-current", "true")


def test_the_audience_is_for_everybody(page: Page, site: str, organiser: User, expected: None) -> None:
    sign_in(page, organiser, site)
    page.goto(site + AUDIENCE)
    axe(page)
    fits(page)
    screens(page, "organise-audience")
    page.get_by_label("Countries or cities").fill("Mexico 20\nAtlantis 3\nKenya")
    page.get_by_role("button", name="Add them all").click()
    expect(page.get_by_role("alert")).to_contain_text("name a city, such as Mexico City")
    axe(page)
    fits(page)
    screens(page, "organise-audience-wrong")


def test_where_nobody_is_the_page_says_what_to_do(
    page: Page, site: str, administrator: User, community: Community
) -> None:
    sign_in(page, administrator, site)
    for address in (SLOTS, AUDIENCE):
        page.goto(site + address)
        axe(page)
        fits(page)
        screens(page, f"organise{address.rstrip('/').replace('/', '-')[-9:]}-empty")


def test_a_series_says_who_is_awake(page: Page, site: str, community: Community) -> None:
    for number in range(10):
        make_member(community, person=make_person(zone="Asia/Kolkata" if number < 6 else "Africa/Lagos"))
    make_session(make_series(community, slug="after-hours"))
    page.goto(f"{site}/series/after-hours/")
    expect(page.get_by_text("10 of the 10 members whose")).to_be_visible()
    axe(page)
    screens(page, "series-awake")


def test_slots_are_light(page: Page, site: str, organiser: User, expected: None) -> None:
    sign_in(page, organiser, site)
    sent = weight(page, site + SLOTS + SEASON)
    print(f"Slots weigh {sent} bytes.")
    assert sent <= TARGET < HARD
