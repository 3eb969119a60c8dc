"""An event and its parts: where a part may be, what it follows, and what leaves it alone."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.sessions import moving, planning
from seminars.sessions.echoes import add_twin
from seminars.sessions.models import Session
from seminars.sessions.programme.parts import Asked, add_part, add_parts, remove_part
from seminars.sessions.revising import Stale
from seminars.sessions.undoing import undo, undoable
from tests.factories import NOW, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
DAY = datetime(2027, 5, 8)
LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def event(community: Community) -> Session:
    """Two whole days in May."""
    series = make_series(community, rrule="", local_time=None, days=2, first_date=DAY.date())
    return make_session(series, wall=DAY, all_day=True, days=2, title={"en": "Course meeting"})


def part_of(event: Session, hour: int = 9, *, room: str = "", title: str = "", **given: object) -> Session:
    wall = given.pop("wall", None) or DAY.replace(hour=hour)
    return add_part(
        event=event,
        title=title or f"Part at {hour}",
        wall=wall,
        minutes=60,
        room=room,
        now=NOW,
        actor_id=None,
        **given,
    )  # type: ignore[arg-type]


def fresh(session: Session) -> Session:
    return Session.objects.select_related("series").get(pk=session.pk)


def said(refused: pytest.ExceptionInfo[UserError]) -> str:
    return " ".join(refused.value.fields.values())


def test_a_part_is_a_session_of_its_own(event: Session) -> None:
    part = part_of(event, 10, room="1.205", title="Opening")
    assert part.within == event
    assert part.uid != event.uid
    assert (part.slug, part.number) == (f"{event.series.slug}-2", 2)
    assert (part.room, part.zone, part.join_url, part.original_date) == (
        "1.205",
        event.zone,
        event.join_url,
        None,
    )
    assert part.published_at == NOW
    assert Change.objects.filter(subject=f"session:{part.uid}", kind="published").count() == 1
    assert list(event.parts.all()) == [part]


def test_a_draft_event_has_draft_parts_that_come_out_with_it(community: Community) -> None:
    series = make_series(community, rrule="", published_at=None, first_date=DAY.date(), minutes=480)
    planning.fill(series=series, now=NOW)
    part = part_of(series.sessions.get(), 16)
    assert part.published_at is None
    planning.publish(series=series, now=LATER, actor_id=None)
    assert fresh(part).published_at == LATER


@pytest.mark.parametrize(
    "wall",
    [DAY - timedelta(minutes=30), DAY + timedelta(days=1, hours=23, minutes=30), DAY + timedelta(days=7)],
)
def test_a_part_lies_inside_its_event(event: Session, wall: datetime) -> None:
    with pytest.raises(UserError) as refused:
        part_of(event, wall=wall)
    assert list(refused.value.fields) == ["wall"]
    assert "must lie within the event: from 8 May 2027, 00:00 to 10 May 2027, 00:00" in said(refused)
    assert not event.parts.exists()


def test_a_part_lies_inside_the_hours_of_an_event_that_has_hours(community: Community) -> None:
    event = make_session(make_series(community), wall=DAY.replace(hour=9), minutes=480)
    part_of(event, 16)
    with pytest.raises(UserError, match="within the event"):
        part_of(event, 17)


def test_one_room_holds_one_part_at_a_time(event: Session) -> None:
    part_of(event, 9, room="1.205", title="Opening")
    part_of(event, 9, room="1.206")
    part_of(event, 10, room="1.205")
    with pytest.raises(UserError) as refused:
        part_of(event, wall=DAY.replace(hour=9, minute=30), room=" 1.205 ")
    assert list(refused.value.fields) == ["room"]
    assert "“Opening” is in room 1.205 from 09:00 to 10:00." in said(refused)


def test_parts_without_a_room_share_the_event_s_own(event: Session) -> None:
    part_of(event, 9, title="Opening")
    with pytest.raises(UserError, match="neither has a room"):
        part_of(event, 9)


def test_a_cancelled_part_leaves_its_room_and_cannot_come_back_into_another(event: Session) -> None:
    first = part_of(event, 9, room="A", title="First")
    moving.cancel(session=first, reason="Ill", now=NOW, actor_id=None)
    assert fresh(event).cancelled_at is None
    second = part_of(event, 9, room="A", title="Second")
    with pytest.raises(UserError, match="Second"):
        moving.reinstate(session=fresh(first), now=NOW, actor_id=None)
    moving.edit(session=second, room="B", now=NOW, actor_id=None)
    assert moving.reinstate(session=fresh(first), now=NOW, actor_id=None).cancelled_at is None


def test_moving_and_editing_a_part_keeps_the_rules(event: Session) -> None:
    first, second = part_of(event, 9, room="A"), part_of(event, 9, room="B")
    with pytest.raises(UserError, match="Part at 9"):
        moving.edit(session=second, room="a", now=NOW, actor_id=None)
    with pytest.raises(UserError, match="within the event"):
        moving.reschedule(session=first, wall=DAY - timedelta(hours=1), now=NOW, actor_id=None)
    moved = moving.reschedule(session=first, wall=DAY + timedelta(days=1, hours=9), now=NOW, actor_id=None)
    assert moved.local_date == date(2027, 5, 9)
    assert fresh(event).local_date == DAY.date()


@pytest.mark.parametrize("broken", ["part", "echo", "cancelled", "undated", "title", "minutes"])
def test_what_can_have_no_parts_says_so(event: Session, broken: str) -> None:
    given, words = {}, ""
    if broken == "part":
        event, words = part_of(event), "part of an event itself"
    if broken == "echo":
        lead = make_session(event.series, wall=DAY.replace(hour=9))
        event = add_twin(session=lead, wall=DAY.replace(hour=19), zone="UTC", now=NOW, actor_id=None)
        words = "no programme of its own"
    if broken == "cancelled":
        event, words = moving.cancel(session=event, reason="Rain", now=NOW, actor_id=None), "cancelled"
    if broken == "undated":
        Session.objects.filter(pk=event.pk).update(local_date=None, starts_at=None, ends_at=None)
        event, words = fresh(event), "no date yet"
    if broken == "title":
        given, words = {"title": " "}, "Give a title"
    if broken == "minutes":
        words = "between 1 minute and 24 hours"
        given = dict[str, Any](minutes=0)
    asked = {"title": "Opening", "minutes": 60} | given
    with pytest.raises(UserError, match=words):
        add_part(event=event, wall=DAY.replace(hour=9), now=NOW, actor_id=None, **asked)


def test_moving_the_event_moves_its_parts_by_the_same_days(event: Session) -> None:
    parts = [part_of(event, 9, room="A"), part_of(event, wall=DAY + timedelta(days=1, hours=14))]
    moving.reschedule(session=event, wall=DAY + timedelta(days=21), now=NOW, actor_id=None, reason="Hall")
    now_at = [fresh(part) for part in parts]
    assert [each.local_date for each in now_at] == [date(2027, 5, 29), date(2027, 5, 30)]
    assert [each.local_time for each in now_at] == [time(9), time(14)]
    assert all(each.sequence == 1 and each.moved_from and each.state == "rescheduled" for each in now_at)
    last = Change.objects.filter(subject=f"session:{parts[0].uid}").latest("id")
    assert (last.kind, last.note) == ("carried", "Hall")


def test_moving_an_event_with_hours_moves_its_parts_by_hours_too_also_over_a_change_of_clocks(
    community: Community,
) -> None:
    series = make_series(community, zone="Europe/Stockholm")
    event = make_session(series, wall=datetime(2027, 3, 26, 9), minutes=480)
    part = part_of(event, wall=datetime(2027, 3, 26, 10))
    moving.reschedule(session=event, wall=datetime(2027, 3, 29, 8), now=NOW, actor_id=None)
    moved = fresh(part)
    assert (moved.local_date, moved.local_time) == (date(2027, 3, 29), time(9))
    assert moved.starts_at
    assert f"{moved.starts_at:%H:%M}" == "07:00"  # summer time by then


def test_an_event_that_gets_shorter_names_the_part_that_would_fall_out(event: Session) -> None:
    part = part_of(event, wall=DAY + timedelta(days=1, hours=14), title="Farewell")
    with pytest.raises(UserError, match="Its part “Farewell” would lie outside"):
        moving.reschedule(session=event, wall=DAY, days=1, now=NOW, actor_id=None)
    assert (fresh(event).days, fresh(part).revision) == (2, part.revision)


def test_cancelling_the_event_cancels_its_parts_and_reinstating_brings_those_back(event: Session) -> None:
    alone, with_it = part_of(event, 9), part_of(event, 11)
    moving.cancel(session=alone, reason="Ill", now=NOW, actor_id=None)
    event = moving.cancel(session=fresh(event), reason="Storm", now=LATER, actor_id=None)
    assert (fresh(with_it).cancelled_at, fresh(with_it).reason, fresh(with_it).state) == (
        LATER,
        "Storm",
        "cancelled",
    )
    assert fresh(alone).reason == "Ill"
    with pytest.raises(UserError, match="event is cancelled"):
        moving.reinstate(session=fresh(alone), now=LATER, actor_id=None)
    moving.reinstate(session=event, now=LATER, actor_id=None)
    assert fresh(with_it).cancelled_at is None
    assert fresh(alone).cancelled_at == NOW


def test_withdrawing_the_event_withdraws_its_parts_with_what_repeats_them(event: Session) -> None:
    part = part_of(event, 9)
    twin = add_twin(session=part, wall=DAY + timedelta(days=9), zone="UTC", now=NOW, actor_id=None)
    long_after = NOW + timedelta(days=999)
    moving.withdraw(session=event, reason="A court", now=long_after, actor_id=None)
    assert {(fresh(each).withdrawn_at, fresh(each).reason) for each in (part, twin)} == {
        (long_after, "A court")
    }


def test_the_facts_of_parts_are_asked_for_once(event: Session) -> None:
    for hour in range(9, 14):
        part_of(event, hour)
    with CaptureQueriesContext(connection) as asked:
        moving.cancel(session=fresh(event), reason="Storm", now=LATER, actor_id=None)
    tables = ("seminars_speaker", "seminars_checklist", "seminars_item", "seminars_owed")
    for table in tables:
        reads = [
            each["sql"]
            for each in asked
            if each["sql"].startswith("SELECT") and f'FROM "{table}"' in each["sql"]
        ]
        assert len(reads) <= 2 or table == "seminars_speaker", (
            reads
        )  # the event's own, and all parts' at once


def test_postponing_the_event_postpones_its_parts_until_it_has_a_date(event: Session) -> None:
    part = part_of(event, 9)
    event = moving.postpone(session=event, reason="Hall", now=NOW, actor_id=None)
    assert fresh(part).postponed_at == NOW
    moving.reschedule(session=event, wall=DAY + timedelta(days=7), now=LATER, actor_id=None)
    assert (fresh(part).postponed_at, fresh(part).local_date) == (None, date(2027, 5, 15))


def test_undo_takes_back_the_event_and_its_parts(event: Session) -> None:
    part = part_of(event, 9)
    before = fresh(part)
    moving.reschedule(session=event, wall=DAY + timedelta(days=7), now=LATER, actor_id=None)
    assert undoable(series=event.series, session=fresh(part), now=LATER) is None
    change = undoable(series=event.series, session=fresh(event), now=LATER)
    assert change
    undo(series=event.series, change=change, now=LATER + timedelta(minutes=1), actor_id=None)
    after = fresh(part)
    assert (after.local_date, after.starts_at, after.moved_from) == (
        before.local_date,
        before.starts_at,
        None,
    )
    assert after.sequence == 2


def test_a_part_that_was_changed_since_stands_in_the_way_of_undo(event: Session) -> None:
    part = part_of(event, 9)
    moving.reschedule(session=event, wall=DAY + timedelta(days=7), now=LATER, actor_id=None)
    moving.edit(session=fresh(part), title="Other", now=LATER, actor_id=None)
    assert undoable(series=event.series, session=fresh(event), now=LATER) is None


def test_parts_take_over_what_they_share_with_the_event(event: Session) -> None:
    shares, own = part_of(event, 9), part_of(event, 11)
    moving.edit(session=own, join_url="https://meet.example.org/own", now=NOW, actor_id=None)
    moving.edit(
        session=fresh(event), join_url="https://meet.example.org/new", title="New", now=NOW, actor_id=None
    )
    assert fresh(shares).join_url == "https://meet.example.org/new"
    assert fresh(shares).title == {"en": "Part at 9"}
    assert fresh(own).join_url == "https://meet.example.org/own"


def test_many_are_added_together_or_none(event: Session) -> None:
    person = make_person(name="Astrid")
    asked = [
        Asked("Opening", DAY.replace(hour=9), 60, "A", speakers=(person,)),
        Asked("Workshop", DAY.replace(hour=9), 60, "B"),
    ]
    made = add_parts(event=event, asked=asked, now=NOW, actor_id=None)
    assert [each.person for each in made[0].speakers.all()] == [person]
    with pytest.raises(UserError, match="Late: “Opening” is in room A"):
        add_parts(
            event=event,
            asked=[Asked("Fine", DAY.replace(hour=12), 60), Asked("Late", DAY.replace(hour=9), 60, "A")],
            now=NOW,
            actor_id=None,
        )
    assert event.parts.count() == 2


def test_a_part_is_removed_as_a_draft_and_cancelled_once_it_is_out(event: Session) -> None:
    out = part_of(event, 9)
    gone = remove_part(part=out, now=NOW, actor_id=None)
    assert gone
    assert gone.cancelled_at == NOW
    draft = part_of(event, 11)
    Session.objects.filter(pk=draft.pk).update(published_at=None)
    assert remove_part(part=fresh(draft), now=NOW, actor_id=None) is None
    assert list(event.parts.all()) == [out]
    with pytest.raises(UserError, match="not part of an event"):
        remove_part(part=event, now=NOW, actor_id=None)


def test_a_part_added_by_an_old_form_is_stale_when_removed(event: Session) -> None:
    part = part_of(event, 9)
    moving.edit(session=part, title="Other", now=NOW, actor_id=None)
    with pytest.raises(Stale):
        remove_part(part=fresh(part), now=NOW, actor_id=None, seen=1)
