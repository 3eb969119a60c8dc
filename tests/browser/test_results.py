"""Results in a real browser: wide and narrow, without barriers; the table behind a plot opens by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from tests.browser.conftest import NARROW, WIDE, axe, fits, sign_in
from tests.factories import make_series, make_session
from tests.seminars.results.cast import come, record, register


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "360"])
def test_an_organiser_reads_and_prints_what_came_of_it(
    page: Page, site: str, community: Community, organiser: User, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers
    series = make_series(community, slug="talks", zone="UTC")
    wall = (timezone.now() - timedelta(days=9)).replace(tzinfo=None, microsecond=0)
    for hours in range(2):
        session = make_session(
            series, wall=wall + timedelta(hours=hours), title={"en": "What a repayment diary tells " * 3}
        )
        register(session, 9)
        come(session, 5)
        come(session, 3, zone="Asia/Manila", country="PH")
        record(session, 2)
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/communities/savings/results/?period=all")
    expect(page.get_by_role("img", name="Took part live, by country")).to_be_visible()
    page.get_by_text("The numbers behind it").nth(1).click()
    expect(page.get_by_role("cell", name="10", exact=True).first).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_label("Your words for the report").fill("Two pilots began.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Report to print").click()
    expect(page.get_by_text("Two pilots began.")).to_be_visible()
    axe(page)
    fits(page)
    page.goto(f"{site}/organise/sessions/{session.slug}/results/")
    axe(page)
    fits(page)
    page.goto(f"{site}/series/talks/")
    expect(page.get_by_text("In 2 sessions, 16 took part live, in 2 countries")).to_be_visible()
