"""Importing in Chromium: a file with everything in it, looked at, chosen for, applied."""

from pathlib import Path

from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.sessions.models import Session
from tests.browser.conftest import axe, fits, screens, sign_in, weight

ZOO = Path(__file__).resolve().parent.parent / "zoo" / "importing"
HARD = 250_000  # the planner's limit


def test_a_calendar_is_shown_and_imported(
    page: Page, site: str, community: Community, organiser: User
) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/communities/{community.slug}/")
    page.get_by_role("link", name="Import and export").click()
    axe(page)
    fits(page)
    screens(page, "import")
    page.get_by_label("File").set_input_files(ZOO / "own-zone.ics")
    page.get_by_role("button", name="Show what it would bring").click()
    expect(page.get_by_role("heading", name="At the office")).to_be_visible()
    expect(page.get_by_text("Its time zone “Mars/Phobos” is not known.")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "import-preview")
    assert weight(page) < HARD
    page.get_by_label("Title of the new series").fill("Office hours")
    page.get_by_role("button", name="Show it with these choices").click()
    page.get_by_role("link", name="Not understood: 1").click()
    expect(page.get_by_role("heading", name="At the office")).to_have_count(0)
    page.get_by_role("button", name="Import it like this").click()
    expect(page.get_by_text("Imported: 1 session added.")).to_be_visible()
    assert Session.objects.get().series.title == {"en": "Office hours"}


def test_a_table_is_put_right(page: Page, site: str, community: Community, organiser: User) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/communities/{community.slug}/import/")
    page.get_by_label("File").set_input_files(ZOO / "ambiguous.csv")
    page.get_by_role("button", name="Show what it would bring").click()
    expect(page.get_by_text("03/04 could be 3 April or March 4")).to_be_visible()
    page.get_by_text("Which column is which").click()
    axe(page)
    fits(page)
    screens(page, "import-table")
    page.get_by_label("03/04 means").select_option("month")
    page.get_by_role("button", name="Show it with these choices").click()
    expect(page.get_by_text("could be 3 April")).to_have_count(0)
    expect(page.get_by_text("4 Mar 2027").first).to_be_visible()
