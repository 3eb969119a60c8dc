"""Many sessions at once: what the plan says, that it is applied whole, taken back whole, and how much it asks."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.changes.models import Change, Version
from seminars.changes.refusing import UserError
from seminars.people.models import Community, User
from seminars.series.models import Audience, Series
from seminars.series.topics.models import Topic
from seminars.sessions import moving
from seminars.sessions.bulk.applying import BulkStale, apply_bulk
from seminars.sessions.bulk.asking import Asked, Bulk, Deed, Left
from seminars.sessions.bulk.clashing import Same
from seminars.sessions.bulk.planning import plan_sessions
from seminars.sessions.edits import Fate
from seminars.sessions.models import Echo, Precision, Session, Speaker
from seminars.sessions.undoing import undo, undoable
from tests.factories import NOW, make_community, make_person, make_series, make_session

LATER = NOW + timedelta(minutes=3)


@pytest.fixture
def series(community: Community) -> Series:
    """A published weekly series."""
    return make_series(community, slug="weekly", rrule="FREQ=WEEKLY", title={"en": "Weekly"})


@pytest.fixture
def four(series: Series) -> list[Session]:
    """Four Tuesdays from 1 December 2026, 15:00."""
    first = datetime(2026, 12, 1, 15, 0)
    return [make_session(series, wall=first + timedelta(days=7 * number)) for number in range(4)]


def plan(series: Series, follow: tuple[int, ...] = (), **asked: Any) -> Bulk:
    return plan_sessions(series=series, asked=Asked(**asked), follow=follow, now=NOW)


def apply(series: Series, *, now: datetime = NOW, seal: str = "", **asked: Any) -> Bulk:
    return apply_bulk(series=series, asked=Asked(**asked), seal=seal, now=now, actor_id=None)


def ticked(sessions: list[Session], deed: Deed = Deed.EDIT, **asked: Any) -> dict[str, Any]:
    return {"ticked": frozenset(each.pk for each in sessions), "deed": deed, **asked}


def again(sessions: list[Session]) -> list[Session]:
    return list(Session.objects.filter(pk__in=[each.pk for each in sessions]).order_by("number"))


def test_moving_by_days_keeps_the_hour_across_a_change_of_clocks(community: Community) -> None:
    series = make_series(community, zone="Europe/Stockholm")
    session = make_session(series, wall=datetime(2027, 3, 27, 15, 0))  # clocks change on the 28th
    bulk = apply(series, **ticked([session], shift=2))
    assert [row.fate for row in bulk.plan.rows] == [Fate.MOVED]
    session.refresh_from_db()
    assert (session.local_date, session.local_time) == (date(2027, 3, 29), time(15, 0))
    assert session.starts_at == datetime.fromisoformat("2027-03-29T13:00+00:00")


def test_only_the_ticked_ones_move_and_each_rises_once(series: Series, four: list[Session]) -> None:
    apply(series, **ticked(four[:2], shift=7, reason="Holidays"))
    after = again(four)
    assert [each.local_date.day for each in after if each.local_date] == [8, 15, 15, 22]
    assert [each.sequence for each in after] == [1, 1, 0, 0]
    assert [each.revision for each in after] == [2, 2, 1, 1]
    assert after[0].moved_from == {
        "date": "2026-12-01",
        "time": "15:00",
        "fold": 0,
        "zone": "Africa/Johannesburg",
    }
    kinds = list(Change.objects.order_by("id").values_list("kind", "note"))
    assert kinds == [("bulk", "Holidays"), ("followed", "Holidays"), ("followed", "Holidays")]


def test_what_was_done_by_hand_stays_unless_it_follows(series: Series, four: list[Session]) -> None:
    moving.edit(session=four[0], room="Room 7", now=NOW, actor_id=None)
    asked = ticked(four, fields={"room": "Room 9", "place_id": None})
    bulk = plan(series, **asked)
    assert [row.conflicts[0].name for row in bulk.plan.conflicts] == ["room"]
    assert [row.fate for row in bulk.plan.rows] == [Fate.KEPT, Fate.EDITED, Fate.EDITED, Fate.EDITED]
    follows = plan(series, follow=(four[0].pk,), **asked)
    assert follows.plan.rows[0].updates == {"room": "Room 9"}


def test_what_is_typed_for_one_is_meant(series: Series, four: list[Session]) -> None:
    moving.edit(session=four[0], room="Room 7", now=NOW, actor_id=None)
    typed = {four[0].pk: {"room": "Room 9", "title": {"en": "Seeds"}, "local_time": time(17, 30)}}
    bulk = apply(series, typed=typed)
    assert not bulk.plan.conflicts
    session = again(four)[0]
    assert (session.room, session.title, session.local_time) == ("Room 9", {"en": "Seeds"}, time(17, 30))
    assert session.starts_at == datetime.fromisoformat("2026-12-01T15:30+00:00")


def test_an_hour_that_clocks_skip_or_show_twice_is_decided_and_told(community: Community) -> None:
    series = make_series(community, zone="Europe/Stockholm", local_time=time(2, 30))
    skipped = make_session(series, wall=datetime(2027, 3, 21, 2, 30))
    bulk = plan(series, **ticked([skipped], shift=7))
    assert bulk.plan.rows[0].bounds
    assert bulk.plan.rows[0].bounds[0] == datetime.fromisoformat("2027-03-28T01:30+00:00")  # shown as 03:30


def test_cancelling_needs_a_reason_and_is_by_a_person(series: Series, four: list[Session]) -> None:
    with pytest.raises(UserError) as refused:
        plan(series, **ticked(four[1:3], Deed.CANCEL))
    assert list(refused.value.fields) == ["reason"]
    apply(series, **ticked(four[1:3], Deed.CANCEL, reason="The hall is closed."))
    after = again(four)
    assert [each.reason for each in after] == ["", "The hall is closed.", "The hall is closed.", ""]
    assert [each.state for each in after][1] == "cancelled"
    assert Change.objects.filter(kind="cancelled").count() == 2


def test_what_cannot_follow_stays_and_is_named(series: Series, four: list[Session]) -> None:
    past = make_session(series, wall=datetime(2026, 11, 3, 15, 0))
    moving.cancel(session=four[0], reason="Ill", now=NOW, actor_id=None)
    moving.postpone(session=four[1], reason="Ill", now=NOW, actor_id=None)
    whole = make_session(series, wall=datetime(2027, 1, 12), all_day=True)
    week = make_session(series, wall=datetime(2027, 1, 18), all_day=True, days=7, precision=Precision.WEEK)
    fields = {"local_time": time(9, 0)}
    bulk = plan(series, **ticked([past, *four, whole, week], fields=fields))
    assert bulk.left == {
        past.pk: Left.BEGUN,
        four[0].pk: Left.CANCELLED,
        four[1].pk: Left.POSTPONED,
        whole.pk: Left.WHOLE_DAYS,
        week.pk: Left.UNFIXED,
    }
    assert [row.standing.pk for row in bulk.changing] == [four[2].pk, four[3].pk]


def test_nothing_moves_into_the_past(series: Series, four: list[Session]) -> None:
    with pytest.raises(UserError) as refused:
        plan(series, **ticked(four, shift=-30))
    assert "Session 1" in refused.value.fields["shift"]


def test_drafts_are_published_and_discarded(series: Series, four: list[Session]) -> None:
    drafts = [make_session(series, wall=datetime(2027, 2, day, 15, 0), published=False) for day in (2, 9)]
    bulk = plan(series, **ticked([four[0], *drafts], Deed.PUBLISH))
    assert bulk.left == {four[0].pk: Left.OUT}
    apply(series, **ticked(drafts[:1], Deed.PUBLISH))
    assert again(drafts[:1])[0].published_at == NOW
    apply(series, **ticked(drafts[1:], Deed.DISCARD))
    assert again(drafts[1:]) == []
    series.published_at = None
    series.save()
    with pytest.raises(UserError, match="Publish the series"):
        plan(series, **ticked(drafts[:1], Deed.PUBLISH))


def test_undo_takes_all_of_it_back(series: Series, four: list[Session], organiser: User) -> None:
    draft = make_session(series, wall=datetime(2027, 2, 2, 15, 0), published=False, title={"en": "Kept"})
    before = again(four)
    Session.objects.filter(pk=four[3].pk).update(room="Attic")
    apply(
        series,
        now=LATER,
        typed={four[3].pk: {"title": {"en": "Typed"}}},
        **ticked([*four[:2], draft], Deed.EDIT, shift=7, fields={"minutes": 90}),
    )
    change = undoable(series=series, now=LATER + timedelta(minutes=5))
    assert change
    assert change.kind == "bulk"
    assert undoable(series=series, session=four[0], now=LATER) == change
    undo(series=series, change=change, now=LATER + timedelta(minutes=5), actor_id=organiser.pk)
    for old, new in zip(before, again(four), strict=True):
        names = ("local_date", "local_time", "minutes", "title", "starts_at", "ends_at", "moved_from")
        assert [getattr(new, name) for name in names] == [getattr(old, name) for name in names]
    assert [each.sequence for each in again(four)] == [2, 2, 0, 2]


def test_undo_brings_cancelled_ones_and_drafts_back(series: Series, four: list[Session]) -> None:
    draft = make_session(series, wall=datetime(2027, 2, 2, 15, 0), published=False, title={"en": "Kept"})
    apply(series, now=LATER, **ticked(four, Deed.CANCEL, reason="Closed"))
    change = undoable(series=series, session=four[2], now=LATER)
    assert change
    undo(series=series, change=change, now=LATER, actor_id=None)
    assert {each.cancelled_at for each in again(four)} == {None}
    after = LATER + timedelta(minutes=1)
    apply(series, now=after, **ticked([draft], Deed.DISCARD))
    gone = undoable(series=series, now=after)
    assert gone
    undo(series=series, change=gone, now=after, actor_id=None)
    assert Session.objects.get(uid=draft.uid).title == {"en": "Kept"}


def test_one_that_was_cancelled_alone_is_still_undone_alone(series: Series, four: list[Session]) -> None:
    moving.cancel(session=four[0], reason="Ill", now=LATER, actor_id=None)
    change = undoable(series=series, session=four[0], now=LATER)
    assert change
    assert change.kind == "cancelled"
    undo(series=series, change=change, now=LATER, actor_id=None)
    assert again(four)[0].cancelled_at is None


def test_somebody_elses_change_is_seen_and_nothing_is_half_done(series: Series, four: list[Session]) -> None:
    asked = ticked(four, fields={"minutes": 45}, seen={each.pk: 1 for each in four})
    seal = plan(series, **asked).plan.seal
    moving.edit(session=four[2], title="Theirs", now=NOW, actor_id=None)
    with pytest.raises(BulkStale) as stale:
        apply(series, seal=seal, **asked)
    assert stale.value.bulk.stale == (four[2].pk,)
    assert {each.minutes for each in again(four)} == {60}
    apply(series, seal=stale.value.bulk.plan.seal, **asked)
    assert {each.minutes for each in again(four)} == {45}
    assert again(four)[2].title == {"en": "Theirs"}


def test_clashes_name_what_is_ours_to_name(series: Series, four: list[Session], community: Community) -> None:
    person = make_person()
    Speaker.objects.create(session=four[0], person=person)
    ours = make_session(
        make_series(community), wall=datetime(2026, 12, 2, 15, 30), title={"en": "Ours"}, join_url=""
    )
    theirs = make_session(make_series(make_community()), wall=datetime(2026, 12, 2, 14, 30), join_url="")
    Speaker.objects.create(session=theirs, person=person)
    make_session(
        make_series(make_community()), wall=datetime(2026, 12, 2, 15, 0), join_url=""
    )  # nothing in common
    bulk = plan(series, **ticked(four[:1], shift=1))
    found = {(each.same, each.title and each.title.get("en")) for each in bulk.clashes[four[0].pk]}
    assert found == {(Same.AUDIENCE, "Ours"), (Same.SPEAKER, None)}
    Session.objects.filter(pk=ours.pk).update(room="room 5")
    bulk = plan(series, **ticked(four[:1], shift=1, fields={"room": "Room 5", "place_id": None}))
    assert Same.ROOM in {each.same for each in bulk.clashes[four[0].pk]}


def test_two_of_the_same_series_clash_after_the_move(series: Series, four: list[Session]) -> None:
    assert plan(series, **ticked(four[:1], shift=7)).clashes[four[0].pk][0].title == four[1].title
    assert plan(series, **ticked(four, shift=7)).clashes == {}


def test_parts_and_twins_follow_their_event(series: Series) -> None:
    event = make_session(series, wall=datetime(2026, 12, 1), all_day=True, days=2, title={"en": "Meeting"})
    part = make_session(series, wall=datetime(2026, 12, 2, 9, 0), within=event)
    twin = make_session(series, wall=datetime(2026, 12, 2, 20, 0), lead=part, echo=Echo.TWIN)
    apply(series, **ticked([event], shift=7))
    days = [each.local_date for each in again([event, part, twin])]
    assert days == [date(2026, 12, 8), date(2026, 12, 9), date(2026, 12, 9)]
    apply(series, **ticked([event, part, twin], shift=7))  # nobody moves twice
    assert again([part])[0].local_date == date(2026, 12, 16)
    with pytest.raises(UserError, match="within the event"):
        plan(series, **ticked([part], shift=7))  # outside its event
    apply(series, **ticked([event], Deed.CANCEL, reason="Closed"))
    assert all(each.cancelled_at for each in again([event, part, twin]))


def test_topics_are_given_and_taken_and_come_back(series: Series, four: list[Session]) -> None:
    seeds, credit = (
        Topic.objects.create(slug=slug, name={"en": slug.title()}, made_at=NOW)
        for slug in ("seeds", "credit")
    )
    four[0].topics.set([credit])
    asked = {"with_topics": frozenset({seeds.pk}), "without_topics": frozenset({credit.pk})}
    bulk = apply(series, now=LATER, **ticked(four[:2], **asked))
    assert [row.updates for row in bulk.changing] == [{"topics": [seeds.pk]}] * 2
    assert [[topic.slug for topic in each.topics.all()] for each in again(four)] == [
        ["seeds"],
        ["seeds"],
        [],
        [],
    ]
    assert [each.sequence for each in again(four)] == [1, 1, 0, 0]
    assert (
        Version.objects.get(scope=f"topic:{credit.pk}").number == 1
    )  # the feed that it left is told as well
    assert not apply(series, now=LATER, **ticked(four[:2], **asked)).changing
    change = undoable(series=series, now=LATER)
    assert change
    undo(series=series, change=change, now=LATER, actor_id=None)
    assert [[topic.slug for topic in each.topics.all()] for each in again(four)] == [["credit"], [], [], []]
    assert Version.objects.get(scope=f"topic:{seeds.pk}").number == 2


def test_bad_asks_are_refused(community: Community) -> None:
    series = make_series(community, audience=Audience.MEMBERS)
    session = make_session(series)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("audience", ticked([session], fields={"audience": "everyone"})),
        ("do", ticked([session])),
        ("deed", ticked([], shift=1)),
        ("shift", ticked([session], shift=99999)),
        ("join_url", ticked([session], fields={"join_url": "javascript:alert(1)"})),
        ("minutes", ticked([session], fields={"minutes": 0})),
        (f"s{session.pk}-title", {"typed": {session.pk: {"title": {"en": "x" * 201}}}}),
    ]
    for name, asked in wrong:
        with pytest.raises(UserError) as refused:
            plan(series, **asked)
        assert list(refused.value.fields) == [name]
    with pytest.raises(TypeError):
        plan(series, typed={session.pk: {"slug": "x"}})


def test_planning_500_asks_few_questions_and_applying_grows_by_batches(community: Community) -> None:
    series = make_series(community, slug="long")
    first = make_session(series, wall=datetime(2026, 12, 1, 15, 0))
    assert first.starts_at
    rows = []
    for number in range(2, 501):
        day = first.starts_at + timedelta(days=number)
        row = Session(
            **{
                field.attname: getattr(first, field.attname)
                for field in Session._meta.concrete_fields
                if field.attname not in ("id", "uid")
            }
        )
        row.number, row.slug = number, f"long-{number}"
        row.local_date = row.original_date = day.date()
        row.starts_at, row.ends_at = day, day + timedelta(hours=1)
        rows.append(row)
    Session.objects.bulk_create(rows)
    asked = Asked(ticked=frozenset(Session.objects.values_list("pk", flat=True)), deed=Deed.EDIT, shift=1)
    with CaptureQueriesContext(connection) as looked:
        bulk = plan_sessions(series=series, asked=asked, now=NOW)
    assert len(bulk.changing) == 500
    assert len(looked) <= 10
    with CaptureQueriesContext(connection) as stored:
        apply_bulk(series=series, asked=asked, seal=bulk.plan.seal, now=NOW, actor_id=None)
    print(f"500 sessions: {len(looked)} queries to plan, {len(stored)} to apply.")
    assert len(stored) <= 60
