"""The checklist opens once, follows the facts, and its promise is kept or moved in public."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.followups import checklist, dating, opening
from seminars.followups.models import Checklist, Item
from seminars.people.models import Community, User
from seminars.people.visitors import NOBODY, Visitor
from seminars.sessions import materials, moving, turning
from seminars.sessions.models import Session
from tests.factories import make_community, make_material, make_member, make_series, make_session

pytestmark = pytest.mark.django_db
WALL = datetime(2026, 12, 8, 9, 0)  # 07:00 UTC
ENDED = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
OWED = {"slides": 0, "recording": 2, "captions": 7}


@pytest.fixture
def session(community: Community, organiser: User) -> Session:
    """An hour in Johannesburg whose series owes slides, a recording and captions."""
    series = make_series(community, made_by=organiser)
    for kind, days in OWED.items():
        series.owed.create(kind=kind, days=days)
    return make_session(series, wall=WALL)


def states() -> dict[str, str]:
    """Kind and state of every item."""
    return dict(Item.objects.values_list("kind", "state"))


def give(session: Session, kind: str, now: datetime) -> Any:
    """Publish a material through its verb; return its source."""
    source = uuid4()
    materials.publish(
        source=source, session=session, kind=kind, title={"en": kind}, path=f"/{kind}", now=now, size=9
    )
    return source


def test_it_opens_once_when_the_session_ends(session: Session, organiser: User) -> None:
    assert opening.open_due(now=ENDED - timedelta(seconds=1)) == 0
    assert (opening.open_due(now=ENDED), opening.open_due(now=ENDED)) == (1, 0)
    due = dict(Item.objects.values_list("kind", "due_at"))
    assert due == {
        "slides": session.starts_at,
        "recording": datetime(2026, 12, 10, 15, 0, tzinfo=UTC),
        "captions": datetime(2026, 12, 15, 15, 0, tzinfo=UTC),
    }
    assert {item.person for item in Item.objects.all()} == {organiser.person}
    assert states() == {"slides": "overdue", "recording": "waiting", "captions": "waiting"}
    session.refresh_from_db()
    assert session.state == "just-ended"


def test_what_is_there_already_is_done_at_once(session: Session) -> None:
    make_material(session, "slides")
    opening.open_due(now=ENDED)
    assert states()["slides"] == "done"


@pytest.mark.parametrize(
    "fields",
    [
        {"cancelled_at": ENDED},
        {"postponed_at": ENDED},
        {"withdrawn_at": ENDED},
        {"published_at": None},
        {"published_at": ENDED},
        {"precision": "week"},
    ],
)
def test_none_opens_for_what_did_not_take_place_or_was_over(session: Session, fields: dict[str, Any]) -> None:
    Session.objects.update(**fields)
    assert opening.open_due(now=ENDED + timedelta(days=9)) == 0


def test_none_opens_for_other_peoples_events_or_where_nothing_is_owed(session: Session) -> None:
    make_session(make_series(), wall=WALL)
    session.series.external = True
    session.series.save()
    assert opening.open_due(now=ENDED + timedelta(days=9)) == 0


def test_a_host_who_ends_early_opens_it_early(session: Session) -> None:
    moving.close(session=session, now=ENDED - timedelta(minutes=20), actor_id=None)
    assert opening.open_due(now=ENDED - timedelta(minutes=19)) == 1


def test_whole_days_are_due_after_their_last_day(community: Community, organiser: User) -> None:
    series = make_series(community, local_time=None, made_by=organiser)
    series.owed.create(kind="report", days=1)
    session = make_session(series, wall=datetime(2026, 12, 8), all_day=True, days=2)
    assert dating.due_at(session, 1) == datetime(2026, 12, 10, 15, 0, tzinfo=UTC)


def test_items_become_due_and_overdue_by_the_hour(session: Session) -> None:
    opening.open_due(now=ENDED)
    due = datetime(2026, 12, 10, 15, 0, tzinfo=UTC)
    told = []
    for at in (due - timedelta(days=1, seconds=1), due - timedelta(days=1), due, due + timedelta(days=1)):
        told.append((checklist.reconcile(now=at), states()["recording"]))
    assert told == [(0, "waiting"), (1, "due"), (1, "overdue"), (0, "overdue")]


def test_items_are_done_by_fact_and_owed_again_when_it_is_gone(session: Session) -> None:
    opening.open_due(now=ENDED)
    now = ENDED + timedelta(hours=1)
    give(session, "slides", now)
    source = give(session, "voice", now)
    assert checklist.reconcile(now=now) == 2
    assert states() == {"slides": "done", "recording": "done", "captions": "waiting"}
    assert Item.objects.get(kind="recording").done_at == now
    give(session, "transcript", now)
    checklist.reconcile(now=now)
    assert Session.objects.get().state == "archived"
    materials.withdraw(source=source, now=now)
    assert checklist.reconcile(now=now) == 1
    assert states()["recording"] == "waiting"
    assert Session.objects.get().state == "just-ended"


def test_a_waived_item_completes_the_archive(session: Session, organiser: User) -> None:
    opening.open_due(now=ENDED)
    give(session, "recording", ENDED)
    give(session, "slides", ENDED)
    checklist.reconcile(now=ENDED)
    captions = Item.objects.get(kind="captions")
    with pytest.raises(UserError, match="reason"):
        checklist.waive(item=captions, reason=" ", now=ENDED, actor_id=organiser.pk)
    checklist.waive(item=captions, reason="Nobody can type so fast", now=ENDED, actor_id=organiser.pk)
    session.refresh_from_db()
    assert (captions.state, session.state) == ("waived", "archived")
    checklist.reopen(item=captions, now=ENDED, actor_id=organiser.pk)
    session.refresh_from_db()
    assert (captions.state, captions.reason, session.state) == ("waiting", "", "partly-archived")


def test_a_done_item_cannot_be_waived(session: Session) -> None:
    make_material(session, "slides")
    opening.open_due(now=ENDED)
    slides = Item.objects.get(kind="slides")
    for verb in (checklist.waive, checklist.hold):
        with pytest.raises(UserError, match="done"):
            verb(item=slides, reason="x", now=ENDED, actor_id=None)


def test_a_held_item_waits_until_the_fact(session: Session) -> None:
    opening.open_due(now=ENDED)
    item = Item.objects.get(kind="recording")
    checklist.hold(item=item, reason="The provider is slow", now=ENDED, actor_id=None)
    later = ENDED + timedelta(days=9)
    checklist.reconcile(now=later)
    assert states()["recording"] == "held"
    give(session, "recording", later)
    checklist.reconcile(now=later)
    assert states()["recording"] == "done"


def test_two_who_decide_at_once_do_not_overwrite_each_other(session: Session) -> None:
    opening.open_due(now=ENDED)
    mine, theirs = Item.objects.get(kind="recording"), Item.objects.get(kind="recording")
    checklist.waive(item=theirs, reason="Theirs", now=ENDED, actor_id=None)
    with pytest.raises(UserError, match="Somebody else"):
        checklist.hold(item=mine, reason="Mine", now=ENDED, actor_id=None)
    assert Item.objects.get(kind="recording").reason == "Theirs"


def test_a_moved_promise_keeps_the_first(session: Session) -> None:
    opening.open_due(now=ENDED)
    item = Item.objects.get(kind="recording")
    revision = Session.objects.get().revision
    first, new = item.due_at, item.due_at + timedelta(days=3)
    with pytest.raises(UserError):
        checklist.move_promise(item=item, due_at=ENDED, now=ENDED, actor_id=None)
    checklist.move_promise(item=item, due_at=new, now=ENDED, actor_id=None)
    item.refresh_from_db()
    assert (item.due_at, item.first_due_at, item.moves, item.state) == (new, first, 1, "waiting")
    session = Session.objects.with_all().get()
    assert session.revision == revision + 1
    assert checklist.promise(session) == date(2026, 12, 13)


def test_the_promise_is_the_same_before_and_after_opening(session: Session) -> None:
    before = checklist.promise(Session.objects.with_all().get())
    opening.open_due(now=ENDED)
    assert before == checklist.promise(Session.objects.with_all().get()) == date(2026, 12, 10)
    give(session, "recording", ENDED)
    checklist.reconcile(now=ENDED)
    assert checklist.promise(Session.objects.with_all().get()) is None


def test_the_promise_ends_with_the_recording_and_not_with_the_next_sweep(session: Session) -> None:
    """An entry that is rendered between the two is not rendered again for the sweep's tick."""
    opening.open_due(now=ENDED)
    source = give(session, "recording", ENDED)
    assert checklist.promise(Session.objects.with_all().get()) is None
    checklist.reconcile(now=ENDED)
    materials.withdraw(source=source, now=ENDED)
    assert checklist.promise(Session.objects.with_all().get()) == date(2026, 12, 10)


