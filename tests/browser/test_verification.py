"""Whether files are still what they were, and where a recording lies: on a large and a small screen."""

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from recordings.assets.models import Asset
from seminars.people.models import Community, User
from tests.browser.conftest import axe, fits, sign_in
from tests.factories import NOW, make_original, make_recording, make_series, make_session


@pytest.mark.parametrize("size", [(1280, 900), (360, 740)])
def test_verified_moved_damaged_withdrawn(
    page: Page, site: str, community: Community, organiser: User, size: tuple[int, int]
) -> None:
    session = make_session(make_series(community), slug="rain", title={"en": "Rain and maize"})
    original = make_original(make_recording(session), b"WEBVTT\n\n00:01.000 --> 00:02.000\nRain\n")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/sessions/rain/files/archive/")
    axe(page)
    fits(page)
    page.get_by_label("Address in the archive").fill("rain-and-maize")
    page.get_by_role("button", name="Change the address").click()
    expect(page.get_by_text("The earlier one leads there.")).to_be_visible()
    page.goto(f"{site}/archive/rain/verification/")
    expect(page).to_have_url(f"{site}/archive/rain-and-maize/verification/")
    expect(page.get_by_text(original.asset.sha256)).to_be_visible()
    axe(page)
    fits(page)
    Asset.objects.update(damaged_at=NOW)
    page.get_by_role("link", name="The whole archive, verified").click()
    expect(page.get_by_text("1 file is damaged")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_role("link", name="Rain and maize").click()
    expect(page.get_by_text("1 file is damaged")).to_be_visible()
    axe(page)
    fits(page)
    page.goto(f"{site}/organise/sessions/rain/files/archive/")
    page.get_by_text("Withdraw the recording").click()
    page.get_by_label("Why is it withdrawn?").fill("A speaker took their consent back.")
    axe(page)
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("The recording is withdrawn.")).to_be_visible()
    page.goto(f"{site}/archive/rain/")
    expect(page.get_by_text("A speaker took their consent back.")).to_be_visible()
    expect(page.get_by_text(original.asset.sha256)).to_be_visible()
    axe(page)
    fits(page)
    page.goto(f"{site}/organise/sessions/rain/files/archive/")
    axe(page)
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("The recording is back at all its addresses.")).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 900), (360, 740)])
def test_what_never_was_a_session_finds_its_own(
    page: Page, site: str, community: Community, administrator: User, size: tuple[int, int]
) -> None:
    film = make_recording(slug="film", title={"en": "A flim"})
    make_original(film, b"WEBVTT\n\n00:01.000 --> 00:02.000\nRain\n")
    make_session(make_series(community), slug="rain", wall=datetime(2026, 3, 3, 15, 0))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, administrator, site)
    page.goto(f"{site}/organise/archive/recordings/")
    axe(page)
    fits(page)
    page.get_by_role("link", name="A flim").click()
    axe(page)
    fits(page)
    page.get_by_label("Title (English)").fill("A film")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_label("Session", exact=True).fill("nothing")
    page.get_by_role("button", name="Put it to this session").click()
    axe(page)
    page.get_by_label("Session", exact=True).fill("rain")
    page.get_by_role("button", name="Put it to this session").click()
    expect(page).to_have_url(f"{site}/organise/sessions/rain/files/archive/")
