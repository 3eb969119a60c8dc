"""Plan a series: preview, draft, publish; every bad input beside its field with everything typed kept."""

from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session
from tests.factories import make_member, make_person

pytestmark = pytest.mark.usefixtures("stopped")
PLAN, PREVIEW, PUBLISH = (
    "/organise/series/new/",
    "/organise/series/new/preview/",
    "/organise/series/new/publish/",
)


def dates() -> list[str]:
    return [str(day) for day in Session.objects.values_list("local_date", flat=True)]


def test_a_draft_is_kept_and_seen_by_organisers_only(
    as_organiser: Client, as_nobody: Client, plan: dict[str, Any]
) -> None:
    answer = as_organiser.post(PLAN, plan)
    series = Series.objects.get()
    assert answer["Location"] == reverse("organise_series", args=[series.slug])
    assert series.published_at is None
    assert series.rrule == "FREQ=MONTHLY;BYDAY=2TU;COUNT=4"
    assert (series.local_time, series.minutes, series.form) == (time(15), 90, "hybrid")
    assert dict(series.owed.values_list("kind", "days")) == {
        "slides": 0,
        "recording": 2,
        "captions": 7,
        "report": 10,
    }
    assert as_nobody.get(f"/series/{series.slug}/").status_code == 404
    page = as_organiser.get(answer["Location"]).content.decode()
    assert "Draft" in page
    assert "Tue 8 Dec 2026" in page


def test_publish_makes_the_sessions(as_organiser: Client, as_nobody: Client, plan: dict[str, Any]) -> None:
    as_organiser.post(PUBLISH, plan)
    series = Series.objects.get()
    assert series.published_at is not None
    assert dates() == ["2026-12-08", "2027-01-12", "2027-02-09", "2027-03-09"]
    assert as_nobody.get(f"/series/{series.slug}/").status_code == 200


def test_a_draft_is_published_from_its_page_and_twice_is_once(
    as_organiser: Client, plan: dict[str, Any]
) -> None:
    as_organiser.post(PLAN, plan)
    series = Series.objects.get()
    for _click in range(2):
        as_organiser.post(reverse("publish_series", args=[series.slug]))
    assert len(dates()) == 4


@pytest.mark.parametrize("address", [PLAN, PUBLISH])
def test_a_double_click_plans_one_series(address: str, as_organiser: Client, plan: dict[str, Any]) -> None:
    first, second = as_organiser.post(address, plan), as_organiser.post(address, plan)
    assert first["Location"] == second["Location"]
    assert Series.objects.count() == 1


def test_a_short_name_of_ones_own_survives_a_double_click(as_organiser: Client, plan: dict[str, Any]) -> None:
    plan |= {"slug": "harvest"}
    assert as_organiser.post(PLAN, plan).status_code == 302
    assert as_organiser.post(PLAN, plan).status_code == 302
    again = as_organiser.post(PLAN, plan | {"form_key": "k2"})
    assert again.context["form"].errors["slug"] == [
        "Another series is called “harvest”. Choose another name."
    ]


@pytest.mark.parametrize(
    ("change", "rule", "found"),
    [
        (
            {"rhythm": "weekly", "every": "2"},
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4",
            "2026-12-01 2026-12-15 2026-12-29",
        ),
        (
            {"rhythm": "weekly", "weekdays": ["1", "3"]},
            "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4",
            "2026-12-01 2026-12-03 2026-12-08",
        ),
        (
            {"rhythm": "monthly-day", "day": "31"},
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1;COUNT=4",
            "2026-12-31 2027-01-31 2027-02-28",
        ),
        (
            {"nth": "-1", "weekday": "4"},
            "FREQ=MONTHLY;BYDAY=-1FR;COUNT=4",
            "2026-12-25 2027-01-29 2027-02-26",
        ),
        (
            {"rhythm": "quarterly-weekday", "nth": "3"},
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=3TU;COUNT=4",
            "2026-12-15 2027-03-16 2027-06-15",
        ),
        (
            {"rhythm": "quarterly-day", "day": "8"},
            "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=8;COUNT=4",
            "2026-12-08 2027-03-08 2027-06-08",
        ),
        (
            {"rhythm": "dates", "dates": "2027-05-08\n2027-03-01 2027-04-01", "first_date": ""},
            "",
            "2027-03-01 2027-04-01 2027-05-08",
        ),
        ({"left_out": "2026-12-08"}, "FREQ=MONTHLY;BYDAY=2TU;COUNT=4", "2027-01-12 2027-02-09 2027-03-09"),
        (
            {"ends": "until", "until": "2027-02-09"},
            "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270209",
            "2026-12-08 2027-01-12 2027-02-09",
        ),
        ({"ends": "open"}, "FREQ=MONTHLY;BYDAY=2TU", "2026-12-08 2027-01-12 2027-02-09"),
    ],
)
def test_every_rhythm(
    change: dict[str, Any], rule: str, found: str, as_organiser: Client, plan: dict[str, Any]
) -> None:
    answer = as_organiser.post(PUBLISH, plan | change)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Series.objects.get().rrule == rule
    assert " ".join(dates()[:3]) == found


