"""Giving topics on the organisers' pages."""

import pytest
from django.test import Client

from seminars.people.models import Community
from seminars.sessions.models import Session
from seminars.sessions.revising import revise
from seminars.sessions.topics import set_session_topics
from tests.factories import NOW, make_community, make_series, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community, slug="talks"))


PATHS = ["/organise/sessions/talks-1/topics/", "/organise/series/talks/topics/"]


@pytest.mark.parametrize("path", PATHS)
def test_names_with_commas_and_new_ones_in_passing(session: Session, as_organiser: Client, path: str) -> None:
    assert as_organiser.get(path).status_code == 200
    assert as_organiser.post(path, {"topics": "Savings groups, gender"}).status_code == 302
    thing = session if "sessions" in path else session.series
    assert [topic.slug for topic in thing.topics.all()] == ["gender", "savings-groups"]
    again = as_organiser.get(path).content.decode()
    assert 'value="gender, Savings groups"' in again
    shown = Client().get("/sessions/talks-1/").content.decode()
    assert 'href="/topics/gender/"' in shown


@pytest.mark.parametrize("path", PATHS)
def test_strangers_and_members_may_not(
    session: Session, as_member: Client, as_stranger: Client, as_nobody: Client, path: str
) -> None:
    for client, status in ((as_member, 404), (as_stranger, 404), (as_nobody, 302)):
        assert client.get(path).status_code == status
        assert client.post(path, {"topics": "x1"}).status_code == status
    assert not session.topics.exists()


@pytest.mark.parametrize("path", PATHS)
def test_what_cannot_be_stays_in_the_form(session: Session, as_organiser: Client, path: str) -> None:
    response = as_organiser.post(path, {"topics": "x" * 61})
    assert response.status_code == 400
    assert "x" * 61 in response.content.decode()
    assert "at most 60 characters" in response.content.decode()


def test_somebody_elses_change_is_told_first(session: Session, as_organiser: Client) -> None:
    revise(session, kind="edited", now=NOW, title={"en": "New"})
    response = as_organiser.post(PATHS[0], {"topics": "Gender", "seen": "1"})
    assert response.status_code == 400
    assert not session.topics.exists()
    assert 'name="seen" value="2"' in response.content.decode()


def test_the_form_names_no_topic_that_the_organiser_may_not_see(
    session: Session, as_organiser: Client
) -> None:
    closed = make_series(make_community(joining="closed"))
    set_session_topics(session=make_session(closed), names=["Layoffs"], now=NOW, actor_id=None)
    set_session_topics(session=make_session(session.series), names=["Gender"], now=NOW, actor_id=None)
    shown = as_organiser.get(PATHS[0]).content.decode()
    assert "Gender" in shown
    assert "Layoffs" not in shown
