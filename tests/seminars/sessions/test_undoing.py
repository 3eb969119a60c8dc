"""Ten minutes to take the last change back: of one session, of a series with all its sessions, of a swap."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.models import Community, User
from seminars.series.cadence import Cadence
from seminars.series.models import Series
from seminars.series.topics.models import Topic
from seminars.sessions import moving, planning
from seminars.sessions.applying import apply_change
from seminars.sessions.edits import Ask, Scope
from seminars.sessions.models import Session
from seminars.sessions.rewording import edit_series
from seminars.sessions.swapping import swap
from seminars.sessions.turning import turn_due
from seminars.sessions.undoing import WINDOW, undo, undoable
from tests.factories import NOW, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=2)
RISING = {"revision", "sequence", "changed_at"}


@pytest.fixture
def series(community: Community) -> Series:
    """Twelve first Tuesdays, 15:00 in Johannesburg."""
    series = make_series(community, rrule="FREQ=MONTHLY;BYDAY=1TU;COUNT=12")
    planning.fill(series=series, now=NOW)
    return series


def one(series: Series, number: int = 2) -> Session:
    return Session.objects.select_related("series").get(series=series, number=number)


def facts(series: Series) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """All that is stored, but for what only ever rises."""
    rows: dict[int, Any] = {row["number"]: row for row in Session.objects.filter(series=series).values()}
    kept = {number: {k: v for k, v in row.items() if k not in RISING} for number, row in rows.items()}
    of_series: Any = Series.objects.filter(pk=series.pk).values()[0]
    del of_series["revision"], of_series["next_number"]
    return of_series, kept


def take_back(series: Series, session: Session | None = None, now: datetime = LATER) -> None:
    change = undoable(series=series, session=session, now=now)
    assert change is not None
    undo(series=series, change=change, now=now, actor_id=None)


DEEDS: dict[str, Callable[[Any], Any]] = {
    "move": lambda given: moving.reschedule(wall=datetime(2027, 1, 7, 9, 0), reason="Room taken", **given),
    "cancel": lambda given: moving.cancel(reason="Ill", **given),
    "postpone": lambda given: moving.postpone(reason="Ill", **given),
    "edit": lambda given: moving.edit(title="Savings", room="1.205", report_only=True, **given),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_one_session_is_as_it_was(deed: str, series: Series, organiser: User) -> None:
    before = facts(series)
    DEEDS[deed]({"session": one(series), "now": NOW, "actor_id": organiser.pk})
    assert facts(series) != before
    take_back(series, one(series))
    assert facts(series) == before
    assert (one(series).sequence, one(series).revision) == (2, 3)
    assert Change.objects.latest("id").kind == "undone"
    assert undoable(series=series, session=one(series), now=LATER) is None


@pytest.mark.parametrize(
    "ask",
    [
        Ask(
            Scope.FUTURE,
            fields={"local_time": time(9, 0), "zone": "Europe/Lisbon", "room": "Hall", "title": "A"},
        ),
        Ask(Scope.FUTURE, Cadence(date(2026, 12, 1), "FREQ=MONTHLY;BYDAY=3TH;COUNT=9"), {"minutes": 90}),
        Ask(Scope.FOLLOWING, fields={"local_time": time(9, 0)}),
    ],
)
def test_a_series_is_as_it_was_with_all_its_sessions(series: Series, ask: Ask) -> None:
    before = facts(series)
    sequences = {each.number: each.sequence for each in series.sessions.all()}
    anchor = one(series, 5) if ask.scope == Scope.FOLLOWING else None
    plan = apply_change(series=series, ask=ask, anchor=anchor, seen=1, now=NOW, actor_id=None)
    touched = {row.standing.number for row in plan.rows if row.changes}
    take_back(series, one(series, 12))
    assert facts(series) == before
    expected = {number: was + (2 if number in touched else 0) for number, was in sequences.items()}
    assert {each.number: each.sequence for each in series.sessions.all()} == expected


def test_what_was_added_is_cancelled_and_comes_back(series: Series) -> None:
    ask = Ask(Scope.FUTURE, Cadence(date(2026, 12, 1), "FREQ=WEEKLY;BYDAY=TU;COUNT=6"))
    plan = apply_change(series=series, ask=ask, seen=1, now=NOW, actor_id=None)
    assert len(plan.added) == 4
    take_back(series)
    assert series.sessions.exclude(cancelled_at=None).count() == 4
    assert series.sessions.filter(cancelled_at=None).count() == 12
    series.refresh_from_db()
    again = apply_change(series=series, ask=ask, seen=series.revision, now=LATER, actor_id=None)
    assert again.added == ()
    assert series.sessions.count() == 16


def test_a_draft_that_was_removed_is_there_again(series: Series) -> None:
    Series.objects.update(published_at=None)
    series.sessions.update(published_at=None)
    speaker = one(series, 12).speakers.create(person=make_person(), affiliation="Bank")
    before = facts(series)
    ask = Ask(Scope.FUTURE, Cadence(date(2026, 12, 1), "FREQ=MONTHLY;BYDAY=1TU;COUNT=9"))
    apply_change(series=series, ask=ask, seen=1, now=NOW, actor_id=None)
    assert series.sessions.count() == 9
    take_back(series)
    assert facts(series) == before
    assert one(series, 12).speakers.get().person == speaker.person


def test_a_draft_comes_back_with_whom_and_what_it_lists_and_with_its_parts(series: Series) -> None:
    Series.objects.update(published_at=None)
    series.sessions.update(published_at=None)
    last, guest = one(series, 12), make_person()
    topic = Topic.objects.create(slug="seeds", name={"en": "Seeds"}, made_at=NOW)
    last.named.add(guest)
    last.topics.add(topic)
    wall = datetime(2027, 11, 2, 15, 10)
    part = make_session(series, within=last, wall=wall, minutes=20, published=False, title={"en": "Field"})
    before = facts(series)
    ask = Ask(Scope.FUTURE, Cadence(date(2026, 12, 1), "FREQ=MONTHLY;BYDAY=1TU;COUNT=9"))
    apply_change(series=series, ask=ask, seen=1, now=NOW, actor_id=None)
    assert series.sessions.count() == 9
    take_back(series)
    assert facts(series) == before
    again = one(series, 12)
    assert (again.named.get(), again.topics.get()) == (guest, topic)
    assert again.parts.get().uid == part.uid


def test_other_words_of_a_series(series: Series, organiser: User) -> None:
    before = facts(series)
    edit_series(series=series, title="New", room="Hall", now=NOW, actor_id=organiser.pk)
    take_back(series)
    assert facts(series) == before


def test_two_that_changed_places(series: Series, organiser: User) -> None:
    before = facts(series)
    swap(session=one(series, 2), other=one(series, 3), now=NOW, actor_id=organiser.pk)
    take_back(series, one(series, 3))
    assert facts(series) == before


def test_after_ten_minutes_it_is_too_late(series: Series) -> None:
    moving.cancel(session=one(series), reason="Ill", now=NOW, actor_id=None)
    change = Change.objects.latest("id")
    late = NOW + WINDOW
    assert undoable(series=series, session=one(series), now=late) is None
    with pytest.raises(UserError, match="Ten minutes have passed"):
        undo(series=series, change=change, now=late, actor_id=None)


def test_somebody_elses_later_change_is_never_undone(series: Series, organiser: User, manager: User) -> None:
    ask = Ask(Scope.FUTURE, fields={"local_time": time(9, 0)})
    apply_change(series=series, ask=ask, seen=1, now=NOW, actor_id=organiser.pk)
    change = undoable(series=series, now=LATER)
    assert change is not None
    moving.edit(session=one(series, 7), room="1.205", now=LATER, actor_id=manager.pk)
    before = facts(series)
    assert undoable(series=series, now=LATER) is None
    with pytest.raises(UserError, match=r"manager@example.org changed this since, at 12:02 UTC"):
        undo(series=series, change=change, now=LATER, actor_id=organiser.pk)
    assert facts(series) == before


def test_a_second_click_says_so(series: Series) -> None:
    moving.cancel(session=one(series), reason="Ill", now=NOW, actor_id=None)
    change = Change.objects.latest("id")
    take_back(series, one(series))
    with pytest.raises(UserError, match="undone already"):
        undo(series=series, change=change, now=LATER, actor_id=None)


def test_the_clock_stands_in_nobodys_way(series: Series) -> None:
    soon = datetime(2027, 1, 4, 12, 55, tzinfo=NOW.tzinfo)
    moving.edit(session=one(series), room="1.205", now=soon, actor_id=None)
    assert turn_due(now=soon + timedelta(minutes=6)) > 0
    take_back(series, one(series), now=soon + timedelta(minutes=7))
    assert (one(series).room, one(series).state) == ("", "soon")


def test_what_others_did_elsewhere_does_not_matter(series: Series, community: Community) -> None:
    other = make_series(community, rrule="FREQ=MONTHLY;BYDAY=1TU;COUNT=3")
    planning.fill(series=other, now=NOW)
    moving.cancel(session=one(series), reason="Ill", now=NOW, actor_id=None)
    moving.cancel(session=one(other), reason="Ill", now=NOW, actor_id=None)
    moving.cancel(session=one(series, 3), reason="Ill", now=NOW, actor_id=None)
    take_back(series, one(series))
    assert not one(series).cancelled_at
    assert one(other).cancelled_at
    assert one(series, 3).cancelled_at
