"""The place of drafts, and the plain list of all sessions: whose they are, what can be done, in how many questions."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session
from tests.factories import NOW, make_community, make_series, make_session

pytestmark = pytest.mark.usefixtures("stopped")


def test_drafts_of_all_series_are_there_with_their_age(
    as_organiser: Client, community: Community, closed_community: Community, session: Session
) -> None:
    week = NOW - timedelta(days=7)
    make_series(community, slug="one", title={"en": "First draft"}, published_at=None, made_at=week)
    make_series(closed_community, slug="two", title={"en": "Second draft"}, published_at=None)
    make_series(make_community(), title={"en": "Elsewhere"}, published_at=None)
    Session.objects.filter(pk=make_session(session.series, published=False).pk).update(
        title={"en": "Half done"}
    )
    page = as_organiser.get("/organise/drafts/").content.decode()
    assert [words in page for words in ("First draft", "Second draft", "Half done")] == [True] * 3
    assert "Elsewhere" not in page
    assert "Savings by phone" not in page
    assert "1\N{NO-BREAK SPACE}week ago" in page


def test_a_draft_is_discarded_from_there(as_organiser: Client, community: Community) -> None:
    make_series(community, slug="one", published_at=None)
    answer = as_organiser.post("/organise/series/one/discard/", {"from": "drafts"}, follow=True)
    assert answer.redirect_chain == [("/organise/drafts/", 302)]
    assert not Series.objects.filter(slug="one").exists()
    assert "A series that you save without publishing waits here." in answer.content.decode()


def test_the_list_follows_the_choice_page_by_page(
    as_organiser: Client, session: Session, closed_community: Community
) -> None:
    other = make_session(make_series(closed_community), title={"en": "Lesson one"})
    make_session(make_series(make_community()), title={"en": "Elsewhere"})
    make_session(session.series, wall=datetime(2026, 11, 3, 15, 0), title={"en": "Long ago"})
    page = as_organiser.get("/organise/list/").content.decode()
    assert [words in page for words in ("Savings by phone", "Lesson one", "Long ago", "Elsewhere")] == [
        True,
        True,
        False,
        False,
    ]
    narrowed = as_organiser.get(f"/organise/list/?series={other.series.slug}").content.decode()
    assert "Savings by phone" not in narrowed
    assert f"/organise/series/{other.series.slug}/sessions/" in narrowed
    assert "Long ago" in as_organiser.get("/organise/list/?show=past").content.decode()
    assert "Every session has its date." in as_organiser.get("/organise/list/?show=undated").content.decode()


@pytest.mark.parametrize("address", ["/organise/list/", "/organise/drafts/"])
def test_questions_do_not_grow(
    as_organiser: Client, session: Session, community: Community, address: str
) -> None:
    make_series(community, published_at=None)
    make_session(session.series, published=False)
    with CaptureQueriesContext(connection) as few:
        as_organiser.get(address)
    for _number in range(5):
        make_session(session.series)
        make_session(session.series, published=False)
        make_session(make_series(community, published_at=None), published=False)
    with CaptureQueriesContext(connection) as many:
        as_organiser.get(address)
    assert len(many) == len(few)


def test_a_day_of_the_month_leads_to_the_planner(as_organiser: Client, session: Session) -> None:
    page = as_organiser.get("/organise/year/2026/12/").content.decode()
    assert "/organise/series/new/?first_date=2026-12-24" in page
    assert "first_date=2026-11-15" not in as_organiser.get("/organise/year/2026/11/").content.decode()  # over
    narrowed = as_organiser.get("/organise/year/2026/12/?series=after-hours").content.decode()
    assert "/organise/series/after-hours/sessions/add/?date=2026-12-24" in narrowed
    form = as_organiser.get("/organise/series/after-hours/sessions/add/?date=2026-12-24").content.decode()
    assert 'value="2026-12-24"' in form
    planner = as_organiser.get("/organise/series/new/?first_date=2026-12-24").content.decode()
    assert 'value="2026-12-24"' in planner
