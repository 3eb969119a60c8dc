"""Date polls for organisers: propose, see who can when, make the session with one click."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from seminars.people.models import Community
from seminars.sessions.models import Session
from seminars.sessions.polls.models import DatePoll, Voice
from tests.factories import make_community, make_series
from tests.seminars.sessions.polls.test_polling import make_poll, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
BASE = "/organise/communities/savings/polls/"


def text(response: Any) -> str:
    return str(response.content.decode())


def sent(*hours: tuple[str, str], **given: str) -> dict[str, str]:
    """What a browser sends."""
    fields = {
        "title": "Peer assist",
        "note": "",
        "series": "",
        "zone": "Africa/Johannesburg",
        "minutes": "1:30",
        "closes": "",
        "form-TOTAL_FORMS": "4",
        "form-INITIAL_FORMS": "0",
    }
    for number, (day, hour) in enumerate(hours):
        fields |= {f"form-{number}-date": day, f"form-{number}-time": hour}
    return fields | given


def test_a_poll_is_opened_and_its_link_shown(as_organiser: Client, community: Community) -> None:
    assert as_organiser.get(f"{BASE}new/").status_code == 200
    data = sent(("2026-12-01", "15:00"), ("", ""), ("2026-12-02", "09:00"), closes="2026-11-20")
    response: Any = as_organiser.post(f"{BASE}new/", data)
    poll = DatePoll.objects.get()
    assert response.url == f"{BASE}{poll.pk}/"
    assert f"/poll/{poll.token}/" in text(as_organiser.get(response.url))
    assert str(poll.closes_at) == "2026-11-20 22:00:00+00:00"  # midnight in Johannesburg
    assert "Peer assist" in text(as_organiser.get(BASE))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (sent(("2026-12-01", "15:00")), "Propose 2 to 30 different hours."),
        (sent(("2026-12-01", "15:00"), ("2026-12-02", "")), "Give both the date and the hour."),
        (sent(("2026-12-01", "15:00"), ("2020-12-02", "09:00")), "This time has passed."),
        (sent(("2026-12-01", "15:00"), ("2026-12-02", "25:00")), "Write the time as 15:00."),
        (sent(("2026-12-01", "15:00"), ("2026-12-02", "09:00"), title=""), "Give a title."),
        (sent(("2026-12-01", "15:00"), ("2026-12-02", "09:00"), closes="2026-12-24"), "before the first"),
        (sent(("2026-12-01", "15:00"), ("2026-12-02", "09:00"), minutes="0"), "end must be after"),
        ({}, "Give a title."),
    ],
)
def test_mistakes_are_marked_and_nothing_is_lost(
    as_organiser: Client, community: Community, data: dict[str, str], said: str
) -> None:
    response = as_organiser.post(f"{BASE}new/", data)
    assert (response.status_code, said in text(response)) == (422, True)
    assert not data or 'value="2026-12-01"' in text(response)
    assert not DatePoll.objects.exists()


def test_another_communitys_series_is_not_offered(as_organiser: Client, community: Community) -> None:
    from_elsewhere = make_series(make_community())
    data = sent(("2026-12-01", "15:00"), ("2026-12-02", "09:00"), series=str(from_elsewhere.pk))
    assert as_organiser.post(f"{BASE}new/", data).status_code == 422


def test_the_matrix_says_whose_hour_it_is(as_organiser: Client, community: Community, now: datetime) -> None:
    poll = make_poll(community, now)
    say(poll, "Ana", "ymn", now)  # in Kolkata
    said = text(as_organiser.get(f"{BASE}{poll.pk}/"))
    assert "Kolkata" in said
    assert "18:30" in said
    assert "1 yes, 0 if need be, 0 no" in said
    assert said.count(">best<") == 1


def test_one_click_makes_the_session(as_organiser: Client, community: Community, now: datetime) -> None:
    poll = make_poll(community, now)
    slot = poll.slots.all()[1]
    for _click in range(2):
        response: Any = as_organiser.post(f"{BASE}{poll.pk}/choose/", {"slot": slot.pk})
        assert response.url == f"/organise/sessions/{Session.objects.get().slug}/"
    assert "became a session" in text(as_organiser.get(f"{BASE}{poll.pk}/"))
    as_organiser.post(f"{BASE}{poll.pk}/close/", {"open": "yes"})
    assert not DatePoll.objects.get().is_open(now)


@pytest.mark.parametrize("slot", ["", "x", "999999"])
def test_an_hour_that_is_none(as_organiser: Client, community: Community, now: datetime, slot: str) -> None:
    poll = make_poll(community, now)
    assert as_organiser.post(f"{BASE}{poll.pk}/choose/", {"slot": slot}).status_code == 404


def test_a_poll_is_closed_and_opened_again(as_organiser: Client, community: Community, now: datetime) -> None:
    poll = make_poll(community, now)
    for word, is_open in (("no", False), ("yes", True)):
        as_organiser.post(f"{BASE}{poll.pk}/close/", {"open": word})
        assert DatePoll.objects.get().is_open(now) is is_open


def test_another_communitys_poll_is_not_there(
    as_organiser: Client, closed_community: Community, community: Community, now: datetime
) -> None:
    poll = make_poll(closed_community, now)
    assert as_organiser.get(f"{BASE}{poll.pk}/").status_code == 404


def test_few_questions(
    as_organiser: Client, community: Community, now: datetime, django_assert_max_num_queries: Any
) -> None:
    poll = make_poll(community, now)
    for number in range(12):
        say(poll, f"Person {number}", "ymn", now)
    assert Voice.objects.count() == 12
    with django_assert_max_num_queries(12):
        as_organiser.get(f"{BASE}{poll.pk}/")
