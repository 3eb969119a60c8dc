"""Sessions in rooms: place and label together, a change of the room in every session there, nobody left standing."""

from datetime import datetime
from typing import Any

import pytest

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.models import Community, Form
from seminars.series.models import Audience, Series
from seminars.series.rooms.keeping import add_room, set_offered
from seminars.series.rooms.models import Room
from seminars.sessions import moving
from seminars.sessions.applying import apply_change
from seminars.sessions.changing import plan_change
from seminars.sessions.drafting import draft_series
from seminars.sessions.edits import Ask, Scope
from seminars.sessions.models import Session
from seminars.sessions.planning import fill
from seminars.sessions.rehousing import Reach, RoomStale, change_room, reach_of
from seminars.sessions.rewording import edit_series
from tests.factories import NOW, make_community, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"now": NOW, "actor_id": None}


@pytest.fixture
def room(community: Community) -> Room:
    return add_room(community=community, name="1.205", address="Street 1", capacity=2, **WHO)


@pytest.fixture
def series(community: Community) -> Series:
    return make_series(community, form=Form.IN_PERSON, slug="meetings")


@pytest.fixture
def session(series: Series) -> Session:
    return make_session(series)


def test_choosing_a_room_copies_its_label(session: Session, room: Room) -> None:
    moving.edit(session=session, place_id=room.pk, **WHO)
    stored = Session.objects.get(pk=session.pk)
    assert (stored.place, stored.room, stored.sequence) == (room, "1.205, Street 1", 1)
    moving.edit(session=stored, room="Elsewhere", **WHO)
    stored.refresh_from_db()
    assert (stored.place_id, stored.room) == (None, "Elsewhere")


def test_a_series_and_what_follows_it_sit_together(series: Series, session: Session, room: Room) -> None:
    edit_series(series=series, place_id=room.pk, **WHO)
    session.refresh_from_db()
    assert (session.place, session.room) == (room, room.label)
    later = moving.add_session(series=series, wall=datetime(2027, 2, 1, 15), **WHO)
    assert (later.place_id, later.room) == (room.pk, room.label)
    plan = plan_change(
        series=series, ask=Ask(Scope.FUTURE, None, {"place_id": None, "room": "Hall"}), now=NOW
    )
    asked = plan.ask
    apply_change(series=series, ask=asked, seen=series.revision, seal=plan.seal, **WHO)
    rows: list[Any] = list(Session.objects.values_list("place", "room"))
    assert set(rows) == {(None, "Hall")}


def test_a_new_series_in_a_room(community: Community, room: Room) -> None:
    draft = draft_series(
        community=community, title="T", zone="Europe/Brussels", first_date=datetime(2027, 1, 5).date(),
        local_time=datetime(2027, 1, 5, 9).time(), form="in-person", place_id=room.pk, doors=30, **WHO,
    )  # fmt: skip
    fill(series=draft, **WHO)
    assert (draft.room, draft.sessions.get().place, draft.sessions.get().doors) == (room.label, room, 30)


@pytest.mark.parametrize("fields", [{"doors": 121}, {"doors": -1}, {"dial_in": "call Grace"}])
def test_ways_in_that_lead_nowhere_are_refused(
    session: Session, series: Series, fields: dict[str, Any]
) -> None:
    for verb, thing in ((moving.edit, {"session": session}), (edit_series, {"series": series})):
        with pytest.raises(UserError) as refused:
            verb(**thing, **fields, **WHO)  # type: ignore[operator]
        assert set(refused.value.fields) == set(fields)


def test_rooms_of_others_and_closed_ones_are_refused(session: Session, room: Room) -> None:
    other = add_room(community=make_community(), name="Far", **WHO)
    with pytest.raises(UserError, match="a room of this community"):
        moving.edit(session=session, place_id=other.pk, **WHO)
    set_offered(room=room, offered=False, **WHO)
    with pytest.raises(UserError, match="no longer offered"):
        moving.edit(session=session, place_id=room.pk, **WHO)
    Session.objects.filter(pk=session.pk).update(place=room, room=room.label)
    session.refresh_from_db()
    moving.edit(session=session, place_id=room.pk, title="New", **WHO)  # what has it may keep it
    assert Session.objects.get().place_id == room.pk


