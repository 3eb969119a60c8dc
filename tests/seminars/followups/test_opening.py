"""What is wanted before a session is on the list in time, tasks too; the rest when it ends; each once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.followups import checklist, opening
from seminars.followups.models import Checklist, Item, ItemState
from seminars.followups.owing import Own, set_owed
from seminars.followups.owners import leads_of
from seminars.people.models import Community, Membership, User
from seminars.series.models import Part, Series
from seminars.sessions import moving, turning
from seminars.sessions.models import Session
from seminars.sessions.questions.models import Question
from tests.factories import NOW, make_material, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
WALL = datetime(2026, 12, 8, 9, 0)  # 07:00 UTC
STARTS = datetime(2026, 12, 8, 7, 0, tzinfo=UTC)
ENDED = STARTS + timedelta(hours=1)
OWED = {"brief": -14, "rehearsal": -3, "slides": 0, "recording": 2, "answers": 7}


@pytest.fixture
def session(community: Community, organiser: User) -> Session:
    """An hour in Johannesburg whose series owes tasks before, slides, and things after."""
    series = make_series(community, made_by=organiser)
    own = [Own({"en": "Book the room"}, -20), Own({"en": "Thank the speakers"}, 1)]
    set_owed(series=series, owed=OWED, own=own, now=NOW, actor_id=None)
    return make_session(series, wall=WALL, published_at=NOW - timedelta(days=60))


def listed() -> dict[str, str]:
    """What is on the list, by what it is called, with its state."""
    return {str(item.what): item.state for item in Item.objects.all()}


def test_each_line_is_on_the_list_in_time(session: Session) -> None:
    found = {}
    for days in (60, 27, 22, 21, 14, 13):
        opening.open_ahead(now=STARTS - timedelta(days=days))
        found[days] = sorted(listed())
    assert found[60] == []
    assert found[27] == ["Book the room"]
    assert found[21] == ["Book the room", "Speaker's brief"]
    assert found[14] == ["Book the room", "Rehearsal", "Slides", "Speaker's brief"] == found[13]
    assert opening.open_ahead(now=STARTS - timedelta(days=1)) == 0
    assert not Checklist.objects.exists()


def test_at_the_end_comes_the_rest_and_what_is_too_late_is_let_go(session: Session) -> None:
    opening.open_ahead(now=STARTS - timedelta(days=1))
    rehearsal = Item.objects.select_related("session").get(kind="rehearsal")
    checklist.tick_off(item=rehearsal, now=STARTS - timedelta(hours=2), actor_id=None)
    assert (opening.open_due(now=ENDED), opening.open_due(now=ENDED)) == (1, 0)
    checklist.reconcile(now=ENDED)
    assert listed() == {
        "Book the room": "waived",
        "Speaker's brief": "waived",
        "Rehearsal": "done",
        "Slides": "overdue",
        "Recording": "waiting",
        "Answers to open questions": "done",
        "Thank the speakers": "waiting",
    }
    assert Item.objects.get(kind="brief").reason == "The session is over."
    assert Change.objects.filter(kind="checklist").count() == 1


def test_items_are_held_before_any_version(session: Session) -> None:
    opening.open_ahead(now=STARTS - timedelta(days=1))
    with CaptureQueriesContext(connection) as asked:
        opening.open_due(now=ENDED)
    said = [each["sql"] for each in asked]
    items = [at for at, sql in enumerate(said) if sql.startswith('UPDATE "seminars_item"')]
    versions = [at for at, sql in enumerate(said) if sql.startswith('UPDATE "seminars_version"')]
    assert max(items) < min(versions)


def test_what_was_wanted_before_a_late_session_leaves_a_day(session: Session) -> None:
    now = STARTS - timedelta(days=2)
    opening.open_ahead(now=now)
    due = dict(Item.objects.values_list("kind", "due_at"))
    assert due["brief"] == now + timedelta(days=1)
    assert due["slides"] == STARTS


def test_a_session_that_moves_takes_what_is_wanted_before_along(session: Session) -> None:
    opening.open_ahead(now=STARTS - timedelta(days=13))
    before = Item.objects.get(kind="slides")
    later = WALL + timedelta(days=7)
    moving.reschedule(
        session=Session.objects.get(), wall=later, now=STARTS - timedelta(days=12), actor_id=None
    )
    assert checklist.reconcile(now=STARTS - timedelta(days=12)) == 4
    after = Item.objects.get(kind="slides")
    assert after.due_at == before.due_at + timedelta(days=7) == after.first_due_at
    assert checklist.reconcile(now=STARTS - timedelta(days=12)) == 0
    moving.cancel(session=Session.objects.get(), reason="No power", now=STARTS, actor_id=None)
    assert not Item.objects.open().exists()


def test_nothing_is_put_on_the_list_of_what_is_called_off_or_a_draft(session: Session) -> None:
    for fields in (
        {"cancelled_at": NOW},
        {"postponed_at": NOW},
        {"withdrawn_at": NOW},
        {"published_at": None},
    ):
        Session.objects.update(**fields)
        assert opening.open_ahead(now=STARTS - timedelta(days=1)) == 0
        Session.objects.update(**dict.fromkeys(fields) | {"published_at": NOW - timedelta(days=60)})


def test_who_sees_to_what(session: Session, organiser: User) -> None:
    ada, noa = make_person(name="Ada", zone="Asia/Manila"), make_person(name="Noa")
    session.series.owed.create(kind="report", days=10)
    session.series.roles.create(person=noa, role=Part.NOTES, since=NOW)
    session.speakers.create(person=ada)
    opening.open_ahead(now=STARTS - timedelta(days=1))
    opening.open_due(now=ENDED)
    owners = {item.kind: item.person.name for item in Item.objects.all() if item.person}
    assert (owners["slides"], owners["report"]) == ("Ada", "Noa")
    assert owners["recording"] == organiser.person.name


def test_who_made_the_series_and_has_left_sees_to_nothing(session: Session, organiser: User) -> None:
    taking = make_person(name="Ola")
    session.series.roles.create(person=taking, role="organiser", since=NOW)
    assert leads_of(session.series) == [organiser.person]
    Membership.objects.filter(person=organiser.person).update(role="member")
    assert leads_of(Series.objects.get(pk=session.series_id)) == [taking]
    Membership.objects.filter(person=organiser.person).delete()
    assert leads_of(Series.objects.get(pk=session.series_id)) == [taking]
    User.objects.filter(pk=organiser.pk).update(is_superuser=True)
    assert leads_of(Series.objects.get(pk=session.series_id)) == [organiser.person]


def test_it_is_due_when_the_owners_office_closes_and_promised_for_the_same_day(session: Session) -> None:
    opening.open_due(now=ENDED)
    item = Item.objects.select_related("session").get(kind="recording")
    assert (item.due_at, str(item.day)) == (datetime(2026, 12, 10, 15, 0, tzinfo=UTC), "2026-12-10")
    for zone, hour in (("America/New_York", 22), ("Pacific/Auckland", 4), ("Africa/Johannesburg", 15)):
        checklist.assign(item=item, person=make_person(zone=zone), now=ENDED, actor_id=None)
        item.refresh_from_db()
        assert (item.due_at.hour, str(item.day), str(item.first_day)) == (hour, "2026-12-10", "2026-12-10")
        assert item.moves == 0
    assert str(checklist.promise(Session.objects.with_all().get())) == "2026-12-10"


def test_tasks_are_ticked_off_by_somebody_and_files_are_not(session: Session, organiser: User) -> None:
    opening.open_ahead(now=STARTS - timedelta(days=1))
    brief = Item.objects.select_related("session").get(kind="brief")
    checklist.tick_off(item=brief, now=STARTS, actor_id=organiser.pk)
    brief.refresh_from_db()
    assert (brief.state, brief.done_by, brief.done_at) == ("done", organiser, STARTS)
    checklist.reconcile(now=STARTS)
    assert listed()["Speaker's brief"] == "done", "no fact takes it back"
    checklist.reopen(item=brief, now=STARTS, actor_id=organiser.pk)
    brief.refresh_from_db()
    assert (brief.state, brief.done_by) == ("overdue", None)
    slides = Item.objects.select_related("session").get(kind="slides")
    with pytest.raises(UserError, match="ticks itself off"):
        checklist.tick_off(item=slides, now=STARTS, actor_id=organiser.pk)


def test_answers_are_done_when_no_question_is_open(session: Session) -> None:
    question = Question.objects.create(
        session=session, text="Why?", made_at=NOW, confirmed_at=NOW, standing="shown"
    )
    opening.open_due(now=ENDED)
    checklist.reconcile(now=ENDED)
    assert listed()["Answers to open questions"] == "waiting"
    Question.objects.filter(pk=question.pk).update(answered_at=ENDED)
    checklist.reconcile(now=ENDED)
    assert listed()["Answers to open questions"] == "done"
    Question.objects.filter(pk=question.pk).update(answered_at=None)
    checklist.reconcile(now=ENDED)
    assert listed()["Answers to open questions"] == "waiting"


def test_tasks_keep_no_session_out_of_the_archive(session: Session) -> None:
    opening.open_due(now=ENDED)
    for kind in ("slides", "recording"):
        make_material(session, kind)
    checklist.reconcile(now=ENDED)
    assert Item.objects.get(kind__startswith="own-", days=1).state == ItemState.WAITING
    assert Session.objects.get().state == "archived"


def test_many_are_opened_in_pieces(
    session: Session, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        make_session(session.series, wall=WALL + timedelta(minutes=number + 1), original_date=None)
    monkeypatch.setattr(opening, "SOME", 4)
    now = ENDED + timedelta(hours=1)
    turning.turn_due(now=now)
    with django_assert_max_num_queries(60):
        assert opening.open_due(now=now) == 6
    assert Checklist.objects.count() == 6
    assert Item.objects.count() == 6 * 4
