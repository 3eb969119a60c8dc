"""Captions are corrected in a real browser: by keys, by two hands, without a line, and with no script."""

import re
from datetime import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from recordings.catalogue.models import Original
from recordings.publishing.correcting import publish
from recordings.transcripts.drafting import save
from recordings.transcripts.editing import Changes, Line
from recordings.transcripts.models import CaptionAside, CaptionDraft
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import Cue, write
from seminars.people.models import User
from tests.browser.conftest import axe, fits, hold_first, screens, sign_in
from tests.factories import make_community, make_original, make_recording, make_series, make_session
from tests.recordings.transcripts.test_drafting import ZOO_VIDEO

PROBE = {"seconds": 3600, "width": 64, "height": 36}
ADDRESS = "/organise/sessions/hall/captions/{}/"


@pytest.fixture
def captions(db: None) -> Original:
    """An hour of automatic captions, and a video."""
    series = make_series(make_community(), slug="hours", title={"en": "After hours"})
    session = make_session(series, slug="hall", wall=datetime(2026, 3, 1, 9, 0), title={"en": "The hall"})
    recording = make_recording(session)
    make_original(
        recording,
        ZOO_VIDEO,
        kind="video",
        media_type="video/mp4",
        probe={"seconds": 3600, "width": 64, "height": 36},
    )
    said = [Cue(4.0 * n, 4.0 * n + 3, f"The vilage hall, part {n + 1}.") for n in range(900)]
    return make_original(recording, write(said).encode(), origin="automatic")


def draft() -> CaptionDraft:
    return CaptionDraft.objects.get()


def saved(page: Page) -> None:
    expect(page.locator("[data-told]")).to_have_text(re.compile(r"Saved at \d\d:\d\d"))


def correct_all(page: Page) -> None:
    """Find, replace and shift in all lines."""
    page.get_by_text("Find, replace, shift").click()
    page.get_by_label("Find", exact=True).fill("VILAGE")
    page.get_by_role("button", name="Find the next").click()
    page.get_by_label("Replace with").fill("village")
    page.get_by_role("button", name="Replace all").click()
    expect(page.get_by_label("Line 3: Words")).to_have_value("The village hall, part 3.")
    page.get_by_label("Shift all lines by seconds, such as 1.5 or -0.25").fill("1.5")
    page.get_by_role("button", name="Shift all").click()
    expect(page.get_by_label("Line 1: Start")).to_have_value("00:00:01.500")


def turn(page: Page) -> None:
    """To the second page of lines, and back."""
    expect(page.get_by_role("button", name="Earlier")).to_be_hidden()
    page.get_by_role("button", name="Later").click()
    expect(page.get_by_text("Lines 51 to 100 of 900")).to_be_visible()
    page.get_by_role("button", name="Earlier").click()


def test_an_hour_is_corrected_by_keys(page: Page, site: str, captions: Original, administrator: User) -> None:
    sign_in(page, administrator, site)
    page.goto(site + ADDRESS.format(captions.uuid))
    first = page.get_by_label("Line 1: Words")
    expect(page.get_by_text("Lines 1 to 50 of 900")).to_be_visible()
    turn(page)
    first.fill("The village hall.")
    saved(page)
    assert draft().lines["1"][2] == "The village hall."

    first.press("Alt+ArrowDown")
    second = page.get_by_label("Line 2: Words")
    expect(second).to_be_focused()
    second.press("Home")
    for _each in range(4):
        second.press("ArrowRight")
    page.get_by_role("button", name="Split", exact=True).click()
    expect(page.get_by_label("Line 3: Words")).to_have_value("vilage hall, part 2.")
    page.get_by_label("Line 3: Words").press("Control+z")
    expect(page.get_by_label("Line 2: Words")).to_have_value("The vilage hall, part 2.")
    page.get_by_label("Line 2: Words").press("Control+y")
    expect(page.get_by_label("Line 3: Words")).to_have_value("vilage hall, part 2.")
    page.get_by_label("Line 2: Words").focus()
    page.get_by_role("button", name="Join with the next").click()
    expect(page.get_by_label("Line 2: Words")).to_have_value("The\nvilage hall, part 2.")
    page.get_by_role("button", name="Insert a line").click()
    expect(page.get_by_label("Line 3: Words")).to_have_value("")
    expect(page.get_by_text("No words: it is left out when you publish.")).to_be_visible()
    page.get_by_role("button", name="Take out").click()
    page.get_by_label("Line 4: End").fill("00:00:01.000")
    page.get_by_label("Line 4: End").press("Tab")
    expect(page.get_by_text("It ends before it starts.")).to_be_visible()
    page.get_by_label("Line 4: End").press("Control+z")

    correct_all(page)
    saved(page)
    axe(page)
    fits(page)
    screens(page, "captions")

    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("The corrected captions are out.")).to_be_visible()
    new = Original.objects.exclude(pk=captions.pk).get(kind="captions")
    assert (new.origin, new.superseded_at, len(cues(new))) == ("corrected", None, 900)
    assert cues(new)[899].text == "The village hall, part 900."
    captions.refresh_from_db()
    assert captions.superseded_at
    page.goto(f"{site}/sessions/hall/")
    expect(page.get_by_text("Captions, English, corrected by people:", exact=True)).to_be_visible()


