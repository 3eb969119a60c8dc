"""The usual kinds of series: each fills in a form that can be saved as it stands, given a title."""

from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from seminars.people.models import Community
from seminars.series.models import Series
from seminars.web.forms.templates import TEMPLATES, started_with
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("stopped")
RULES = {
    "quarterly-webinar": "FREQ=MONTHLY;INTERVAL=3;BYDAY=+2TU",
    "monthly-seminar": "FREQ=MONTHLY;BYDAY=+3TH",
    "cohort": "FREQ=WEEKLY;COUNT=4;BYDAY=TU",
    "meeting": "",
}


def sent(form: Any) -> dict[str, Any]:
    """What a browser sends from the form as it stands."""
    data = {}
    for field in form:
        value = field.value()
        if value not in (None, False, ""):
            data[field.name] = value if isinstance(value, list) else str(value)
    return data


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.name)
def test_with_a_title_it_can_be_saved(template: Any, as_organiser: Client, community: Community) -> None:
    answer = as_organiser.get(f"/organise/series/new/?template={template.name}&community=savings")
    page = answer.content.decode()
    assert str(template.sentence) in page
    assert f"template={template.name}&amp;community=savings" in page
    data = sent(answer.context["form"]) | {"title": f"Our {template.name}"}
    assert as_organiser.post("/organise/series/new/", data).status_code == 302
    series = Series.objects.get()
    assert (series.community, series.first_date > NOW.date()) == (community, True)
    assert parts(series.rrule) == parts(RULES[template.name])


def parts(rule: str) -> set[str]:
    """A rule's parts; a weekday's number with or without its sign is the same."""
    return set(rule.replace("+", "").replace(";INTERVAL=1", "").split(";"))


def test_the_two_days_are_two_days(as_organiser: Client) -> None:
    form = as_organiser.get("/organise/series/new/?template=meeting").context["form"]
    assert as_organiser.post("/organise/series/new/", sent(form) | {"title": "Meeting"}).status_code == 302
    series = Series.objects.get()
    assert (series.all_day, series.days, series.form) == (True, 2, "in-person")


def test_dates_are_not_too_near_at_any_end_of_a_month() -> None:
    for today in (date(2026, 1, 31), date(2026, 12, 31), date(2028, 2, 29)):
        for template in TEMPLATES:
            given = started_with(template.name, today=today)
            assert 27 < (given["first_date"] - today).days < 100


def test_the_hour_from_slots_is_stronger(as_organiser: Client) -> None:
    form = as_organiser.get("/organise/series/new/?template=cohort&local_time=11:30").context["form"]
    assert (form.initial["local_time"], form.initial["count"]) == (time(11, 30), 4)


def test_a_name_that_is_none_fills_in_nothing(as_organiser: Client) -> None:
    answer = as_organiser.get("/organise/series/new/?template=nothing")
    assert answer.status_code == 200
    assert "rhythm" not in answer.context["form"].initial


def test_the_empty_board_leads_to_them(as_organiser: Client) -> None:
    page = as_organiser.get("/organise/").content.decode()
    assert page.count("?template=") == len(TEMPLATES)
