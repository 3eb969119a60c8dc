"""Follow by mail, confirm, choose and stop in Chromium, at 1280 and 360 pixels; the text to send on is copied."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.notifications import outbox
from seminars.notifications.readers.models import Reader
from seminars.people.models import Community, User
from tests.browser.conftest import NARROW, WIDE, axe, fits, said_stays, screens, sign_in
from tests.factories import make_series, make_session


def test_who_comes_straight_to_a_form_finds_their_own_city(
    page: Page, site: str, community: Community
) -> None:
    make_series(community, slug="talks")
    page.goto(f"{site}/series/talks/mails/")
    expect(page.get_by_label("Your city")).to_have_value("Asia/Kolkata")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "360"])
def test_somebody_follows_by_address_and_stops(
    page: Page, site: str, community: Community, member: User, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers
    wall = (timezone.now() + timedelta(days=5)).replace(tzinfo=None, microsecond=0)
    make_session(make_series(community, slug="talks"), wall=wall)
    page.goto(f"{site}/series/talks/")
    page.get_by_role("link", name="Mail me").click()
    expect(page.get_by_label("Your city")).to_have_value("Asia/Kolkata")
    page.get_by_role("button", name="Mail me").click()
    expect(page.get_by_text("Give your e-mail address")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "follow")
    page.get_by_label("Your e-mail address").fill("reader@example.org")
    page.get_by_role("button", name="Mail me").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    axe(page)
    mail.outbox.clear()
    outbox.deliver()
    found = re.search(r"https?://\S+/reader/\S+", str(mail.outbox[0].body))
    assert found
    page.goto(found.group())
    axe(page)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("From now on these mails come to you.")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "reader")
    page.get_by_text("Stop everything").click()
    page.get_by_role("button", name="Stop all of it").click()
    expect(page.get_by_role("heading", name="No more of these mails")).to_be_visible()
    assert not Reader.objects.exists()
    page.goto(f"{site}/sessions/talks-1/share/")
    axe(page)
    fits(page)
    screens(page, "share")
    with said_stays(page):
        page.get_by_role("button", name="Copy").first.click()
        expect(page.get_by_text("Copied").first).to_be_visible()
    sign_in(page, member, site)
    page.goto(f"{site}/me/mails/")
    axe(page)
    fits(page)
    screens(page, "my_mails")
