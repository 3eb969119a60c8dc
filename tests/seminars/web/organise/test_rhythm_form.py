"""Every rhythm a community keeps, from the form of *Plan a series* to its page, said back in words."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from seminars.series.models import Series
from seminars.sessions.models import Session

pytestmark = pytest.mark.usefixtures("stopped")
PLAN, PREVIEW, PUBLISH = (
    "/organise/series/new/",
    "/organise/series/new/preview/",
    "/organise/series/new/publish/",
)


def dates() -> list[str]:
    return [str(day) for day in Session.objects.values_list("local_date", flat=True)]


RHYTHMS: dict[str, tuple[dict[str, Any], str, list[str], str]] = {
    "every third day": (
        {"rhythm": "daily", "every_days": "3", "count": "3"},
        "FREQ=DAILY;INTERVAL=3;COUNT=3",
        ["2026-12-01", "2026-12-04", "2026-12-07"],
        "Every 3 days, 15:00–16:30 in Johannesburg; 3 dates",
    ),
    "two weekdays": (
        {"rhythm": "weekly", "every": "2", "weekdays": ["0", "3"], "count": "4"},
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4",
        ["2026-12-03", "2026-12-14", "2026-12-17", "2026-12-28"],
        "Every 2 weeks on Monday and Thursday, 15:00–16:30 in Johannesburg; 4 dates",
    ),
    "the last day of the month": (
        {"rhythm": "monthly-day", "day": "31", "count": "3"},
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1;COUNT=3",
        ["2026-12-31", "2027-01-31", "2027-02-28"],
        "The last day of every month, 15:00–16:30 in Johannesburg; 3 dates",
    ),
    "the last Friday": (
        {"nth": "-1", "weekday": "4", "count": "2"},
        "FREQ=MONTHLY;BYDAY=-1FR;COUNT=2",
        ["2026-12-25", "2027-01-29"],
        "The last Friday of every month, 15:00–16:30 in Johannesburg; 2 dates",
    ),
    "quarterly from March": (
        {"rhythm": "quarterly-weekday", "first_date": "2027-03-01", "count": "4"},
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU;COUNT=4",
        ["2027-03-09", "2027-06-08", "2027-09-14", "2027-12-14"],
        "The second Tuesday of every quarter (March, June, September and December), "
        "15:00–16:30 in Johannesburg; 4 dates",
    ),
    "yearly": (
        {"rhythm": "yearly", "first_date": "2027-03-08", "ends": "until", "until": "2029-12-31"},
        "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8;UNTIL=20291231",
        ["2027-03-08", "2028-03-08", "2029-03-08"],
        "Every year on 8 March, 15:00–16:30 in Johannesburg; until 31 December 2029",
    ),
    "with dates beside it": (
        {"count": "2", "extra": "2026-12-21", "left_out": "2027-01-12"},
        "FREQ=MONTHLY;BYDAY=2TU;COUNT=2",
        ["2026-12-08", "2026-12-21"],
        "The second Tuesday of every month, 15:00–16:30 in Johannesburg; 1 date; also on 21 December 2026; "
        "not on 12 January 2027",
    ),
    "an e-conference of five days each month": (
        {"rhythm": "monthly-weekday", "nth": "1", "weekday": "0", "all_day": "on", "days": "5", "count": "2"},
        "FREQ=MONTHLY;BYDAY=1MO;COUNT=2",
        ["2026-12-07", "2027-01-04"],
        "The first Monday of every month, 5 days each; 2 dates",
    ),
}


@pytest.mark.parametrize(("change", "rule", "days", "words"), RHYTHMS.values(), ids=RHYTHMS.keys())
def test_each_rhythm_is_planned_and_said_back(
    change: dict[str, Any],
    rule: str,
    days: list[str],
    words: str,
    as_organiser: Client,
    as_nobody: Client,
    plan: dict[str, Any],
) -> None:
    assert as_organiser.post(PREVIEW, plan | change).context["preview"].rhythm == words
    assert as_organiser.post(PUBLISH, plan | change).status_code == 302
    series = Series.objects.get()
    assert series.rrule == rule
    assert sorted(dates()) == days
    assert words in as_nobody.get(f"/series/{series.slug}/").content.decode()


def test_weeks_are_planned_and_get_their_day_later(
    as_organiser: Client, as_nobody: Client, plan: dict[str, Any]
) -> None:
    plan |= {"rhythm": "weeks", "weeks": "v 17 2027\n2027-W20", "local_time": "", "first_date": ""}
    seen = as_organiser.post(PREVIEW, plan).content.decode()
    assert "Week 17, 26 April–2 May 2027" in seen
    assert as_organiser.post(PUBLISH, plan).status_code == 302
    session = Session.objects.order_by("local_date")[0]
    assert (str(session.local_date), session.days, session.precision) == ("2027-04-26", 7, "week")
    assert "Week 17, 26 April–2 May 2027" in as_nobody.get(f"/series/{session.series.slug}/").content.decode()
    page = as_organiser.get(reverse("move_session", args=[session.slug]))
    assert page.context["form"]["whole"].value() is True
    moved = {"seen": str(session.revision), "date": "2027-04-28", "time": "09:00", "minutes": "2:00"}
    answer = as_organiser.post(reverse("move_session", args=[session.slug]), moved | {"reason": ""})
    assert answer.status_code == 302
    session.refresh_from_db()
    assert (str(session.starts_at), session.minutes) == ("2027-04-28 07:00:00+00:00", 120)
    assert (session.days, session.precision) == (1, "day")


def test_an_entry_without_a_date_is_planned_and_dated_later(
    as_organiser: Client, as_nobody: Client, plan: dict[str, Any]
) -> None:
    plan |= {"rhythm": "undated", "local_time": "", "first_date": ""}
    assert as_organiser.post(PREVIEW, plan).status_code == 200
    assert as_organiser.post(PUBLISH, plan).status_code == 302
    session = Session.objects.get()
    assert (session.local_date, session.starts_at, session.precision) == (None, None, "none")
    page = as_nobody.get(f"/series/{session.series.slug}/").content.decode()
    assert "Date to follow" in page
    moved = {"seen": str(session.revision), "date": "2027-04-28", "days": "2", "whole": "on"}
    assert as_organiser.post(reverse("move_session", args=[session.slug]), moved).status_code == 302
    session.refresh_from_db()
    assert (str(session.local_date), session.days, session.precision) == ("2027-04-28", 2, "day")
