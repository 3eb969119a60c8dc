"""Links that lead nowhere, in Chromium: found in the overview, mended or left alone, on a small screen too."""

from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.followups.links import places
from seminars.followups.links.models import LinkPlace, OutsideLink
from seminars.people.models import Community, User
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import make_series, make_session

LONG = "https://reports.union.example/archive/" + "savings-and-loans-" * 12 + "2019.pdf"


def test_a_dead_link_is_found_and_left_alone(
    page: Page, site: str, organiser: User, community: Community
) -> None:
    series = make_series(community, title={"en": "After hours"})
    make_session(series, source_url=LONG, title={"en": "Village funds"})
    Community.objects.filter(pk=community.pk).update(discusses_at="https://forum.union.example/savings")
    now = timezone.now()
    places.gather(now=now)
    OutsideLink.objects.update(
        failures=3, failing_since=now, looked_at=now, words="The page itself says that it was not found."
    )
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/")
    page.get_by_role("link", name="2 links lead nowhere").click()
    expect(page.get_by_role("heading", name="Links that lead nowhere")).to_be_visible()
    expect(page.get_by_text("The page itself says that it was not found.")).to_have_count(2)
    axe(page)
    fits(page)
    screens(page, "dead-links")
    talk = page.get_by_role("listitem").filter(has_text="Village funds")
    expect(talk.get_by_role("link", name="Edit Village funds")).to_be_visible()
    talk.get_by_role("button", name="It is all right").click()
    expect(page.get_by_text("The link is left as it is")).to_be_visible()
    expect(page.get_by_text("Village funds")).to_have_count(0)
    assert LinkPlace.objects.dead().count() == 1
    page.get_by_role("button", name="Look now").click()
    expect(page.get_by_text("It is being looked at.")).to_be_visible()
    page.wait_for_load_state("networkidle")
