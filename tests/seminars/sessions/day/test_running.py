"""The run-sheet: lines in minutes, ticks with who and when, questions by phone."""

from datetime import datetime, timedelta

import pytest

from seminars.changes.refusing import UserError
from seminars.people.models import User
from seminars.sessions.day import running
from seminars.sessions.day.models import Cue
from seminars.sessions.day.running import Line, ProgrammeChanged
from seminars.sessions.models import Session
from tests.factories import make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    return make_session(minutes=90)


@pytest.mark.parametrize("minutes", [1, 5, 10, 60, 90, 480])
def test_the_usual_programme_fits_every_length(minutes: int) -> None:
    lines = running.usual(Session(minutes=minutes))
    found = [line.minute for line in lines]
    assert found == sorted(found)
    assert found[-1] == minutes
    assert [line.what for line in lines if line.kind == "recording"] == ["Start the recording"]


def test_it_begins_once(session: Session) -> None:
    first = running.begin(session=session)
    assert running.begin(session=session) == first
    assert len(first) == 7


def test_a_line_that_stays_keeps_its_tick(session: Session, organiser: User, now: datetime) -> None:
    cue = running.begin(session=session)[1]
    running.tick(cue=cue, done=True, now=now, actor_id=organiser.pk)
    lines = [Line(-5, "Record", pk=cue.pk, kind="recording"), Line(-10, " Tea ", "all")]
    running.set_programme(session=session, lines=lines, seen=running.version_of(session))
    found = [(each.minute, each.what, each.done_by) for each in session.cues.all()]
    assert found == [(-10, "Tea", None), (-5, "Record", organiser)]


def test_two_who_change_the_programme(session: Session) -> None:
    seen = running.version_of(session)
    running.set_programme(session=session, lines=[Line(0, "Theirs")], seen=seen)
    with pytest.raises(ProgrammeChanged):
        running.set_programme(session=session, lines=[Line(0, "Mine")], seen=seen)
    assert [cue.what for cue in session.cues.all()] == ["Theirs"]


def test_a_line_of_another_session_stays_there(session: Session) -> None:
    other = running.begin(session=make_session())[0]
    seen = running.version_of(session)
    running.set_programme(session=session, lines=[Line(3, "Mine", pk=other.pk)], seen=seen)
    other.refresh_from_db()
    assert other.minute == -15
    assert session.cues.get().pk != other.pk


@pytest.mark.parametrize(
    "lines",
    [[Line(0, " ")], [Line(0, "x" * 201)], [Line(-9999, "x")], [Line(99999, "x")], [Line(0, "x")] * 101],
)
def test_lines_that_cannot_be(session: Session, lines: list[Line]) -> None:
    with pytest.raises(UserError):
        running.set_programme(session=session, lines=lines, seen=running.version_of(session))
    assert not session.cues.exists()


def test_of_two_who_tick_the_first_ones_name_stays(
    session: Session, organiser: User, manager: User, now: datetime
) -> None:
    cue = running.begin(session=session)[0]
    assert running.tick(cue=cue, done=True, now=now, actor_id=organiser.pk)
    assert not running.tick(cue=cue, done=True, now=now + timedelta(seconds=1), actor_id=manager.pk)
    found = Cue.objects.get(pk=cue.pk)
    assert (found.done_at, found.done_by) == (now, organiser)
    assert running.tick(cue=cue, done=False, now=now, actor_id=manager.pk)
    found.refresh_from_db()
    assert (found.done_at, found.done_by) == (None, None)


def test_questions_wait_in_line(session: Session, organiser: User, now: datetime) -> None:
    for minute, text in enumerate(["Second?", "First?"]):
        running.note_question(
            session=session, text=text, name="", now=now - timedelta(minutes=minute), actor_id=organiser.pk
        )
    first, second = session.phone_questions.all()
    assert (first.text, second.text) == ("First?", "Second?")
    assert running.put(question=first, done=True, now=now, actor_id=organiser.pk)
    assert not running.put(question=first, done=True, now=now, actor_id=organiser.pk)
    assert running.put(question=first, done=False, now=now, actor_id=organiser.pk)


@pytest.mark.parametrize(("text", "name"), [(" ", ""), ("x" * 2001, ""), ("x", "y" * 201)])
def test_a_question_that_cannot_be(session: Session, text: str, name: str, now: datetime) -> None:
    with pytest.raises(UserError):
        running.note_question(session=session, text=text, name=name, now=now, actor_id=None)
    assert not session.phone_questions.exists()
