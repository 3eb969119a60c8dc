"""The participant's pages in a real browser: for everybody, on a small screen, light, and by the reader's clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars import clock
from seminars.followups.reports.saving import save_report
from seminars.people.models import Community, User
from seminars.sessions.models import Session
from tests.browser.conftest import axe, fits, screens, sign_in, weight
from tests.factories import make_community, make_material, make_person, make_series, make_session

ZONE = "America/New_York"
ABSTRACT = {"en": "Savings groups reach families whom banks do not.\n\nBring a question from your own work."}
STATES: dict[str, tuple[timedelta, dict[str, Any]]] = {
    "announced": (timedelta(days=9), {"title": {}, "abstract": {}}),
    "upcoming": (timedelta(days=9), {}),
    "soon": (timedelta(hours=9), {}),
    "doors-open": (timedelta(minutes=10), {}),
    "live": (timedelta(minutes=-10), {}),
    "ended": (timedelta(days=-2), {}),
    "archived": (timedelta(days=-30), {}),
    "report-only": (timedelta(days=-40), {"report_only": True}),
    "rescheduled": (
        timedelta(days=9),
        {"moved_from": {"date": "2026-01-09", "time": "09:00", "fold": 0, "zone": ZONE}},
    ),
    "postponed": (
        timedelta(days=9),
        {"postponed_at": timezone.now(), "reason": "The venue is being rebuilt."},
    ),
    "cancelled": (timedelta(days=9), {"cancelled_at": timezone.now(), "reason": "The speaker is ill."}),
    "withdrawn": (timedelta(days=-9), {"withdrawn_at": timezone.now(), "reason": "A speaker asked for it."}),
}


def make(state: str) -> Session:
    """A session in `state` now, of a hybrid series with all that a page can show; its colour is hard to read."""
    delta, fields = STATES[state]
    community = make_community(slug="micro", name={"en": "microLINKS"}, home_zone=ZONE, accent="#f2c200")
    series = make_series(
        community, slug="after-hours", title={"en": "After Hours"}, form="hybrid", abstract=ABSTRACT
    )
    wall = clock.to_wall(timezone.now() + delta, ZONE).replace(second=0, microsecond=0)
    places = {"room": "1000 Washington Avenue, fourth floor, room 4", "dial_in": "+1 202 555 0100, code 4411"}
    session = make_session(series, wall=wall, **({"abstract": ABSTRACT} | places | fields))
    if fields.get("abstract", True):
        session.speakers.create(person=make_person(name="Amina Diallo"), affiliation="Field team, Kayes")
    if state == "archived":
        make_material(session, "recording", media_type="video/mp4", size=48_000_000)
        make_material(session, "slides")
    if state == "report-only":
        answers = {"title": "Mindset", "participants": "10", "who": "Lund\nGent", "quotes": "One.\nTwo."}
        save_report(session=session, answers=answers, now=timezone.now(), actor_id=None)
    return session


@pytest.mark.parametrize("state", STATES)
def test_a_session_in_every_state_can_be_used_by_everybody(page: Page, site: str, state: str) -> None:
    session = make(state)
    page.goto(f"{site}/sessions/{session.slug}/")
    axe(page)
    fits(page)
    screens(page, f"session-{state}")


@pytest.mark.parametrize(
    "address", ["/", "/communities/micro/", "/series/after-hours/", "/zone/", "/sessions/after-hours-1/join"]
)
def test_pages_can_be_used_by_everybody_and_are_light(page: Page, site: str, address: str) -> None:
    session = make("soon")
    for days in range(2, 10):
        wall = clock.to_wall(timezone.now() + timedelta(days=days), ZONE).replace(second=0, microsecond=0)
        make_session(session.series, wall=wall)
    page.goto(site + address)
    axe(page)
    fits(page)
    assert 3_000 < weight(page) < 45_000
    screens(page, address.strip("/").replace("/", "-") or "home")


def test_the_frame_of_who_is_signed_in(page: Page, site: str, organiser: User) -> None:
    sign_in(page, organiser, site)
    page.goto(site)
    expect(page.get_by_role("link", name="Organise")).to_be_visible()
    axe(page)
    fits(page)


def test_an_empty_home_page(page: Page, site: str) -> None:
    page.goto(site)
    axe(page)
    screens(page, "home-empty")


def test_what_is_not_there_leads_on(page: Page, site: str) -> None:
    page.goto(f"{site}/no/such/page/")
    expect(page.get_by_role("link", name="To the start page")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "404")


def here(session: Session, form: Callable[[datetime], str]) -> str:
    """A text with the session's start in Kolkata, where the browser is."""
    assert session.starts_at
    return form(clock.to_wall(session.starts_at, "Asia/Kolkata"))


