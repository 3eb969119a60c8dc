"""Edits of a series with a scope: planned, applied whole or not at all, and nothing of anybody's is lost."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.models import Community, User
from seminars.series.cadence import Cadence
from seminars.series.models import Series
from seminars.sessions import applying, moving, planning
from seminars.sessions.applying import PlanStale, apply_change
from seminars.sessions.changing import plan_change
from seminars.sessions.edits import Ask, Fate, Plan, Scope
from seminars.sessions.models import Session
from seminars.sessions.rewording import SeriesStale, edit_series
from tests.factories import NOW, make_material, make_series

pytestmark = pytest.mark.django_db
FOLLOWING, FUTURE, ONE = Scope.FOLLOWING, Scope.FUTURE, Scope.ONE
MONTHLY = "FREQ=MONTHLY;BYDAY=1TU"


@pytest.fixture
def series(community: Community) -> Series:
    """Twelve first Tuesdays from 1 December 2026, 15:00 in Johannesburg."""
    series = make_series(community, slug="after-hours", rrule=f"{MONTHLY};COUNT=12")
    planning.fill(series=series, now=NOW)
    return series


def session(series: Series, number: int) -> Session:
    return series.sessions.select_related("series").get(number=number)


def change(series: Series, ask: Ask, number: int = 0, follow: Any = (), now: datetime = NOW) -> Plan:
    """Plan and apply in one go."""
    series.refresh_from_db()
    return apply_change(
        series=series,
        ask=ask,
        anchor=session(series, number) if number else None,
        follow=[session(series, each).pk for each in follow],
        seen=series.revision,
        now=now,
        actor_id=None,
    )


def walls(series: Series) -> list[str]:
    rows = series.sessions.order_by("number")
    return [f"{each.local_date} {each.local_time:%H:%M}" for each in rows if each.local_time]


def test_a_new_hour_from_one_session_on(series: Series) -> None:
    before = {each.number: (each.uid, each.slug) for each in series.sessions.all()}
    plan = change(series, Ask(FOLLOWING, fields={"local_time": time(16, 30)}), 4)
    assert (len(plan.of(Fate.MOVED)), plan.out_of_reach, plan.added) == (9, 3, ())
    assert walls(series)[2:5] == ["2027-02-02 15:00", "2027-03-02 16:30", "2027-04-06 16:30"]
    assert {each.number: (each.uid, each.slug) for each in series.sessions.all()} == before
    moved = session(series, 4)
    assert (moved.sequence, moved.state, str(moved.starts_at)) == (
        1,
        "rescheduled",
        "2027-03-02 14:30:00+00:00",
    )
    assert moved.moved_from == {
        "date": "2027-03-02",
        "time": "15:00",
        "fold": 0,
        "zone": "Africa/Johannesburg",
    }
    assert (session(series, 3).sequence, session(series, 3).revision) == (0, 1)
    series.refresh_from_db()
    assert (str(series.first_date), series.rrule) == ("2027-03-02", f"{MONTHLY};COUNT=9")
    assert planning.fill(series=series, now=NOW) == []


def test_a_new_rhythm_takes_the_sessions_over(series: Series) -> None:
    asked = Cadence(date(2027, 3, 1), "FREQ=MONTHLY;BYDAY=3TH;COUNT=9")
    plan = change(series, Ask(FOLLOWING, asked), 4)
    assert [row.fate for row in plan.rows] == [Fate.MOVED] * 9
    assert plan.added == ()
    assert walls(series)[2:5] == ["2027-02-02 15:00", "2027-03-18 15:00", "2027-04-15 15:00"]
    assert str(session(series, 4).original_date) == "2027-03-18"
    assert series.sessions.count() == 12


def test_fewer_and_more(series: Series) -> None:
    quarterly = Cadence(date(2027, 3, 2), "FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU;COUNT=3")
    plan = change(series, Ask(FOLLOWING, quarterly, reason="Too much"), 4)
    assert len(plan.of(Fate.WITHDRAWN)) == 6
    assert plan.added == ()
    gone = session(series, 5)
    assert (gone.state, gone.reason, gone.sequence) == ("cancelled", "Too much", 1)
    back = change(series, Ask(FOLLOWING, Cadence(date(2027, 3, 2), f"{MONTHLY};COUNT=10")), 4)
    assert len(back.of(Fate.BACK)) == 6
    assert [str(slot.local_date) for slot in back.added] == ["2027-12-07"]
    again = session(series, 5)
    assert (again.uid, again.cancelled_at, again.reason, again.sequence) == (gone.uid, None, "", 2)


def test_what_was_done_by_hand_is_kept(series: Series, organiser: User) -> None:
    given: Any = {"now": NOW, "actor_id": organiser.pk}
    moving.reschedule(session=session(series, 2), wall=datetime(2027, 1, 7, 9, 0), **given)
    moving.edit(session=session(series, 3), room="1.205", **given)
    moving.cancel(session=session(series, 4), reason="Holiday", **given)
    ask = Ask(FUTURE, fields={"local_time": time(10, 0), "room": "Hall"})
    plan = change(series, ask)
    found = {row.standing.number: [each.name for each in row.conflicts] for row in plan.conflicts}
    assert found == {2: ["time"], 3: ["room"], 4: ["cancelled"]}
    assert walls(series)[1:4] == ["2027-01-07 09:00", "2027-02-02 10:00", "2027-03-02 15:00"]
    assert [session(series, n).room for n in (2, 3, 4)] == ["Hall", "1.205", "Hall"]
    assert session(series, 4).cancelled_at
    assert change(series, ask).nothing


def test_what_was_done_by_hand_follows_where_the_organiser_says_so(series: Series, organiser: User) -> None:
    given: Any = {"now": NOW, "actor_id": organiser.pk}
    moving.reschedule(session=session(series, 2), wall=datetime(2027, 1, 7, 9, 0), **given)
    moving.cancel(session=session(series, 4), reason="Holiday", **given)
    moving.postpone(session=session(series, 5), reason="Ill", **given)
    change(series, Ask(FUTURE, fields={"local_time": time(10, 0)}), follow=[2, 4, 5])
    assert walls(series)[1:5] == [
        "2027-01-05 10:00",
        "2027-02-02 10:00",
        "2027-03-02 10:00",
        "2027-04-06 10:00",
    ]
    assert not session(series, 4).cancelled_at
    assert not session(series, 5).postponed_at


def test_a_session_somebody_worked_on_stays_beside_a_rhythm_without_it(
    series: Series, organiser: User
) -> None:
    moving.edit(session=session(series, 5), title="Savings by phone", now=NOW, actor_id=organiser.pk)
    ask = Ask(FUTURE, Cadence(date(2026, 12, 1), "FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU;COUNT=4"))
    change(series, ask)
    assert not session(series, 5).cancelled_at
    assert session(series, 6).cancelled_at
    assert [row.standing.number for row in change(series, ask, follow=[5]).of(Fate.WITHDRAWN)] == []


def test_one_session_alone(series: Series) -> None:
    plan = change(
        series, Ask(ONE, fields={"local_time": time(8, 0), "room": "1.205", "zone": "Africa/Cairo"}), 2
    )
    assert len(plan.rows) == 1
    moved = session(series, 2)
    assert (moved.room, moved.zone, str(moved.starts_at)) == (
        "1.205",
        "Africa/Cairo",
        "2027-01-05 06:00:00+00:00",
    )
    assert Change.objects.filter(subject=f"session:{moved.uid}").latest("id").kind == "rescheduled"
    series.refresh_from_db()
    assert (series.revision, series.room, series.zone) == (1, "", "Africa/Johannesburg")


def test_past_sessions_and_one_that_runs_are_never_touched(series: Series) -> None:
    now = datetime(2027, 3, 2, 13, 30, tzinfo=UTC)
    before = list(series.sessions.filter(number__lte=4).order_by("number").values())
    plan = change(series, Ask(FUTURE, fields={"local_time": time(9, 0), "room": "Hall"}), now=now)
    assert len(plan.rows) == 8
    assert list(series.sessions.filter(number__lte=4).order_by("number").values()) == before
    with pytest.raises(UserError, match="over or has begun"):
        change(series, Ask(FOLLOWING, fields={"room": "Hall"}), 4, now=now)


def test_a_new_rhythm_promises_nothing_past(series: Series) -> None:
    now = datetime(2027, 3, 3, tzinfo=UTC)
    change(series, Ask(FUTURE, Cadence(date(2026, 1, 1), "FREQ=WEEKLY;BYDAY=WE;COUNT=80")), now=now)
    series.refresh_from_db()
    made = series.sessions.filter(number__gt=12)
    assert min(each.starts_at for each in made if each.starts_at) > now
    assert planning.fill(series=series, now=now) == []


def test_words_are_each_sessions_own(series: Series, organiser: User) -> None:
    moving.edit(session=session(series, 3), title="Mine", now=NOW, actor_id=organiser.pk)
    plan = change(series, Ask(FUTURE, fields={"title": "Spring school"}))
    assert len(plan.of(Fate.EDITED)) == 11
    assert session(series, 2).title == {"en": "Spring school"}
    assert session(series, 3).title == {"en": "Mine"}


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (Ask(FUTURE, fields={"zone": "Africa/Nowhere"}), "zone"),
        (Ask(FUTURE, fields={"minutes": 0}), "minutes"),
        (Ask(FUTURE, fields={"join_url": "javascript:alert(1)"}), "join_url"),
        (Ask(FUTURE, fields={"title": "x" * 300}), "title"),
        (Ask(FUTURE, Cadence(date(2026, 12, 1), "FREQ=WEEKLY;INTERVAL=0")), "rrule"),
        (Ask(FUTURE, Cadence(date(2026, 12, 1), "FREQ=WEEKLY;UNTIL=20261101")), "rrule"),
        (Ask(FUTURE, Cadence(date(2020, 12, 1), "FREQ=WEEKLY;COUNT=3")), "rrule"),
        (Ask(FUTURE, Cadence(date(2026, 12, 1), "FREQ=DAILY;COUNT=9000")), "rrule"),
        (Ask(FUTURE, Cadence(date(2026, 12, 1), "FREQ=DAILY;COUNT=600")), "rrule"),
        (Ask(FOLLOWING, fields={"room": "Hall"}), "scope"),
        (Ask(ONE, Cadence(date(2026, 12, 1))), "scope"),
    ],
)
def test_bad_asks_are_refused_by_field_and_change_nothing(series: Series, ask: Ask, field: str) -> None:
    before = list(series.sessions.values())
    with pytest.raises(UserError) as refused:
        change(series, ask, 4 if ask.scope == ONE else 0)
    assert list(refused.value.fields) == [field]
    assert list(series.sessions.values()) == before


def test_one_session_at_an_hour_that_clocks_skip(community: Community) -> None:
    series = make_series(community, zone="Europe/Lisbon", rrule="FREQ=WEEKLY;BYDAY=SU;COUNT=30")
    planning.fill(series=series, now=NOW)
    skipped = series.sessions.get(local_date=date(2027, 3, 28))
    with pytest.raises(UserError) as refused:
        change(series, Ask(ONE, fields={"local_time": time(1, 30)}), skipped.number)
    assert "does not exist" in refused.value.fields["local_time"]


def test_a_draft_only_changes_its_promise(community: Community) -> None:
    series = make_series(community, rrule=f"{MONTHLY};COUNT=3", published_at=None)
    plan = change(series, Ask(FUTURE, Cadence(date(2026, 12, 2), "FREQ=WEEKLY;COUNT=5"), {"minutes": 90}))
    assert len(plan.added) == 5
    series.refresh_from_db()
    assert (series.sessions.count(), series.minutes) == (0, 90)
    planning.publish(series=series, now=NOW, actor_id=None)
    assert series.sessions.count() == 5


def test_a_draft_session_without_place_is_removed_and_one_with_files_says_so(series: Series) -> None:
    series.sessions.update(published_at=None)
    Series.objects.update(published_at=None)
    make_material(session(series, 6))
    ask = Ask(FUTURE, Cadence(date(2026, 12, 1), f"{MONTHLY};COUNT=7"))
    plan = change(series, ask)
    assert len(plan.of(Fate.REMOVED)) == 5
    assert series.sessions.count() == 7
    with pytest.raises(UserError, match="Session 6 has files"):
        change(series, Ask(FUTURE, Cadence(date(2026, 12, 1), f"{MONTHLY};COUNT=2")))
    assert series.sessions.count() == 7


def test_somebody_else_was_faster(series: Series, organiser: User) -> None:
    ask = Ask(FUTURE, fields={"local_time": time(10, 0)})
    seal = plan_change(series=series, ask=ask, now=NOW).seal
    moving.edit(session=session(series, 3), room="1.205", now=NOW, actor_id=organiser.pk)
    given: Any = {"series": series, "ask": ask, "now": NOW, "actor_id": None}
    with pytest.raises(PlanStale) as stale:
        apply_change(**given, seen=series.revision, seal=seal)
    edit_series(series=series, room="Hall", now=NOW, actor_id=organiser.pk)
    with pytest.raises(SeriesStale):
        apply_change(**given, seen=1, seal=stale.value.plan.seal)
    assert walls(series)[0] == "2026-12-01 15:00"


def test_a_fault_in_the_middle_leaves_nothing(series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_given: Any) -> None:
        raise RuntimeError("the power goes")

    state = (list(Series.objects.values()), list(Session.objects.values()), list(Change.objects.values()))
    monkeypatch.setattr(applying, "fill", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        change(series, Ask(FUTURE, Cadence(date(2026, 12, 2), "FREQ=WEEKLY;COUNT=30")))
    assert (
        list(Series.objects.values()),
        list(Session.objects.values()),
        list(Change.objects.values()),
    ) == state


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;COUNT=500", "FREQ=WEEKLY;COUNT=40"])
def test_planning_asks_few_questions_however_many_sessions_there_are(community: Community, rule: str) -> None:
    series = make_series(community, rrule=rule)
    planning.fill(series=series, now=NOW)
    ask = Ask(FUTURE, Cadence(date(2026, 12, 3), rule), {"zone": "Europe/Lisbon", "local_time": time(9, 0)})
    with CaptureQueriesContext(connection) as asked:
        plan = plan_change(series=series, ask=ask, now=NOW)
    assert len(asked) <= 10
    assert len(plan.of(Fate.MOVED)) == len(plan.rows) >= 40
