"""The timetable of an event in a real browser: a table with a column for each room, one list on a small screen."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars import clock
from seminars.people.models import Community, User
from seminars.sessions.echoes import add_relay
from seminars.sessions.models import Session
from seminars.sessions.programme.parts import add_part
from tests.browser.conftest import NARROW, WIDE, axe, fits, screens, sign_in, weight
from tests.factories import make_person, make_series, make_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event(community: Community) -> Session:
    """Two days in a month: three rooms on the first, one part on the second."""
    first = (timezone.now() + timedelta(days=30)).date()
    wall = datetime(first.year, first.month, first.day)
    series = make_series(community, slug="meeting", rrule="", local_time=None, days=2)
    event = make_session(series, wall=wall, all_day=True, days=2, title={"en": "Course meeting"})
    for day, hour, minutes, room, title in (
        (0, 9, 120, "1.205", "A long welcome"),
        (0, 9, 60, "1.206", "Workshop: who is your customer?"),
        (0, 10, 60, "1.206", "Workshop: a budget on one page"),
        (0, 9, 60, "The hall by the river", "A walk"),
        (1, 9, 60, "1.205", "Farewell"),
    ):
        add_part(
            event=event,
            title=title,
            wall=wall + timedelta(days=day, hours=hour),
            minutes=minutes,
            room=room,
            now=timezone.now(),
            actor_id=None,
        )
    return event


def test_a_wide_screen_has_a_table_and_a_small_one_a_list(page: Page, site: str, event: Session) -> None:
    page.goto(f"{site}/sessions/{event.slug}/")
    table = page.locator("table.timetable").first
    expect(table.locator("thead th")).to_have_text(["Time", "1.205", "1.206", "The hall by the river"])
    beside = [table.get_by_text(name).bounding_box() for name in ("A long welcome", "Workshop: who is")]
    assert beside[0]
    assert beside[1]
    assert beside[0]["x"] < beside[1]["x"]
    assert abs(beside[0]["y"] - beside[1]["y"]) < 5
    page.set_viewport_size(NARROW)
    under = [table.get_by_text(name).bounding_box() for name in ("A long welcome", "Workshop: who is")]
    assert under[0]
    assert under[1]
    assert under[0]["x"] == under[1]["x"]
    assert under[0]["y"] < under[1]["y"]
    expect(table.get_by_text("The hall by the river").last).to_be_visible()
    page.set_viewport_size(WIDE)
    fits(page)
    axe(page)
    assert weight(page) < 80_000
    screens(page, "programme")


def test_it_works_without_script_and_leads_to_the_part_and_back(
    plain: Page, site: str, event: Session
) -> None:
    plain.goto(f"{site}/sessions/{event.slug}/")
    plain.get_by_role("link", name="Workshop: a budget on one page").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Workshop: a budget on one page")
    expect(plain.get_by_role("heading", name="At the same time")).to_be_visible()
    plain.get_by_role("link", name="Course meeting").click()
    expect(plain.locator("table.timetable").first).to_be_visible()


def test_the_organiser_pastes_a_programme(page: Page, site: str, event: Session, organiser: User) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/sessions/{event.slug}/programme/")
    box = page.get_by_label("A part on each line")
    box.fill(
        "Day 2\n14:00-15:00 | 1.206 | Coffee and questions | Astrid Exempel\n14:30-15:00 | 1.206 | Clash"
    )
    page.get_by_role("button", name="Show what would be added").click()
    expect(page.get_by_text("Line 3:")).to_be_visible()
    page.get_by_label("A part on each line").fill("Day 2\n14:00-15:00 | 1.206 | Coffee and questions")
    page.get_by_role("button", name="Show what would be added").click()
    page.get_by_role("button", name="Add them all").click()
    expect(page.get_by_role("link", name="Coffee and questions", exact=True)).to_be_visible()
    fits(page)
    axe(page)
    screens(page, "organise-programme")


def test_both_hours_of_a_topic_stand_on_one_page(page: Page, site: str, community: Community) -> None:
    now = timezone.now()
    wall = clock.to_wall(now + timedelta(days=5), "Africa/Johannesburg").replace(second=0, microsecond=0)
    lead = make_session(make_series(community, slug="talks"), wall=wall, title={"en": "Savings"})
    relay = add_relay(
        session=lead,
        wall=(wall + timedelta(days=2)).replace(hour=19, minute=0),
        zone="Asia/Manila",
        host=make_person(name="Ana Example"),
        now=now,
        actor_id=None,
    )
    page.goto(f"{site}/sessions/{relay.slug}/")
    expect(page).to_have_url(f"{site}/sessions/{lead.slug}/")
    expect(page.get_by_role("heading", name="Held at several hours")).to_be_visible()
    expect(page.get_by_text("The recording, with Ana Example present")).to_be_visible()
    fits(page)
    axe(page)
    screens(page, "both-hours")
