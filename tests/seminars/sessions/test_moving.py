"""What may happen to one session."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from seminars.changes.models import Change, Version
from seminars.changes.recording import history
from seminars.changes.refusing import UserError
from seminars.people.models import Community, User
from seminars.sessions import moving
from seminars.sessions.asking import TimeQuestion
from seminars.sessions.models import Session
from seminars.sessions.revising import Stale, subject_of
from tests.factories import make_person, make_series, make_session

pytestmark = pytest.mark.django_db
WALL = datetime(2026, 12, 8, 9, 0)
DECISIONS = [moving.cancel, moving.postpone, moving.withdraw]


@pytest.fixture
def session(db: None) -> Session:
    """Tuesday 8 December 2026, 09:00–10:00 in Johannesburg, published."""
    return make_session(wall=WALL)


def test_a_move_keeps_the_uid_and_says_what_was_announced(
    session: Session, organiser: User, now: datetime
) -> None:
    uid, slug = session.uid, session.slug
    moved = moving.reschedule(
        session=session, wall=datetime(2026, 12, 8, 11, 0), now=now, actor_id=organiser.pk, reason="Lunch"
    )
    moved.refresh_from_db()
    assert (moved.uid, moved.slug) == (uid, slug)
    assert moved.starts_at == datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    assert moved.ends_at == datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
    assert moved.original_time == time(9, 0)
    assert moved.moved_from == {
        "date": "2026-12-08",
        "time": "09:00",
        "fold": 0,
        "zone": "Africa/Johannesburg",
    }
    assert (moved.state, moved.sequence, moved.revision) == ("rescheduled", 1, 2)
    change = history(subject=subject_of(moved))[0]
    assert (change.kind, change.actor, change.note) == ("rescheduled", organiser, "Lunch")
    assert change.before["local_time"] == "09:00:00"
    assert change.after["local_time"] == "11:00:00"


def test_moved_twice_it_names_the_first_time_and_back_again_none(session: Session, now: datetime) -> None:
    for hour in (11, 12):
        moving.reschedule(session=session, wall=WALL.replace(hour=hour), now=now, actor_id=None)
    assert session.moved_from is not None
    assert session.moved_from["time"] == "09:00"
    moving.reschedule(session=session, wall=WALL, now=now, actor_id=None)
    session.refresh_from_db()
    assert (session.moved_from, session.state, session.sequence) == (None, "upcoming", 3)


def test_the_same_time_again_changes_nothing(session: Session, now: datetime) -> None:
    moving.reschedule(session=session, wall=WALL, now=now, actor_id=None)
    assert (session.revision, Change.objects.count()) == (1, 0)


def test_a_draft_that_moves_announces_nothing(now: datetime) -> None:
    draft = make_session(wall=WALL, published=False)
    moving.reschedule(session=draft, wall=WALL.replace(hour=11), now=now, actor_id=None)
    assert (draft.moved_from, draft.sequence) == (None, 0)


def test_a_time_that_does_not_exist_is_refused_with_a_suggestion(now: datetime) -> None:
    session = make_session(wall=datetime(2027, 3, 7, 2, 30), zone="America/New_York")
    with pytest.raises(TimeQuestion, match="03:30") as asked:
        moving.reschedule(session=session, wall=datetime(2027, 3, 14, 2, 30), now=now, actor_id=None)
    assert asked.value.suggestion == datetime(2027, 3, 14, 3, 30)
    assert list(asked.value.fields) == ["wall"]


def test_a_time_that_comes_twice_is_asked_about(now: datetime) -> None:
    session = make_session(wall=datetime(2027, 3, 7, 2, 30), zone="America/New_York")
    wall = datetime(2027, 11, 7, 1, 30)
    with pytest.raises(TimeQuestion) as asked:
        moving.reschedule(session=session, wall=wall, now=now, actor_id=None)
    assert asked.value.second == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)
    moving.reschedule(session=session, wall=wall, fold=1, now=now, actor_id=None)
    session.refresh_from_db()
    assert (session.starts_at, session.fold) == (asked.value.second, 1)
    moving.reschedule(session=session, wall=wall, fold=0, now=now, actor_id=None)
    session.refresh_from_db()
    assert (session.starts_at, session.fold) == (asked.value.first, 0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"wall": datetime(2026, 11, 1, 9, 0)}, "wall"),
        ({"wall": datetime(9999, 12, 31, 23, 59)}, "wall"),
        ({"wall": WALL, "minutes": 0}, "minutes"),
        ({"wall": WALL, "days": 61}, "days"),
    ],
)
def test_an_impossible_time_is_refused(
    session: Session, now: datetime, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(UserError) as refused:
        moving.reschedule(session=session, now=now, actor_id=None, **given)
    assert list(refused.value.fields) == [field]
    assert Session.objects.get().revision == 1


def test_a_meeting_becomes_whole_days_and_back(session: Session, now: datetime) -> None:
    moving.reschedule(session=session, wall=WALL, all_day=True, days=2, now=now, actor_id=None)
    assert (session.local_time, session.ends_at) == (None, datetime(2026, 12, 9, 22, 0, tzinfo=UTC))
    moving.reschedule(session=session, wall=WALL, all_day=False, days=1, now=now, actor_id=None)
    assert (session.local_time, session.moved_from) == (time(9, 0), None)


@pytest.mark.parametrize("verb", DECISIONS)
def test_a_decision_needs_a_reason(session: Session, now: datetime, verb: Any) -> None:
    with pytest.raises(UserError) as refused:
        verb(session=session, reason="  ", now=now, actor_id=None)
    assert list(refused.value.fields) == ["reason"]


@pytest.mark.parametrize(
    ("verb", "state"),
    [(moving.cancel, "cancelled"), (moving.postpone, "postponed"), (moving.withdraw, "withdrawn")],
)
def test_a_decision_is_seen_at_once(session: Session, now: datetime, verb: Any, state: str) -> None:
    verb(session=session, reason="The speaker is ill", now=now, actor_id=None)
    session.refresh_from_db()
    assert (session.state, session.reason, session.sequence) == (state, "The speaker is ill", 1)
    assert session.changed_at > now
    verb(session=session, reason="The speaker is ill", now=now, actor_id=None)
    assert session.sequence == 1
    assert Version.objects.get(scope=f"series:{session.series_id}").number == 1


def test_a_cancelled_session_comes_back(session: Session, now: datetime) -> None:
    moving.cancel(session=session, reason="Ill", now=now, actor_id=None)
    with pytest.raises(UserError, match="Reinstate"):
        moving.reschedule(session=session, wall=WALL, now=now, actor_id=None)
    moving.reinstate(session=session, now=now, actor_id=None)
    assert (session.state, session.cancelled_at, session.reason, session.sequence) == (
        "upcoming",
        None,
        "",
        2,
    )


def test_a_postponed_session_can_be_cancelled_after_its_first_date(session: Session, now: datetime) -> None:
    moving.postpone(session=session, reason="Ill", now=now, actor_id=None)
    later = datetime(2026, 12, 20, 9, 0, tzinfo=UTC)
    moving.cancel(session=session, reason="Nobody else can give it", now=later, actor_id=None)
    session.refresh_from_db()
    assert (session.state, session.postponed_at, session.cancelled_at) == ("cancelled", None, later)


def test_a_postponed_session_gets_its_new_date_even_after_the_old_one(
    session: Session, now: datetime
) -> None:
    moving.postpone(session=session, reason="Strike", now=now, actor_id=None)
    later = now + timedelta(days=60)
    with pytest.raises(UserError, match="passed"):
        moving.reinstate(session=session, now=later, actor_id=None)
    moving.reschedule(session=session, wall=datetime(2027, 2, 2, 9, 0), now=later, actor_id=None)
    assert (session.state, session.postponed_at) == ("rescheduled", None)


@pytest.mark.parametrize("verb", [moving.cancel, moving.postpone])
def test_the_past_cannot_be_called_off(session: Session, now: datetime, verb: Any) -> None:
    assert session.ends_at is not None
    with pytest.raises(UserError, match="over"):
        verb(session=session, reason="Too late", now=session.ends_at, actor_id=None)
    with pytest.raises(UserError, match="over"):
        moving.reschedule(session=session, wall=WALL, now=session.ends_at, actor_id=None)


def test_what_was_withdrawn_stays(session: Session, now: datetime) -> None:
    moving.withdraw(session=session, reason="Law", now=now + timedelta(days=99), actor_id=None)
    for verb in (moving.cancel, moving.postpone):
        with pytest.raises(UserError, match="withdrawn"):
            verb(session=session, reason="x", now=now, actor_id=None)
    with pytest.raises(UserError, match="withdrawn"):
        moving.reinstate(session=session, now=now, actor_id=None)
    with pytest.raises(UserError, match="withdrawn"):
        moving.edit(session=session, title="x", now=now, actor_id=None)


def test_a_host_may_end_it_early(session: Session, now: datetime) -> None:
    assert session.starts_at is not None
    with pytest.raises(UserError, match="under way"):
        moving.close(session=session, now=now, actor_id=None)
    moving.close(session=session, now=session.starts_at + timedelta(minutes=40), actor_id=None)
    assert session.state == "ended"


def test_a_form_left_open_over_another_change_gets_what_is_there_now(session: Session, now: datetime) -> None:
    mine, theirs = Session.objects.get(), Session.objects.get()
    moving.edit(session=theirs, title="Theirs", now=now, actor_id=None, seen=1)
    with pytest.raises(Stale) as stale:
        moving.edit(session=mine, title="Mine", now=now, actor_id=None, seen=1)
    assert stale.value.current.title == {"en": "Theirs"}
    with pytest.raises(Stale):
        moving.cancel(session=Session.objects.get(), reason="Mine", now=now, actor_id=None, seen=1)
    assert Session.objects.get().title == {"en": "Theirs"}


def test_words_and_places_are_edited(session: Session, now: datetime) -> None:
    moving.edit(
        session=session,
        title={"en": " Savings ", "sv": "Sparande"},
        room="1.205",
        join_url="https://example.org/new",
        now=now,
        actor_id=None,
    )
    session.refresh_from_db()
    assert session.title == {"en": "Savings", "sv": "Sparande"}
    assert (session.room, session.sequence) == ("1.205", 1)
    assert set(Change.objects.get().after) == {"title", "room", "join_url"}


def test_an_edit_without_a_difference_writes_nothing(session: Session, now: datetime) -> None:
    moving.edit(session=session, title=session.title, room="", now=now, actor_id=None, seen=1)
    assert (session.revision, Change.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": "x" * 201}, "title"),
        ({"join_url": "javascript:alert(1)"}, "join_url"),
        ({"source_url": "//example.org"}, "source_url"),
        ({"dial_in": "1" * 201}, "dial_in"),
        ({"audience": "friends"}, "audience"),
        ({"form": "on the moon"}, "form"),
    ],
)
def test_a_wrong_edit_is_refused_beside_its_field(
    session: Session, now: datetime, fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(UserError) as refused:
        moving.edit(session=session, now=now, actor_id=None, **fields)
    assert list(refused.value.fields) == [wrong]
    assert getattr(session, wrong) == getattr(Session.objects.get(), wrong)


def test_an_unknown_field_is_a_bug(session: Session, now: datetime) -> None:
    with pytest.raises(TypeError, match="slug"):
        moving.edit(session=session, slug="other", now=now, actor_id=None)


def test_one_more_session_gets_the_next_number(now: datetime) -> None:
    series = make_series()
    first = make_session(series)
    extra = moving.add_session(
        series=series, wall=datetime(2027, 1, 5, 16, 0), title="Extra", now=now, actor_id=None
    )
    extra.refresh_from_db()
    assert (extra.number, extra.slug) == (first.number + 1, f"{series.slug}-{first.number + 1}")
    assert (extra.original_date, extra.published_at, extra.state) == (None, now, "upcoming")
    assert extra.join_url == series.join_url
    with pytest.raises(UserError, match="already"):
        moving.add_session(
            series=series, wall=datetime(2027, 1, 5, 16, 0), title="Extra", now=now, actor_id=None
        )
    assert series.sessions.count() == 2


def test_events_of_a_week_a_month_or_no_date(now: datetime) -> None:
    series = make_series(external=True, local_time=None)
    wall = datetime(2027, 2, 10)
    week = moving.add_session(series=series, wall=wall, precision="week", title="W", now=now, actor_id=None)
    month = moving.add_session(series=series, wall=wall, precision="month", title="M", now=now, actor_id=None)
    undated = moving.add_session(series=series, wall=None, title="SOCAP", now=now, actor_id=None)
    assert (week.local_date, week.days) == (date(2027, 2, 8), 7)
    assert (month.local_date, month.days) == (date(2027, 2, 1), 28)
    assert (undated.local_date, undated.starts_at, undated.precision) == (None, None, "none")
    assert {week.state, month.state, undated.state} == {"announced"}
    moving.reschedule(session=undated, wall=datetime(2027, 10, 4), days=3, now=now, actor_id=None)
    assert (undated.state, undated.moved_from, undated.precision) == ("upcoming", None, "day")


def test_inviting_touches_the_calendars_of_those_invited(
    session: Session, member: User, now: datetime
) -> None:
    guest = make_person()
    moving.set_named(session=session, persons=[member.person, guest], now=now, actor_id=None)
    assert set(session.named.all()) == {member.person, guest}
    assert Version.objects.get(scope=f"user:{member.pk}").number == 1
    assert session.sequence == 0
    moving.set_named(session=session, persons=[guest], now=now, actor_id=None)
    assert Version.objects.get(scope=f"user:{member.pk}").number == 2


def test_a_session_is_never_seen_by_more_people_than_its_series(community: Community, now: datetime) -> None:
    session = make_session(make_series(community, audience="members"), audience="members")
    with pytest.raises(UserError) as refused:
        moving.edit(session=session, audience="everyone", now=now, actor_id=None)
    assert set(refused.value.fields) == {"audience"}
    assert moving.edit(session=session, audience="named", now=now, actor_id=None).audience == "named"
