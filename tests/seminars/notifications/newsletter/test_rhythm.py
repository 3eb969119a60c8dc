"""When a letter goes next: by the wall clock, on the last day of shorter months, over changes of the clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from seminars.notifications.newsletter import editing, going
from seminars.notifications.newsletter.models import Issue, IssueState, LetterPlan
from seminars.notifications.newsletter.rhythm import LEAD, next_after
from seminars.people.models import Community
from tests.factories import make_series, make_session

DAY = timedelta(days=1)


def plan(**columns: Any) -> LetterPlan:
    return LetterPlan(**{"every": "month", "day": 1, "hour": 9, "zone": "America/New_York"} | columns)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "after", "expected"),
    [
        ({}, "2026-10-15T00:00", "2026-11-01T14:00"),  # the night in which clocks went back
        ({}, "2026-11-01T13:59", "2026-11-01T14:00"),
        ({}, "2026-11-01T14:00", "2026-12-01T14:00"),
        ({"day": 31}, "2027-02-01T00:00", "2027-02-28T14:00"),
        ({"day": 31, "zone": "Pacific/Auckland"}, "2026-12-30T19:00", "2026-12-30T20:00"),
        ({"every": "week", "weekday": 0}, "2026-11-16T14:00", "2026-11-23T14:00"),
        (
            {"every": "week", "weekday": 6, "hour": 2},
            "2027-03-10T00:00",
            "2027-03-14T07:00",
        ),  # no 02:00 that night
    ],
)
def test_the_next_moment(given: dict[str, Any], after: str, expected: str) -> None:
    assert next_after(plan(**given), at(after)) == at(expected)


def test_never_is_never() -> None:
    assert next_after(plan(every=""), at("2026-11-16T12:00")) is None


@pytest.mark.django_db
def test_a_planned_letter_makes_its_draft_goes_and_plans_the_next(
    community: Community, now: datetime
) -> None:
    make_session(make_series(community))
    made = editing.set_plan(community=community, every="week", weekday=4, hour=9, now=now, actor_id=None)
    friday = at("2026-11-20T07:00")  # 09:00 in Johannesburg
    assert made.next_at == friday
    going.look(now=friday - LEAD - DAY / 24)
    assert not Issue.objects.exists()
    going.look(now=friday - LEAD)
    going.look(now=friday - LEAD)
    assert Issue.objects.get().due_at == friday
    moved = editing.set_plan(
        community=community, every="week", weekday=5, hour=9, now=friday - DAY, actor_id=None
    )
    assert Issue.objects.get().due_at == moved.next_at == friday + DAY
    going.look(now=friday + DAY)
    assert Issue.objects.get().state == IssueState.SENT
    assert LetterPlan.objects.get().next_at == friday + 8 * DAY


@pytest.mark.django_db
def test_sent_early_it_was_that_dates_issue(community: Community, now: datetime) -> None:
    make_session(make_series(community))
    editing.set_plan(community=community, every="week", weekday=2, hour=9, now=now, actor_id=None)
    going.look(now=now)
    editing.send(issue=Issue.objects.get(), now=now, actor_id=None)
    going.look(now=now + timedelta(minutes=10))
    assert Issue.objects.get().state == IssueState.SENT
    assert LetterPlan.objects.get().next_at == at("2026-11-25T07:00")


@pytest.mark.django_db
def test_left_out_tells_it_in_the_next(community: Community, now: datetime) -> None:
    make_session(make_series(community), title={"en": "Savings by phone"})
    issue = editing.begin(community=community, due_at=None, now=now)
    editing.leave_out(issue=issue, now=now)
    with pytest.raises(editing.Changed):
        editing.leave_out(issue=issue, now=now)
    later = editing.begin(community=community, due_at=now + DAY, now=now + DAY)
    assert later.since < now
    assert [each.title["en"] for each in editing.items_of(later, now=now + DAY)] == ["Savings by phone"]
