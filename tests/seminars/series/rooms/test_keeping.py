"""Rooms of a community: what is taken, what is refused, and where they are on the map."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.series.rooms.keeping import add_room, position, set_offered
from seminars.series.rooms.models import Room
from tests.factories import NOW


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("55.9, 13.3", (55.9, 13.3)),
        (" -25.7461 28.1881 ", (-25.7461, 28.1881)),
        ("55.9° N, 13.3° E", (55.9, 13.3)),
        ("38.9 N; 77.03 W", (38.9, -77.03)),
        ("", None),
    ],
)
def test_a_place_is_pasted_as_maps_copy_it(text: str, expected: tuple[float, float] | None) -> None:
    assert position(text) == expected


@pytest.mark.parametrize("text", ["Lund", "55.9", "55.9, 13.3, 4", "155, 13.3", "13, 190", "55,9, 13,3"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(UserError) as refused:
        position(text)
    assert set(refused.value.fields) == {"position"}


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_degrees_come_back(latitude: float, longitude: float) -> None:
    assert position(f"{latitude:.7f}, {longitude:.7f}") == (
        float(f"{latitude:.7f}"),
        float(f"{longitude:.7f}"),
    )


@pytest.mark.django_db
def test_a_room_is_added_with_its_change(community: Community) -> None:
    room = add_room(community=community, name=" 1.205 ", address="Street 1", now=NOW, actor_id=None)
    assert (room.name, room.label, room.position) == ("1.205", "1.205, Street 1", None)
    assert Change.objects.get(kind="room-added").subject == f"room:{room.uuid}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "A", "capacity": 0}, "capacity"),
        ({"name": "A", "access": "x" * 2001}, "access"),
        ({"name": "A", "latitude": 91.0, "longitude": 0.0}, "latitude"),
        ({"name": "Old"}, "name"),
    ],
)
def test_what_is_no_room_is_refused(community: Community, columns: dict[str, Any], field: str) -> None:
    add_room(community=community, name="Old", now=NOW, actor_id=None)
    with pytest.raises(UserError) as refused:
        add_room(community=community, now=NOW, actor_id=None, **columns)
    assert field in refused.value.fields
    assert Room.objects.count() == 1


@pytest.mark.django_db
def test_a_room_is_offered_until_it_is_closed(community: Community) -> None:
    room = add_room(community=community, name="1.205", now=NOW, actor_id=None)
    assert set_offered(room=room, offered=True, now=NOW, actor_id=None).revision == 1
    set_offered(room=room, offered=False, now=NOW, actor_id=None)
    assert list(Room.objects.offered()) == []
    set_offered(room=room, offered=True, now=NOW, actor_id=None)
    assert Room.objects.offered().get().revision == 3