def test_calendars_are_told_of_a_promise_that_is_taken_back(session: Session) -> None:
    """Also where the session's state stays: slides are out, captions are still owed."""
    give(session, "slides", ENDED)
    turning.turn_due(now=ENDED + timedelta(days=1))
    opening.open_due(now=ENDED + timedelta(days=1))
    item = Item.objects.get(kind="recording")
    before = Session.objects.get()
    checklist.waive(item=item, reason="The camera failed", now=ENDED, actor_id=None)
    after = Session.objects.get()
    assert (before.state, after.state) == ("partly-archived", "partly-archived")
    assert (after.sequence, after.revision) == (before.sequence + 1, before.revision + 1)
    assert after.changed_at > before.changed_at
    checklist.hold(item=Item.objects.get(kind="captions"), reason="Later", now=ENDED, actor_id=None)
    assert Session.objects.get().revision == after.revision
    checklist.reopen(item=item, now=ENDED, actor_id=None)
    assert Session.objects.get().sequence == after.sequence + 1


def test_nobody_is_asked_for_files_of_a_withdrawn_session(session: Session) -> None:
    opening.open_due(now=ENDED)
    assert Item.objects.open().count() == 3
    moving.withdraw(session=Session.objects.get(), reason="Safety", now=ENDED, actor_id=None)
    assert not Item.objects.open().exists()


