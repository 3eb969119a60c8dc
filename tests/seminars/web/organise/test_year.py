"""The year and its months: what stands on which day, for whom, in how many queries."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions.models import Precision, Session
from seminars.web.months import Entry, Month, months_of
from tests.factories import NOW, make_community, make_series, make_session

pytestmark = pytest.mark.usefixtures("stopped")
YEAR, DECEMBER = "/organise/year/2026/", "/organise/year/2026/12/"


def on(month: Month) -> dict[int, int]:
    """How many sessions each day of a month has."""
    return {day.number: len(day.entries) for _week, days in month.weeks for day in days if day.entries}


def test_a_year_has_each_session_on_its_day_of_the_readers_clock(
    as_organiser: Client, organiser: User, session: Session
) -> None:
    make_session(session.series, wall=datetime(2026, 12, 31, 23, 30))
    User.objects.filter(pk=organiser.pk).update(zone="Asia/Tokyo")
    months = as_organiser.get(YEAR).context["months"]
    assert [month.first.month for month in months] == list(range(1, 13))
    assert [on(month) for month in months if on(month)] == [{1: 1}]  # the other is on New Year's Day in Tokyo
    assert on(as_organiser.get("/organise/year/2027/").context["months"][0]) == {1: 1}


def test_a_day_says_how_many(as_organiser: Client, session: Session) -> None:
    make_session(session.series, wall=datetime(2026, 12, 1, 18, 0))
    assert 'aria-label="Tue 1 Dec: 2 sessions"' in as_organiser.get(YEAR).content.decode()


def test_several_days_stand_on_each(as_organiser: Client, series: Series) -> None:
    make_session(series, wall=datetime(2026, 12, 30), all_day=True, days=4, title={"en": "Conference"})
    assert on(as_organiser.get(DECEMBER).context["month"]) == {30: 1, 31: 1}
    january = as_organiser.get("/organise/year/2027/1/").context["month"]
    assert on(january) == {1: 1, 2: 1}
    assert "Conference" in as_organiser.get("/organise/year/2027/").content.decode()


def test_no_day_is_made_up(as_organiser: Client, series: Series) -> None:
    make_session(series, wall=datetime(2026, 12, 7), all_day=True, days=7, precision=Precision.WEEK)
    undated = make_session(series, title={"en": "Some day"})
    moments = {"local_date": None, "local_time": None, "starts_at": None, "ends_at": None}
    Session.objects.filter(pk=undated.pk).update(precision=Precision.NONE, **moments)
    answer = as_organiser.get(DECEMBER)
    assert on(answer.context["month"]) == {}
    assert "The day is not fixed yet" in answer.content.decode()
    page = as_organiser.get(YEAR).content.decode()
    assert "Not yet dated" in page
    assert "Some day" in page


def test_states_are_words(as_organiser: Client, series: Series) -> None:
    make_session(series, title={"en": "Off"}, cancelled_at=NOW)
    make_session(series, title={"en": "Kept back"}, published=False)
    make_session(series, title={"en": "Gone"}, withdrawn_at=NOW)
    for address in (YEAR, DECEMBER):
        page = as_organiser.get(address).content.decode()
        assert "Cancelled" in page
        assert "Draft" in page
        assert "Gone" not in page


def test_links_narrow_it(
    as_organiser: Client, session: Session, closed_community: Community, community: Community
) -> None:
    make_session(make_series(closed_community, slug="weekly"), title={"en": "Second week"})
    make_session(make_series(community, slug="other"), title={"en": "Another one"})
    page = as_organiser.get(f"{YEAR}?community=savings").content.decode()
    assert "Second week" not in page
    assert "/organise/year/2026/12/?community=savings#day-1" in page
    page = as_organiser.get(f"{DECEMBER}?community=savings&series=after-hours").content.decode()
    assert "Savings by phone" in page
    assert "Another one" not in page


def test_what_is_not_there_is_not_there(as_organiser: Client) -> None:
    elsewhere = make_session(make_series(make_community(slug="elsewhere"), slug="far"))
    assert elsewhere.pk
    for address in (
        f"{YEAR}?community=elsewhere",
        f"{YEAR}?series=far",
        f"{YEAR}?series=nothing",
        "/organise/year/1969/",
        "/organise/year/2091/",
        "/organise/year/2026/13/",
        "/organise/year/2026/0/",
    ):
        assert as_organiser.get(address).status_code == 404, address


def test_an_empty_year_says_what_to_do(as_organiser: Client) -> None:
    page = as_organiser.get("/organise/year/2030/").content.decode()
    assert "No session in this year yet" in page
    assert "No session in this month" in as_organiser.get("/organise/year/2030/5/").content.decode()


def test_weeks_begin_and_are_counted_as_people_do() -> None:
    none: list[Entry] = []
    today = NOW.date()
    swedish = months_of(none, 2027, "sv", today)[0]
    assert [week for week, _days in swedish.weeks] == ["v 53", "v 1", "v 2", "v 3", "v 4"]
    assert swedish.heads[0][1] == "Måndag"
    american = months_of(none, 2027, "en_US", today)[0]
    assert {week for week, _days in american.weeks} == {""}
    assert american.heads[0][1] == "Sunday"
    assert [day.number for day in american.weeks[0][1]] == [0, 0, 0, 0, 0, 1, 2]


def test_more_sessions_take_no_more_queries(
    as_organiser: Client, session: Session, django_assert_max_num_queries: Any
) -> None:
    def count(address: str) -> int:
        with django_assert_max_num_queries(25) as found:
            assert as_organiser.get(address).status_code == 200
        return len(found)

    before = {address: count(address) for address in (YEAR, DECEMBER)}
    for _number in range(4):
        make_session(make_series(session.series.community))
    for address, queries in before.items():
        assert count(address) == queries


def test_the_board_leads_there(as_organiser: Client) -> None:
    assert 'href="/organise/year/2026/"' in as_organiser.get("/organise/").content.decode()
