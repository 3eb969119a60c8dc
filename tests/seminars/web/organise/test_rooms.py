"""The pages of rooms: list, add, change with what follows, offer; and choosing one in the forms."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.people.models import Community
from seminars.series.models import Series
from seminars.series.rooms.models import Room
from seminars.sessions.models import Session
from tests.factories import make_community
from tests.seminars.web.organise.test_sessions import details

pytestmark = pytest.mark.usefixtures("stopped")
HERE = "/organise/communities/savings/rooms/"
ROOM = {"name": "1.205", "address": "Street 1", "capacity": "12", "access": "Ring.", "position": "55.9, 13.3"}


@pytest.fixture
def room(community: Community) -> Room:
    return Room.objects.create(community=community, name="1.205", address="Street 1", capacity=12)


def test_a_room_is_added_and_listed(community: Community, as_organiser: Client) -> None:
    assert "No room yet" in as_organiser.get(HERE).content.decode()
    page = as_organiser.post(f"{HERE}add/", ROOM, follow=True).content.decode()
    room = Room.objects.get()
    assert (room.community, room.capacity, room.position) == (community, 12, (55.9, 13.3))
    assert "holds 12" in page
    assert HERE in as_organiser.get("/organise/communities/savings/").content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Give the room&#x27;s name or number."),
        ({"capacity": "0"}, "Give a number from 1 to 100000."),
        ({"position": "Lund"}, "Write latitude and longitude in degrees, such as 55.9, 13.3."),
        ({"position": "13.3, 255.9"}, "Perhaps the two are swapped?"),
        ({"name": "1.206"}, "There is a room of this name at this address already."),
    ],
)
def test_what_is_wrong_is_said(
    community: Community, as_organiser: Client, change: dict[str, str], words: str
) -> None:
    Room.objects.create(community=community, name="1.206", address="Street 1")
    answer = as_organiser.post(f"{HERE}add/", ROOM | change)
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_sessions_follow_and_the_page_says_how_many(
    session: Session, room: Room, as_organiser: Client
) -> None:
    Session.objects.update(place=room, room=room.label, form="in-person")
    page = as_organiser.get(f"{HERE}{room.pk}/").content.decode()
    assert "1 session to come is in this room." in page
    assert "changes 1 entry in people's calendars" in page
    answer = as_organiser.post(f"{HERE}{room.pk}/", ROOM | {"name": "2.100", "seen": "1"}, follow=True)
    assert "Saved. 1 session to come says it too." in answer.content.decode()
    assert Session.objects.get().room == "2.100, Street 1"
    late = as_organiser.post(f"{HERE}{room.pk}/", ROOM | {"name": "3.300", "seen": "1"})
    assert late.status_code == 409
    assert "2.100" in late.content.decode()
    assert Room.objects.get().name == "2.100"


def test_a_room_is_no_longer_offered_and_what_is_there_stays(
    session: Session, room: Room, as_organiser: Client
) -> None:
    edit = f"/organise/sessions/{session.slug}/edit/"
    assert "1.205, Street 1 (holds 12)" in as_organiser.get(edit).content.decode()
    as_organiser.post(f"{HERE}{room.pk}/offer/", {"offered": "no"})
    assert "1.205, Street 1" not in as_organiser.get(edit).content.decode()
    Session.objects.update(place=room, room=room.label)
    assert "1.205, Street 1" in as_organiser.get(edit).content.decode()
    as_organiser.post(f"{HERE}{room.pk}/offer/", {"offered": "yes"})
    assert Room.objects.offered().exists()


def test_a_session_takes_a_room(session: Session, room: Room, as_organiser: Client) -> None:
    edit = f"/organise/sessions/{session.slug}/edit/"
    sent = details(session, form="hybrid", place_id=str(room.pk), doors="30")
    assert as_organiser.post(edit, sent).status_code == 302
    stored = Session.objects.get()
    assert (stored.place, stored.room, stored.doors) == (room, "1.205, Street 1", 30)
    form = as_organiser.get(edit).context["form"]
    assert (form["place_id"].value(), form["room"].value()) == (room.pk, "")
    both = details(stored, place_id=str(room.pk), room="Cellar", seen=stored.revision)
    answer = as_organiser.post(edit, both)
    assert "A room is chosen above." in answer.content.decode()
    other = Room.objects.create(community=make_community(), name="Far")
    answer = as_organiser.post(edit, both | {"place_id": str(other.pk), "room": ""})
    assert "Choose one of the rooms in the list." in answer.content.decode()


def test_numbers_are_asked_line_by_line(session: Session, as_organiser: Client) -> None:
    edit = f"/organise/sessions/{session.slug}/edit/"
    answer = as_organiser.post(edit, details(session, dial_in="ZA +27 11 555 0143\r\nMordor +1 202 555 0143"))
    assert answer.status_code == 400
    assert "Line 2: no country is called “Mordor”." in answer.content.decode()
    sent = details(session, dial_in="South Africa: +27 11 555 0143 PIN 12#\r\n\r\n+1 202 555 0143")
    assert as_organiser.post(edit, sent).status_code == 302
    assert Session.objects.get().dial_in == "ZA +27 11 555 0143, code 12#\n+1 202 555 0143"


def test_a_series_is_planned_in_a_room(room: Room, plan: dict[str, Any], as_organiser: Client) -> None:
    sent = plan | {"place_id": str(room.pk), "room": "", "doors": "20"}
    assert as_organiser.post("/organise/series/new/", sent).status_code == 302
    series = Series.objects.get()
    assert (series.place, series.room, series.doors) == (room, "1.205, Street 1", 20)


def test_rows_do_not_raise_the_number_of_queries(community: Community, as_organiser: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_organiser.get(HERE).status_code == 200
        return len(queries)

    Room.objects.create(community=community, name="A")
    few = asked()
    Room.objects.bulk_create(Room(community=community, name=f"Room {each}") for each in range(9))
    assert asked() == few
