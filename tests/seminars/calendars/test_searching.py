"""A search as a calendar: what it finds however it is written, what it never finds, and what it costs."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from seminars.calendars import searching, sweeping
from seminars.calendars.models import Feed, KnownValue
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session, Speaker
from seminars.sessions.revising import revise
from seminars.sessions.topics import set_session_topics
from tests.factories import NOW, make_person, make_series, make_session
from tests.seminars.calendars.reading import entries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(community: Community) -> Session:
    series = make_series(community, slug="talks", title={"en": "After hours"})
    talk = make_session(
        series, title={"en": "Harvest circles", "sv": "Sparåtgärder"}, abstract={"en": "<i>Quixotic</i>"}
    )
    Speaker.objects.create(session=talk, person=make_person(name="Zoë Ångström"))
    set_session_topics(session=talk, names=["Döner economics"], now=NOW, actor_id=None)
    make_session(series, title={"en": "Other"})
    return talk


def titles(path: str) -> list[str]:
    response = Client().get(path)
    assert response.status_code == 200, response.content
    return [str(event["SUMMARY"]) for event in entries_of(response.content)]


@pytest.mark.parametrize(
    "asked",
    [
        "harvest",
        "HARVEST circles",
        "circles har",
        "zoe angstrom",
        "ANGSTRÖM",
        "spara",
        "doner",
        "after+harvest",
        "quix",
    ],
)
def test_it_finds_however_it_is_written(talk: Session, asked: str) -> None:
    assert titles(f"/calendar.ics?q={asked}") == ["Harvest circles"]


@pytest.mark.parametrize("asked", ["arvest", "harvest nothing", "%", "ha_vest", "zoe other"])
def test_every_word_begins_a_word(talk: Session, asked: str) -> None:
    response = Client().get("/calendar.ics", {"q": asked})
    if asked == "%":
        assert (response.status_code, response.json()["parameter"]) == (400, "q")
    else:
        assert entries_of(response.content) == []


def test_other_filters_narrow_it_down(talk: Session, community: Community) -> None:
    assert titles("/series/talks/calendar.ics?q=harvest") == ["Harvest circles"]
    assert titles(f"/communities/{community.slug}/calendar.ics?q=harvest&language=en") == ["Harvest circles"]
    assert Client().get("/calendar.ics?q=harvest&language=xx").status_code == 400


def test_what_strangers_must_not_see_is_not_found(talk: Session, closed_community: Community) -> None:
    make_session(make_series(closed_community), title={"en": "Harvest SECRET"})
    make_session(talk.series, title={"en": "Harvest SECRET"}, published=False)
    make_session(talk.series, title={"en": "Harvest SECRET"}, audience="members")
    assert titles("/calendar.ics?q=harvest") == ["Harvest circles"]


def test_what_changes_comes_and_goes(talk: Session) -> None:
    assert titles("/calendar.ics?q=mutual") == []
    revise(talk, kind="edited", now=NOW, title={"en": "Mutual aid"})
    assert titles("/calendar.ics?q=mutual") == ["Mutual aid"]
    assert titles("/calendar.ics?q=circles") == []


def test_the_same_question_is_one_calendar(talk: Session) -> None:
    first = Client().get("/calendar.ics?q=harvest circles")
    assert b"NAME:Meridian: \xe2\x80\x9ccircles harvest\xe2\x80\x9d" in first.content
    assert Client().get("/calendar.ics?q=CIRCLES,Hárvest").content == first.content
    assert Feed.objects.count() == 1
    known = {"If-None-Match": first.headers["ETag"]}
    assert Client().get("/calendar.ics?q=Circles harvest", headers=known).status_code == 304


def test_searches_beyond_the_cap_are_answered_and_not_kept(
    talk: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "SEARCHES", 1)
    assert titles("/calendar.ics?q=harvest") == ["Harvest circles"]
    response = Client().get("/calendar.ics?q=circles")
    assert [str(event["SUMMARY"]) for event in entries_of(response.content)] == ["Harvest circles"]
    known = {"If-None-Match": response.headers["ETag"]}
    assert Client().get("/calendar.ics?q=circles", headers=known).status_code == 304
    assert Feed.objects.count() == 1
    assert titles("/calendar.ics?language=en&q=circles") == ["Harvest circles"]
    assert Feed.objects.count() == 1, "in company too"
    assert titles("/calendar.ics?language=en") == ["Harvest circles", "Other"]
    assert Feed.objects.count() == 2, "searches take no place from others"
    revise(talk, kind="edited", now=NOW, title={"en": "Circles now"})
    assert titles("/calendar.ics?q=circles") == ["Circles now"]
    assert titles("/calendar.ics?q=harvest") == []


def test_what_is_asked_again_and_again_is_written_down_once(
    talk: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever only reads the news, or comes when there is no room: no poll after the first writes anything."""
    monkeypatch.setattr(sweeping, "MOST", 0)
    for path in ("/changes.atom?language=en&q=harvest", "/calendar.ics?language=en&q=harvest"):
        assert Client().get(path).status_code == 200
        with CaptureQueriesContext(connection) as seen:
            assert Client().get(path).status_code == 200
        assert not [each["sql"] for each in seen if each["sql"].startswith(("INSERT", "UPDATE", "SAVEPOINT"))]
    assert list(KnownValue.objects.values_list("field", "value")) == [("language", "en")]


def test_queries_do_not_grow_with_sessions(talk: Session, django_assert_num_queries: object) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            searching.matching(Session.objects.all(), "other")
        return len(seen)

    before = count()
    for number in range(5):
        make_session(Series.objects.get(slug="talks"), wall=datetime(2027, 1, 1, 12) + timedelta(days=number))
    assert count() == before


@given(st.text(max_size=200))
def test_a_question_asked_again_is_the_same(text: str) -> None:
    asked = searching.question(text)
    assert searching.question(asked) == asked
    assert len(asked) <= searching.LONGEST
    assert searching.question(f"  {text.upper().lower()} ") == searching.question(text.upper().lower())


def test_pages_lead_there(talk: Session) -> None:
    page = Client().get("/subscribe/?q=Harvest").content.decode()
    assert "/calendar.ics?q=harvest" in page
    assert 'name="q"' in page
    shown = Client().get("/archive/?q=Harvest circles").content.decode()
    assert 'href="/subscribe/?q=Harvest%20circles"' in shown
    assert Client().get("/subscribe/?q=!!").status_code == 400
