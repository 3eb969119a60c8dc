"""A discussion paper in Chromium: begun from a session, reviewed by link, published, read."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.followups.papers.models import Paper, PaperReview
from seminars.people.models import Community, User
from tests.browser.conftest import axe, fits, screens, sign_in, weight
from tests.factories import make_series, make_session

HARD = 80_000


@pytest.fixture
def held(community: Community) -> None:
    """A session that is over."""
    now = timezone.now()
    wall = (now - timedelta(days=9)).replace(tzinfo=None, microsecond=0)
    make_session(
        make_series(community), title={"en": "Who pays?"}, wall=wall, published_at=now - timedelta(days=30)
    )


def _judge(page: Page, name: str) -> None:
    axe(page)
    fits(page)
    screens(page, name)


def test_from_a_session_to_a_paper(
    page: Page, site: str, community: Community, organiser: User, held: None
) -> None:
    sign_in(page, organiser, site)
    page.goto(f"{site}/organise/communities/savings/papers/")
    _judge(page, "papers-desk")
    page.get_by_role("link", name="Begin a paper").click()
    page.get_by_label("Title").fill("What mentors cost")
    page.get_by_text("Who pays?").check()
    _judge(page, "paper-begin")
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_label("Text", exact=True).fill(
        "## Found\n\nIt costs **less**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    _judge(page, "paper-write")
    page.get_by_role("button", name="Save and look at it").click()
    expect(page.get_by_role("heading", name="Found")).to_be_visible()
    _judge(page, "paper-look")
    page.get_by_role("link", name="Review").click()
    page.get_by_label("Name").fill("Rev Iewer")
    page.get_by_label("E-mail address").fill("rev@example.org")
    page.get_by_label("By", exact=True).fill((timezone.now() + timedelta(days=9)).date().isoformat())
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("Rev Iewer")).to_be_visible()
    page.goto(f"{site}/reviews/{PaperReview.objects.get().token}/")
    page.get_by_label("About").select_option("It costs less.")
    page.get_by_role("textbox", name="Your comment").fill("Than what?")
    page.get_by_role("button", name="Add the comment").click()
    page.get_by_label("fine after small changes").check()
    _judge(page, "paper-review")
    page.get_by_role("button", name="Send it to the authors").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    paper = Paper.objects.get()
    page.goto(f"{site}/organise/papers/{paper.uuid}/reviews/")
    _judge(page, "paper-reviews")
    page.get_by_placeholder("What you did about it").fill("Than a loan.")
    page.get_by_role("button", name="Settle it").click()
    page.get_by_role("link", name="Publish").click()
    _judge(page, "paper-approve")
    page.get_by_role("button", name="Approve it").click()
    _judge(page, "paper-publish")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="What mentors cost")).to_be_visible()
    _judge(page, "paper")
    assert weight(page) < HARD
    page.goto(f"{site}/papers/")
    _judge(page, "papers")
