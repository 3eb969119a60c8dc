"""An organiser changes what the reports of a series ask."""

from datetime import datetime

import pytest
from django.test import Client

from seminars.followups.reports.models import ReportForm
from seminars.followups.reports.saving import save_report
from seminars.people.models import Community
from seminars.series.models import Series
from tests.factories import NOW, make_series, make_session

pytestmark = [pytest.mark.usefixtures("stopped"), pytest.mark.django_db]
HERE = "/organise/series/after-hours/report-form/"


@pytest.fixture
def series(community: Community) -> Series:
    """A series with MeMoRe's form."""
    return make_series(community, slug="after-hours")


def sent(client: Client) -> dict[str, str]:
    """What a browser sends of the page as it is."""
    page = client.get(HERE)
    found = {"seen": str(page.context["seen"])}
    forms = page.context["forms"]
    found |= {
        f"form-{name}": str(forms.management_form[name].value()) for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    for form in forms:
        found |= {bound.html_name: str(bound.value() or "") for bound in form if bound.name != "asked"}
        found |= {bound.html_name: "on" for bound in form if bound.name == "asked" and bound.value()}
    return found


def test_fields_are_renamed_hidden_moved_and_added(as_organiser: Client, series: Series) -> None:
    data = sent(as_organiser)
    assert as_organiser.post(HERE, data).status_code == 302
    assert not ReportForm.objects.exists()  # nothing differs
    data |= {
        "form-9-label": "Outcomes",
        "form-13-label": "Next steps",
        "form-13-kind": "list",
        "form-13-place": "5",
    }
    del data["form-11-asked"]
    assert as_organiser.post(HERE, data).status_code == 302
    form = ReportForm.objects.get()
    assert form.fields[0] == {
        "name": "next_steps",
        "kind": "list",
        "label": {"en": "Next steps"},
        "hidden": False,
    }
    assert form.fields[10] == {
        "name": "results",
        "kind": "text",
        "label": {"en": "Outcomes"},
        "hidden": False,
    }
    assert [each["name"] for each in form.fields if each["hidden"]] == ["laughed"]
    assert sum(bool(each["label"]) for each in form.fields) == 2


def test_a_mistake_is_said_beside_its_row(as_organiser: Client, series: Series) -> None:
    answer = as_organiser.post(HERE, sent(as_organiser) | {"form-13-label": "Odd", "form-13-place": "first"})
    assert answer.status_code == 422
    data = sent(as_organiser) | {"form-13-label": "Odd", "form-14-label": "odd"}
    answer = as_organiser.post(HERE, data)
    assert answer.status_code == 409
    assert answer.context["forms"].forms[14].errors["label"] == ["Another field has this label."]


def test_a_form_changed_meanwhile_is_not_overwritten(as_organiser: Client, series: Series) -> None:
    data = sent(as_organiser)
    as_organiser.post(HERE, data | {"form-9-label": "Outcomes"})
    answer = as_organiser.post(HERE, data | {"form-9-label": "Findings"})
    assert (answer.status_code, "Somebody else has just changed this form" in answer.content.decode()) == (
        409,
        True,
    )


def test_a_report_that_was_begun_follows_when_told(as_organiser: Client, series: Series) -> None:
    session = make_session(series, slug="mentors", wall=datetime(2026, 11, 10, 13, 0))
    save_report(session=session, answers={"results": "Three"}, now=NOW, actor_id=None)
    as_organiser.post(HERE, sent(as_organiser) | {"form-9-label": "Outcomes"})
    page = as_organiser.get("/organise/sessions/mentors/report/")
    assert "Use the new form" in page.content.decode()
    assert "Outcomes" not in page.content.decode()
    as_organiser.post("/organise/sessions/mentors/report/adopt/")
    assert "Outcomes" in as_organiser.get("/sessions/mentors/report/").content.decode()
