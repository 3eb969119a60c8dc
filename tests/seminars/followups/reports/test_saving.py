"""MeMoRe's form: stored once per session, out as a material."""

from datetime import datetime, timedelta

import pytest

from seminars.changes.refusing import UserError
from seminars.followups.reports.fields import FIELDS
from seminars.followups.reports.models import Report
from seminars.followups.reports.saving import save_report
from seminars.sessions.models import Material, Session
from tests.factories import make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(db: None) -> Session:
    """A discussion of the past, documented and not recorded."""
    return make_session(wall=datetime(2026, 11, 2, 9, 0), report_only=True, state="report-only")


def test_the_form_has_every_field_of_memore() -> None:
    assert [field.name for field in FIELDS] == [
        "title",
        "facilitator_room",
        "documented_by",
        "participants",
        "who",
        "hypothesis",
        "sequence",
        "arguments",
        "questions",
        "results",
        "quotes",
        "laughed",
        "remarks",
    ]


def test_a_saved_report_is_a_material_of_the_session(session: Session, now: datetime) -> None:
    answers = {"title": "Mentoring", "participants": "10", "quotes": "“We know.”\r\n“No.”", "remarks": " "}
    report = save_report(session=session, answers=answers, language="en", now=now, actor_id=None)
    assert report.answers == {"title": "Mentoring", "participants": "10", "quotes": "“We know.”\n“No.”"}
    material = Material.objects.get()
    assert (material.source, material.kind, material.state) == (report.uuid, "report", "published")
    assert material.path == f"/sessions/{session.slug}/report/"
    assert Session.objects.get().sequence == 1


def test_saving_again_replaces_it(session: Session, now: datetime) -> None:
    save_report(session=session, answers={"title": "One", "results": "x"}, now=now, actor_id=None)
    later = now + timedelta(days=1)
    report = save_report(session=session, answers={"title": "Two"}, now=later, actor_id=None)
    assert (report.revision, report.answers, report.published_at) == (2, {"title": "Two"}, now)
    assert (Report.objects.count(), Material.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, ""),
        ({"title": "  "}, ""),
        ({"participants": "ten"}, "participants"),
        ({"participants": "9" * 9000}, "participants"),
        ({"title": "x" * 301}, "title"),
        ({"title": "x\ny"}, "title"),
        ({"results": "x" * 20_001}, "results"),
    ],
)
def test_wrong_answers_store_nothing(
    session: Session, now: datetime, answers: dict[str, object], field: str
) -> None:
    with pytest.raises(UserError) as refused:
        save_report(session=session, answers=answers, now=now, actor_id=None)
    assert list(refused.value.fields) == [field]
    assert not Report.objects.exists()
    assert not Material.objects.exists()


def test_a_field_that_the_form_does_not_have_is_a_fault(session: Session, now: datetime) -> None:
    with pytest.raises(TypeError, match="colour"):
        save_report(session=session, answers={"colour": "red"}, now=now, actor_id=None)
