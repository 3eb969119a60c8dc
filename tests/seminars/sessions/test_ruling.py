"""Other rules for dates that do not suit, on a series that has its sessions: planned, applied whole, and undone."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seminars.calendars.wording import description
from seminars.changes.refusing import UserError
from seminars.people.models import Community, User
from seminars.series import cadence
from seminars.series.models import Series
from seminars.sessions import drafting, moving, planning
from seminars.sessions.applying import apply_change
from seminars.sessions.changing import plan_change
from seminars.sessions.edits import Ask, Fate, Plan, Scope
from seminars.sessions.models import Session
from seminars.sessions.undoing import undo, undoable

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=1)
MOVE: dict[str, Any] = {"countries": ["ZA"], "then": {"holiday": "move"}}
SKIP: dict[str, Any] = {"countries": ["ZA"], "then": {"holiday": "skip"}}


@pytest.fixture
def series(community: Community, organiser: User, now: datetime) -> Series:
    """Four Fridays at 15:00 in Johannesburg about Heritage Day, 24 September 2027; without any rule."""
    return published(community, organiser, now)


def published(community: Community, organiser: User, now: datetime, **given: Any) -> Series:
    base: dict[str, Any] = {
        "community": community,
        "title": "Harvest hour",
        "zone": "Africa/Johannesburg",
        "first_date": date(2027, 9, 10),
        "local_time": time(15),
        "rrule": "FREQ=WEEKLY;COUNT=4",
        "now": now,
        "actor_id": organiser.pk,
    }
    return planning.publish(series=drafting.draft_series(**base | given), now=now, actor_id=organiser.pk)


def rule(series: Series, rules: dict[str, Any], now: datetime, **how: Any) -> Plan:
    """Change the rules, with what a person saw."""
    series.refresh_from_db()
    ask = Ask(Scope.FUTURE, rules=rules)
    seen = plan_change(series=series, ask=ask, now=now, **how)
    done = apply_change(
        series=series, ask=ask, seen=series.revision, seal=seen.seal, now=now, actor_id=None, **how
    )
    series.refresh_from_db()
    return done


def dates(series: Series) -> list[str]:
    rows = series.sessions.filter(cancelled_at=None).order_by("local_date")
    return [f"{day:%m-%d}" for day in rows.values_list("local_date", flat=True)]


def test_a_holiday_moves_and_says_why_and_comes_back(series: Series, now: datetime) -> None:
    plan = rule(series, MOVE | {"tell": True}, now)
    assert [row.fate for row in plan.rows] == [Fate.KEPT, Fate.KEPT, Fate.MOVED, Fate.KEPT]
    assert dates(series) == ["09-10", "09-17", "09-27", "10-01"]
    session = Session.objects.select_related("series__community").get(series=series, number=3)
    assert session.sequence == 1
    assert session.original_date == date(2027, 9, 24)
    assert "Moved from 24 September 2027: Heritage Day in South Africa." in description(session, "en")
    assert rule(series, {}, now + LATER).of(Fate.MOVED)
    session.refresh_from_db()
    assert (session.local_date, session.ruled, session.sequence) == (date(2027, 9, 24), None, 2)
    assert dates(series) == ["09-10", "09-17", "09-24", "10-01"]


def test_a_skipped_date_is_cancelled_with_its_reason_and_takes_place_again(
    series: Series, now: datetime
) -> None:
    plan = rule(series, SKIP, now)
    assert [each.day for each in plan.skipped] == [date(2027, 9, 24)]
    session = series.sessions.get(number=3)
    assert session.reason == "24 September 2027 is skipped: Heritage Day in South Africa."
    assert [each["day"] for each in series.skipped] == ["2027-09-24"]
    assert planning.fill(series=series, now=now) == []
    again = rule(series, {}, now + LATER)
    assert [row.fate for row in again.rows] == [Fate.KEPT, Fate.KEPT, Fate.BACK, Fate.KEPT]
    session.refresh_from_db()
    assert (session.cancelled_at, session.reason) == (None, "")
    assert series.skipped == []


def test_a_date_that_was_never_made_returns(community: Community, organiser: User, now: datetime) -> None:
    series = published(community, organiser, now, date_rules=SKIP)
    assert dates(series) == ["09-10", "09-17", "10-01"]
    plan = rule(series, MOVE, now + LATER)
    assert [str(slot.local_date) for slot in plan.added] == ["2027-09-27"]
    assert dates(series) == ["09-10", "09-17", "09-27", "10-01"]
    change = undoable(series=series, now=now + LATER)
    assert change
    undo(series=series, change=change, now=now + 2 * LATER, actor_id=None)
    series.refresh_from_db()
    assert dates(series) == ["09-10", "09-17", "10-01"]
    assert series.date_rules["then"] == {"holiday": "skip"}
    assert [each["day"] for each in series.skipped] == ["2027-09-24"]


def test_what_was_moved_by_hand_stays_unless_it_is_let_go(series: Series, now: datetime) -> None:
    session = series.sessions.get(number=3)
    moving.reschedule(session=session, wall=datetime(2027, 9, 23, 9), now=now, actor_id=None)
    plan = rule(series, MOVE, now + LATER)
    assert [row.standing.pk for row in plan.conflicts] == [session.pk]
    session.refresh_from_db()
    assert session.local_date == date(2027, 9, 23)
    rule(series, {}, now + 2 * LATER)
    session.refresh_from_db()
    assert session.local_date == date(2027, 9, 23)
    rule(series, MOVE, now + 3 * LATER, follow={session.pk})
    session.refresh_from_db()
    assert (session.local_date, session.local_time) == (date(2027, 9, 27), time(15))


def test_what_the_rules_do_not_touch_is_no_conflict(series: Series, now: datetime) -> None:
    session = series.sessions.get(number=2)
    moving.reschedule(session=session, wall=datetime(2027, 9, 16, 9), now=now, actor_id=None)
    plan = rule(series, MOVE, now + LATER)
    assert plan.conflicts == []
    session.refresh_from_db()
    assert (session.local_date, session.original_date) == (date(2027, 9, 16), date(2027, 9, 17))


def test_somebody_worked_on_a_date_that_is_skipped(series: Series, now: datetime) -> None:
    session = series.sessions.get(number=3)
    moving.edit(session=session, title="Seeds", now=now, actor_id=None)
    assert rule(series, SKIP, now + LATER).conflicts
    session.refresh_from_db()
    assert session.cancelled_at is None


def test_telling_subscribers_why_is_a_change_of_their_entries(series: Series, now: datetime) -> None:
    rule(series, MOVE, now)
    before = Session.objects.select_related("series__community").get(series=series, number=3)
    assert "Moved from" not in description(before, "en")
    plan = rule(series, MOVE | {"tell": True}, now + LATER)
    assert [row.standing.pk for row in plan.rows if row.changes] == [before.pk]
    after = Session.objects.select_related("series__community").get(pk=before.pk)
    assert "Moved from 24 September 2027" in description(after, "en")
    assert (after.revision, after.sequence) == (before.revision + 1, before.sequence + 1)
    assert after.changed_at > before.changed_at


def test_past_sessions_and_what_became_of_them_stay(
    community: Community, organiser: User, now: datetime
) -> None:
    series = published(community, organiser, now, date_rules=SKIP)
    later = datetime(2027, 9, 28, 12, tzinfo=now.tzinfo)
    plan = rule(series, {}, later)
    assert (plan.added, plan.of(Fate.MOVED, Fate.WITHDRAWN)) == ((), [])
    assert [each["day"] for each in series.skipped] == ["2027-09-24"]
    assert dates(series) == ["09-10", "09-17", "10-01"]


def test_another_rhythm_writes_anew_why_a_session_stands_elsewhere(series: Series, now: datetime) -> None:
    rule(series, MOVE, now)
    thursdays = cadence.Cadence(date(2027, 9, 9), "FREQ=WEEKLY;BYDAY=TH;COUNT=4")
    series.refresh_from_db()
    ask = Ask(Scope.FUTURE, thursdays)
    apply_change(series=series, ask=ask, seen=series.revision, now=now + LATER, actor_id=None)
    assert dates(series) == ["09-09", "09-16", "09-23", "09-30"]
    assert set(series.sessions.values_list("ruled", flat=True)) == {None}
    series.refresh_from_db()
    fridays = cadence.Cadence(date(2027, 9, 10), "FREQ=WEEKLY;BYDAY=FR;COUNT=4")
    apply_change(
        series=series,
        ask=Ask(Scope.FUTURE, fridays),
        seen=series.revision,
        now=now + 2 * LATER,
        actor_id=None,
    )
    row = series.sessions.get(number=3)
    assert row.ruled
    assert (row.ruled["day"], row.ruled["to"]) == ("2027-09-24", "2027-09-27")
    assert row.local_date == date(2027, 9, 27)


def test_added_dates_are_shown_where_the_rules_put_them(
    community: Community, organiser: User, now: datetime
) -> None:
    series = published(community, organiser, now, date_rules=MOVE, rrule="FREQ=WEEKLY;COUNT=2")
    longer = Ask(Scope.FUTURE, cadence.Cadence(date(2027, 9, 10), "FREQ=WEEKLY;COUNT=4"))
    plan = plan_change(series=series, ask=longer, now=now)
    assert [str(slot.local_date) for slot in plan.added] == ["2027-09-27", "2027-10-01"]
    apply_change(series=series, ask=longer, seen=series.revision, now=now, actor_id=None)
    assert dates(series) == ["09-10", "09-17", "09-27", "10-01"]


def test_rules_that_leave_nothing_are_refused(series: Series, now: datetime) -> None:
    friday = {"countries": ["EG"], "then": {"weekend": "skip"}}
    with pytest.raises(UserError, match="no date is left"):
        plan_change(series=series, ask=Ask(Scope.FUTURE, rules=friday), now=now)


def test_a_draft_without_sessions_only_keeps_the_rules(
    community: Community, organiser: User, now: datetime
) -> None:
    series = drafting.draft_series(
        community=community,
        title="Harvest hour",
        zone="Africa/Johannesburg",
        first_date=date(2027, 9, 10),
        local_time=time(15),
        rrule="FREQ=WEEKLY;COUNT=4",
        now=now,
        actor_id=organiser.pk,
    )
    rule(series, SKIP, now)
    assert (series.skipped, series.sessions.count()) == ([], 0)
    planning.publish(series=series, now=now, actor_id=None)
    assert dates(series) == ["09-10", "09-17", "10-01"]


THEN = st.sampled_from(["keep", "skip", "move"])
RULES = st.fixed_dictionaries(
    {"countries": st.just(["ZA"]), "then": st.fixed_dictionaries({"holiday": THEN, "weekend": THEN})}
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=RULES, then=RULES, start=st.integers(0, 60))
def test_it_makes_no_difference_which_rules_there_were_before(
    first: dict[str, Any],
    then: dict[str, Any],
    start: int,
    community: Community,
    organiser: User,
    now: datetime,
) -> None:
    """A series whose rules became X stands as one that was planned with X."""
    given: dict[str, Any] = {
        "first_date": date(2027, 3, 1) + timedelta(days=start),
        "rrule": "FREQ=DAILY;INTERVAL=10;COUNT=8",
    }
    direct = published(community, organiser, now, date_rules=then, **given)
    changed = published(community, organiser, now, date_rules=first, **given)
    rule(changed, then, now + LATER)
    assert dates(changed) == dates(direct)
    assert [each["day"] for each in changed.skipped] == [each["day"] for each in direct.skipped]