def test_what_is_reported_only_owes_no_recording(session: Session) -> None:
    opening.open_due(now=ENDED)
    moving.edit(session=Session.objects.get(), report_only=True, now=ENDED, actor_id=None)
    checklist.reconcile(now=ENDED)
    assert states() == {"slides": "overdue", "recording": "waived", "captions": "waived"}
    assert "Not recorded" in Item.objects.get(kind="recording").reason
    assert checklist.promise(Session.objects.with_all().get()) is None
    assert checklist.reconcile(now=ENDED) == 0


def test_turning_and_opening_in_either_order_raise_the_sequence_once(session: Session) -> None:
    turning.turn_due(now=ENDED)
    opening.open_due(now=ENDED)
    assert (Session.objects.get().sequence, Checklist.objects.count()) == (1, 1)
    assert Change.objects.filter(kind="checklist").count() == 1


def test_strangers_see_no_items(session: Session, organiser: User, member: User, stranger: User) -> None:
    opening.open_due(now=ENDED)
    assert member.person.memberships.filter(community=session.series.community, role="member").exists()
    elsewhere = make_member(make_community(), role="organiser").person
    assert elsewhere.user
    assert not Item.objects.visible_to(Visitor(elsewhere.user.pk)).exists()
    assert Item.objects.visible_to(Visitor(organiser.pk)).count() == 3
    for visitor in (NOBODY, Visitor(member.pk), Visitor(stranger.pk)):
        assert not Item.objects.visible_to(visitor).exists()


def test_the_promises_of_a_list_take_a_constant_number_of_queries(
    session: Session, django_assert_num_queries: Any
) -> None:
    for _ in range(4):
        make_session(session.series)
    with django_assert_num_queries(5):
        for each in Session.objects.with_all():
            checklist.promise(each)
