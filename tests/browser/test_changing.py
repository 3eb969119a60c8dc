"""Changing a series in Chromium: the form, the preview, apply and undo; with and without script, for everybody."""

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
import time_machine
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions import moving, planning
from seminars.sessions.models import Session
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import NOW, make_member, make_person, make_series

HERE = "/organise/series/after-hours/"


@pytest.fixture
def now() -> Iterator[datetime]:
    """The story's moment, in all threads; time goes on, since browsers wait."""
    with time_machine.travel(NOW, tick=True):
        yield NOW


@pytest.fixture
def series(community: Community, organiser: User, now: datetime) -> Series:
    """Twelve first Tuesdays in Johannesburg; one was moved by hand, one has its own room, one is cancelled."""
    series = make_series(
        community,
        slug="after-hours",
        title={"en": "After Hours"},
        first_date=date(2026, 12, 1),
        local_time=time(15, 0),
        rrule="FREQ=MONTHLY;BYDAY=1TU;COUNT=12",
    )
    planning.fill(series=series, now=now)
    for zone in ("Asia/Kolkata", "Asia/Kolkata", "America/New_York", "Europe/Lisbon"):
        make_member(community, person=make_person(zone=zone))
    rows = {each.number: each for each in Session.objects.select_related("series")}
    moving.reschedule(session=rows[3], wall=datetime(2027, 2, 4, 9, 0), now=now, actor_id=organiser.pk)
    moving.edit(session=rows[4], title="Savings groups by phone", now=now, actor_id=organiser.pk)
    moving.cancel(session=rows[5], reason="Holiday", now=now, actor_id=organiser.pk)
    return series


def test_this_and_all_that_follow(page: Page, site: str, organiser: User, series: Series) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/sessions/after-hours-2/")
    page.get_by_role("link", name="Change this and all that follow").click()
    expect(page.get_by_label("This one and all that follow")).to_be_checked()
    expect(page.get_by_label("Number of sessions", exact=True)).to_be_hidden()
    page.get_by_label("This one only").check()
    expect(page.get_by_label("As it is: The first Tuesday")).to_be_hidden()
    page.get_by_label("This one and all that follow").check()
    axe(page)
    fits(page)
    page.get_by_label("Each month on a weekday").check()
    expect(page.get_by_label("Number of sessions", exact=True)).to_have_value("11")
    page.get_by_label("Which one of the month").select_option("3")
    page.get_by_label("Weekday", exact=True).select_option("3")
    page.get_by_label("Number of sessions", exact=True).fill("12")
    page.get_by_label("Start", exact=True).fill("16:30")
    screens(page, "organise-change")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text("Thu 21 Jan 2027, 16:30–17:30 Johannesburg")
    expect(page.get_by_text("Moved by hand to Thu 4 Feb 2027")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "organise-change-preview")
    page.get_by_role("group", name="Session 3").get_by_label("Let it follow").check()
    page.get_by_role("button", name="Show it with these choices").click()
    expect(page.get_by_role("group", name="Session 3").get_by_label("Let it follow")).to_be_checked()
    page.get_by_role("button", name="Apply all of it").click()
    expect(page.get_by_role("button", name="Undo it")).to_be_visible()
    assert str(Session.objects.get(number=3).local_date) == "2027-02-18"
    axe(page)
    fits(page)
    screens(page, "organise-change-done")
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert str(Session.objects.get(number=3).local_date) == "2027-02-04"


def test_without_script(plain: Page, site: str, organiser: User, series: Series) -> None:
    sign_in(plain, organiser, site)
    plain.goto(f"{site}{HERE}change/")
    plain.get_by_label("Start", exact=True).fill("09:15")
    plain.get_by_role("button", name="Show what would change").click()
    plain.get_by_label("Let all follow, except cancelled ones").check()
    plain.get_by_role("button", name="Back to the form").click()
    expect(plain.get_by_label("Start", exact=True)).to_have_value("09:15")
    plain.get_by_role("button", name="Show what would change").click()
    plain.get_by_label("Let all follow, except cancelled ones").check()
    plain.get_by_role("button", name="Apply all of it").click()
    expect(plain.get_by_role("button", name="Undo it")).to_be_visible()
    hours = set(Session.objects.filter(cancelled_at=None).values_list("local_time", flat=True))
    assert hours == {time(9, 15)}
    assert Session.objects.get(number=5).local_time == time(15, 0)


@pytest.mark.parametrize(
    ("name", "address"),
    [("swap", "/organise/sessions/after-hours-2/swap/"), ("once-more", f"{HERE}once-more/")],
)
def test_each_page_is_for_everybody(
    name: str, address: str, page: Page, site: str, organiser: User, series: Series
) -> None:
    sign_in(page, organiser, site)
    page.goto(site + address)
    axe(page)
    fits(page)
    screens(page, f"organise-{name}")
