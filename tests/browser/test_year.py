"""The year and the month in Chromium: for everybody, on a phone."""

from datetime import datetime

from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import NOW, make_person, make_series, make_session


def test_year_and_month_are_for_everybody(
    page: Page, site: str, organiser: User, community: Community, closed_community: Community
) -> None:
    monthly = make_series(community, slug="after-hours", title={"en": "Financial Services After Hours"})
    for month in range(1, 13):
        make_session(monthly, wall=datetime(2026, month, 8, 15, 0))
    weekly = make_series(closed_community, slug="cohort-2", title={"en": "The second cohort"})
    for day in (3, 10, 17, 24):
        make_session(weekly, wall=datetime(2026, 11, day, 9, 0), title={"en": f"Lesson of the {day}th"})
    make_session(weekly, wall=datetime(2026, 11, 10, 17, 0), title={"en": "Questions"}, cancelled_at=NOW)
    make_session(weekly, wall=datetime(2026, 11, 25), all_day=True, days=3, title={"en": "Closing meeting"})
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/year/2026/")
    axe(page)
    fits(page)
    screens(page, "organise-year")
    page.get_by_role("link", name="10 Nov: 2 sessions").click()
    expect(page.get_by_role("heading", name="November 2026")).to_be_visible()
    expect(page.locator("#day-10")).to_contain_text("Cancelled")
    axe(page)
    fits(page)
    screens(page, "organise-month")


def test_roles_and_the_handover_pack_are_for_everybody(
    page: Page, site: str, organiser: User, community: Community
) -> None:
    session = make_session(make_series(community, slug="after-hours", title={"en": "After Hours"}))
    session.speakers.create(person=make_person(name="Amina Diallo", email="amina@example.org"))
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/series/after-hours/roles/")
    page.get_by_label("E-mail address").fill("chinua@example.org")
    page.get_by_label("Name").fill("Chinua Obi")
    page.get_by_role("button", name="Give the role").click()
    expect(page.get_by_role("heading", name="Chinua Obi")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "organise-roles")
    page.goto(f"{site}/organise/series/after-hours/handover/")
    expect(page.get_by_text("Chinua Obi, chinua@example.org")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "organise-handover")
