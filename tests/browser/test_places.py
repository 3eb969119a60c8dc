"""A full room in Chromium at 1280 and 360: the form, the waiting list, terms and lists, a whole series."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.sessions.registration import registering, whole
from seminars.sessions.registration.models import Registration, Terms
from tests.browser.conftest import NARROW, WIDE, axe, fits, screens, sign_in
from tests.factories import make_series, make_session

ASKED = [
    {"name": "q1", "kind": "one", "words": "What helps?", "required": True, "options": ["Nothing", "A ramp"]},
    {"name": "q2", "kind": "several", "words": "What for?", "required": False, "options": ["A", "B"]},
]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "360"])
def test_places_from_both_sides(
    page: Page, site: str, community: Community, organiser: User, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers
    now = timezone.now()
    wall = (now + timedelta(days=5)).replace(tzinfo=None, microsecond=0)
    series = make_series(community, slug="talks", form="hybrid", room="Hall 1")
    session = make_session(series, wall=wall, room="Hall 1")
    Terms.objects.create(session=session, capacity_room=1, questions=ASKED)
    people: list[Registration] = []
    for name in ("one", "two"):
        given = {"name": f"{name} Example", "language": "en", "coming": "room", "now": now}
        found, _new = registering.register(session=session, email=f"{name}@example.org", **given)
        people.append(registering.confirm(registration=found, now=now))

    def look(path: str, words: str, name: str = "") -> None:
        page.goto(f"{site}{path}")
        expect(page.get_by_text(words).first).to_be_visible()
        axe(page)
        fits(page)
        if name:
            screens(page, name)

    look("/sessions/talks-1/register/", "1 person waits.", "register-full")
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_text("Answer this question.")).to_be_visible()
    axe(page)
    look(f"/registration/{people[0].token}/", "You have a place in the room.")
    look(f"/registration/{people[1].token}/", "You are number 1 on the waiting list.", "waiting")
    registering.withdraw(registration=people[0], now=now)
    look(f"/registration/{people[1].token}/", "A place came free", "offered")
    page.get_by_role("button", name="Confirm my place").click()
    expect(page.get_by_text("You have a place in the room.")).to_be_visible()
    look("/series/talks/register/", "Once is enough")
    for_all, _new = whole.register(series=series, email="all@example.org", name="All", language="en", now=now)
    whole.confirm(registration=for_all, now=now)
    look(f"/series-registration/{for_all.token}/", "You are registered for all sessions.", "whole-series")
    Terms.objects.update(capacity_online=0)
    look("/sessions/talks-1/join", "You need a place for this session", "no-place")
    given = {"name": "Late", "language": "en", "now": now}
    late, _new = registering.register(session=session, email="late@example.org", **given)
    registering.confirm(registration=late, now=now)
    look(f"/sessions/talks-1/join?r={late.token}", "You have no place yet", "waits-at-the-door")
    sign_in(page, organiser, site)
    base = "/organise/sessions/talks-1"
    look(f"{base}/registrations/", "1 of 1 places", "places-list")
    look(f"{base}/registrations/door/", "two Example")
    look(f"{base}/registration/", "What you ask", "terms")
    look("/organise/series/talks/reminders/", "Remind registered people by mail", "series-reminders")
    look("/organise/series/talks/registrations/", "1 person is registered for all sessions")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "360"])
def test_a_code_is_looked_up(page: Page, site: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers
    for path, words in (("", "Code on the paper"), ("abcd-efgh/", "No certificate has this code")):
        page.goto(f"{site}/certificates/{path}")
        expect(page.get_by_text(words).first).to_be_visible()
        axe(page)
        fits(page)
