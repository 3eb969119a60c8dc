"""Two sessions change places; a series once more for next year."""

from datetime import UTC, date, datetime, time

import pytest

from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions import expanding, moving, planning
from seminars.sessions.duplicating import duplicate
from seminars.sessions.models import Session
from seminars.sessions.revising import Stale
from seminars.sessions.swapping import swap
from tests.factories import NOW, make_series, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(community: Community) -> Series:
    """Four quarters, 09:00 in Johannesburg."""
    series = make_series(
        community,
        slug="rme",
        local_time=time(9, 0),
        first_date=date(2026, 12, 8),
        rrule="FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU;COUNT=4",
        exdates=["2027-03-09"],
    )
    planning.fill(series=series, now=NOW)
    return series


def one(series: Series, number: int) -> Session:
    return Session.objects.select_related("series").get(series=series, number=number)


def test_the_topics_change_places_and_keep_what_is_theirs(series: Series) -> None:
    moving.edit(session=one(series, 1), title="Savings", now=NOW, actor_id=None)
    uids = [one(series, n).uid for n in (1, 2)]
    swap(session=one(series, 1), other=one(series, 2), now=NOW, actor_id=None)
    first, second = one(series, 1), one(series, 2)
    assert [str(each.local_date) for each in (first, second)] == ["2027-06-08", "2026-12-08"]
    assert [str(each.original_date) for each in (first, second)] == ["2027-06-08", "2026-12-08"]
    assert (first.title, [first.uid, second.uid]) == ({"en": "Savings"}, uids)
    assert (first.sequence, second.sequence, first.state) == (2, 1, "rescheduled")
    assert first.moved_from == {
        "date": "2026-12-08",
        "time": "09:00",
        "fold": 0,
        "zone": "Africa/Johannesburg",
    }
    assert planning.fill(series=series, now=NOW) == []


def test_twice_is_as_before(series: Series) -> None:
    for _twice in range(2):
        swap(session=one(series, 1), other=one(series, 2), now=NOW, actor_id=None)
    assert (str(one(series, 1).local_date), one(series, 1).moved_from) == ("2026-12-08", None)


def test_only_what_is_still_to_come_and_takes_place(series: Series) -> None:
    moving.cancel(session=one(series, 3), reason="Ill", now=NOW, actor_id=None)
    elsewhere = make_session()
    undated = moving.add_session(series=series, wall=None, title="Later", now=NOW, actor_id=None)
    for other in (one(series, 3), one(series, 1), elsewhere, undated):
        with pytest.raises(UserError) as refused:
            swap(session=one(series, 1), other=other, now=NOW, actor_id=None)
        assert list(refused.value.fields) == ["other"]
    begun = datetime(2026, 12, 8, 7, 30, tzinfo=UTC)
    with pytest.raises(UserError, match="still to come"):
        swap(session=one(series, 1), other=one(series, 2), now=begun, actor_id=None)


def test_a_page_left_open(series: Series) -> None:
    moving.edit(session=one(series, 1), room="1.205", now=NOW, actor_id=None)
    with pytest.raises(Stale):
        swap(session=one(series, 1), other=one(series, 2), seen=1, now=NOW, actor_id=None)
    assert str(one(series, 1).local_date) == "2026-12-08"


def test_the_same_for_next_year(series: Series) -> None:
    series.owed.create(kind="slides", days=0)
    copy = duplicate(series=series, form_key="k", now=NOW, actor_id=None)
    assert duplicate(series=series, form_key="k", now=NOW, actor_id=None) == copy
    assert (copy.published_at, copy.title, copy.join_url, copy.exdates) == (
        None,
        series.title,
        series.join_url,
        [],
    )
    assert {each.kind: each.days for each in copy.owed.all()} == {"slides": 0}
    found = [str(each.local_date) for each in expanding.occurrences_of(copy)]
    assert found == ["2027-12-14", "2028-03-14", "2028-06-13", "2028-09-12"]


def test_listed_dates_keep_their_weekdays(community: Community) -> None:
    series = make_series(community, rrule="", first_date=date(2026, 9, 8), rdates=["2026-09-15"])
    copy = duplicate(series=series, now=NOW, actor_id=None)
    assert [f"{each.local_date:%a %Y-%m-%d}" for each in expanding.occurrences_of(copy)] == [
        "Tue 2027-09-07",
        "Tue 2027-09-14",
    ]


def test_a_last_date_moves_along(community: Community) -> None:
    series = make_series(community, rrule="FREQ=WEEKLY;UNTIL=20270228", first_date=date(2027, 1, 12))
    copy = duplicate(series=series, now=datetime(2027, 3, 1, tzinfo=UTC), actor_id=None)
    assert (str(copy.first_date), copy.rrule) == ("2028-01-12", "FREQ=WEEKLY;UNTIL=20280228")
