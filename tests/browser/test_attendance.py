"""Who came, certificates and feedback in a real browser: wide and narrow, without barriers."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.sessions.attendance.noting import headcount_of
from seminars.sessions.certificates import certifying
from tests.browser.conftest import NARROW, WIDE, axe, fits, sign_in
from tests.factories import make_series, make_session

LIST = Path(__file__).parents[1] / "zoo" / "attendance" / "zoom-with-header.csv"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "360"])
def test_a_list_is_taken_in_and_certified(
    page: Page, site: str, community: Community, organiser: User, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers
    wall = (timezone.now() - timedelta(hours=3)).replace(tzinfo=None, microsecond=0)
    session = make_session(make_series(community, slug="talks", zone="UTC"), wall=wall)
    certifying.set_rule(series=session.series, on=True, minutes=20)
    sign_in(page, organiser, site)
    here = f"{site}/organise/sessions/{session.slug}"

    def is_well() -> None:
        axe(page)
        fits(page)

    page.goto(f"{here}/attendance/")
    is_well()
    page.get_by_role("link", name="Take in a list").click()
    is_well()
    page.get_by_label("The list of participants").set_input_files(LIST)
    page.get_by_role("button", name="Show what it would bring").click()
    expect(page.get_by_label("iPhone")).to_have_value("nobody")
    is_well()
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_text("4 people of the list count.")).to_be_visible()
    is_well()
    page.goto(f"{here}/certificates/")
    page.get_by_role("button", name="Make them all").click()
    is_well()
    page.locator("ul.rows a").first.click()
    expect(page.get_by_text("This certificate holds.")).to_be_visible()
    is_well()
    others = (f"{here}/door/?q=a", f"{here}/door/poster/", f"{here}/feedback/", f"{site}/me/certificates/")
    rules = (f"{site}/organise/series/talks/certificates/", f"{site}/organise/series/talks/feedback/")
    public = (f"{site}/sessions/{session.slug}/feedback/", f"{site}/here/{headcount_of(session).poster}/")
    for address in (*others, *rules, *public):
        page.goto(address)
        is_well()