def test_another_label_reaches_every_session_to_come(series: Series, session: Session, room: Room) -> None:
    over = make_session(series, wall=datetime(2026, 10, 1, 15))
    draft = make_session(series, published=False)
    Session.objects.update(place=room, room=room.label)
    Series.objects.update(place=room, room=room.label)
    elsewhere = make_session(series)
    assert reach_of(room, now=NOW) == Reach(sessions=2, announced=1, series=1)
    change_room(room=room, name="2.100", **WHO)
    rooms = dict(Session.objects.values_list("pk", "room"))
    assert rooms == {
        session.pk: "2.100, Street 1", draft.pk: "2.100, Street 1", over.pk: "1.205, Street 1", elsewhere.pk: "",
    }  # fmt: skip
    assert Series.objects.get().room == "2.100, Street 1"
    told = Change.objects.filter(kind="followed", subject=f"session:{session.uid}").get()
    assert (told.before, told.after) == ({"room": "1.205, Street 1"}, {"room": "2.100, Street 1"})
    assert Session.objects.get(pk=session.pk).sequence == session.sequence + 1
    assert Session.objects.get(pk=draft.pk).sequence == draft.sequence


def test_access_notes_raise_no_entry_and_nothing_writes_nothing(session: Session, room: Room) -> None:
    Session.objects.update(place=room, room=room.label)
    changed = change_room(room=room, access="Ring the bell.", **WHO)
    assert (changed.access, changed.revision) == ("Ring the bell.", 2)
    assert change_room(room=changed, access="Ring the bell.", **WHO).revision == 2
    assert Session.objects.get().sequence == 0


def test_two_people_at_one_room(room: Room) -> None:
    change_room(room=room, name="1.206", seen=1, **WHO)
    with pytest.raises(RoomStale) as stale:
        change_room(room=room, name="1.207", seen=1, **WHO)
    assert stale.value.current.name == "1.206"


def test_a_room_that_is_there_already_is_refused(community: Community, room: Room) -> None:
    other = add_room(community=community, name="1.300", address="Street 1", **WHO)
    with pytest.raises(UserError, match="already"):
        change_room(room=other, name="1.205", **WHO)


class TestOverCapacity:
    @pytest.fixture
    def named(self, session: Session, room: Room) -> Session:
        Session.objects.update(place=room, room=room.label, audience=Audience.NAMED)
        Series.objects.update(audience=Audience.NAMED)
        found = Session.objects.select_related("series").get()
        return moving.set_named(session=found, persons=[make_person(), make_person()], **WHO)

    def test_more_people_than_the_room_holds(self, named: Session) -> None:
        three = [*named.named.all(), make_person()]
        with pytest.raises(UserError) as refused:
            moving.set_named(session=named, persons=three, **WHO)
        assert refused.value.fields == {
            "persons": "3 people are invited, and 1.205 holds 2. Choose a larger room, or invite fewer."
        }
        assert named.named.count() == 2

    def test_a_smaller_room(self, named: Session, community: Community) -> None:
        small = add_room(community=community, name="Cell", capacity=1, **WHO)
        with pytest.raises(UserError) as refused:
            moving.edit(session=named, place_id=small.pk, **WHO)
        assert set(refused.value.fields) == {"place_id"}

    def test_a_room_that_shrinks(self, named: Session, room: Room) -> None:
        with pytest.raises(UserError) as refused:
            change_room(room=room, capacity=1, **WHO)
        assert refused.value.fields["capacity"].startswith("meetings-1: 2 people are invited")
        assert change_room(room=room, capacity=None, **WHO).capacity is None

    def test_who_joins_from_home_needs_no_chair(self, named: Session) -> None:
        moving.edit(session=named, form=Form.HYBRID, **WHO)
        three = [*named.named.all(), make_person()]
        assert moving.set_named(session=named, persons=three, **WHO).named.count() == 3