def test_the_first_visit_tells_the_browser_s_own_hour(page: Page, site: str) -> None:
    session = make("upcoming")
    page.goto(f"{site}/sessions/{session.slug}/")
    shown = page.locator(".when-own")
    expect(shown).to_contain_text(here(session, lambda at: f"{at:%A} {at.day} {at:%B %Y}, {at:%H:%M}–"))
    expect(page.locator(".when-whose")).to_contain_text("your time – Kolkata (UTC+5:30)")
    expect(page.locator(".when-other").first).to_contain_text("in New York")
    first = shown.inner_text()
    page.reload()  # now the server knows
    expect(page.locator(".when-own")).to_have_text(first, use_inner_text=True)
    expect(page.locator(".when-whose")).to_contain_text("your time – Kolkata (UTC+5:30)")
    expect(page.locator("#elsewhere")).to_be_hidden()


def test_the_first_visit_tells_the_former_hour_by_the_same_clock(page: Page, site: str) -> None:
    session = make("rescheduled")  # it was to be at 9:00 in New York
    page.goto(f"{site}/sessions/{session.slug}/")
    said = page.locator("p", has=page.locator("time")).filter(has_text="Was Fri")
    expect(said).to_have_text("Was Fri 9 Jan 2026, 19:30.")
    page.reload()  # now the server knows
    expect(said).to_have_text("Was Fri 9 Jan 2026, 19:30.")


def test_script_and_server_say_the_same_in_swedish(page: Page, site: str) -> None:
    session = make("upcoming")
    page.context.add_cookies([{"name": "meridian_language", "value": "sv", "url": site}])
    address = f"{site}/sessions/{session.slug}/"
    page.goto(address)
    expect(page.locator(".when-own")).to_contain_text(
        here(session, lambda at: f"(v {at.isocalendar().week})")
    )
    first = page.locator(".when-own").inner_text()
    page.reload()
    expect(page.locator(".when-own")).to_have_text(first, use_inner_text=True)


def test_without_a_script_the_event_s_hour_and_utc(plain: Page, site: str) -> None:
    session, page = make("upcoming"), plain
    page.goto(f"{site}/sessions/{session.slug}/")
    expect(page.locator(".when-whose")).to_contain_text("time in New York")
    expect(page.locator(".when-other").first).to_contain_text("UTC")
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Your city").select_option("Africa/Maputo")
    page.get_by_role("button", name="Show times for this city").click()
    expect(page.locator(".when-whose")).to_contain_text("your time – Maputo (UTC+2)")


def test_a_traveller_is_asked(page: Page, site: str, member: User) -> None:
    User.objects.filter(pk=member.pk).update(zone="Africa/Nairobi")
    sign_in(page, member, site)
    session = make("upcoming")
    page.goto(f"{site}/sessions/{session.slug}/")
    expect(page.locator(".when-whose")).to_contain_text("Nairobi")
    expect(page.get_by_text("You seem to be in Kolkata now.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Show Kolkata times").click()
    expect(page.locator(".when-whose")).to_contain_text("Kolkata")
    member.refresh_from_db()
    assert member.zone == "Asia/Kolkata"


def test_a_traveller_may_leave_it(page: Page, site: str, member: User) -> None:
    User.objects.filter(pk=member.pk).update(zone="Africa/Nairobi")
    sign_in(page, member, site)
    page.goto(site)
    page.get_by_role("button", name="Leave as it is").click()
    expect(page.locator("#elsewhere")).to_be_hidden()
    page.reload()
    expect(page.locator("#elsewhere")).to_be_hidden()


def test_the_list_of_cities_begins_at_the_reader_s_own(page: Page, site: str) -> None:
    page.goto(f"{site}/zone/")
    expect(page.locator("main select[name=zone]")).to_have_value("Asia/Kolkata")


def test_the_picker_finds_a_city(page: Page, site: str) -> None:
    page.goto(f"{site}/zone/")
    page.get_by_label("Search a city or country").fill("moçamb")
    options = page.get_by_label("Your city").locator("option")
    page.get_by_label("Search a city or country").fill("mozambique")
    expect(options).to_have_count(1)
    page.get_by_role("button", name="Show times for this city").click()
    expect(page.get_by_role("status")).to_contain_text("Maputo")


def test_the_keyboard_comes_first_to_the_content(page: Page, site: str, community: Community) -> None:
    page.goto(f"{site}/communities/{community.slug}/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_targets_are_large_enough(page: Page, site: str) -> None:
    session = make("doors-open")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/sessions/{session.slug}/")
    main = page.locator(".button.primary").bounding_box()
    assert main
    assert main["height"] >= 44


def test_sign_in_by_code_from_the_mailbox(page: Page, site: str, member: User, mailoutbox: list[Any]) -> None:
    page.goto(f"{site}/accounts/login/?next=/zone/")
    page.get_by_label("Email").fill(member.email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "code")
    page.get_by_label("Code").fill(mailoutbox[-1].subject.split(": ")[1])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You are signed in.")).to_be_visible()
    expect(page).to_have_url(f"{site}/zone/")
