"""Following the archive as a podcast, on a large and a small screen."""

import re

import pytest
from playwright.sync_api import Page, expect

from recordings.catalogue.models import OriginalKind
from seminars.people.models import Community, User
from tests.browser.conftest import axe, fits, said_stays, sign_in
from tests.factories import make_original, make_recording, make_series, make_session


@pytest.mark.parametrize("size", [(1280, 900), (360, 740)])
def test_the_address_is_copied_and_gives_a_podcast(
    page: Page, site: str, community: Community, size: tuple[int, int]
) -> None:
    series = make_series(community, slug="talks", title={"en": "Talks"})
    facts = {"media_type": "audio/mp4", "probe": {"seconds": 60}}
    make_original(make_recording(make_session(series)), b"sound", kind=OriginalKind.AUDIO, **facts)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{site}/series/talks/podcast/")
    axe(page)
    fits(page)
    field = page.get_by_label("Address of the podcast")
    expect(field).to_have_value(re.compile(r"/series/talks/podcast\.xml$"))
    with said_stays(page):
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_text("Copied")).to_be_visible()
    feed = page.request.get(page.evaluate("navigator.clipboard.readText()"))
    assert feed.headers["content-type"] == "application/rss+xml; charset=utf-8"


def test_members_of_a_closed_community_read_why_there_is_none(
    page: Page, site: str, closed_community: Community, member: User
) -> None:
    sign_in(page, member, site)
    page.goto(f"{site}/communities/cohort/podcast/")
    expect(page.get_by_text("there is no podcast of them")).to_be_visible()
    axe(page)
    fits(page)
