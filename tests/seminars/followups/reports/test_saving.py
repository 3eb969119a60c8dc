"""MeMoRe's form: stored once per session, out as a material."""

from datetime import datetime, timedelta

import pytest

from seminars.changes.refusing import UserError
from seminars.followups.reports.models import Report
from seminars.followups.reports.saving import FIELDS, ReportStale, save_report
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
    assert material.path == f"/sessions/{session.slug}/#report"
    assert Session.objects.get().sequence == 1


def test_saving_again_replaces_it(session: Session, now: datetime) -> None:
    save_report(session=session, answers={"title": "One"}, now=now, actor_id=None, seen=0)
    later = now + timedelta(days=1)
    report = save_report(session=session, answers={"title": "Two"}, now=later, actor_id=None, seen=1)
    assert (report.revision, report.answers, report.published_at) == (2, {"title": "Two"}, now)
    assert (Report.objects.count(), Material.objects.count()) == (1, 1)


@pytest.mark.parametrize("seen", [0, 1])
def test_a_form_left_open_over_another_report_gets_what_is_there_now(
    session: Session, now: datetime, seen: int
) -> None:
    for title in ("One", "Theirs"):
        save_report(session=session, answers={"title": title}, now=now, actor_id=None)
    with pytest.raises(ReportStale) as stale:
        save_report(session=session, answers={"title": "Mine"}, now=now, actor_id=None, seen=seen)
    assert stale.value.current.answers == {"title": "Theirs"}
    assert Material.objects.get().title == {"en": "Theirs"}


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, ""),
        ({"title": "  "}, ""),
        ({"participants": "ten"}, "participants"),
        ({"participants": "9" * 9000}, "participants"),
        ({"title": "x" * 301}, "title"),
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
