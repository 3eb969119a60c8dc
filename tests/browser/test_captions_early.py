"""What is typed into the captions' text field before the script of the page has come is not lost."""

import pytest
from playwright.sync_api import Page, expect

from recordings.catalogue.models import Original
from seminars.people.models import User
from tests.browser.conftest import axe, fits, hold_first, sign_in
from tests.factories import make_community, make_original, make_recording, make_series, make_session


@pytest.fixture
def address(db: None) -> str:
    """Of the page for the captions of a session."""
    session = make_session(make_series(make_community()), slug="hall")
    said = b"WEBVTT\n\n00:01.000 --> 00:04.000\nThe vilage hall.\n"
    captions: Original = make_original(make_recording(session), said, origin="automatic")
    return f"/organise/sessions/hall/captions/{captions.uuid}/"


def test_what_was_typed_before_the_script_came_stays(
    page: Page, site: str, address: str, administrator: User
) -> None:
    held = hold_first(page, "**/lines/")
    sign_in(page, administrator, site)
    with page.expect_request("**/lines/"):
        page.goto(site + address)
    field = page.get_by_label("Lines: times, then words")
    typed = field.input_value().replace("vilage", "village")
    field.fill(typed)
    held[0].continue_()
    first = page.get_by_label("Line 1: Words")
    expect(first).to_have_value("The vilage hall.")
    expect(field).to_have_value(typed)
    axe(page)
    fits(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(first).to_have_value("The village hall.")
    expect(field).to_be_hidden()


def test_what_was_sent_with_a_mistake_is_mended_in_the_same_field(
    page: Page, site: str, address: str, administrator: User
) -> None:
    page.route("**/lines/", lambda route: None)  # it never comes
    sign_in(page, administrator, site)
    page.goto(site + address)
    field = page.get_by_label("Lines: times, then words")
    field.fill("00:00:09.000 --> 00:00:02.000\nMine.")
    page.unroute("**/lines/")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(field).to_have_value("00:00:09.000 --> 00:00:02.000\nMine.")
    assert page.locator("script[src*=captions]").count() == 0