def test_one_event_of_several_whole_days(as_organiser: Client, plan: dict[str, Any]) -> None:
    plan |= {"rhythm": "once", "first_date": "2027-05-08", "last_date": "2027-05-09", "all_day": "on"}
    as_organiser.post(PUBLISH, plan | {"local_time": "", "minutes": ""})
    session = Session.objects.get()
    assert (session.local_date, session.days, session.local_time) == (date(2027, 5, 8), 2, None)


BAD = {
    "an unknown zone": ({"zone": "Mars/Olympus"}, "zone", "“Mars/Olympus” is not a time zone"),
    "no zone": ({"zone": ""}, "zone", "Choose the city"),
    "a rhythm that never occurs": (
        {"ends": "until", "until": "2026-12-02"},
        "rhythm",
        "This rhythm gives no date",
    ),
    "all left out": ({"count": "1", "left_out": "2026-12-08"}, "rhythm", "This rhythm gives no date"),
    "an end before the start": ({"ends": "until", "until": "2026-11-01"}, "until", "before the first one"),
    "a negative length": ({"minutes": "-30"}, "minutes", "The end must be after the start"),
    "no length at all": ({"minutes": "0"}, "minutes", "The end must be after the start"),
    "a length that is none": ({"minutes": "soon"}, "minutes", "hours and minutes, 1:30"),
    "a last day before the first": (
        {"rhythm": "once", "all_day": "on", "last_date": "2026-11-30"},
        "last_date",
        "The last day is before the first",
    ),
    "a link to a file": ({"join_url": "ftp://example.org/x"}, "join_url", "begins with http:// or https://"),
    "a link that is a script": (
        {"join_url": "javascript:alert(1)"},
        "join_url",
        "begins with http:// or https://",
    ),
    "a view link that is none": ({"view_url": "see mail"}, "view_url", "begins with http:// or https://"),
    "a title of 300 characters": (
        {"title": "x" * 300},
        "title",
        "Shorten this to 200 characters; it has 300",
    ),
    "no title": ({"title": " "}, "title", "Give a title"),
    "a community of others": ({"community": "elsewhere"}, "community", "Choose one of your communities"),
    "others' event without its source": ({"external": "on"}, "source_url", "Give the address where they"),
    "no hour": ({"local_time": ""}, "local_time", "Give the hour"),
    "an hour that is none": ({"local_time": "25:00"}, "local_time", "Write the time as 15:00"),
    "no first date": ({"first_date": ""}, "first_date", "Choose the first date"),
    "a date that is none": ({"first_date": "2027-02-30"}, "first_date", "Write the date as 2027-09-08"),
    "no list of dates": ({"rhythm": "dates"}, "dates", "Give at least one date"),
    "a list with a word": ({"rhythm": "dates", "dates": "2027-01-01\nsoon"}, "dates", "“soon” is not a date"),
    "no count": ({"count": ""}, "count", "Say how many"),
    "a day 32": ({"rhythm": "monthly-day", "day": "32"}, "day", "from 1 to 31"),
    "too many": ({"rhythm": "weekly", "count": "1000"}, "rhythm", "more than 500"),
    "10,000 at once": ({"rhythm": "daily", "count": "10000"}, "count", "from 1 to 1000"),
    "a day each for a century": (
        {"rhythm": "daily", "ends": "until", "until": "2126-12-31"},
        "until",
        "earlier last date",
    ),
    "every 0 days": ({"rhythm": "daily", "every_days": "0"}, "every_days", "from 1 to 365"),
    "every 0 weeks": ({"rhythm": "weekly", "every": "0"}, "every", "from 1 to 52"),
    "every 0 months": ({"months": "0"}, "months", "from 1 to 24"),
    "every 0 years": ({"rhythm": "yearly", "years": "0"}, "years", "from 1 to 20"),
    "minus three sessions": ({"count": "-3"}, "count", "from 1 to 1000"),
    "over before it begins": (
        {"ends": "until", "until": "2026-11-01"},
        "until",
        "The last date is before the first one.",
    ),
    "until the year 9999": ({"ends": "until", "until": "9999-12-31"}, "until", "before the year 2200"),
    "nothing is left": (
        {"rhythm": "weekly", "count": "1", "first_date": "2026-12-01", "left_out": "2026-12-01"},
        "rhythm",
        "This rhythm gives no date.",
    ),
    "an extra date before the first": ({"extra": "2026-11-30"}, "extra", "before the first one"),
    "an extra date of the year 2500": ({"extra": "2500-01-01"}, "extra", "is not a date"),
    "an unknown country": ({"countries": ["XX"], "on_holiday": "skip"}, "countries", "no holidays of “XX”"),
    "no week": ({"rhythm": "weeks", "weeks": ""}, "weeks", "at least one week"),
    "a week that a year lacks": (
        {"rhythm": "weeks", "weeks": "v 53 2027"},
        "weeks",
        "“v 53 2027” is not a week",
    ),
    "a short name with a blank": ({"slug": "after hours"}, "slug", "Use letters a–z"),
    "an hour that clocks skip": (
        {"rhythm": "once", "zone": "Europe/Lisbon", "first_date": "2027-03-28", "local_time": "01:30"},
        "local_time",
        "The next time that exists is 02:30",
    ),
    "the end of the calendar": (
        {"rhythm": "once", "first_date": "9999-12-31", "local_time": "23:00"},
        "first_date",
        "before the year 2200",
    ),
}