def test_publish_waits_for_the_save_that_is_under_way(
    page: Page, site: str, captions: Original, administrator: User
) -> None:
    held = hold_first(page, "**/save/")
    sign_in(page, administrator, site)
    page.goto(site + ADDRESS.format(captions.uuid))
    with page.expect_request("**/save/"):
        page.get_by_label("Line 1: Words").fill("Sent by itself.")
    page.get_by_label("Line 2: Words").fill("Written meanwhile.")
    page.get_by_role("button", name="Publish").click()
    held[0].continue_()
    expect(page.get_by_text("The corrected captions are out.")).to_be_visible()
    new = Original.objects.exclude(pk=captions.pk).get(kind="captions")
    assert [cue.text for cue in cues(new)[:2]] == ["Sent by itself.", "Written meanwhile."]


def test_publish_of_a_draft_that_another_published_leads_to_what_it_became(
    page: Page, site: str, captions: Original, administrator: User
) -> None:
    sign_in(page, administrator, site)
    page.goto(site + ADDRESS.format(captions.uuid))
    page.get_by_label("Line 1: Words").fill("Mine.")
    saved(page)
    new = publish(draft=draft(), now=timezone.now(), actor_id=administrator.pk)
    held = hold_first(page, "**/save/")
    with page.expect_request("**/save/"):
        page.get_by_label("Line 2: Words").fill("Too late.")
    page.get_by_role("button", name="Publish").click()
    held[0].continue_()
    expect(page).to_have_url(site + ADDRESS.format(new.uuid))
    expect(page.get_by_label("Line 2: Words")).to_have_value("Too late.")
    expect(page.get_by_text("Nothing was changed yet.")).to_have_count(0)


def test_a_line_that_is_too_long_is_told_and_not_cut(
    page: Page, site: str, captions: Original, administrator: User
) -> None:
    sign_in(page, administrator, site)
    page.goto(site + ADDRESS.format(captions.uuid))
    words = page.get_by_label("Line 1: Words")
    words.fill("a" * 2001)
    saved(page)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Line 1: this caption has more than 2000 characters.")).to_be_visible()
    expect(words).to_have_value("a" * 2001)
    words.fill("a" * 2000)
    saved(page)
    assert draft().lines["1"][2] == "a" * 2000


def test_two_hands_and_a_lost_line(page: Page, site: str, captions: Original, administrator: User) -> None:
    sign_in(page, administrator, site)
    page.goto(site + ADDRESS.format(captions.uuid))
    page.get_by_label("Line 1: Words").fill("Mine.")
    saved(page)

    # Another hand wrote the same line, and another, while this one was offline.
    page.context.set_offline(True)
    page.get_by_label("Line 2: Words").fill("Mine too.")
    expect(page.locator("[data-told]")).to_have_text(re.compile("kept on this device"))
    theirs: Changes = dict.fromkeys(["2", "3"], Line(4000, 7000, "Theirs."))
    uuid = str(draft().uuid)
    save(original=captions, draft_uuid=uuid, seen=0, changes=theirs, hand="b", now=timezone.now())
    page.context.set_offline(False)
    expect(page.get_by_label("Line 2: Words")).to_have_value("Theirs.")
    expect(page.get_by_text("Mine too.")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    axe(page)
    page.get_by_role("button", name="Use this one").click()
    expect(page.get_by_role("button", name="Publish")).to_be_enabled()
    assert draft().lines["2"][2] == "Mine too."
    assert CaptionAside.objects.filter(text="Theirs.").exists()

    # A laptop that is closed without a line keeps the words; opened again, they go out.
    page.context.set_offline(True)
    page.get_by_label("Line 5: Words").fill("Closed too early.")
    expect(page.locator("[data-told]")).to_have_text(re.compile("kept on this device"))
    context = page.context
    page.close()
    context.set_offline(False)
    assert draft().lines["5"][2] != "Closed too early."
    again = context.new_page()
    again.goto(site + ADDRESS.format(captions.uuid))
    expect(again.get_by_label("Line 5: Words")).to_have_value("Closed too early.")
    assert draft().lines["5"][2] == "Closed too early."


def test_without_a_script_a_text_field_does_it(
    plain: Page, site: str, captions: Original, administrator: User
) -> None:
    page = plain
    sign_in(page, administrator, site)
    page.goto(site + ADDRESS.format(captions.uuid) + "?page=2")
    field = page.get_by_label("Lines: times, then words")
    field.fill(field.input_value().replace("part 51.", "part fifty-one."))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It is not out yet.")).to_be_visible()
    expect(field).to_have_value(re.compile("part fifty-one"))
    field.fill("1\n00:00:09.000 --> 00:00:05.000\nBackwards")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Line 2: this caption ends before it starts")).to_be_visible()
    expect(field).to_have_value(re.compile("Backwards"))
    page.get_by_role("link", name="Discard the draft").click()
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_text("The draft is discarded.")).to_be_visible()
