"""What the page of an archive item asks the database, with everything at once that a session can have."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from recordings.catalogue.models import Recording
from seminars.followups.models import Checklist, Item
from seminars.people.models import Community
from seminars.sessions.attendance.models import Headcount
from seminars.sessions.feedback.models import FeedbackForm
from seminars.sessions.models import Echo, MaterialKind, MaterialState, Session
from seminars.sessions.questions.models import Question, QuestionDoor, WrittenAnswer
from seminars.sessions.sites.models import ListeningSite
from tests.factories import NOW, make_material, make_person, make_recording, make_session
from tests.recordings.web.test_item import page, whole
from tests.seminars.results.cast import come

pytestmark = pytest.mark.django_db
MOST = 15
AFTER = datetime(2026, 3, 8, 12, 0, tzinfo=NOW.tzinfo)  # while people may still say how it was
Shape = Callable[[Session], None]


def held(beside: Session, hour: int, **fields: object) -> Session:
    """Another session of its series on its day."""
    wall = datetime(2026, 3, 3, hour, 20)
    session = make_session(beside.series, wall=wall, title={"en": f"At {hour}"}, **fields)  # type: ignore[arg-type]
    Checklist.objects.create(session=session, opened_at=NOW)
    return session


def alone(_session: Session) -> None:
    """Nothing hangs together with it."""


def with_programme(event: Session) -> None:
    """It has parts, and a twin."""
    for hour in (8, 9):
        part = held(event, hour, within=event)
        part.speakers.create(person=make_person())
        make_material(part)
    held(event, 20, lead=event, echo=Echo.TWIN).speakers.create(person=make_person())


def within_event(part: Session) -> None:
    """It is a part, with another beside it, and has a twin and a relay."""
    event = held(part, 7)
    held(part, 15, within=event).speakers.create(person=make_person())
    Session.objects.filter(pk=part.pk).update(within=event)
    held(part, 20, lead=part, echo=Echo.TWIN)
    make_material(held(part, 21, lead=part, echo=Echo.RELAY))


def everything(session: Session) -> None:
    """What people left there: questions with answers, who came and how, what is owed still, a page elsewhere."""
    QuestionDoor.objects.create(session=session)
    for number in range(3):
        question = Question.objects.create(
            session=session, text=f"Why {number}?", standing="shown", made_at=NOW, confirmed_at=NOW, answered_at=NOW
        )  # fmt: skip
        WrittenAnswer.objects.create(question=question, text="Trust.", made_at=NOW, changed_at=NOW)
    come(session, 5)
    Headcount.objects.create(session=session, joins=3)
    ListeningSite.objects.create(
        session=session, place="Library", city="Beira", zone="Africa/Maputo", contact="A", email="a@example.org",
        expected=9, came=7, token="t", made_at=NOW, changed_at=NOW,
    )  # fmt: skip
    FeedbackForm.objects.create(series=session.series)
    Checklist.objects.create(session=session, opened_at=NOW)
    for kind, moment in (("paper", AFTER + timedelta(days=9)), ("transcript", AFTER)):
        Item.objects.create(session=session, kind=kind, due_at=moment, first_due_at=moment, opened_at=NOW)
    make_material(session, MaterialKind.PAPER, path="/papers/dp-1/")
    make_material(
        session, MaterialKind.RECORDING, path="https://video.example/1", state=MaterialState.PENDING
    )
    for number in range(6):
        make_recording(make_session(session.series, wall=datetime(2026, 2, number + 1, 9, 0)))


def asked(client: Client, recording: Recording) -> tuple[str, list[str]]:
    """The page as everybody first gets it, and what it asked."""
    page(client, recording)
    cache.clear()
    with CaptureQueriesContext(connection) as caught:
        text = page(client, recording)
    return text, [each["sql"] for each in caught.captured_queries]


@pytest.mark.parametrize("shape", [alone, with_programme, within_event])
def test_with_everything_at_once(
    as_nobody: Client, community: Community, stopped: Traveller, shape: Shape
) -> None:
    recording = whole(community)
    session = recording.session
    assert session is not None
    everything(session)
    shape(session)
    stopped.move_to(AFTER)
    text, questions = asked(as_nobody, recording)
    for said in (
        "Key points",
        "Related",
        "Why 2?",
        "video.example",
        "took part live",
        "Say how it was",
        "expected by",
    ):
        assert said in text, said
    assert ("Programme</h2>" in text, "At the same time" in text) == (
        shape is with_programme,
        shape is within_event,
    )
    assert len(questions) <= MOST, [each.partition("FROM")[2][:60] for each in questions]


def test_while_its_twin_is_still_to_come(as_nobody: Client, community: Community, stopped: Traveller) -> None:
    recording = whole(community)
    session = recording.session
    assert session is not None
    everything(session)
    given = {"lead": session, "echo": Echo.TWIN, "published_at": AFTER - timedelta(days=9)}
    make_session(session.series, wall=datetime(2026, 3, 11, 9, 0), **given)  # type: ignore[arg-type]
    stopped.move_to(AFTER)
    text, questions = asked(as_nobody, recording)
    assert "Live again: a twin session" in text
    assert len(questions) <= MOST, [each.partition("FROM")[2][:60] for each in questions]
