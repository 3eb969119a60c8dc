"""Renaming a topic on a page of its own: who may, what calendars say then, and that the old addresses go on."""

import pytest
from django.test import Client

from seminars.changes.models import Change
from seminars.people.models import Community
from seminars.series.topics.models import Topic
from seminars.sessions.models import Session
from seminars.sessions.topics import set_series_topics, set_session_topics
from tests.factories import NOW, make_community, make_series, make_session
from tests.seminars.calendars.reading import entries_of

pytestmark = pytest.mark.django_db
PAGE = "/organise/topics/savings/"
NEW = {"name_en": "Thrift groups", "name_sv": "Spargrupper", "slug": "thrift-groups"}


@pytest.fixture
def session(community: Community) -> Session:
    session = make_session(make_series(community, slug="talks"))
    set_session_topics(session=session, names=["Savings"], now=NOW, actor_id=None)
    return session


def feed(path: str) -> dict[str, object]:
    response = Client().get(path)
    assert response.status_code == 200
    [event] = entries_of(response.content)
    return {"names": [str(each) for each in event["CATEGORIES"].cats], "sequence": int(event["SEQUENCE"])}


def test_entries_say_the_new_name_and_old_addresses_go_on(session: Session, as_organiser: Client) -> None:
    before = feed("/topics/savings/calendar.ics")
    assert before["names"][2:] == ["Savings"]  # type: ignore[index]
    feed("/calendar.ics?topic=savings")
    assert 'href="/organise/topics/savings/"' in as_organiser.get("/topics/savings/").content.decode()
    assert "1 entry in people" in as_organiser.get(PAGE).content.decode()
    response = as_organiser.post(PAGE, NEW)
    assert (response.status_code, response.headers["Location"]) == (302, "/topics/thrift-groups/")
    after = [
        feed("/topics/savings/calendar.ics"),
        feed("/topics/thrift-groups/calendar.ics"),
        feed("/calendar.ics?topic=savings"),
        feed("/series/talks/calendar.ics"),
    ]
    assert [each["names"][2:] for each in after] == [["Thrift groups"]] * 4  # type: ignore[index]
    assert {each["sequence"] for each in after} == {before["sequence"] + 1}  # type: ignore[operator]
    assert Client().get("/topics/savings/").headers["Location"] == "/topics/thrift-groups/"
    assert Topic.objects.get().name == {"en": "Thrift groups", "sv": "Spargrupper"}
    assert Change.objects.filter(kind="topic-renamed", actor_id__isnull=False).count() == 1


def test_who_may(
    session: Session, as_organiser: Client, as_member: Client, as_stranger: Client, as_nobody: Client
) -> None:
    for client, status in ((as_member, 404), (as_stranger, 404), (as_nobody, 302)):
        assert client.get(PAGE).status_code == status
        assert client.post(PAGE, NEW).status_code == status
        assert "/organise/topics/" not in client.get("/topics/savings/").content.decode()
    assert as_organiser.get(PAGE).status_code == 200
    assert Topic.objects.get().slug == "savings"


def test_a_topic_of_others_too_is_renamed_by_administrators_only(
    session: Session, as_organiser: Client, as_administrator: Client
) -> None:
    other = make_series(make_community())
    set_series_topics(series=other, names=["Savings"], now=NOW, actor_id=None)
    assert as_organiser.get(PAGE).status_code == 404
    assert as_organiser.post(PAGE, NEW).status_code == 404
    assert as_administrator.post(PAGE, NEW).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name_en": "", "name_sv": ""}, "Give a name."),
        ({"name_en": "Gender"}, "Another topic has this name"),
        ({"slug": "gender"}, "Another topic has or had this short name"),
        ({"slug": "Spar grupper"}, "Use letters a–z"),
        ({"name_en": "x" * 61}, "at most 60 characters"),
    ],
)
def test_what_cannot_be_stays_in_the_form(
    session: Session, as_organiser: Client, wrong: dict[str, str], said: str
) -> None:
    make_topic = make_session(session.series)
    set_session_topics(session=make_topic, names=["Gender"], now=NOW, actor_id=None)
    response = as_organiser.post(PAGE, NEW | wrong)
    assert response.status_code == 400
    assert said in response.content.decode()
    assert Topic.objects.get(slug="savings").name == {"en": "Savings"}


def test_the_same_again_changes_nothing(session: Session, as_organiser: Client) -> None:
    before = feed("/topics/savings/calendar.ics")
    assert as_organiser.post(PAGE, {"name_en": "Savings", "slug": "savings"}).status_code == 302
    assert feed("/topics/savings/calendar.ics") == before
