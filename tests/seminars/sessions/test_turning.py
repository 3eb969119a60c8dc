"""The sweep stores each turn once, and a calendar learns only of those it shows."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from seminars.changes.models import Change, Version
from seminars.changes.recording import SITE
from seminars.sessions import turning
from seminars.sessions.models import Session
from seminars.sessions.revising import subject_of
from seminars.sessions.state import DAY
from tests.factories import make_series, make_session

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def session(db: None) -> Session:
    """An hour on 8 December 2026, of a series that owes a recording."""
    series = make_series()
    series.owed.create(kind="recording", days=2)
    return make_session(series, wall=datetime(2026, 12, 8, 9, 0))


def test_a_session_is_turned_through_its_life(session: Session, now: datetime) -> None:
    assert session.starts_at
    assert session.ends_at
    told = []
    for at in (
        now,
        session.starts_at - DAY,
        session.starts_at - 15 * MINUTE,
        session.starts_at,
        session.ends_at,
        session.ends_at + DAY,
        session.ends_at + 9 * DAY,
    ):
        turned = turning.turn_due(now=at)
        session.refresh_from_db()
        told.append((turned, session.state, session.sequence, session.revision))
    assert told == [
        (0, "upcoming", 0, 1),
        (1, "soon", 0, 1),
        (1, "doors-open", 0, 1),
        (1, "live", 0, 1),
        (1, "just-ended", 1, 2),
        (1, "recording-coming", 1, 2),
        (0, "recording-coming", 1, 2),
    ]
    kinds = list(Change.objects.order_by("id").values_list("kind", "before__state", "after__state"))
    assert kinds[0] == ("state", "upcoming", "soon")
    assert len(kinds) == 5


def test_a_sweep_that_comes_late_turns_at_once_to_what_is_now(session: Session) -> None:
    assert session.ends_at
    at = session.ends_at + 2 * DAY
    assert (turning.turn_due(now=at), turning.turn_due(now=at)) == (1, 0)
    session.refresh_from_db()
    assert session.state == "recording-coming"


def test_a_calendar_learns_that_a_session_is_over_though_nothing_follows(now: datetime) -> None:
    session = make_session(wall=datetime(2026, 12, 8, 9, 0), state="live")
    assert session.ends_at
    assert turning.turn_due(now=session.ends_at) == 1
    session.refresh_from_db()
    assert (session.state, session.sequence, session.revision) == ("ended", 1, 2)


def test_drafts_and_decided_sessions_do_not_turn(session: Session) -> None:
    assert session.starts_at
    Session.objects.update(published_at=None)
    assert turning.turn_due(now=session.starts_at) == 0
    Session.objects.update(published_at=session.made_at, cancelled_at=session.made_at, state="cancelled")
    assert turning.turn_due(now=session.starts_at) == 0


def test_of_two_workers_one_wins(session: Session) -> None:
    assert session.starts_at
    first = Session.objects.with_facts().get()
    second = Session.objects.with_facts().get()
    assert turning._turn([first], session.starts_at) == 1
    assert turning._turn([second], session.starts_at) == 0
    assert Change.objects.count() == 1


def test_a_change_in_between_is_not_overwritten(session: Session, now: datetime) -> None:
    assert session.starts_at
    read = Session.objects.with_facts().get()
    Session.objects.update(state="cancelled", cancelled_at=now, revision=2)
    assert turning._turn([read], session.starts_at) == 0
    session.refresh_from_db()
    assert session.state == "cancelled"


def test_settling_brings_the_passed_session_up_to_date(session: Session) -> None:
    assert session.ends_at
    assert turning.settle(session, now=session.ends_at)
    assert (session.state, session.revision, session.sequence) == ("just-ended", 2, 1)
    assert not turning.settle(session, now=session.ends_at)


def test_more_sessions_take_no_more_queries_to_look_at(
    session: Session, django_assert_num_queries: Any, now: datetime
) -> None:
    Session.objects.update(state="soon", starts_at=now + MINUTE * 30, ends_at=now + MINUTE * 90)
    for _ in range(5):
        make_session(session.series, state="soon")
    Session.objects.update(starts_at=now + MINUTE * 30, ends_at=now + MINUTE * 90)
    with django_assert_num_queries(5):
        assert turning.turn_due(now=now) == 0


def test_many_that_turn_at_one_hour_raise_each_version_once(
    session: Session, django_assert_max_num_queries: Any
) -> None:
    assert session.starts_at
    others = [make_session(session.series, state="soon") for _ in range(turning.SOME + 5)]
    Session.objects.update(starts_at=session.starts_at, ends_at=session.ends_at, state="soon")
    with django_assert_max_num_queries(len(others) + 40):
        assert turning.turn_due(now=session.starts_at) == len(others) + 1
    assert Version.objects.get(scope=SITE).number == 2
    told = Change.objects.filter(kind="state").values_list("subject", flat=True)
    assert sorted(told) == sorted(subject_of(each) for each in (session, *others))
    assert set(Session.objects.values_list("state", flat=True)) == {"live"}
