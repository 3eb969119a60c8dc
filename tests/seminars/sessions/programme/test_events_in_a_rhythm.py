"""The rhythm of a series whose sessions have parts: what fills, moves, drops, swaps and copies them."""

from datetime import date, datetime, time, timedelta

import pytest

from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.series.cadence import Cadence
from seminars.series.models import Series
from seminars.sessions import planning
from seminars.sessions.applying import apply_change
from seminars.sessions.changing import plan_change
from seminars.sessions.discarding import discard_draft
from seminars.sessions.duplicating import duplicate
from seminars.sessions.edits import Ask, Fate, Scope
from seminars.sessions.models import Session
from seminars.sessions.programme.parts import add_part
from seminars.sessions.swapping import swap, swappable
from seminars.sessions.undoing import undo, undoable
from tests.factories import NOW, make_series

pytestmark = pytest.mark.django_db
DAY = datetime(2027, 5, 8)
LATER = NOW + timedelta(minutes=2)


def fresh(session: Session) -> Session:
    return Session.objects.select_related("series").get(pk=session.pk)


@pytest.fixture
def yearly(community: Community) -> Series:
    """A conference on 8 May of three years, 9 to 17, each with two parts in parallel."""
    series = make_series(
        community,
        rrule="FREQ=YEARLY;COUNT=3",
        first_date=DAY.date(),
        local_time=time(9),
        minutes=480,
        published_at=None,
    )
    planning.fill(series=series, now=NOW)
    planning.publish(series=series, now=NOW, actor_id=None)
    for event in series.sessions.order_by("original_date"):
        for room in "AB":
            wall = datetime.combine(event.local_date or DAY, time(10))
            given = {"minutes": 60, "room": room, "now": NOW, "actor_id": None}
            add_part(event=event, title=f"Workshop {room}", wall=wall, **given)  # type: ignore[arg-type]
    return Series.objects.get(pk=series.pk)


def test_filling_leaves_parts_alone(yearly: Series) -> None:
    before = Session.objects.count()
    assert planning.fill(series=yearly, now=NOW) == []
    assert planning.top_up(now=NOW) == 0
    assert Session.objects.count() == before


def events_of(series: Series) -> list[Session]:
    return list(series.sessions.filter(within=None).select_related("series").order_by("original_date"))


def test_this_and_all_that_follow_moves_the_parts_of_those(yearly: Series) -> None:
    first, second, _third = events_of(yearly)
    ask = Ask(Scope.FOLLOWING, fields={"local_time": time(11), "join_url": "https://meet.example.org/new"})
    plan = plan_change(series=yearly, ask=ask, anchor=second, now=NOW)
    assert len(plan.rows) == 2  # parts are no rows of the rhythm
    apply_change(series=yearly, ask=ask, anchor=second, seen=yearly.revision, now=LATER, actor_id=None)
    assert {each.local_time for each in first.parts.all()} == {time(10)}
    assert {(each.local_time, each.join_url, each.room) for each in second.parts.all()} == {
        (time(12), "https://meet.example.org/new", room) for room in "AB"
    }
    change = undoable(series=yearly, now=LATER)
    assert change
    undo(series=yearly, change=change, now=LATER, actor_id=None)
    assert {each.local_time for each in second.parts.all()} == {time(10)}


def test_a_shorter_rhythm_that_leaves_parts_outside_is_refused_whole(yearly: Series) -> None:
    ask = Ask(Scope.FUTURE, fields={"minutes": 60})
    with pytest.raises(UserError, match="would lie outside"):
        apply_change(series=yearly, ask=ask, seen=yearly.revision, now=LATER, actor_id=None)
    assert {each.minutes for each in events_of(yearly)} == {480}


def test_events_that_a_new_rhythm_drops_take_their_parts_along_and_bring_them_back(yearly: Series) -> None:
    fewer = Cadence(first=DAY.date(), rrule="FREQ=YEARLY;COUNT=2")
    plan = apply_change(
        series=yearly, ask=Ask(Scope.FUTURE, fewer), seen=yearly.revision, now=LATER, actor_id=None
    )
    assert [row.fate for row in plan.rows] == [Fate.KEPT, Fate.KEPT, Fate.WITHDRAWN]
    third = events_of(yearly)[2]
    assert {each.cancelled_at for each in third.parts.all()} == {LATER}
    yearly.refresh_from_db()
    again = Ask(Scope.FUTURE, Cadence(first=DAY.date(), rrule="FREQ=YEARLY;COUNT=3"))
    apply_change(series=yearly, ask=again, seen=yearly.revision, now=LATER, actor_id=None)
    assert {each.cancelled_at for each in third.parts.all()} == {None}


def test_draft_events_that_a_new_rhythm_drops_are_removed_with_their_parts(yearly: Series) -> None:
    Session.objects.update(published_at=None)
    Series.objects.filter(pk=yearly.pk).update(published_at=None)
    fewer = Ask(Scope.FUTURE, Cadence(first=DAY.date(), rrule="FREQ=YEARLY;COUNT=2"))
    apply_change(series=yearly, ask=fewer, seen=yearly.revision, now=LATER, actor_id=None)
    assert yearly.sessions.count() == 6
    discard_draft(series=Series.objects.get(pk=yearly.pk))
    assert not Session.objects.exists()


def test_swapped_events_take_their_parts_along(yearly: Series) -> None:
    first, second, _third = events_of(yearly)
    part = second.parts.get(room="A")
    assert not swappable(part, NOW)
    swap(session=first, other=second, now=LATER, actor_id=None)
    assert {each.local_date for each in first.parts.all()} == {date(2028, 5, 8)}
    assert {each.local_date for each in second.parts.all()} == {date(2027, 5, 8)}
    change = undoable(series=yearly, session=fresh(first), now=LATER)
    assert change
    undo(series=yearly, change=change, now=LATER, actor_id=None)
    assert {each.local_date for each in first.parts.all()} == {date(2027, 5, 8)}


def test_once_more_copies_the_parts(yearly: Series) -> None:
    draft = duplicate(series=yearly, now=NOW, actor_id=None)
    assert [each.parts.count() for each in events_of(draft)] == [2, 2, 2]
    copied = events_of(draft)[0].parts.get(room="B")
    assert (copied.title, copied.local_time, copied.published_at) == ({"en": "Workshop B"}, time(10), None)
    assert copied.local_date == events_of(draft)[0].local_date
    assert copied.uid not in set(yearly.sessions.values_list("uid", flat=True))
