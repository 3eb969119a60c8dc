"""Several hands in one report: fields never meet, two texts over the same one both stay, nothing is lost."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from seminars.changes.refusing import UserError
from seminars.followups.reports.fields import LANGUAGE, plain
from seminars.followups.reports.models import Report, Standing, Writing
from seminars.followups.reports.writing import Given, begin, choose, open_in, write, written_in
from seminars.sessions.models import Session
from tests.factories import NOW, make_session


@pytest.fixture
def session(db: None) -> Session:
    """A past session."""
    return make_session(wall=datetime(2026, 11, 2, 9, 0))


@pytest.fixture
def report(session: Session) -> Report:
    """Its report, begun with its title."""
    return begin(session=session, start={"title": "Mentoring"}, now=NOW)


def put(report: Report, hand: str, seen: int, **texts: str) -> list[str]:
    """Write, and return the fields in which two texts stand beside each other afterwards."""
    given = {name: Given(text, seen) for name, text in texts.items()}
    done = write(report=report, given=given, hand=hand, now=NOW)
    assert done.wrong == {}
    return [each.field for each in done.beside]


def says(report: Report) -> dict[str, str]:
    """What the fields say, the empty ones left out."""
    found = written_in(Report.objects.get(pk=report.pk))
    return {name: text for name, (text, _revision) in found.items() if text and name != LANGUAGE}


@pytest.mark.django_db
class TestTwoHands:
    """Ada and Bo have the form open."""

    def test_different_fields_are_merged(self, report: Report) -> None:
        assert put(report, "page-a", 0, results="Three") == []
        assert put(report, "page-b", 0, title="Mentors", results="") == []
        assert says(report) == {"title": "Mentors", "results": "Three"}

    def test_the_same_field_keeps_both_until_somebody_chooses(self, report: Report) -> None:
        put(report, "page-a", 0, title="Ada's")
        assert put(report, "page-b", 0, title="Bo's") == ["title"]
        assert says(report) == {"title": "Ada's"}
        assert put(report, "page-b", 0, title="Bo's own") == ["title"]
        beside = open_in(report)[0]
        choose(report=report, writing_id=beside.pk, take="both", seen=report.revision, now=NOW)
        assert says(report) == {"title": "Ada's / Bo's own"}
        assert open_in(report) == []
        texts = list(Writing.objects.filter(field="title").values_list("text", "standing"))
        assert texts == [
            ("Mentoring", "taken"),
            ("Ada's", "taken"),
            ("Bo's", "replaced"),
            ("Bo's own", "settled"),
            ("Ada's / Bo's own", "taken"),
        ]

    def test_an_answer_that_was_lost_on_the_way_is_no_conflict_with_oneself(self, report: Report) -> None:
        put(report, "page-a", 0, results="One")
        assert put(report, "page-a", 0, results="One, two") == []
        assert says(report)["results"] == "One, two"

    def test_a_choice_between_texts_that_were_written_on_is_refused(self, report: Report) -> None:
        put(report, "page-a", 0, title="Ada's")
        put(report, "page-b", 0, title="Bo's")
        seen, beside = report.revision, open_in(report)[0]
        put(report, "page-a", seen, title="Ada's, longer")
        with pytest.raises(UserError):
            choose(report=report, writing_id=beside.pk, take="this", seen=seen, now=NOW)
        choose(report=report, writing_id=beside.pk, take="this", seen=report.revision, now=NOW)
        assert says(report)["title"] == "Bo's"
        with pytest.raises(UserError):
            choose(report=report, writing_id=beside.pk, take="there", seen=report.revision, now=NOW)

    def test_a_wrong_text_stops_no_other(self, report: Report) -> None:
        given = {
            "participants": Given("ten", 0),
            "results": Given("Three", 0),
            LANGUAGE: Given("Swedish!", 0),
        }
        done = write(report=report, given=given, hand="page-a", now=NOW)
        assert (done.taken, sorted(done.wrong)) == (["results"], ["language", "participants"])

    def test_a_report_of_before_there_were_notes_is_written_on(self, session: Session) -> None:
        begun = begin(session=session, start={}, now=NOW)
        Report.objects.filter(pk=begun.pk).update(
            notes={}, answers={"results": "Old"}, revision=4, published_at=NOW
        )
        old = Report.objects.get(pk=begun.pk)
        assert put(old, "page-a", 4, results="Old and new", title="") == []
        assert put(old, "page-b", 4, results="Old") == []  # left as it was
        assert says(old) == {"results": "Old and new"}


ANSWERS = st.text("ab \n", max_size=4)
STEP = st.tuples(
    st.sampled_from(["page-a", "page-b", "file-c"]),
    st.dictionaries(st.sampled_from(["results", "questions"]), ANSWERS, min_size=1),
    st.booleans(),
    st.sampled_from(["this", "both", "there"]),
)


class TestNothingIsLost(TestCase):
    """Whatever hands write in whatever order, each having seen something of the past."""

    @settings(max_examples=60, suppress_health_check=[HealthCheck.differing_executors])
    @given(st.lists(STEP, max_size=8))
    def test_every_text_stays(self, steps: list[tuple[str, dict[str, str], bool, str]]) -> None:
        report = begin(session=make_session(wall=datetime(2026, 11, 2, 9, 0)), start={}, now=NOW)
        seen: dict[str, int] = {}
        for hand, texts, looks, take in steps:
            if looks or hand not in seen:
                seen[hand] = report.revision
            before = says(report)
            put(report, hand, seen[hand], **texts)
            kept = set(Writing.objects.filter(report=report).values_list("field", "text"))
            for name, text in texts.items():
                assert not plain(text) or (name, plain(text)) in kept
            for name, text in before.items():
                assert name in texts or says(report)[name] == text
                assert (name, text) in kept
            for beside in open_in(report)[:1] if looks else []:
                choose(report=report, writing_id=beside.pk, take=take, seen=report.revision, now=NOW)
                wanted = {"this": beside.text, "there": says(report).get(beside.field, "")}
                assert take == "both" or says(report).get(beside.field, "") == wanted[take]
        last = {
            name: Writing.objects.filter(report=report, field=name, standing=Standing.TAKEN).latest("id").text
            for name in says(report)
        }
        assert last == says(report)
