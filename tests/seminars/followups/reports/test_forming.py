"""A series' own form: versions, labels that old reports keep, nothing dropped."""

from typing import Any

import pytest

from seminars.changes.refusing import UserError
from seminars.followups.reports.fields import FIELDS
from seminars.followups.reports.forming import adopt, form_of, set_form, stored_of
from seminars.followups.reports.issuing import publish
from seminars.followups.reports.models import Report
from seminars.followups.reports.reading import parts_of
from seminars.followups.reports.saving import save_report
from seminars.followups.reports.writing import Given, begin, fields_of, write
from seminars.series.models import Series
from tests.factories import NOW, make_series, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def series(db: None) -> Series:
    """A series with MeMoRe's form."""
    return make_series()


def change(series: Series, fields: list[dict[str, Any]], seen: int = 0) -> Any:
    """Store the form."""
    return set_form(series=series, fields=fields, seen=seen, now=NOW, actor_id=None)


def test_each_change_is_a_version_and_old_reports_keep_their_labels(series: Series) -> None:
    session = make_session(series)
    old = save_report(
        session=session, answers={"results": "Three", "laughed": "The door"}, now=NOW, actor_id=None
    )
    fields = stored_of(None)
    fields[9]["label"] = {"en": "Outcomes"}
    fields[11]["hidden"] = True
    new = {"name": "", "kind": "list", "label": {"en": "Next steps"}, "hidden": False}
    made = change(series, [new, *fields])
    assert (made.number, made.fields[0]["name"]) == (1, "next_steps")
    assert [each.label for each in parts_of(old)] == ["Results", "One thing that we laughed about"]
    fresh = begin(session=make_session(series), start={}, now=NOW)
    labels = [str(each.label) for each in fields_of(fresh, fresh.session)]
    assert (labels[0], "Outcomes" in labels, "One thing that we laughed about" in labels) == (
        "Next steps",
        True,
        False,
    )
    adopt(report=old)
    read = Report.objects.select_related("form").get(pk=old.pk)
    assert [each.label for each in parts_of(read)] == ["Outcomes", "One thing that we laughed about"]


def test_the_same_form_makes_no_version(series: Series) -> None:
    assert change(series, stored_of(None)) is None
    made = change(series, stored_of(None)[::-1])
    assert change(series, made.fields, seen=1) == made
    assert form_of(series) == made


def test_a_field_left_out_of_the_list_is_hidden(series: Series) -> None:
    made = change(series, stored_of(None)[:2])
    assert [each["name"] for each in made.fields] == [each.name for each in FIELDS]
    assert [each["hidden"] for each in made.fields] == [False] * 2 + [True] * 11


def test_labels_without_latin_letters_get_names(series: Series) -> None:
    own = [{"name": "", "kind": "text", "label": {"ar": text}} for text in ("النتائج", "الأسئلة")]
    made = change(series, [*stored_of(None), *own])
    assert [each["name"] for each in made.fields[-2:]] == ["field", "field_2"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ({"name": "", "kind": "text", "label": {}}, "label_13"),
        ({"name": "", "kind": "film", "label": {"en": "Film"}}, "kind_13"),
        ({"name": "", "kind": "text", "label": {"en": "x" * 201}}, "label_13"),
        ({"name": "colour", "kind": "text", "label": {"en": "Colour"}}, ""),
    ],
)
def test_what_is_wrong_with_a_form_is_said_at_its_place(
    series: Series, field: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(UserError) as refused:
        change(series, [*stored_of(None), field])
    assert list(refused.value.fields) == [wrong]
    assert form_of(series) is None


def test_a_form_that_somebody_else_changed_is_not_stored(series: Series) -> None:
    change(series, stored_of(None)[::-1])
    with pytest.raises(UserError, match="Somebody else"):
        change(series, stored_of(None))


def test_a_field_that_no_form_knows_is_shown_under_its_label(series: Series) -> None:
    report = begin(session=make_session(series), start={}, now=NOW)
    given = {"results": Given("Three", 0), "parking": Given("Later", 0, "Parking lot")}
    write(report=report, given=given, hand="file-1", now=NOW)
    assert parts_of(report) == []  # a draft
    publish(report=report, now=NOW, actor_id=None)
    assert [(each.label, each.text) for each in parts_of(report)] == [
        ("Results", "Three"),
        ("Parking lot", "Later"),
    ]
