"""Changes of a series reach its sessions, but not over what was changed by hand."""

from datetime import datetime
from typing import Any

import pytest

from seminars.changes.refusing import UserError
from seminars.sessions.models import Session
from seminars.sessions.rewording import SeriesStale, edit_community, edit_series
from tests.factories import make_series, make_session

pytestmark = pytest.mark.django_db


def test_sessions_to_come_follow_unless_changed_by_hand(now: datetime) -> None:
    series = make_series(room="Hall A")
    past = make_session(series, wall=datetime(2026, 11, 1, 9, 0), room="Hall A")
    coming = make_session(series, wall=datetime(2026, 12, 1, 9, 0), room="Hall A")
    by_hand = make_session(series, wall=datetime(2027, 1, 1, 9, 0), room="Hall B")
    edit_series(series=series, room="Hall C", now=now, actor_id=None)
    rooms = dict(Session.objects.values_list("pk", "room"))
    assert rooms == {past.pk: "Hall A", coming.pk: "Hall C", by_hand.pk: "Hall B"}
    assert dict(Session.objects.values_list("pk", "revision")) == {past.pk: 1, coming.pk: 2, by_hand.pk: 1}
    series.refresh_from_db()
    assert (series.room, series.revision) == ("Hall C", 2)


def test_a_new_title_reaches_every_session_that_shows_it(now: datetime) -> None:
    series = make_series()
    shows = make_session(series, wall=datetime(2026, 11, 1, 9, 0), title={})
    own = make_session(series)
    edit_series(series=series, title="Better", now=now, actor_id=None)
    shows.refresh_from_db()
    own.refresh_from_db()
    assert shows.heading == {"en": "Better"}
    # A title of its own is shown instead, but the entry still names the series as its category.
    assert (shows.sequence, own.sequence) == (1, 1)


def test_a_withdrawn_session_follows_nowhere_but_behind_the_same_door(now: datetime) -> None:
    """Its tombstone, which names the series and the reason, is no longer for strangers either."""
    series = make_series(room="Hall A")
    gone = make_session(series, room="Hall A", withdrawn_at=now, state="withdrawn", reason="Safety")
    edit_series(series=series, audience="members", room="Hall B", now=now, actor_id=None)
    gone.refresh_from_db()
    assert (gone.audience, gone.room, gone.state) == ("members", "Hall A", "withdrawn")


@pytest.mark.parametrize(
    ("columns", "sequence"), [({"accent": "#aa0000"}, 1), ({"contact": "a@example.org"}, 0)]
)
def test_what_calendars_say_of_a_community_raises_its_sessions(
    columns: dict[str, Any], sequence: int, now: datetime
) -> None:
    session, other = make_session(), make_session()
    edit_community(community=session.series.community, now=now, actor_id=None, **columns)
    assert Session.objects.get(pk=session.pk).sequence == sequence
    assert Session.objects.get(pk=other.pk).sequence == 0


def test_a_narrower_audience_reaches_the_past(now: datetime) -> None:
    series = make_series()
    past = make_session(series, wall=datetime(2026, 11, 1, 9, 0))
    named = make_session(series, audience="named")
    edit_series(series=series, audience="members", now=now, actor_id=None)
    past.refresh_from_db()
    named.refresh_from_db()
    assert (past.audience, named.audience) == ("members", "named")


def test_a_form_left_open_over_another_change_gets_what_is_there_now(now: datetime) -> None:
    series = make_series()
    edit_series(series=series, room="Theirs", now=now, actor_id=None, seen=1)
    with pytest.raises(SeriesStale) as stale:
        edit_series(series=series, room="Mine", now=now, actor_id=None, seen=1)
    assert stale.value.current.room == "Theirs"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"title": ""}, "title"), ({"join_url": "x"}, "join_url"), ({"room": "x" * 301}, "room")],
)
def test_wrong_fields_change_nothing(fields: dict[str, Any], wrong: str, now: datetime) -> None:
    series = make_series()
    make_session(series)
    with pytest.raises(UserError) as refused:
        edit_series(series=series, now=now, actor_id=None, **fields)
    assert list(refused.value.fields) == [wrong]
    assert (series.revision, Session.objects.get().revision) == (1, 1)
