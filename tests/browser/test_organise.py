"""The organiser's pages in Chromium: planning with and without script, for everybody, on a phone, by weight."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from seminars.followups.models import Item
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions import moving
from seminars.sessions.models import MaterialKind, Session
from tests.browser.conftest import axe, fits, screens, sign_in, weight
from tests.factories import NOW, make_member, make_person, make_series, make_session

TARGET, HARD = 120_000, 250_000


@pytest.fixture
def people(community: Community) -> None:
    """Members in Lisbon, New York and Kolkata."""
    zones = ("Europe/Lisbon", "Europe/Lisbon", "America/New_York", "Asia/Kolkata")
    for number, zone in enumerate(zones):
        make_member(community, person=make_person(zone=zone, email=f"member{number}@example.org"))


@pytest.fixture
def session(community: Community, organiser: User) -> Session:
    """A session that was moved, with an open and a waived item."""
    series = make_series(community, slug="after-hours", title={"en": "After Hours"})
    session = make_session(series, title={"en": "Savings groups by phone"})
    make_session(series)
    session = moving.postpone(session=session, reason="The speaker is ill.", now=NOW, actor_id=organiser.pk)
    moving.reinstate(session=session, now=NOW, actor_id=organiser.pk)
    for kind, state in ((MaterialKind.SLIDES, "overdue"), (MaterialKind.RECORDING, "waived")):
        Item.objects.create(
            session=session,
            kind=kind,
            state=state,
            due_at=NOW,
            first_due_at=NOW,
            opened_at=NOW,
            reason="Not asked for.",
        )
    return session


def fill(page: Page) -> None:
    """Fill in a monthly series in Johannesburg that crosses the European change of clocks."""
    page.get_by_label("Title", exact=True).fill("Harvest hour")
    page.get_by_label("Community", exact=True).select_option("savings")
    page.get_by_label("Each month on a weekday").check()
    page.get_by_label("Which one of the month").select_option("2")
    page.get_by_label("Weekday", exact=True).select_option("1")
    page.get_by_label("First date").fill("2027-01-01")
    page.get_by_label("Start", exact=True).fill("15:00")
    page.get_by_label("Length", exact=True).fill("1:30")


def test_planning_with_script(page: Page, site: str, organiser: User, people: None) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/series/new/")
    expect(page.get_by_label("Weeks apart")).to_be_hidden()
    expect(page.get_by_role("button", name="Show the preview")).to_be_hidden()
    axe(page)
    fits(page)
    screens(page, "organise-plan-empty")
    page.get_by_label("Find a city or country").fill("washington")
    expect(page.get_by_label("Whose clock counts")).to_have_value("America/New_York")
    page.get_by_label("Find a city or country").fill("south afr")
    expect(page.get_by_label("Whose clock counts")).to_have_value("Africa/Johannesburg")
    fill(page)
    expect(page.locator("#preview")).to_contain_text("Tue 12 Jan 2027")
    expect(page.locator("#preview")).to_contain_text("clocks change in New York, not in Johannesburg")
    axe(page)
    fits(page)
    screens(page, "organise-plan")
    page.get_by_text("Dates that do not suit").click()
    page.get_by_label("Find a country").fill("tanz")
    expect(page.get_by_label("South Africa", exact=True)).to_be_hidden()
    page.get_by_label("Tanzania", exact=True).check()
    page.get_by_label("On a public holiday").select_option("move")
    expect(page.locator("#preview")).to_contain_text("Moved from 12 January 2027")
    axe(page)
    fits(page)
    screens(page, "organise-plan-date-rules")
    page.get_by_label("Each month on a date").check()
    expect(page.get_by_label("Day of the month")).to_be_visible()
    expect(page.get_by_label("Weekday", exact=True)).to_be_hidden()
    page.get_by_label("Each month on a weekday").check()
    page.get_by_label("After a number of sessions").check()
    page.get_by_label("Number of sessions", exact=True).fill("6")
    page.get_by_role("button", name="Publish").dblclick()
    expect(page.get_by_role("heading", name="Harvest hour")).to_be_visible()
    assert Series.objects.get().sessions.filter(published_at__isnull=False).count() == 6
    axe(page)
    fits(page)
    screens(page, "organise-series")


def test_planning_without_script(plain: Page, site: str, organiser: User, people: None) -> None:
    sign_in(plain, organiser, site)
    plain.goto(f"{site}/organise/series/new/")
    expect(plain.get_by_label("Weeks apart")).to_be_visible()
    plain.get_by_label("Whose clock counts").select_option("Africa/Johannesburg")
    fill(plain)
    plain.get_by_role("button", name="Show the preview").click()
    expect(plain.locator("#preview")).to_contain_text("Tue 12 Jan 2027")
    expect(plain.get_by_label("Title", exact=True)).to_have_value("Harvest hour")
    plain.get_by_label("Start", exact=True).fill("")
    plain.get_by_role("button", name="Save as draft").click()
    expect(plain.get_by_role("alert")).to_contain_text("Give the hour")
    expect(plain.get_by_label("Title", exact=True)).to_have_value("Harvest hour")
    plain.get_by_label("Start", exact=True).fill("15:00")
    plain.get_by_role("button", name="Save as draft").click()
    expect(plain.get_by_text("Saved as a draft.")).to_be_visible()
    assert Series.objects.get().published_at is None


PAGES = {
    "board": "/organise/",
    "series": "/organise/series/after-hours/",
    "edit-series": "/organise/series/after-hours/edit/",
    "owed": "/organise/series/after-hours/follow-ups/",
    "follow-ups": "/organise/follow-ups/",
    "add-session": "/organise/series/after-hours/sessions/add/",
    "session": "/organise/sessions/after-hours-1/",
    "edit-session": "/organise/sessions/after-hours-1/edit/",
    "invited": "/organise/sessions/after-hours-1/invited/",
    "speaker": "/organise/sessions/after-hours-1/speakers/add/",
    "move": "/organise/sessions/after-hours-1/move/",
    "cancel": "/organise/sessions/after-hours-1/cancel/",
    "report": "/organise/sessions/after-hours-1/report/",
    "community": "/organise/communities/savings/",
    "edit-community": "/organise/communities/savings/edit/",
    "members": "/organise/communities/savings/members/",
    "new-community": "/organise/communities/new/",
}


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_for_everybody(
    name: str, page: Page, site: str, session: Session, people: None, administrator: User
) -> None:
    sign_in(page, administrator, site)
    page.goto(site + PAGES[name])
    axe(page)
    fits(page)
    screens(page, f"organise-{name}")


def test_a_stale_form_shows_both_versions(page: Page, site: str, session: Session, organiser: User) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/sessions/after-hours-1/edit/")
    page.get_by_label("Title (English)").fill("Mine")
    moving.edit(session=session, title="Theirs", now=NOW, actor_id=organiser.pk)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Theirs")
    expect(page.get_by_label("Title (English)")).to_have_value("Mine")
    axe(page)
    fits(page)
    screens(page, "organise-stale")
    page.get_by_role("button", name="Save mine over it").click()
    expect(page.get_by_role("heading", name="Mine")).to_be_visible()


def test_moving_shows_the_new_time_before_it_is_saved(
    page: Page, site: str, session: Session, organiser: User, people: None
) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/sessions/after-hours-1/move/")
    page.get_by_label("Start", exact=True).fill("17:00")
    expect(page.locator("#times")).to_contain_text("17:00–18:00")
    expect(page.locator("#times")).to_contain_text("New York")
    screens(page, "organise-moving")


def test_the_planner_is_light(page: Page, site: str, organiser: User) -> None:
    sign_in(page, organiser, site)
    sent: Any = weight(page, f"{site}/organise/series/new/")
    print(f"The planner weighs {sent} bytes.")
    assert sent <= TARGET < HARD