@pytest.mark.parametrize(("change", "field", "words"), BAD.values(), ids=BAD.keys())
@pytest.mark.one_database
def test_bad_input_is_said_beside_its_field_and_nothing_is_lost(
    change: dict[str, Any], field: str, words: str, as_organiser: Client, plan: dict[str, Any]
) -> None:
    plan |= change
    answer = as_organiser.post(PUBLISH, plan)
    assert answer.status_code == 400
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert words in form.errors[field][0]
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert form["dial_in"].value() == plan["dial_in"]
    assert form[field].value() == plan.get(field, form[field].value())
    assert plan["dial_in"] in answer.content.decode()
    assert not Series.objects.exists()


@pytest.mark.parametrize("address", [PLAN, PREVIEW])
def test_the_other_buttons_refuse_as_publish_does(
    address: str, as_organiser: Client, plan: dict[str, Any]
) -> None:
    answer = as_organiser.post(address, plan | {"title": "x" * 300})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["title"]
    assert not Series.objects.exists()


def test_a_mistake_in_a_field_that_does_not_count_is_not_looked_at(
    as_organiser: Client, plan: dict[str, Any]
) -> None:
    plan |= {"day": "77", "every": "never", "dates": "soon", "until": "x", "weeks": "v"}
    assert as_organiser.post(PLAN, plan).status_code == 302


def test_the_preview_shows_the_members_hours_and_where_clocks_shift(
    as_organiser: Client, community: Community, plan: dict[str, Any]
) -> None:
    for zone in ("Europe/Lisbon", "Europe/Lisbon", "Asia/Kolkata", "Africa/Maputo"):
        make_member(community, person=make_person(zone=zone))
    plan |= {"first_date": "2027-02-01", "minutes": "60"}
    answer = as_organiser.post(PREVIEW, plan, headers={"HX-Request": "true"})
    preview = answer.context["preview"]
    assert [(column.city, column.also, column.members) for column in preview.columns] == [
        ("Johannesburg", "Maputo", 2),
        ("UTC", "", 0),
        ("Lisbon", "", 2),
        ("Kolkata", "", 1),
    ]
    hours = [[cell.hours for cell in line.cells] for line in preview.lines]
    assert hours[0] == ["15:00–16:00", "13:00–14:00", "13:00–14:00", "18:30–19:30"]
    assert hours[2] == ["15:00–16:00", "13:00–14:00", "14:00–15:00", "18:30–19:30"]
    assert [line.remarks for line in preview.lines] == [
        [],
        [],
        ["From here 14:00 instead of 13:00 in Lisbon: clocks change in Lisbon, not in Johannesburg."],
        [],
    ]
    assert "<html" not in answer.content.decode()
    assert "clocks change in Lisbon" in answer.content.decode()


def test_the_preview_without_script_is_the_whole_page_with_the_form(
    as_organiser: Client, plan: dict[str, Any]
) -> None:
    page = as_organiser.post(PREVIEW, plan).content.decode()
    assert "Tue 8 Dec 2026" in page
    assert 'value="Harvest hour"' in page
    assert not Series.objects.exists()


def test_the_preview_says_what_happens_in_a_gap(as_organiser: Client, plan: dict[str, Any]) -> None:
    plan |= {"zone": "Europe/Lisbon", "rhythm": "weekly", "first_date": "2027-03-21", "local_time": "01:30"}
    page = as_organiser.post(PREVIEW, plan, headers={"HX-Request": "true"}).content.decode()
    assert "Clocks skip 01:30 that day: it will be 02:30." in page


def test_a_member_cannot_plan_for_the_community(as_member: Client, plan: dict[str, Any]) -> None:
    assert as_member.post(PUBLISH, plan).status_code == 404
    assert not Series.objects.exists()


@pytest.mark.parametrize("address", [PLAN, "/organise/series/new/?community=cohort"])
def test_the_form_offers_the_communities_of_its_organiser(address: str, as_organiser: Client) -> None:
    form = as_organiser.get(address).context["form"]
    assert [each.slug for each in form.fields["community"].queryset] == ["cohort", "savings"]
    assert form.initial["zone"] == "Africa/Johannesburg"
    assert "Choose a first date" in as_organiser.get(address).content.decode()


def test_no_series_takes_the_planners_address(as_organiser: Client, plan: dict[str, Any]) -> None:
    taken = as_organiser.post(PLAN, plan | {"slug": "new"})
    assert "Another series is called “new”" in taken.context["form"].errors["slug"][0]
    as_organiser.post(PLAN, plan | {"title": "New"})
    assert Series.objects.get().slug == "new-series"
