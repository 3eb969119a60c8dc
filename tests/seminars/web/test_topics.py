"""Topic and speaker pages: what they show, to whom, and what they cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.people.models import Community
from seminars.series.models import Audience
from seminars.sessions.models import Session, Speaker
from seminars.sessions.topics import rename_topic, set_session_topics
from tests.factories import NOW, make_person, make_series, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(community: Community) -> Session:
    session = make_session(make_series(community, slug="talks"), title={"en": "Open talk"})
    set_session_topics(session=session, names=["Savings groups"], now=NOW, actor_id=None)
    return session


def page(path: str, client: Client | None = None) -> str:
    response = (client or Client()).get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_topic_shows_what_this_visitor_may_see(
    talk: Session, closed_community: Community, as_member: Client
) -> None:
    secret = make_session(make_series(closed_community), title={"en": "SECRET"})
    named = make_session(talk.series, title={"en": "SECRET"}, audience=Audience.NAMED)
    for each in (secret, named):
        set_session_topics(session=each, names=["Savings groups", "Layoffs"], now=NOW, actor_id=None)
    shown = page("/topics/savings-groups/")
    assert "Open talk" in shown
    assert "SECRET" not in shown
    assert 'href="/subscribe/?topic=savings-groups"' in shown
    assert 'href="/calendar.ics?topic=savings-groups"' in shown
    assert "Layoffs" not in page("/topics/")
    assert Client().get("/topics/layoffs/").status_code == 404
    assert Client().get("/topics/never/").status_code == 404
    assert "SECRET" in page("/topics/layoffs/", as_member)
    assert "Layoffs" in page("/topics/", as_member)


def test_a_former_name_leads_on(talk: Session) -> None:
    rename_topic(topic=talk.topics.get(), name={"en": "Saving"}, slug="saving", now=NOW, actor_id=None)
    response = Client().get("/topics/savings-groups/")
    assert (response.status_code, response.headers["Location"]) == (301, "/topics/saving/")


def test_a_speaker_is_there_with_a_public_appearance_only(
    talk: Session, closed_community: Community, as_member: Client
) -> None:
    ada, eve = make_person(name="Ada <b>", email="ada@example.org"), make_person(name="Eve")
    Speaker.objects.create(session=talk, person=ada, affiliation="Lund")
    secret = make_session(make_series(closed_community), title={"en": "SECRET"})
    draft = make_session(talk.series, title={"en": "SECRET"}, published=False)
    for session in (secret, draft):
        Speaker.objects.create(session=session, person=eve)
        Speaker.objects.create(session=session, person=ada)
    shown = page(f"/speakers/{ada.uuid}/")
    assert "Open talk" in shown
    assert "Ada &lt;b&gt;" in shown
    assert "Lund" in shown
    assert "SECRET" not in shown
    assert "ada@example.org" not in shown
    assert Client().get(f"/speakers/{eve.uuid}/").status_code == 404
    assert Client().get("/speakers/6f1c3f0e-8f5f-4a38-9a44-0a5b7a1c9e11/").status_code == 404
    own = page(f"/speakers/{eve.uuid}/", as_member)
    assert "SECRET" in own
    assert "/subscribe/?speaker=" not in own  # nothing public to follow


@pytest.mark.parametrize("path", ["/topics/", "/topics/savings-groups/", "speaker"])
def test_queries_do_not_grow(talk: Session, path: str) -> None:
    person = make_person()
    Speaker.objects.create(session=talk, person=person)
    address = f"/speakers/{person.uuid}/" if path == "speaker" else path
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            page(address)
        counts.append(len(queries))
        for number in range(3):
            other = make_session(
                talk.series, wall=NOW.replace(tzinfo=None) + timedelta(days=number + turn * 4 + 1)
            )
            Speaker.objects.create(session=other, person=person)
            set_session_topics(
                session=other, names=["Savings groups", f"T{turn}{number}"], now=NOW, actor_id=None
            )
    assert counts[0] == counts[1] <= 16
