"""The files page in Chromium: progress without a reload, mistakes beside the field, and the same without a script."""

import pytest
from playwright.sync_api import Browser, Page, expect

from recordings import tasks
from recordings.catalogue.models import Original
from seminars.people.models import Community, User
from seminars.queue.models import Job
from seminars.sessions.models import Session
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import make_series, make_session
from tests.recordings.cast import ZOO


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community, title={"en": "After Hours"}))


def address(site: str, session: Session) -> str:
    return f"{site}/organise/sessions/{session.slug}/files/"


def choose(page: Page, name: str) -> None:
    page.locator("#upload").get_by_label("File").set_input_files(ZOO / name)
    page.get_by_role("button", name="Upload").click()


def test_an_upload_tells_what_is_wrong_then_how_far_it_is(
    page: Page, site: str, organiser: User, session: Session
) -> None:
    sign_in(page, organiser, site)
    page.goto(address(site, session))
    choose(page, "page.mp4")
    expect(page.locator("#upload [role=alert]")).to_have_text(
        "This is a web page. Choose a video (MP4, MOV, WebM or MKV)."
    )
    screens(page, "files-mistake")
    choose(page, "whole.mp4")
    expect(page.get_by_text("The file is kept.")).to_be_visible()
    expect(page.locator("#files-panel").get_by_text("waits for its turn")).to_have_count(2)
    page.get_by_label("Address of the file").fill("http://127.0.0.1:9/talk.mp4")
    page.get_by_role("button", name="Fetch it").click()
    expect(page.get_by_text("http://127.0.0.1:9/talk.mp4")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "files-waiting")
    page.evaluate("window.stayed = true")
    for job in Job.objects.all():
        (tasks.fetch if job.kind == "fetch" else tasks.make_rendition)(job.pk)
    expect(page.get_by_text("The address leads into a private network.")).to_be_visible()
    expect(page.locator("#files-panel").get_by_text("ready")).to_have_count(2)
    assert page.evaluate("window.stayed")
    axe(page)
    fits(page)
    screens(page, "files-ready")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The address is removed.")).to_be_visible()


def test_it_works_without_a_script(browser: Browser, site: str, organiser: User, session: Session) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, organiser, site)
    page.goto(address(site, session))
    choose(page, "password.pdf")
    expect(page.locator("#upload .errorlist")).to_have_text(
        "This is a PDF document. Choose a video (MP4, MOV, WebM or MKV)."
    )
    choose(page, "silent.mp4")
    expect(page.get_by_text("The file is kept.")).to_be_visible()
    assert Original.objects.get().filename == "silent.mp4"
    context.close()


def test_a_video_plays_from_the_middle(page: Page, site: str, organiser: User, session: Session) -> None:
    """Seeking needs Range: without it a browser stays at the beginning."""
    sign_in(page, organiser, site)
    page.goto(address(site, session))
    choose(page, "small.webm")
    link = page.locator("#files-panel a").first
    link.wait_for()
    page.goto(f"{site}{link.get_attribute('href')}")
    at = page.evaluate(
        """() => new Promise((done, fail) => {
          const video = document.querySelector("video");
          video.pause();
          video.onseeked = () => done(video.currentTime);
          video.onerror = () => fail(video.error.message);
          video.currentTime = 2;
        })"""
    )
    assert at == 2
