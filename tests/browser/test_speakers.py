"""The speaker's page and what organisers see of it, in Chromium: for everybody, on a phone, by weight."""

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking import answering
from seminars.sessions.speaking.asking import make_link, revoke_link
from seminars.sessions.speaking.models import Engagement, SpeakerLink
from tests.browser.conftest import axe, fits, screens, sign_in, weight
from tests.factories import make_material, make_person, make_series, make_session

HARD = 80_000


@pytest.fixture
def link(community: Community, now: datetime) -> SpeakerLink:
    Community.objects.update(contact="desk@example.org")
    session = make_session(
        make_series(community, slug="after-hours"),
        wall=datetime(2027, 12, 1, 15, 0),
        title={"en": "Savings groups by phone"},
        dial_in="+27 10 123 4567",
    )
    person = make_person(name="Ana Ruiz", email="ana@example.org")
    Speaker.objects.create(session=session, person=person, affiliation="Universidad de Guadalajara")
    Speaker.objects.create(session=session, person=make_person(name="Bo Ek"), role="moderator", order=1)
    return make_link(session=session, person=person, now=now, actor_id=None)


def test_the_speakers_page(page: Page, site: str, link: SpeakerLink) -> None:
    page.goto(f"{site}/speak/{link.token}/")
    expect(page.locator(".when-whose")).to_contain_text("Kolkata")
    expect(page.get_by_text("18:15–19:30")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "speak")
    assert weight(page) < HARD
    page.get_by_label("Yes, I come").check()
    page.get_by_role("button", name="Send the answer").click()
    said = page.get_by_role("status").filter(has_text="The organisers see that you come.")
    expect(said).to_be_visible()
    page.get_by_label("Title", exact=True).fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Give a title.")).to_be_visible()
    axe(page)
    page.get_by_label("Find a city or country").fill("mexico city")
    page.get_by_role("button", name="Show my times").click()
    expect(page.locator(".when-own")).to_contain_text("07:00–08:00")
    expect(page.get_by_text("You seem to be in Kolkata now.")).to_be_visible()
    page.get_by_role("button", name="Show Kolkata times").click()
    expect(page.locator(".when-own")).to_contain_text("18:30–19:30")
    assert Engagement.objects.get().answer == "confirmed"


def test_a_page_that_is_done_and_one_that_ended(
    page: Page, site: str, link: SpeakerLink, now: datetime
) -> None:
    engagement = link.engagement
    answering.answer(engagement=engagement, comes=True, words="", now=now)
    answering.write(engagement=engagement, title="Savings", abstract="How.", seen=None, now=now)
    answering.consent(engagement=engagement, may_record=True, may_publish=True, licence="cc-by-4.0", now=now)
    make_material(Session.objects.get(), "slides")
    page.goto(f"{site}/speak/{link.token}/")
    expect(page.get_by_text("All is here. Thank you.")).to_be_visible()
    axe(page)
    screens(page, "speak-done")
    revoke_link(session=engagement.session, person=engagement.person, now=now, actor_id=None)
    page.reload()
    expect(page.get_by_role("heading", name="This link has ended")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "speak-ended")


def test_what_organisers_see(
    page: Page, site: str, link: SpeakerLink, organiser: User, now: datetime
) -> None:
    answering.answer(engagement=link.engagement, comes=True, words="I need a projector.", now=now)
    answering.consent(engagement=link.engagement, may_record=True, may_publish=False, licence="", now=now)
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/sessions/after-hours-1/")
    axe(page)
    fits(page)
    screens(page, "organise-session-speakers")
    page.get_by_role("link", name="Ana Ruiz").click()
    axe(page)
    fits(page)
    screens(page, "organise-speaker")
    page.get_by_text("Send it yourself").click()
    expect(page.locator("[data-copy-from=speaker-address]")).to_be_visible()
    page.get_by_role("button", name="End this link").click()
    expect(page.get_by_role("button", name="Only make the link")).to_be_visible()
    page.goto(f"{site}/organise/sessions/after-hours-1/files/")
    expect(page.get_by_text("does not want a recording")).to_be_visible()
    axe(page)
    fits(page)
