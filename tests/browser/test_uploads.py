"""The files page in Chromium: progress without a reload, mistakes beside the field, and the same without a script."""

from datetime import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from recordings import tasks
from recordings.catalogue.models import Found, Original
from recordings.uploading.models import Upload
from seminars.people.models import Community, User
from seminars.queue.models import Job
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking.asking import make_link
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import make_person, make_series, make_session
from tests.recordings.cast import ZOO, take


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community, title={"en": "After Hours"}))


def address(site: str, session: Session) -> str:
    return f"{site}/organise/sessions/{session.slug}/files/"


def choose(page: Page, name: str) -> None:
    """By the plain form, as without a script."""
    page.locator("#upload").get_by_label("File").set_input_files(ZOO / name)
    page.get_by_role("button", name="Upload").click()


def lose_the_line(page: Page) -> None:
    """Nothing of a file arrives until `page.unroute`."""
    page.route(
        "**/uploads/*/", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_()
    )


def work_off() -> None:
    """What the queue does by itself."""
    for job in Job.objects.exclude(state="done"):
        door = {"fetch": tasks.fetch, "upload": tasks.finish_upload, "found": tasks.take_found}.get(
            job.kind, tasks.make_rendition
        )
        door(job.pk)


def test_many_files_at_once_each_says_how_far_it_is(
    page: Page, site: str, organiser: User, session: Session
) -> None:
    sign_in(page, organiser, site)
    page.goto(address(site, session))
    names = ["page.mp4", "whole.mp4", "captions.srt", "one-page.pdf"]
    page.get_by_label("Choose files, or drag them here").set_input_files([ZOO / name for name in names])
    kinds = page.locator("[data-rows] [data-kind]")
    expect(kinds).to_have_count(4)
    for number, kind in enumerate(("video", "video", "captions", "slides")):
        expect(kinds.nth(number)).to_have_value(kind)
    kinds.nth(3).select_option("handout")
    axe(page)
    fits(page)
    screens(page, "files-chosen")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("All of it is here. It is being checked.")).to_have_count(4)
    work_off()
    wrong = page.locator("[data-rows]").get_by_text(
        "This is a web page. Choose a video (MP4, MOV, WebM or MKV)."
    )
    expect(wrong).to_be_visible()
    expect(page.get_by_text("3 of 4 files are kept.")).to_be_visible()
    expect(page.locator("#files-panel").get_by_text("captions.vtt")).to_be_visible()
    assert set(Original.objects.values_list("kind", flat=True)) == {"video", "captions", "handout"}
    axe(page)
    screens(page, "files-sent")


def test_it_goes_on_after_a_lost_line_and_a_closed_page(
    page: Page, site: str, organiser: User, session: Session
) -> None:
    sign_in(page, organiser, site)
    page.goto(address(site, session))
    lose_the_line(page)
    chosen = page.get_by_label("Choose files, or drag them here")
    chosen.set_input_files(ZOO / "whole.mp4")
    with page.expect_request(lambda request: request.method == "PATCH"):
        page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused.")).to_be_visible()
    screens(page, "files-paused")
    token = Upload.objects.get().token
    page.unroute("**/uploads/*/")
    page.reload()
    expect(page.get_by_text("Choose the same file again, and it goes on.")).to_be_visible()
    chosen.set_input_files(ZOO / "whole.mp4")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("All of it is here.")).to_be_visible()
    assert [each.token for each in Upload.objects.all()] == [token]


def test_a_file_goes_on_as_what_it_was_chosen_and_begins_anew_as_another(
    page: Page, site: str, organiser: User, session: Session
) -> None:
    sign_in(page, organiser, site)
    page.goto(address(site, session))
    lose_the_line(page)
    chosen = page.get_by_label("Choose files, or drag them here")
    chosen.set_input_files(ZOO / "one-page.pdf")
    kind = page.locator("[data-rows] [data-kind]")
    kind.select_option("handout")
    with page.expect_request(lambda request: request.method == "PATCH"):
        page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused.")).to_be_visible()
    page.unroute("**/uploads/*/")
    page.reload()
    chosen.set_input_files(ZOO / "one-page.pdf")
    expect(kind).to_have_value("handout")
    kind.select_option("paper")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("All of it is here.")).to_be_visible()
    assert list(Upload.objects.order_by("pk").values_list("kind", "state")) == [
        ("handout", "arriving"),
        ("paper", "checking"),
    ]


def test_an_address_is_fetched_and_editions_come(
    page: Page, site: str, organiser: User, session: Session, now: datetime
) -> None:
    take(session, "whole.mp4", "video", now)
    sign_in(page, organiser, site)
    page.goto(address(site, session))
    page.get_by_label("Address of the file").fill("http://127.0.0.1:9/talk.mp4")
    page.get_by_role("button", name="Fetch it").click()
    expect(page.get_by_text("http://127.0.0.1:9/talk.mp4")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "files-waiting")
    page.evaluate("window.stayed = true")
    work_off()
    expect(page.get_by_text("The address leads into a private network.")).to_be_visible()
    expect(page.locator("#files-panel").get_by_text("ready")).to_have_count(4)
    assert page.evaluate("window.stayed")
    axe(page)
    fits(page)
    screens(page, "files-ready")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The address is removed.")).to_be_visible()


def test_it_works_without_a_script(plain: Page, site: str, organiser: User, session: Session) -> None:
    page = plain
    sign_in(page, organiser, site)
    page.goto(address(site, session))
    choose(page, "password.pdf")
    expect(page.locator("#upload .errorlist")).to_have_text(
        "This is a PDF document. Choose a video (MP4, MOV, WebM or MKV)."
    )
    choose(page, "silent.mp4")
    expect(page.get_by_text("The file is kept.")).to_be_visible()
    assert Original.objects.get().filename == "silent.mp4"


def test_a_video_plays_from_the_middle(
    page: Page, site: str, organiser: User, session: Session, now: datetime
) -> None:
    """Seeking needs Range: without it a browser stays at the beginning."""
    take(session, "small.webm", "video", now)
    sign_in(page, organiser, site)
    page.goto(address(site, session))
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


def test_a_speaker_sends_slides_by_their_link(page: Page, site: str, session: Session, now: datetime) -> None:
    person = make_person(name="Ana Ruiz")
    Speaker.objects.create(session=session, person=person)
    link = make_link(session=session, person=person, now=timezone.now(), actor_id=None)
    page.goto(f"{site}/speak/{link.token}/")
    page.get_by_label("Choose files, or drag them here").set_input_files(ZOO / "one-page.pdf")
    expect(page.locator("[data-rows] [data-kind]")).to_have_value("slides")
    page.locator("[data-go]").click()
    expect(page.get_by_text("All of it is here. It is being checked.")).to_be_visible()
    work_off()
    expect(page.get_by_text("The file is kept.")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "speaker-sent")


def test_a_doubtful_file_is_given_to_its_session(
    page: Page, site: str, organiser: User, session: Session, now: datetime
) -> None:
    given = {"source": "folder", "path": str(ZOO / "one-page.pdf"), "kind": "slides", "size": 3033}
    found = {"key": "1", "name": "talks/2026-10-01 slides.pdf", "reason": "Only the day fits."}
    Found.objects.create(community=session.series.community, found_at=now, **given, **found)
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/")
    page.get_by_role("link", name="Doubtful files").click()
    axe(page)
    fits(page)
    screens(page, "doubtful")
    page.get_by_label("Session").fill(session.slug)
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_text("The file is taken in.")).to_be_visible()
    work_off()
    assert Original.objects.get().recording.session == session
