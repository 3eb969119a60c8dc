"""The page *Slots*: figures, suggestions in words, a season of one's own or a series', bad input, who may see it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.people.expecting import expect
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions.models import Session
from tests.factories import NOW, make_community, make_member, make_person, make_series, make_session

pytestmark = pytest.mark.usefixtures("stopped")
HERE = "/organise/communities/savings/slots/"
APART = {"America/Los_Angeles": 30, "Asia/Tokyo": 30, "Europe/Berlin": 30}


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def apart(community: Community, organiser: User) -> None:
    """Ninety members expected on three sides of the world; nobody has said yet where they are."""
    organiser.person.zone = ""
    organiser.person.save()
    User.objects.filter(pk=organiser.pk).update(zone="")
    expect(community=community, numbers=APART, now=NOW, actor_id=None)


def test_the_first_minute(as_organiser: Client, apart: None) -> None:
    answer = as_organiser.get(HERE)
    season = answer.context["season"]
    assert (season.members, len(season.days), season.anchor) == (90, 12, "Africa/Johannesburg")
    assert [day.isoformat() for day in season.days[:2]] == ["2026-11-23", "2026-12-28"]
    assert [len(half.columns) for half in answer.context["halves"]] == [24, 24]
    assert [row.name for row in answer.context["rows"]] == ["Berlin", "Los Angeles", "Tokyo"]
    assert [card.advised for card in answer.context["cards"]] == [False, True, False]
    said = text(answer)
    assert "Members live on several sides of the world." in said
    assert "90 of them are expected. 0 have come." in said
    assert "Fixed to UTC (or Tokyo and Johannesburg), the hour stays the same" not in said
    assert "style=" not in said


def test_figures_are_those_of_the_day(as_organiser: Client, apart: None) -> None:
    asked = {"first": "2027-01-13", "every": "once", "zone": "UTC", "minutes": "0:30", "start": "16:00"}
    answer = as_organiser.get(HERE, asked)
    column = answer.context["chosen"]
    # 08:00 in Los Angeles weighs 1, 17:00 in Berlin 1, 01:00 in Tokyo 10.
    assert (column.hour, column.awake.figure, column.office.figure, column.burden.figure) == (
        "16:00",
        "67",
        "0",
        "4",
    )
    assert column.worst == "Tokyo"
    hours = {each.row.name: (each.hours, each.box.figure) for each in answer.context["locals"]}
    assert hours == {
        "Berlin": ("17:00", "1"),
        "Los Angeles": ("08:00", "1"),
        "Tokyo": ("01:00 the day after", "10"),
    }
    assert "One date leaves nothing to rotate." in text(answer)


def test_clock_shifts_are_told(as_organiser: Client, apart: None) -> None:
    asked = {"first": "2027-03-03", "every": "1w", "sessions": "5", "zone": "UTC", "start": "16:00"}
    hours = {each.row.name: each.hours for each in as_organiser.get(HERE, asked).context["locals"]}
    assert hours["Los Angeles"] == "08:00; from 17 Mar 09:00"
    assert hours["Berlin"] == "17:00; from 31 Mar 18:00"


def test_weights_can_be_changed(as_organiser: Client, apart: None) -> None:
    asked = {
        "first": "2027-01-13",
        "every": "once",
        "zone": "UTC",
        "minutes": "0:30",
        "start": "16:00",
        "night": "40",
    }
    answer = as_organiser.get(HERE, asked)
    assert answer.context["chosen"].burden.figure == "14"
    assert "weights changed" in text(answer)
    assert "night=40" in answer.context["choose"]


def test_the_dates_and_the_hour_of_a_series(
    as_organiser: Client, apart: None, series: Series, session: Session
) -> None:
    make_session(series, wall=datetime(2027, 1, 5, 15))
    make_session(series, wall=datetime(2026, 10, 6, 15))  # is over
    answer = as_organiser.get(HERE, {"series": "after-hours", "zone": "UTC"})
    season = answer.context["season"]
    assert [day.isoformat() for day in season.days] == ["2026-12-01", "2027-01-05"]
    assert (season.anchor, answer.context["chosen"].hour) == ("Africa/Johannesburg", "15:00")
    assert (
        as_organiser.get(HERE, {"series": "after-hours", "start": "09:30"}).context["chosen"].hour == "09:30"
    )


def test_the_dates_of_a_draft(as_organiser: Client, apart: None, community: Community) -> None:
    make_series(community, slug="draft", published_at=None, rrule="FREQ=MONTHLY;BYDAY=1TU;COUNT=3")
    page = as_organiser.get("/organise/series/draft/")
    assert f"{HERE}?series=draft" in text(page)
    season = as_organiser.get(HERE, {"series": "draft"}).context["season"]
    assert [day.isoformat() for day in season.days] == ["2026-12-01", "2027-01-05", "2027-02-02"]


def test_the_chosen_hour_goes_to_the_planner(as_organiser: Client, apart: None) -> None:
    asked = {"first": "2027-01-13", "zone": "Europe/Lisbon", "minutes": "1:30", "start": "16:30"}
    form = as_organiser.get(as_organiser.get(HERE, asked).context["plan"]).context["form"]
    found = {name: str(form[name].value())[:19] for name in ("community", "zone", "local_time", "minutes")}
    assert found == {
        "community": "savings",
        "zone": "Europe/Lisbon",
        "local_time": "16:30:00",
        "minutes": "1:30",
    }
    assert f"{form['first_date'].value()}" == "2027-01-13"


@pytest.mark.parametrize(
    "query", ["zone=Mars", "local_time=25:00", "minutes=x", "minutes=0", "first_date=soon"]
)
def test_the_planner_ignores_what_it_cannot_read(as_organiser: Client, query: str) -> None:
    form = as_organiser.get(f"/organise/series/new/?{query}").context["form"]
    assert form["zone"].value() == "Africa/Johannesburg"
    assert form["local_time"].value() is None
    assert form["minutes"].value() == "1:00"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"zone": "Mars/Olympus"}, "is not a time zone"),
        ({"first": "soon"}, "Write the date as 2027-01-31."),
        ({"first": "9999-12-01"}, "Choose a date between 1970 and 2090."),
        ({"sessions": "0"}, "Give a number from 1 to 60."),
        ({"sessions": "10000"}, "Give a number from 1 to 60."),
        ({"minutes": "25:00"}, "at most 12 hours"),
        ({"every": "daily"}, "Select a valid choice"),
        ({"night": "-1"}, "greater than or equal to 0"),
        ({"night": "inf"}, "Give a figure from 0 to 100."),
        ({"start": "99:00"}, "Write the time as 15:00."),
        ({"series": "nothing"}, "Choose one of the community&#x27;s series."),
    ],
)
@pytest.mark.one_database
def test_bad_input_is_named(as_organiser: Client, apart: None, query: dict[str, str], message: str) -> None:
    answer = as_organiser.get(HERE, query)
    assert answer.status_code == 400
    assert message in text(answer)
    assert "season" not in answer.context


def test_another_communitys_series_is_not_offered(as_organiser: Client, apart: None) -> None:
    make_series(make_community(), slug="elsewhere")
    assert as_organiser.get(HERE, {"series": "elsewhere"}).status_code == 400


def test_nobody_yet(as_administrator: Client, community: Community) -> None:
    answer = as_administrator.get(HERE)
    assert answer.status_code == 200
    assert "Say where members will be" in text(answer)
    assert "season" not in answer.context


@pytest.mark.parametrize("who", ["as_member", "as_stranger"])
@pytest.mark.parametrize("page", ["slots", "audience"])
def test_only_organisers(request: pytest.FixtureRequest, community: Community, who: str, page: str) -> None:
    assert request.getfixturevalue(who).get(f"/organise/communities/savings/{page}/").status_code == 404


def test_organisers_of_another_community_see_nothing(as_organiser: Client, organiser: User) -> None:
    make_community(slug="theirs")
    for page in ("slots", "audience"):
        assert as_organiser.get(f"/organise/communities/theirs/{page}/").status_code == 404


def test_queries_do_not_grow(as_organiser: Client, apart: None, community: Community, series: Series) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_organiser.get(HERE, {"series": series.slug}).status_code == 200
        return len(queries)

    make_session(series)
    as_organiser.get(HERE)
    few = asked()
    for number in range(6):
        make_member(community, person=make_person(zone=["Asia/Tokyo", "Africa/Lagos"][number % 2]))
        make_session(series, wall=datetime(2027, 1, 5, 15) + timedelta(weeks=number))
        make_series(community)
    assert asked() <= few <= 12


def test_the_second_hour_is_a_button_that_fills_the_form_in(
    as_organiser: Client, apart: None, series: Series, session: Session
) -> None:
    answer = as_organiser.get(HERE, {"series": "after-hours", "zone": "UTC"})
    address = answer.context["second"]["twin"]
    assert address.startswith(
        f"/organise/sessions/{session.slug}/second-hour/?echo=twin&zone=Africa%2FJohannesburg"
    )
    assert "Add a twin to the next session" in text(answer)
    hour = f"{answer.context['cards'][1].when}".split(" and at ")[1][:5]
    form = as_organiser.get(address).content.decode()
    assert f'value="{hour}"' in form


def test_without_a_session_to_come_there_is_no_button(as_organiser: Client, apart: None) -> None:
    answer = as_organiser.get(HERE)
    assert answer.context["second"] == {}
    assert "second-hour" not in text(answer)
