"""The public is told nothing of fewer than three, nor what would tell it by subtraction."""

from datetime import datetime

import pytest

from seminars.people.models import Community
from seminars.results.models import Use, UseKind
from seminars.results.public import Told, guarded, opened_since, told_of, told_of_series
from seminars.series.models import Series
from seminars.sessions.attendance.counting import counts_of
from seminars.sessions.attendance.models import Headcount, Intake
from seminars.sessions.models import Session
from seminars.sessions.sites.models import ListeningSite
from seminars.web.results import since
from tests.factories import NOW, make_series, make_session
from tests.seminars.results.cast import come

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(community: Community) -> Series:
    return make_series(community)


def held(series: Series, day: int, came: int, **fields: object) -> Session:
    session = make_session(series, wall=datetime(2026, 9, day, 15, 0), **fields)  # type: ignore[arg-type]
    come(session, came)
    return session


def told(series: Series) -> Told:
    return told_of_series(series.sessions.published(), now=NOW)


@pytest.mark.parametrize(("came", "said"), [(0, 0), (1, 0), (2, 0), (3, 3), (61, 61)])
def test_a_session_is_told_from_three_on(series: Series, came: int, said: int) -> None:
    session = held(series, 1, came)
    assert told_of([session]).people == said


def test_countries_are_counted_among_those_who_came(series: Series) -> None:
    session = held(series, 1, 2)
    come(session, 2, zone="Asia/Manila", country="")
    assert told_of([session]) == Told(people=4, countries=2, sessions=1)


@pytest.mark.parametrize("small", [1, 2])
def test_a_small_session_cannot_be_found_by_subtracting_the_others(series: Series, small: int) -> None:
    shown = [held(series, 1, 5), held(series, 2, 9)]
    hidden = held(series, 3, 0)
    come(hidden, small, zone="Asia/Manila", country="PH")
    whole = told(series)
    assert whole.people - sum(told_of([each]).people for each in shown) == 0
    assert whole.sessions == 2
    assert whole.countries == 1


def test_a_session_and_its_twin_are_one_page_and_one_number(series: Series) -> None:
    lead = held(series, 1, 2)
    twin = held(series, 2, 2, lead=lead, echo="twin")
    assert told_of([lead, twin]).people == 4
    assert told(series) == Told(people=4, countries=1, sessions=1)


def test_nothing_is_told_where_all_are_small(series: Series) -> None:
    for day in range(1, 6):
        held(series, day, 2)
    assert told(series) == Told()


def test_what_the_visitor_may_not_see_is_not_in_the_sum(series: Series) -> None:
    held(series, 1, 5)
    held(series, 2, 9, audience="members")
    seen = series.sessions.filter(audience="everyone")
    assert told_of_series(seen, now=NOW).people == 5


def test_what_leaves_the_house_has_nothing_under_three_nor_a_sum_that_tells_it() -> None:
    assert guarded({"KE": 9, "ZA": 4, "BO": 2}) == {"KE": 9}
    assert guarded({"KE": 9, "ZA": 4, "BO": 2, "BD": 1}) == {"KE": 9, "ZA": 4}
    assert guarded({"KE": 9, "ZA": 4}) == {"KE": 9, "ZA": 4}
    assert guarded({"BO": 1}) == {}


@pytest.mark.parametrize("listed", [False, True])
def test_the_public_is_told_what_organisers_count(series: Series, listed: bool) -> None:
    session = held(series, 1, 2)
    come(session, 1, way="room")
    Headcount.objects.create(session=session, joins=4, room=5)
    ListeningSite.objects.create(
        session=session, place="Hall", city="Maputo", zone="Africa/Maputo", contact="C", email="c@example.org",
        expected=9, came=7, token="t", made_at=NOW, changed_at=NOW,
    )  # fmt: skip
    if listed:
        Intake.objects.create(
            session=session, filename="f", digest="d", zone="UTC", made_at=NOW, applied_at=NOW
        )
    people = counts_of(session).people
    assert people == (14 if listed else 18)
    assert told_of([session]) == Told(people=people, countries=2, sessions=1)


@pytest.mark.parametrize(("number", "told"), [(2, 0), (3, 3), (412, 412)])
def test_it_is_told_how_often_it_was_opened_since(number: int, told: int) -> None:
    session = make_session()
    Use.objects.create(session=session, day=NOW.date(), edition="video", kind=UseKind.VIEW, number=number)
    Use.objects.create(session=session, day=NOW.date(), edition="page", kind=UseKind.PAGE, number=90)
    assert opened_since([session]) == told
    assert opened_since([make_session()]) == 0


def test_what_is_told_of_a_session_is_one_line() -> None:
    live = Told(people=61, countries=17, sessions=1)
    assert since(live, 412) == "61 took part live, in 17 countries · opened 412 times since"
    assert since(live, 0) == "61 took part live, in 17 countries"
    assert since(Told(), 412) == "Opened 412 times since"
    assert since(Told(), 0) == ""
