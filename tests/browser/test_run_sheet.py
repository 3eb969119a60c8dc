"""The run-sheet in Chromium: ticks with and without a script, on a phone, printed."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.sessions.day import running
from seminars.sessions.models import Session, Speaker
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import make_person, make_series, make_session


@pytest.fixture
def session(community: Community, organiser: User, now: datetime) -> Session:
    """A session that began ten minutes ago, half of it ticked."""
    found = make_session(
        make_series(community, slug="after-hours"),
        wall=timezone.now().replace(tzinfo=None, second=0, microsecond=0)
        + timedelta(hours=2)
        - timedelta(minutes=10),
        title={"en": "Savings groups by phone"},
        dial_in="+27 10 123 4567",
        room="Room 1.205",
    )
    Speaker.objects.create(session=found, person=make_person(name="Ana Ruiz", email="ana@example.org"))
    cues = running.begin(session=found)
    running.tick(cue=cues[0], done=True, now=timezone.now(), actor_id=organiser.pk)
    for text in ("How do you keep the books?", "Who holds the key?"):
        running.note_question(
            session=found, text=text, name="Zola, from Polokwane", now=timezone.now(), actor_id=organiser.pk
        )
    question = found.phone_questions.all()[0]
    running.put(question=question, done=True, now=timezone.now(), actor_id=organiser.pk)
    return found


def test_the_sheet(page: Page, site: str, session: Session, organiser: User) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/sessions/after-hours-1/run-sheet/")
    expect(page.get_by_text("Nobody has ticked that the recording runs.")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "run-sheet")
    page.get_by_label("Question", exact=True).fill("Half a ques")
    page.get_by_role("button", name="Done: Start the recording").click()
    expect(page.get_by_text("Nobody has ticked that the recording runs.")).to_be_hidden()
    expect(page.get_by_label("Question", exact=True)).to_have_value("Half a ques")
    page.get_by_role("button", name="Add the question").click()
    expect(page.get_by_role("button", name="Asked: Half a ques")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Done: Welcome")).to_be_hidden()
    page.emulate_media(media="screen")


def test_the_programme(page: Page, site: str, session: Session, organiser: User) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/sessions/after-hours-1/run-sheet/programme/")
    axe(page)
    fits(page)
    screens(page, "run-sheet-programme")


def test_the_sheet_without_a_script(plain: Page, site: str, session: Session, organiser: User) -> None:
    sign_in(plain, organiser, site)
    plain.goto(f"{site}/organise/sessions/after-hours-1/run-sheet/")
    plain.get_by_role("button", name="Done: Start the recording").click()
    expect(plain.get_by_role("button", name="Take the tick back: Start the recording")).to_be_visible()
    plain.get_by_role("link", name="End the session").click()
    plain.get_by_role("button", name="End the session").click()
    expect(plain.get_by_role("button", name="End the session")).to_have_count(0)
    assert Session.objects.get().closed_at
