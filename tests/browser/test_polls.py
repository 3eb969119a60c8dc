"""Date polls in Chromium: proposed, answered in Kolkata's time, chosen."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from seminars.sessions.models import Session
from seminars.sessions.polls import polling
from seminars.sessions.polls.models import DatePoll
from tests.browser.conftest import axe, fits, screens, sign_in, weight
from tests.seminars.sessions.polls.test_polling import say

HARD = 80_000


def proposed(community: Community) -> DatePoll:
    """A poll of three hours next month, with three answers."""
    now = timezone.now()
    first = (now + timedelta(days=30)).replace(hour=15, minute=0, second=0, microsecond=0, tzinfo=None)
    given: dict[str, Any] = {"series": None, "note": "Two members ask, all others help.", "actor_id": None}
    poll = polling.open_poll(
        community=community,
        title="Peer assist on savings groups",
        zone="Africa/Johannesburg",
        minutes=90,
        walls=[first + timedelta(days=day, hours=day * 2) for day in range(3)],
        closes_at=now + timedelta(days=20),
        now=now,
        **given,
    )
    for name, words in (("Ana Ruiz", "ymn"), ("Bo Ek", "yyn"), ("Chipo Moyo", "n-y")):
        say(poll, name, words, now)
    return poll


def test_proposing(page: Page, site: str, community: Community, organiser: User) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/communities/savings/polls/")
    axe(page)
    page.get_by_role("link", name="Propose hours").click()
    axe(page)
    fits(page)
    screens(page, "poll-new")
    page.get_by_label("What it is for").fill("Peer assist")
    day = timezone.now().date() + timedelta(days=30)
    for number in (0, 1):
        page.get_by_label("Date", exact=True).nth(number).fill(str(day + timedelta(days=number)))
        page.get_by_label("Start", exact=True).nth(number).fill("15:00")
    page.get_by_role("button", name="Open the poll").click()
    expect(page.get_by_label("Or send the link yourself")).to_be_visible()
    axe(page)
    assert DatePoll.objects.get().slots.count() == 2


def test_answering(page: Page, site: str, community: Community) -> None:
    Community.objects.update(contact="desk@example.org")
    poll = proposed(community)
    page.goto(f"{site}/poll/{poll.token}/")
    expect(page.locator("legend").first).to_contain_text("18:30–20:00")
    axe(page)
    fits(page)
    screens(page, "poll")
    assert weight(page) < HARD
    page.get_by_label("yes").first.check()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_text("Give your name.")).to_be_visible()
    axe(page)
    page.get_by_label("Your name").fill("Devi Rao")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_label("Your own link, to change it later")).to_be_visible()
    assert poll.voices.get(name="Devi Rao").zone == "Asia/Kolkata"
    axe(page)
    fits(page)
    screens(page, "poll-answered")
    polling.set_open(poll=poll, is_open=False, now=timezone.now())
    page.get_by_label("no", exact=True).first.check()
    page.get_by_role("button", name="Change my answer").click()
    expect(page.get_by_role("alert")).to_contain_text("came too late")
    axe(page)
    fits(page)
    screens(page, "poll-late")


def test_choosing(page: Page, site: str, community: Community, organiser: User) -> None:
    poll = proposed(community)
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/communities/savings/polls/{poll.pk}/")
    axe(page)
    fits(page)
    screens(page, "poll-result")
    page.get_by_role("button", name="Make the session").first.click()
    expect(page.get_by_role("heading", name="Peer assist on savings groups")).to_be_visible()
    assert Session.objects.get().starts_at == poll.slots.all()[0].starts_at
