"""Whatever is asked, of whatever was done by hand: the promise is kept, and no session is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from seminars.changes.refusing import UserError
from seminars.series import cadence
from seminars.series.cadence import Cadence
from seminars.series.models import Series
from seminars.sessions import expanding, moving, planning
from seminars.sessions.applying import apply_change
from seminars.sessions.changing import plan_change
from seminars.sessions.edits import Ask, Plan, Scope
from seminars.sessions.models import Session
from seminars.sessions.undoing import undo, undoable
from tests.factories import NOW, make_series

pytestmark = pytest.mark.django_db
FOLLOWING, FUTURE = Scope.FOLLOWING, Scope.FUTURE

RULES = [
    "FREQ=WEEKLY;BYDAY=TU;COUNT=9",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=8",
    "FREQ=MONTHLY;BYDAY=1TU;COUNT=7",
    "FREQ=MONTHLY;BYDAY=3WE;UNTIL=20270901",
    "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
    cadence.monthly_day(day=31, count=6),
    "",
]
firsts = st.integers(-30, 60).map(lambda n: date(2026, 12, 1) + timedelta(days=n))
hands = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["move", "room", "title", "cancel", "postpone"])), max_size=4
)
changed = st.fixed_dictionaries(
    {},
    optional={
        "local_time": st.sampled_from([time(9, 0), time(15, 0), time(23, 30), time(1, 30)]),
        "zone": st.sampled_from(["Europe/Lisbon", "Asia/Kolkata", "America/New_York", "Africa/Johannesburg"]),
        "minutes": st.sampled_from([60, 90]),
        "room": st.sampled_from(["Hall", ""]),
        "title": st.just("A title"),
    },
)


@contextmanager
def forgotten() -> Iterator[None]:
    """Each example leaves the database as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def do_by_hand(series: Series, hands: list[tuple[int, str]]) -> None:
    rows = [each for each in series.sessions.order_by("number") if each.starts_at and each.starts_at > NOW]
    for place, deed in hands:
        if place >= len(rows):
            continue
        row: Any = {
            "session": Session.objects.select_related("series").get(pk=rows[place].pk),
            "now": NOW,
            "actor_id": None,
        }
        off = row["session"].cancelled_at or row["session"].postponed_at
        if deed == "move" and not off:
            moving.reschedule(wall=datetime(2027, 2, 3 + place, 11, 0), **row)
        elif deed == "cancel":
            moving.cancel(reason="Holiday", **row)
        elif deed == "postpone" and not off:
            moving.postpone(reason="Ill", **row)
        elif deed in ("room", "title"):
            moving.edit(**row, **{deed: "By hand"})


@settings(max_examples=60, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    rule=st.sampled_from(RULES),
    first=firsts,
    hands=hands,
    scope=st.sampled_from([FOLLOWING, FUTURE]),
    place=st.integers(0, 4),
    asked=st.none() | st.tuples(firsts, st.sampled_from(RULES)),
    fields=changed,
    follows=st.sets(st.integers(0, 9)),
)
def test_whatever_is_asked_the_promise_is_kept(
    db: None,
    rule: str,
    first: date,
    hands: Any,
    scope: Scope,
    place: int,
    asked: Any,
    fields: Any,
    follows: set[int],
) -> None:
    with forgotten():
        series = make_series(first_date=first, rrule=rule)
        planning.fill(series=series, now=NOW)
        do_by_hand(series, hands)
        coming = list(series.sessions.filter(starts_at__gt=NOW).order_by("original_date"))
        if scope == FOLLOWING and not coming:
            return
        anchor = coming[min(place, len(coming) - 1)] if scope == FOLLOWING else None
        follow = {each.pk for number, each in enumerate(coming) if number in follows}
        before = {each.pk: copy(each) for each in series.sessions.all()}
        ask = Ask(scope, Cadence(*asked) if asked else None, fields)
        give: Any = {"series": series, "ask": ask, "anchor": anchor, "follow": follow, "now": NOW}
        try:
            plan = plan_change(**give)
        except UserError:
            return
        assert apply_change(**give, seen=series.revision, seal=plan.seal, actor_id=None) == plan
        series.refresh_from_db()
        check_rows(series, plan, before)
        check_promise(series, plan, follow)
        give["anchor"] = anchor and Session.objects.get(pk=anchor.pk)
        if anchor is None or not give["anchor"].cancelled_at:
            again = planned(give)
            if again is None:  # what it began with was kept by hand, behind all dates that there now are
                assert anchor
                assert before[anchor.pk].revision > 1
                check_undo(series, before)
                return
            # A later first date moves the horizon of a rhythm without end; nothing within it is missing.
            last = max(each.original_date for each in series.sessions.all() if each.original_date)
            assert not [slot for slot in again.added if slot.local_date <= last]
            assert not [row for row in again.rows if row.changes], again
        check_undo(series, before)


