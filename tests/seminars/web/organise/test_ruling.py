"""Change the rules for dates that do not suit: the form, its preview, apply, undo; for its organisers only."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions import planning
from tests.factories import NOW, make_series

pytestmark = pytest.mark.usefixtures("stopped")
HERE = "/organise/series/after-hours/dates/"
KEEP = {f"on_{rule}": "keep" for rule in ("holiday", "weekend", "ramadan", "audience", "room", "speaker")}


@pytest.fixture
def series(community: Community) -> Series:
    """Four Fridays about Heritage Day, 24 September 2027, out."""
    series = make_series(
        community, slug="after-hours", first_date=date(2027, 9, 10), rrule="FREQ=WEEKLY;COUNT=4"
    )
    planning.fill(series=series, now=NOW)
    return series


def given(series: Series, **changes: Any) -> dict[str, Any]:
    return {"seen": str(series.revision), **KEEP, "countries": ["ZA"], "on_holiday": "move"} | changes


def days(series: Series) -> list[str]:
    rows = series.sessions.filter(cancelled_at=None).order_by("local_date")
    return [f"{day:%m-%d}" for day in rows.values_list("local_date", flat=True)]


def test_preview_apply_and_undo(as_organiser: Client, series: Series) -> None:
    assert as_organiser.get(HERE).status_code == 200
    seen = as_organiser.post(f"{HERE}preview/", given(series))
    page = seen.content.decode()
    assert "Mon 27 Sept 2027" in page
    assert "Moved from 24 September 2027: Heritage Day in South Africa." in page
    assert 'action="/organise/series/after-hours/dates/apply/"' in page
    assert days(series) == ["09-10", "09-17", "09-24", "10-01"]
    carried = given(series, seal=seen.context["plan"].seal)
    assert as_organiser.post(f"{HERE}apply/", carried).status_code == 302
    assert days(series) == ["09-10", "09-17", "09-27", "10-01"]
    shown = as_organiser.get("/organise/series/after-hours/")
    assert "Change these rules" in shown.content.decode()
    as_organiser.post("/organise/series/after-hours/undo/", {"change": shown.context["undo"].change})
    assert days(series) == ["09-10", "09-17", "09-24", "10-01"]
    series.refresh_from_db()
    assert series.date_rules == {}


def test_what_is_left_out_is_listed_with_its_reason(as_organiser: Client, series: Series) -> None:
    page = as_organiser.post(f"{HERE}preview/", given(series, on_holiday="skip")).content.decode()
    assert "24 September 2027 is skipped: Heritage Day in South Africa." in page
    assert "Is cancelled" in page


def test_the_form_opens_as_things_stand_and_back_from_the_preview(
    as_organiser: Client, series: Series
) -> None:
    as_organiser.post(f"{HERE}apply/", given(series, tell="on"))
    form = as_organiser.get(HERE).context["form"]
    assert (form["countries"].value(), form["on_holiday"].value(), form["tell"].value()) == (
        ["ZA"],
        "move",
        True,
    )
    back = as_organiser.post(HERE, given(series, on_weekend="skip"))
    assert back.context["form"]["on_weekend"].value() == "skip"


@pytest.mark.parametrize("address", [f"{HERE}preview/", f"{HERE}apply/"])
def test_bad_input_is_said_beside_its_field(address: str, as_organiser: Client, series: Series) -> None:
    for change, field, words in (
        ({"countries": ["XX"]}, "countries", "no holidays of “XX”"),
        ({"countries": []}, "countries", "Choose the countries"),
        ({"on_holiday": "explode"}, "on_holiday", "explode"),
        ({"countries": ["EG"], "on_weekend": "skip"}, "on_weekend", "no date is left"),
    ):
        answer = as_organiser.post(address, given(series, **change))
        assert answer.status_code == 400
        assert list(answer.context["form"].errors) == [field]
        assert words in answer.context["form"].errors[field][0]
    series.refresh_from_db()
    assert series.date_rules == {}


def test_two_at_once_and_a_plan_that_is_no_longer_true(as_organiser: Client, series: Series) -> None:
    as_organiser.post(f"{HERE}apply/", given(series))
    late = as_organiser.post(f"{HERE}apply/", given(series, on_holiday="skip"))
    assert late.status_code == 409
    assert late.context["versions"].fields
    assert as_organiser.post(f"{HERE}preview/", given(series)).status_code == 409
    series.refresh_from_db()
    other = as_organiser.post(f"{HERE}apply/", given(series, on_holiday="skip", seal="other"))
    assert other.status_code == 409
    assert days(series) == ["09-10", "09-17", "09-27", "10-01"]


def test_the_same_rules_change_nothing(as_organiser: Client, series: Series) -> None:
    as_organiser.post(f"{HERE}apply/", given(series))
    series.refresh_from_db()
    as_organiser.post(f"{HERE}apply/", given(series))
    assert Series.objects.get().revision == series.revision


@pytest.mark.parametrize("who", ["as_stranger", "as_member", "as_nobody"])
def test_others_find_nothing(who: str, request: pytest.FixtureRequest, series: Series) -> None:
    client: Client = request.getfixturevalue(who)
    for answer in (
        client.get(HERE),
        client.post(f"{HERE}preview/", given(series)),
        client.post(f"{HERE}apply/", given(series)),
    ):
        assert answer.status_code in (302, 404)
        assert answer.status_code == 404 or "login" in answer["Location"]
    series.refresh_from_db()
    assert series.date_rules == {}


def test_questions_do_not_grow_with_sessions(as_organiser: Client, community: Community) -> None:
    counts = []
    for slug, count in (("few", 4), ("many", 60)):
        series = make_series(
            community, slug=slug, first_date=date(2027, 9, 10), rrule=f"FREQ=WEEKLY;COUNT={count}"
        )
        planning.fill(series=series, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert (
                as_organiser.post(f"/organise/series/{slug}/dates/preview/", given(series)).status_code == 200
            )
        counts.append(len(queries))
    assert counts[0] == counts[1]
