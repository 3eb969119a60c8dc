"""A stick opened from a folder by its file address: find a word, open the item at its moment, play."""

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from recordings.preservation.sticks.choosing import Order
from recordings.preservation.sticks.making import pieces_of, plan_of
from recordings.search.folding import words
from tests.factories import NOW
from tests.recordings.preservation.archive import make_archive

pytestmark = pytest.mark.django_db
SAID = [
    "Röstånga, ROSTANGA",
    "straße Łódź Ærø þing",
    "I\u0307stanbul \u0131s\u0131",
    "don't stop—now 2026",
    "Καλημέρα κόσμος",
    "e\u0301te\u0301",
]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """The stick of the small archive, in a folder."""
    make_archive()
    for piece in pieces_of(plan_of(Order(), now=NOW)):
        path = tmp_path / "stick" / piece.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(piece.blocks()))
    return tmp_path / "stick"


def violations(page: Page) -> list[str]:
    found = Axe().run(page)
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found.response["violations"]]


@pytest.mark.parametrize("width", [1280, 360])
def test_a_stick_opens_without_a_server(stick: Path, context: BrowserContext, width: int) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    errors: list[Any] = []
    page.on("pageerror", lambda told: errors.append(told))
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    page.goto((stick / "START.html").as_uri())
    assert violations(page) == []
    page.get_by_role("searchbox").fill("rostanga TRACT")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_text("Found: 1")).to_be_visible()
    expect(page.locator("#hits mark")).to_have_text(["tractor", "Röstånga"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page.locator("#hits .quotes a").click()
    page.wait_for_url("**/items/after-hours-1.html#t83")
    media = page.locator("video")
    media.evaluate("each => { each.muted = true; return each.play(); }")
    page.wait_for_function("document.querySelector('video').currentTime > 0")
    tracks = media.evaluate(
        "each => [...each.textTracks].map(track => [track.kind, track.cues?.length ?? -1])"
    )
    media.evaluate("each => { each.textTracks[0].mode = 'showing'; }")
    told = media.evaluate("each => [...each.textTracks[0].cues].map(cue => cue.text)")
    assert tracks[0][0] == "captions"
    assert told == ["Savings groups begin small.", "The tractor came late to Röstånga."]
    page.locator("a[data-second='1']").first.click()
    page.wait_for_function("document.querySelector('video').currentTime >= 1")
    media.evaluate("each => each.pause()")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    # axe looks at the style sheet by a request, which a page that is a file may not make.
    assert [
        each for each in errors if "XMLHttpRequest" not in str(each) and "ERR_FAILED" not in str(each)
    ] == []


def test_it_folds_words_as_the_archive_does(stick: Path, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto((stick / "START.html").as_uri())
    for text in SAID:
        assert page.evaluate("text => FOLDED(text)", text) == [each.folded for each in words(text)], text


def test_without_scripts_all_but_search_is_there(stick: Path, plain: Page) -> None:
    plain.goto((stick / "START.html").as_uri())
    expect(plain.get_by_text("All else works.")).to_be_visible()
    expect(plain.get_by_role("searchbox")).to_have_count(0)
    plain.get_by_role("link", name="Groups that save").click()
    expect(plain.get_by_text("The tractor came late")).to_be_visible()
    expect(plain.locator("video source")).not_to_have_count(0)
    plain.get_by_role("link", name="1:23").first.click()
    expect(plain).to_have_url(re.compile("#t83$"))
