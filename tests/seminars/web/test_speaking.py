"""The speaker's page: without an account, by the secret link, in their own time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from seminars.people.models import Community, Person
from seminars.sessions import moving
from seminars.sessions.day import running
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking.asking import make_link, revoke_link
from seminars.sessions.speaking.models import Engagement
from tests.factories import make_person, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


@pytest.fixture
def ana() -> Person:
    return make_person(name="Ana Ruiz", zone="Asia/Kolkata", email="ana@example.org")


@pytest.fixture
def session(closed_community: Community, ana: Person) -> Session:
    """A session of a closed community, 1 December 2026, 15:00 in Johannesburg: 18:30 in Kolkata."""
    Community.objects.update(contact="desk@example.org")
    found = make_session(make_series(closed_community), dial_in="+27 10 123 4567")
    Speaker.objects.create(session=found, person=ana)
    return found


@pytest.fixture
def address(session: Session, ana: Person, now: datetime) -> str:
    return f"/speak/{make_link(session=session, person=ana, now=now, actor_id=None).token}/"


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_page_is_in_the_speakers_own_time(as_nobody: Client, address: str) -> None:
    response = as_nobody.get(address)
    said = text(response)
    assert "18:30–19:30" in said
    assert "Tue 1 Dec 2026, 18:15–19:30" in said  # be there
    assert "+27 10 123 4567" in said
    assert "desk@example.org" in said
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]


def test_the_programme_is_in_the_briefing(as_nobody: Client, address: str, session: Session) -> None:
    assert "In minutes from the start." not in text(as_nobody.get(address))
    running.begin(session=session)
    said = text(as_nobody.get(address))
    assert "<dt>-15</dt><dd>Open the doors, test sound and slides" in said


def test_another_clock_can_be_chosen(as_nobody: Client, address: str, ana: Person) -> None:
    assert as_nobody.post(f"{address}zone/", {"zone": "Moon/Base"}).status_code == 422
    as_nobody.post(f"{address}zone/", {"zone": "America/New_York"})
    assert "08:00–09:00" in text(as_nobody.get(address))
    assert Person.objects.get(pk=ana.pk).zone == "America/New_York"


def test_confirm_and_decline_with_words(as_nobody: Client, address: str) -> None:
    assert as_nobody.post(f"{address}answer/", {}).status_code == 422
    as_nobody.post(f"{address}answer/", {"answer-comes": "yes", "answer-words": "I need a projector"})
    found = Engagement.objects.get()
    assert (found.answer, found.words) == ("confirmed", "I need a projector")
    as_nobody.post(f"{address}answer/", {"answer-comes": "no", "answer-words": "Ill"})
    assert Engagement.objects.get().answer == "declined"
    assert "You said that you do not come" in text(as_nobody.get(address))


def test_title_and_abstract_go_to_the_session(as_nobody: Client, address: str) -> None:
    fields = {"talk-seen": "1", "talk-title": "Savings by phone", "talk-abstract": "How."}
    assert as_nobody.post(f"{address}talk/", fields).status_code == 302
    assert Session.objects.get().title == {"en": "Savings by phone"}
    assert as_nobody.post(f"{address}talk/", fields | {"talk-title": ""}).status_code == 422


def test_a_conflict_shows_both_and_loses_nothing(
    as_nobody: Client, address: str, session: Session, organiser: Any, now: datetime
) -> None:
    moving.edit(session=session, title="Theirs", now=now, actor_id=organiser.pk)
    fields = {"talk-seen": "1", "talk-title": "Mine", "talk-abstract": "My words"}
    response = as_nobody.post(f"{address}talk/", fields)
    said = text(response)
    assert response.status_code == 409
    assert "Theirs" in said
    assert "Mine" in said
    assert "My words" in said
    assert "organiser@example.org" not in said
    assert 'name="talk-seen" value="2"' in said
    as_nobody.post(f"{address}talk/", fields | {"talk-seen": "2"})
    assert Session.objects.get().title == {"en": "Mine"}


def test_consent_asks_for_terms(as_nobody: Client, address: str) -> None:
    fields = {"consent-record": "yes", "consent-publish": "yes"}
    response = as_nobody.post(f"{address}consent/", fields)
    assert (response.status_code, "Choose on which terms" in text(response)) == (422, True)
    as_nobody.post(f"{address}consent/", fields | {"consent-licence": "all-rights"})
    assert Engagement.objects.get().licence == "all-rights"


def test_the_calendar_file_begins_at_arrival(as_nobody: Client, address: str) -> None:
    response = as_nobody.get(f"{address}session.ics")
    said = text(response)
    assert response["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20261201T124500Z" in said
    assert "DTEND:20261201T140000Z" in said
    assert "TRANSP:OPAQUE" in said


def test_a_calendar_file_without_a_date_says_so(as_nobody: Client, address: str) -> None:
    undated = {"local_date": None, "local_time": None, "starts_at": None, "ends_at": None}
    Session.objects.update(precision="none", **undated)
    assert as_nobody.get(address).status_code == 200
    assert as_nobody.get(f"{address}session.ics").status_code == 302


def test_the_speaker_may_join_at_any_time(as_nobody: Client, address: str) -> None:
    response: Any = as_nobody.get(f"{address}join")
    assert response.url == "https://meet.example.org/room"
    Session.objects.update(join_url="")
    assert as_nobody.get(f"{address}join")["Location"] == address


PARTS = ("", "answer/", "talk/", "consent/", "zone/", "join", "session.ics", "slides/")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_ended_link_says_so_and_an_unknown_one_is_not_there(
    as_nobody: Client, address: str, session: Session, ana: Person, now: datetime, part: str, method: str
) -> None:
    revoke_link(session=session, person=ana, now=now, actor_id=None)
    ended = getattr(as_nobody, method)(address + part)
    assert ended.status_code == 410
    assert "The organisers ended this link" in text(ended)
    assert "desk@example.org" in text(ended)
    assert str(session.title["en"]) not in text(ended)
    assert getattr(as_nobody, method)(f"/speak/unknown/{part}").status_code == 404


def test_few_questions(
    as_nobody: Client, address: str, session: Session, django_assert_max_num_queries: Any
) -> None:
    for _row in range(5):
        Speaker.objects.create(session=session, person=make_person())
    as_nobody.get(address)
    with django_assert_max_num_queries(9):
        as_nobody.get(address)


def test_the_page_is_checked_after_the_session(as_nobody: Client, address: str) -> None:
    assert "Check your page" not in text(as_nobody.get(address))
    as_nobody.post(f"{address}check/", {"do": "right"})
    assert Engagement.objects.get().checked_at is None, "not before its end"
    ended = datetime(2026, 11, 10, 13, 0, tzinfo=UTC)
    Session.objects.update(starts_at=ended, ends_at=ended + timedelta(hours=1))
    said = text(as_nobody.get(address))
    assert "Check your page" in said
    assert "then it is frozen" in said
    as_nobody.post(f"{address}check/", {"do": "wrong", "remark": " "})
    assert Engagement.objects.get().checked_at is None
    as_nobody.post(f"{address}check/", {"do": "wrong", "remark": "My name is Anna"})
    found = Engagement.objects.get()
    assert (found.remark, found.checked_at is not None) == ("My name is Anna", True)
    assert "you told the organisers what is wrong" in text(as_nobody.get(address))
    as_nobody.post(f"{address}check/", {"do": "right", "remark": "My name is Anna"})
    assert Engagement.objects.get().remark == ""
    assert "you found all right" in text(as_nobody.get(address))
