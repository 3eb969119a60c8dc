"""Rooms, numbers, doors and groups in Chromium, at 1280 and 360 pixels."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.series.rooms.models import Room
from seminars.sessions.models import Session
from seminars.sessions.sites.models import ListeningSite
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import make_series, make_session


def hybrid(community: Community) -> Session:
    """A session in two days, in a room with everything said of it, with numbers in two countries."""
    room = Room.objects.create(
        community=community,
        name="1.205",
        address="1333 H Street NW, Washington DC",
        capacity=60,
        access="The entrance has no step. Ring twice.",
        latitude=38.9003,
        longitude=-77.0314,
    )
    wall = (timezone.now() + timedelta(days=2)).replace(tzinfo=None, microsecond=0)
    series = make_series(community, slug="hybrid", form="hybrid", place=room, room=room.label)
    numbers = "US +1 202 555 0143, code 4417#\nZA +27 11 000 0143, code 4417#"
    return make_session(series, wall=wall, place=room, room=room.label, dial_in=numbers)


def test_a_room_is_kept(page: Page, site: str, community: Community, organiser: User) -> None:
    hybrid(community)
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/communities/savings/")
    page.get_by_role("link", name="Rooms").click()
    axe(page)
    fits(page)
    page.get_by_role("link", name="1.205").click()
    expect(page.get_by_text("1 session to come is in this room.")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "room")
    page.get_by_label("Name or number").fill("2.100")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. 1 session to come says it too.")).to_be_visible()
    page.goto(f"{site}/organise/sessions/hybrid-1/edit/")
    expect(page.get_by_label("Room", exact=True)).to_contain_text("2.100, 1333 H Street NW")
    axe(page)
    fits(page)


def test_a_group_comes(page: Page, site: str, community: Community) -> None:
    hybrid(community)
    page.goto(f"{site}/sessions/hybrid-1/")
    expect(page.get_by_role("heading", name="Getting in")).to_be_visible()
    expect(page.get_by_role("link", name="South Africa")).to_have_attribute(
        "href", "tel:+27110000143,,4417%23"
    )
    axe(page)
    fits(page)
    screens(page, "session-hybrid")
    page.goto(f"{site}/sessions/hybrid-1/join")
    expect(page.get_by_role("heading", name="The doors are still closed")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "doors-closed")
    page.goto(f"{site}/sessions/hybrid-1/group/")
    axe(page)
    fits(page)
    screens(page, "group-new")
    page.get_by_label("Place").fill("Town library")
    page.get_by_label("City", exact=True).fill("Gulu")
    page.get_by_label("Whose clock counts there").select_option("Africa/Kampala")
    page.get_by_label("How many people you expect").fill("25")
    page.get_by_label("Your name").fill("Akello")
    page.get_by_label("Your e-mail address").fill("akello@example.org")
    page.get_by_label("Others may come").check()
    page.get_by_role("button", name="Register our group").click()
    expect(page.get_by_role("heading", name="Keep this link")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "group")
    assert ListeningSite.objects.get().welcome
    page.goto(f"{site}/sessions/hybrid-1/")
    expect(page.get_by_text("Town library, Gulu")).to_be_visible()
