"""The rhythm form in Chromium: each choice shows its own fields, and what was chosen is said back; rules, too."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions import planning
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import NOW, make_series

CHOICES = {
    "Every day, or every few days": "every_days",
    "Every week, or every few weeks": "every",
    "Each month on a weekday": "nth",
    "Each month on a date": "day",
    "Each year on a date": "years",
    "On dates that I list": "dates",
    "In weeks that I list": "weeks",
    "Once: a single event": "last_date",
}
"""The choice, and a field that is its own."""


@pytest.mark.parametrize("width", [1280, 360])
def test_each_rhythm_shows_its_own_fields(page: Page, site: str, organiser: User, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/series/new/")
    for choice, own in CHOICES.items():
        page.get_by_label(choice).check()
        for name in CHOICES.values():
            field = expect(page.locator(f"#id_{name}"))
            field.to_be_visible() if name == own else field.to_be_hidden()
    page.get_by_label("Once, without a date yet").check()
    for label in ("First date", "Start", "Days that each one lasts", "Extra dates"):
        expect(page.get_by_label(label, exact=True)).to_be_hidden()
    page.get_by_label("Title", exact=True).fill("Course plan")
    page.get_by_label("In weeks that I list").check()
    page.get_by_label("Weeks", exact=True).fill("v 17 2027\nv 53 2027")
    expect(page.locator("#preview")).to_contain_text("“v 53 2027” is not a week")
    page.get_by_label("Weeks", exact=True).fill("v 17 2027\n2027-W20")
    expect(page.locator("#preview")).to_contain_text("Week 17, 26 April–2 May 2027")
    axe(page)
    fits(page)
    screens(page, f"rhythm-weeks-{width}")
    page.get_by_label("Each quarter on a weekday").check()
    page.get_by_label("First date").fill("2027-03-01")
    page.get_by_label("Which one of the month").select_option("2")
    page.get_by_label("Weekday", exact=True).select_option("1")
    page.get_by_label("Start", exact=True).fill("09:00")
    page.get_by_label("Extra dates").fill("2027-05-04")
    expect(page.locator("#preview")).to_contain_text("March, June, September and December")
    expect(page.locator("#preview")).to_contain_text("also on 4 May 2027")
    axe(page)
    fits(page)
    screens(page, f"rhythm-quarter-{width}")


@pytest.fixture
def series(community: Community) -> Series:
    """Four Fridays about Heritage Day, 24 September 2027, out."""
    series = make_series(
        community, slug="after-hours", first_date=date(2027, 9, 10), rrule="FREQ=WEEKLY;COUNT=4"
    )
    planning.fill(series=series, now=NOW)
    return series


@pytest.mark.parametrize("width", [1280, 360])
def test_the_rules_of_a_series(page: Page, site: str, organiser: User, series: Series, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/series/after-hours/")
    page.get_by_role("link", name="Dates that do not suit").click()
    page.get_by_label("Find a country").fill("south afr")
    page.get_by_label("South Africa", exact=True).check()
    page.get_by_label("On a public holiday").select_option("move")
    axe(page)
    fits(page)
    screens(page, f"rules-{width}")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("Moved from 24 September 2027: Heritage Day in South Africa.")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, f"rules-preview-{width}")
    page.get_by_role("button", name="Apply all of it").click()
    expect(page.get_by_text("the sessions to come follow them")).to_be_visible()
    expect(page.get_by_role("button", name="Undo it")).to_be_visible()
    page.goto(f"{site}/organise/series/after-hours/change/")
    axe(page)
    fits(page)
    screens(page, f"change-form-{width}")
