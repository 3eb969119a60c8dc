"""Register, confirm, answer and withdraw in Chromium, at 1280 and 360 pixels; then the organisers' list."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.notifications import outbox
from seminars.people.models import Community, User
from seminars.sessions.registration.models import Registration
from tests.browser.conftest import NARROW, WIDE, axe, fits, screens, sign_in
from tests.factories import make_series, make_session


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "360"])
def test_somebody_registers_and_withdraws(
    page: Page, site: str, community: Community, organiser: User, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers
    wall = (timezone.now() + timedelta(days=5)).replace(tzinfo=None, microsecond=0)
    make_session(make_series(community, slug="talks"), wall=wall)
    page.goto(f"{site}/sessions/talks-1/")
    expect(page.get_by_role("link", name="Add to calendar").first).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_role("link", name="Register", exact=True).click()
    expect(page.get_by_label("Your city")).to_have_value("Asia/Kolkata")
    axe(page)
    fits(page)
    screens(page, "register")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("Give your e-mail address")).to_be_visible()
    axe(page)
    page.get_by_label("Your name").fill("Reader Example")
    page.get_by_label("Your e-mail address").fill("reader@example.org")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    axe(page)
    fits(page)
    mail.outbox.clear()
    outbox.deliver()
    found = re.search(r"https?://\S+/registration/\S+", str(mail.outbox[0].body))
    assert found
    page.goto(found.group())
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("The invitation comes by mail.")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "registration")
    page.get_by_role("link", name="Maybe").click()
    axe(page)
    fits(page)
    page.get_by_role("button", name="Maybe").click()
    expect(page.get_by_text("Thank you. The organisers see your answer.")).to_be_visible()
    assert Registration.objects.get().partstat == "tentative"
    withdraw_and_come_again(page)
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/sessions/talks-1/registrations/")
    expect(page.get_by_text("1 person is registered")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "registrations")
    page.get_by_role("button", name="Take Reader Example off the list").click()
    expect(page.get_by_text("1 withdrew or was taken off the list.")).to_be_visible()


def withdraw_and_come_again(page: Page) -> None:
    page.get_by_text("Withdraw my registration").click()
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text("You are not registered: you withdrew.")).to_be_visible()
    page.get_by_role("button", name="Register again").click()
    expect(page.get_by_text("Withdraw my registration")).to_be_visible()
