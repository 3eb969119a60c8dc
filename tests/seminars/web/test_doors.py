"""The addresses that let people in, the numbers and the room on the page: when, in whose time, in which order."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from seminars.people.models import Community
from seminars.series.rooms.models import Room
from seminars.sessions.facts import facts_of
from seminars.sessions.models import Session
from seminars.sessions.state import State, state_of
from tests.factories import NOW, make_series, make_session
from tests.seminars.web.test_session_pages import WALL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
STREAM = "https://view.example.org/"
NUMBERS = "US +1 202 555 0143, code 4417#\nZA +27 11 555 0143, code 4417#"


def at(community: Community, delta: timedelta, **fields: Any) -> Session:
    return make_session(make_series(community), wall=WALL + delta, **{"view_url": STREAM} | fields)


@pytest.mark.parametrize(
    ("delta", "doors", "status"),
    [
        (timedelta(minutes=31), 30, 200),
        (timedelta(minutes=30), 30, 302),
        (timedelta(minutes=14), 0, 200),
        (timedelta(), 0, 302),
    ],
)
@pytest.mark.parametrize(("door", "leads"), [("join", "https://meet.example.org/room"), ("view", STREAM)])
def test_doors_open_at_their_own_time(
    community: Community, as_nobody: Client, delta: timedelta, doors: int, status: int, door: str, leads: str
) -> None:
    session = at(community, delta, doors=doors)
    answer = as_nobody.get(f"/sessions/{session.slug}/{door}")
    assert answer.status_code == status
    if status == 302:
        assert answer["Location"] == leads
    else:
        assert leads not in answer.content.decode()


def test_the_state_keeps_the_same_hour(community: Community) -> None:
    facts = facts_of(at(community, timedelta(minutes=40), doors=30))
    assert state_of(facts, NOW) == State.SOON
    opens = NOW + timedelta(minutes=10)
    assert state_of(facts, opens - timedelta(seconds=1)) == State.SOON
    assert state_of(facts, opens) == State.DOORS_OPEN


def test_a_shut_door_says_when_in_the_readers_time_and_looks_again(
    community: Community, as_nobody: Client
) -> None:
    session = at(community, timedelta(minutes=20))
    as_nobody.cookies["meridian_zone"] = "Asia/Kolkata"
    answer = as_nobody.get(f"/sessions/{session.slug}/join")
    page = answer.content.decode()
    assert "They open on <strong>Mon 16 Nov 2026, 17:35 (Kolkata)</strong>." in page
    assert answer["Refresh"] == "301"
    far = at(community, timedelta(hours=3))
    assert as_nobody.get(f"/sessions/{far.slug}/join")["Refresh"] == "900"  # it may be moved meanwhile
    later = at(community, timedelta(days=3))
    assert "Refresh" not in as_nobody.get(f"/sessions/{later.slug}/join")


def test_the_waiting_page_leads_in_when_it_looks_again(community: Community, as_nobody: Client) -> None:
    session = at(community, timedelta(minutes=20))
    answer = as_nobody.get(f"/sessions/{session.slug}/view")
    with time_machine.travel(NOW + timedelta(seconds=int(answer["Refresh"])), tick=False):
        assert as_nobody.get(f"/sessions/{session.slug}/view")["Location"] == STREAM


@pytest.mark.parametrize(
    "fields", [{"view_url": ""}, {"form": "in-person"}, {"cancelled_at": NOW}, {"postponed_at": NOW}]
)
def test_nothing_to_watch_leads_nowhere(
    community: Community, as_nobody: Client, fields: dict[str, Any]
) -> None:
    session = at(community, timedelta(minutes=5), **fields)
    answer = as_nobody.get(f"/sessions/{session.slug}/view")
    assert answer.status_code == 200
    assert STREAM not in answer.content.decode()


def test_the_page_leads_to_our_stream_and_the_readers_own_number_first(
    community: Community, as_nobody: Client
) -> None:
    session = at(community, timedelta(minutes=5), dial_in=NUMBERS)
    as_nobody.cookies["meridian_zone"] = "Africa/Johannesburg"
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert f'href="/sessions/{session.slug}/view"' in page
    assert STREAM not in page
    assert 'href="#phone"' in page
    ours, theirs = page.index("tel:+27115550143,,4417%23"), page.index("tel:+12025550143,,4417%23")
    assert ours < theirs
    assert "South Africa: +27 11 555 0143, code 4417#" in page


def test_countries_are_named_in_the_language_of_the_page(community: Community, as_nobody: Client) -> None:
    session = at(community, timedelta(minutes=5), dial_in=NUMBERS)
    page = as_nobody.get(f"/sessions/{session.slug}/", headers={"Accept-Language": "sv"}).content.decode()
    assert "Sydafrika: +27 11 555 0143" in page


def test_getting_in(community: Community, as_nobody: Client) -> None:
    room = Room.objects.create(
        community=community, name="1.205", address="Street 1", capacity=12, access="Ring <b>twice</b>.",
        latitude=55.9, longitude=-13.25,
    )  # fmt: skip
    session = at(community, timedelta(days=2), form="hybrid", place=room, room=room.label)
    page = as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert "Getting in" in page
    assert "The room holds 12 people." in page
    assert "Ring &lt;b&gt;twice&lt;/b&gt;." in page
    assert 'href="geo:55.9,-13.25?z=17"' in page
    assert "https://www.openstreetmap.org/?mlat=55.9&amp;mlon=-13.25#map=17/55.9/-13.25" in page
    assert "<iframe" not in page
    assert 'src="https://' not in page
    online = at(community, timedelta(days=2), place=room)
    assert "Getting in" not in as_nobody.get(f"/sessions/{online.slug}/").content.decode()


def test_the_api_tells_of_doors_and_numbers(community: Community, as_nobody: Client) -> None:
    session = at(community, timedelta(minutes=50), doors=30, dial_in=f"{NUMBERS}\nask Grace")
    told = as_nobody.get(f"/api/sessions/{session.slug}/").json()
    assert told["doors_open_at"] == "2026-11-16T12:20:00Z"
    assert told["view"].endswith(f"/sessions/{session.slug}/view")
    assert told["dial_in"] == [
        {"country": "US", "number": "+1 202 555 0143", "code": "4417#", "uri": "tel:+12025550143,,4417%23"},
        {"country": "ZA", "number": "+27 11 555 0143", "code": "4417#", "uri": "tel:+27115550143,,4417%23"},
        {"country": None, "number": "ask Grace", "code": None, "uri": None},
    ]