def planned(give: dict[str, Any]) -> Plan | None:
    """The plan of what is asked; None where no date is left for it."""
    try:
        return plan_change(**give)
    except UserError:
        return None


def check_undo(series: Series, before: dict[int, Session]) -> None:
    """Taken back, every session is as it was, and what was added is cancelled: calendars may have seen it."""
    change = undoable(series=series, now=NOW)
    if change is None:
        return
    undo(series=series, change=change, now=NOW, actor_id=None)
    rising = {"_state", "revision", "sequence", "changed_at"}
    for each in series.sessions.all():
        if (old := before.get(each.pk)) is None:
            assert each.cancelled_at
            continue
        was, now = (
            {k: v for k, v in row.__dict__.items() if k not in rising} for row in (copy(old), copy(each))
        )
        assert was == now
        assert each.sequence >= old.sequence


def check_rows(series: Series, plan: Plan, before: dict[int, Session]) -> None:
    """No session is lost, none is touched that is out of reach, and SEQUENCE rises once for what people see."""
    after = {each.pk: each for each in series.sessions.all()}
    assert {pk: each.uid for pk, each in after.items() if pk in before} == {
        pk: each.uid for pk, each in before.items()
    }
    assert len(after) == len(before) + len(plan.added)
    assert len({each.slug for each in after.values()}) == len(after)
    reached = {row.standing.pk: row for row in plan.rows}
    for pk, old in before.items():
        new, row = after[pk], reached.get(pk)
        if row is None:
            assert {**old.__dict__, "_state": 0} == {**copy(new).__dict__, "_state": 0}
        else:
            assert new.sequence == old.sequence + (1 if row.changes else 0), row
            assert (new.changed_at > old.changed_at) == row.changes


def check_promise(series: Series, plan: Plan, follow: set[int]) -> None:
    """The sessions stand for exactly the dates of the cadence; those that nobody touched are just as it says."""
    rows = {row.standing.pk: row for row in plan.rows}
    standing = {each.original_date: each for each in series.sessions.all() if each.original_date}
    # Enough for the rhythm: what goes on without end is made some months ahead.
    until = max([expanding.horizon(series, NOW) or date.max, *[slot.local_date for slot in plan.added]])
    until = min(until, date(2060, 1, 1))
    promised = {each.local_date: each for each in expanding.occurrences_of(series, until=until)}
    if plan.ask.cadence:
        assert promised.keys() <= standing.keys()
    for day, one in standing.items():
        row = rows.get(one.pk)
        made = row is None and one.number > 0 and one.pk not in rows
        if row is not None and not row.conflicts and not one.cancelled_at and plan.ask.timed:
            assert (one.local_date, one.local_time) == (day, one.original_time)
        if day in promised and not one.cancelled_at and plan.ask.cadence and (row and not row.conflicts):
            assert (one.starts_at, one.zone) == (promised[day].starts_at, series.zone)
        if plan.ask.cadence and row and not row.conflicts and day not in promised and not one.cancelled_at:
            assert day > until or row.standing.original_date is None, (day, until, row)
        assert made or row is not None
