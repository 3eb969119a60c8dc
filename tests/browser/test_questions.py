"""Questions in Chromium: the public page, the moderators' desk while it runs, and the archive."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.sessions.day import running
from seminars.sessions.models import Session
from seminars.sessions.questions import answering, asking, moderating
from seminars.sessions.questions.asking import Voter
from seminars.sessions.questions.models import Question
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import make_person, make_series, make_session


@pytest.fixture
def session(community: Community, organiser: User) -> Session:
    """A session that began ten minutes ago, with questions in three scripts, one by phone, one that waits."""
    now = timezone.now()
    wall = now.replace(tzinfo=None, second=0, microsecond=0) + timedelta(hours=2, minutes=-10)
    found = make_session(make_series(community, slug="after-hours"), wall=wall, title={"en": "By phone"})
    told = (
        ("How do you keep the books when only one member can write?", "Zola", "en"),
        ("من يحتفظ بالمفتاح؟", "أمينة", "ar"),
        ("बही कौन रखता है?", "", "hi"),
        ("Does it wait?", "", "en"),
    )
    for number, (text, name, language) in enumerate(told):
        voter = Voter(f"a{number}@example.org", proved=True)
        made = asking.ask(session=found, voter=voter, text=text, name=name, language=language, now=now)
        assert made
        if number < 3:
            moderating.show(question=made, now=now, actor_id=organiser.pk)
    running.note_question(session=found, text="Who pays?", name="Ana", now=now, actor_id=organiser.pk)
    return found


def test_ask_vote_and_moderate(page: Page, site: str, session: Session, organiser: User) -> None:
    page.goto(f"{site}/sessions/after-hours-1/questions/")
    axe(page)
    fits(page)
    screens(page, "questions")
    sign_in(page, organiser, site)
    page.goto(f"{site}/sessions/after-hours-1/questions/")
    page.get_by_role("button", name="I want to know, too: How do you keep").click()
    expect(page.get_by_role("button", name="Take my vote back: How do you keep")).to_be_visible()
    page.goto(f"{site}/organise/sessions/after-hours-1/asked/")
    axe(page)
    fits(page)
    screens(page, "questions-desk")
    page.get_by_role("button", name="Show: Does it wait?").click()
    expect(page.get_by_role("button", name="Answered live: Does it wait?")).to_be_visible()
    page.goto(f"{site}/organise/sessions/after-hours-1/run-sheet/")
    axe(page)
    fits(page)


def test_the_record(page: Page, site: str, session: Session) -> None:
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(closed_at=now)
    for question in Question.objects.shown():
        answering.answer(question=question, person=make_person(name="Ana Ruiz"), text="Two of us.", now=now)
    page.goto(f"{site}/sessions/after-hours-1/")
    expect(page.get_by_role("heading", name="Questions and answers")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "questions-record")
