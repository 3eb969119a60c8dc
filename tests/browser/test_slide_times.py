"""The page of slide times in Chromium: pictures, a mistake beside its row, a save; no script is needed,
but with it nothing typed is lost."""

import re
from datetime import datetime

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from recordings.slides import keeping, paging
from recordings.slides.chaptering import write
from recordings.slides.matching import Run
from recordings.slides.models import Chapters, SlideTime
from recordings.slides.reading import Mark, chapters_of
from seminars.people.models import Community, User
from seminars.sessions.models import Session
from tests.browser.conftest import NARROW, axe, fits, screens, sign_in
from tests.factories import make_series, make_session
from tests.recordings.cast import ZOO, take

DEMO = ZOO.parents[2] / "recordings" / "demo" / "media"
RUNS = [Run(0.0, None, 1.0), Run(4.0, 1, 0.95), Run(10.0, 2, 0.35), Run(21.0, 3, 0.9), Run(32.0, 4, 0.9)]


@pytest.fixture
def session(community: Community, now: datetime) -> Session:
    session = make_session(make_series(community, title={"en": "After Hours"}))
    video = take(session, str(DEMO / "seta-rme-webinar.mp4"), "video", now)
    deck = take(session, str(DEMO / "seta-rme-webinar.pdf"), "slides", now)
    paging.make(slides=deck, clock=lambda: now, progress=lambda *_p: None)
    keeping.keep_found(video=video, slides=deck, runs=RUNS, now=now)
    return session


def test_times_are_put_right_without_a_script(
    page: Page, site: str, organiser: User, session: Session
) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/sessions/{session.slug}/files/")
    page.get_by_role("link", name="Slides and chapters").click()
    expect(page.get_by_role("heading", name="Slides and chapters")).to_be_visible()
    expect(page.get_by_text("1 time is not certain:")).to_be_visible()
    expect(page.get_by_alt_text("Slide 2")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "slide-times")
    row = page.locator(".slide-rows > li").nth(2)
    row.get_by_label("Slide").fill("77")
    page.get_by_role("button", name="Save the times").click()
    expect(page.get_by_text("There is no slide 77. The deck has 6.")).to_be_visible()
    axe(page)
    page.set_viewport_size(NARROW)
    fits(page)
    axe(page)
    screens(page, "slide-times-wrong")
    row = page.locator(".slide-rows > li").nth(2)
    row.get_by_label("Slide").fill("2")
    row.get_by_label("Starts at").fill("0:12")
    page.get_by_role("button", name="Save the times").click()
    expect(page.get_by_text("The slide times are saved.")).to_be_visible()
    assert SlideTime.objects.filter(start=12, page=2, origin="hand").exists()
    titles = page.get_by_label("Title")
    titles.nth(0).fill("Welcome")
    page.get_by_role("button", name="Save the chapters").click()
    expect(page.get_by_text("The chapters are saved.")).to_be_visible()
    expect(page.get_by_label("Title").nth(0)).to_have_value("Welcome")


def test_what_is_typed_is_not_lost_before_it_is_saved(
    page: Page, site: str, organiser: User, session: Session, now: datetime
) -> None:
    sign_in(page, organiser, site)
    address = f"{site}/organise/sessions/{session.slug}/slides/"
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    told = page.get_by_role("region", name="Chapters").get_by_text("They are here again.")
    title = page.get_by_label("Title")
    title.nth(0).fill("مرحبا")
    page.get_by_role("button", name="Save the times").click()  # the other form
    expect(page.get_by_text("The slide times are saved.")).to_be_visible()
    expect(title.nth(0)).to_have_value("مرحبا")
    expect(told).to_be_visible()
    axe(page)
    page.reload()
    expect(title.nth(0)).to_have_value("مرحبا")
    # Signed out in another tab, and somebody else saved meanwhile.
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Save the chapters").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    there = Chapters.objects.get()
    theirs = [Mark(0.0, "Theirs"), Mark(5.0, "More"), Mark(9.0, "And more"), Mark(20.0, "The end")]
    write(recording=there.recording, marks=theirs, revision=there.revision, now=now)
    sign_in(page, organiser, site)
    page.goto(address)
    expect(title.nth(0)).to_have_value("مرحبا")
    page.get_by_role("button", name="Save the chapters").click()
    expect(page.get_by_text("Somebody else has saved this meanwhile.")).to_be_visible()
    expect(title.nth(0)).to_have_value("مرحبا")
    assert chapters_of(there.recording) == theirs
    page.goto(address)  # left once more, and come back to
    expect(title.nth(0)).to_have_value("مرحبا")
    page.get_by_role("button", name="Save the chapters").click()
    expect(page.get_by_text("The chapters are saved.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/slides/\?chapters=0$"))
    expect(told).to_be_hidden()
    assert chapters_of(there.recording)[0] == Mark(0.0, "مرحبا")
    page.reload()
    expect(told).to_be_hidden()
