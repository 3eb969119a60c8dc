"""Two at once, each on a connection of its own: one wins, and nothing is there twice."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from seminars.changes.models import Change
from seminars.followups import checklist, opening
from seminars.followups.models import Checklist, Item
from seminars.series.models import Series
from seminars.sessions import drafting, materials, moving, planning, turning
from seminars.sessions.models import Session
from seminars.sessions.revising import Stale
from seminars.sessions.speakers import set_speakers
from tests.factories import NOW, make_community, make_person, make_series, make_session

pytestmark = pytest.mark.django_db(transaction=True)
ENDED = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)


def together(*verbs: Callable[[], Any]) -> list[Any]:
    """Call the verbs at the same moment in threads; return what each gave or raised."""
    start = threading.Barrier(len(verbs))
    given: list[Any] = []

    def run(verb: Callable[[], Any]) -> None:
        try:
            start.wait(60)
            given.append(verb())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            given.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return given


def draft(**given: Any) -> Series:
    """A weekly series of five."""
    return drafting.draft_series(
        community=given.pop("community", None) or make_community(),
        title="Webinar",
        zone="Africa/Johannesburg",
        first_date=date(2026, 12, 1),
        local_time=time(9),
        rrule="FREQ=WEEKLY;COUNT=5",
        now=NOW,
        actor_id=None,
        **given,
    )


def test_two_fillers_make_each_session_once() -> None:
    series = draft()
    copies = [Series.objects.get(pk=series.pk) for _ in range(3)]
    made = together(*[lambda copy=copy: len(planning.fill(series=copy, now=NOW)) for copy in copies])
    assert sorted(made) == [0, 0, 5]
    assert sorted(Session.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert Series.objects.get().next_number == 6


def test_two_publishers_tell_it_once() -> None:
    series = draft()
    copies = [Series.objects.get(pk=series.pk) for _ in range(2)]
    together(*[lambda copy=copy: planning.publish(series=copy, now=NOW, actor_id=None) for copy in copies])
    assert Session.objects.published().count() == 5
    assert Change.objects.filter(kind="published").count() == 6


def test_a_double_click_makes_one_series() -> None:
    community = make_community()
    made = together(*[lambda: draft(community=community, form_key="once").pk for _ in range(3)])
    assert len(set(made)) == 1
    assert Series.objects.count() == 1


def test_one_title_at_once_gives_two_short_names() -> None:
    community = make_community()
    made = together(*[lambda: draft(community=community).slug for _ in range(2)])
    assert sorted(made) == ["webinar", "webinar-2"]


def test_one_more_session_from_each_of_two() -> None:
    series = make_series()

    def add(day: int) -> Session:
        mine = Series.objects.select_related("community").get()
        wall = datetime(2027, 1, day, 9, 0)
        return moving.add_session(series=mine, wall=wall, title=f"Day {day}", now=NOW, actor_id=None)

    together(lambda: add(5), lambda: add(6))
    assert sorted(series.sessions.values_list("number", flat=True)) == [1, 2]


def test_two_changes_of_one_session_are_not_mixed() -> None:
    session = make_session()
    copies = [Session.objects.select_related("series").get(pk=session.pk) for _ in range(2)]
    given = together(
        lambda: moving.edit(session=copies[0], title="Mine", now=NOW, actor_id=None, seen=1),
        lambda: moving.cancel(session=copies[1], reason="Ill", now=NOW, actor_id=None, seen=1),
    )
    assert sum(isinstance(each, Stale) for each in given) == 1
    assert Session.objects.get().revision == 2


def test_two_sweeps_open_one_checklist_and_turn_once() -> None:
    series = make_series()
    for kind in ("slides", "recording"):
        series.owed.create(kind=kind, days=2)
    make_session(series, wall=datetime(2026, 12, 8, 9, 0))
    opened = together(*[lambda: opening.open_due(now=ENDED) for _ in range(2)])
    assert sorted(opened) == [0, 1]
    turned = together(*[lambda: turning.turn_due(now=ENDED) for _ in range(2)])
    assert turned == [0, 0]
    assert (Checklist.objects.count(), Item.objects.count()) == (1, 2)
    assert Session.objects.get().sequence == 1


def test_two_files_that_arrive_together_both_count() -> None:
    session = make_session()

    def give(kind: str) -> None:
        mine = Session.objects.get()
        materials.publish(
            source=uuid4(), session=mine, kind=kind, title={"en": kind}, path=f"/{kind}", now=NOW
        )

    given = together(lambda: give("slides"), lambda: give("recording"))
    assert given == [None, None]
    assert session.materials.count() == 2
    assert Session.objects.get().revision == 3


def test_two_lists_of_speakers_are_not_mixed() -> None:
    """Both name Ada: the second is told that it is late, and not that she is there twice."""
    session, ada = make_session(), make_person(name="Ada")
    copies = [Session.objects.select_related("series").get(pk=session.pk) for _ in range(2)]
    given = together(
        *[
            lambda copy=copy, words=words: set_speakers(
                session=copy, speakers=[(ada, "speaker", words)], now=NOW, actor_id=None, seen=1
            )
            for copy, words in zip(copies, ("first", "second"), strict=True)
        ]
    )
    assert sorted(type(each).__name__ for each in given) == ["Session", "Stale"]
    assert session.speakers.count() == 1


def test_a_decision_about_an_item_and_an_edit_both_count() -> None:
    """What a session still owes is part of its state: the one that comes second must see the other."""
    series = make_series()
    series.owed.create(kind="recording", days=2)
    session = make_session(series, wall=datetime(2026, 12, 8, 9, 0))
    opening.open_due(now=ENDED)
    item = Item.objects.select_related("session__series").get()
    copy = Session.objects.select_related("series").get(pk=session.pk)
    together(
        lambda: checklist.waive(item=item, reason="No camera", now=ENDED, actor_id=None),
        lambda: moving.edit(session=copy, room="Hall B", now=ENDED, actor_id=None),
    )
    assert Session.objects.get().state == "ended"
