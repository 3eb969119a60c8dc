"""How was it? One mail to who came, or to all registered where that is not known; by day, once, while it is wanted."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.notifications import feedback, outbox, ready
from seminars.notifications.models import Message
from seminars.notifications.readers import stopping
from seminars.people.models import Community
from seminars.sessions import materials
from seminars.sessions.attendance.models import Attendance, Way
from seminars.sessions.feedback import asking
from seminars.sessions.models import MaterialKind, Session
from seminars.sessions.registration.models import Partstat, Registration
from tests.factories import make_series, make_session, make_user

pytestmark = pytest.mark.django_db
ENDS = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)  # 16:00 in Johannesburg
AT = ENDS + timedelta(hours=1)
DAY = timedelta(days=1)
HOW = "How was it? Savings by phone"


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community), title={"en": "Savings by phone"})


def registered(session: Session, email: str, **columns: Any) -> Registration:
    given = {"name": "A", "language": "en", "token": uuid4().hex, "made_at": ENDS - 9 * DAY}
    given |= {"confirmed_at": ENDS - 9 * DAY}
    return Registration.objects.create(session=session, email=email, **given | columns)


def came(registration: Registration, **columns: Any) -> Attendance:
    given = {"way": Way.JOIN, "made_at": ENDS, "email": registration.email}
    return Attendance.objects.create(
        session=registration.session, registration=registration, **given | columns
    )


def deliver(at: datetime) -> set[str]:
    """Look and send; to whom the question went."""
    mail.outbox.clear()
    feedback.look(now=at)
    outbox.deliver(clock=lambda: at, seconds=300)
    return {each.to[0] for each in mail.outbox if each.subject == HOW}


def test_where_nobody_knows_who_came_all_are_asked_once_an_hour_after_the_end(session: Session) -> None:
    one = registered(session, "a@example.org")
    registered(session, "b@example.org", partstat=Partstat.DECLINED)
    registered(session, "c@example.org", withdrawn_at=ENDS - DAY)
    assert deliver(AT - timedelta(minutes=1)) == set()
    assert deliver(AT) == {"a@example.org"}
    text = mail.outbox[0].body
    assert f"/registration/{one.token}/feedback/" in text
    assert "You were registered for this session" in text
    assert "Answers are taken until Thursday 31 December" in text
    assert "List-Unsubscribe" in mail.outbox[0].message()
    assert [deliver(AT), deliver(AT + DAY)] == [set(), set()]


def test_only_who_came_is_asked_and_who_turns_out_to_have_come_later(session: Session) -> None:
    here, later, _missed = (
        registered(session, f"{name}@example.org") for name in ("here", "later", "missed")
    )
    came(here)
    assert deliver(AT) == {"here@example.org"}
    assert "Thank you for coming" in mail.outbox[0].body
    struck = came(later, struck_at=AT)
    assert deliver(AT + DAY) == set()
    Attendance.objects.filter(pk=struck.pk).update(struck_at=None)
    assert deliver(AT + DAY) == {"later@example.org"}
    assert deliver(AT + 4 * DAY) == set()


def test_who_came_by_their_account_without_registering_is_asked_on_the_sessions_own_page(
    session: Session,
) -> None:
    person = make_user("guest@example.org").person
    Attendance.objects.create(session=session, person=person, way=Way.JOIN, made_at=ENDS)
    assert deliver(AT) == {"guest@example.org"}
    assert f"/sessions/{session.slug}/feedback/" in mail.outbox[0].body
    assert "signed in to your account" in mail.outbox[0].body
    path = re.search(r"/mails/stop/(\S+)/", mail.outbox[0].body)
    assert path is not None
    stopping.end(stopping.opened(path[1]), now=AT)
    later = make_session(session.series, title={"en": "Savings by phone"}, slug="another")
    Attendance.objects.create(session=later, person=person, way=Way.JOIN, made_at=ENDS)
    assert deliver(AT) == set()


def test_it_comes_by_day(session: Session) -> None:
    registered(session, "auckland@example.org", zone="Pacific/Auckland")  # 04:00 there
    assert deliver(AT) == set()
    assert deliver(datetime(2026, 12, 1, 18, 59, tzinfo=UTC)) == set()
    assert deliver(datetime(2026, 12, 1, 19, 0, tzinfo=UTC)) == {"auckland@example.org"}


def test_a_series_that_does_not_ask_and_a_session_that_was_off_ask_nobody(session: Session) -> None:
    registered(session, "a@example.org")
    asking.set_questions(series=session.series, on=False, questions=[])
    assert deliver(AT) == set()
    asking.set_questions(series=session.series, on=True, questions=[])
    Session.objects.filter(pk=session.pk).update(cancelled_at=ENDS - DAY)
    assert deliver(AT) == set()
    Session.objects.filter(pk=session.pk).update(cancelled_at=None)
    assert deliver(AT) == {"a@example.org"}


def test_what_has_become_pointless_before_it_leaves_is_not_sent(session: Session) -> None:
    names = ("answered", "stopped", "gone", "fine")
    rows = {name: registered(session, f"{name}@example.org") for name in names}
    feedback.look(now=AT)
    voice = asking.voice_of(session=session, registration=rows["answered"])
    asking.answer(session=session, voice=voice, answers={"useful": 4}, now=AT)
    community = session.series.community
    path = stopping.stop_address(
        email="stopped@example.org", person_id=None, kind=stopping.ASKED, community=community
    )
    stop = stopping.opened(path.rstrip("/").rpartition("/")[2])
    stopping.end(stop, now=AT)
    Registration.objects.filter(pk=rows["gone"].pk).update(withdrawn_at=AT)
    assert deliver(AT) == {"fine@example.org"}
    assert not stopping.comes(stop)
    stopping.begin(stop, "", now=AT)
    assert stopping.comes(stop)
    reasons = dict(Message.objects.filter(state="dropped").values_list("email", "reason"))
    assert reasons == {
        "answered@example.org": feedback.ANSWERED,
        "stopped@example.org": feedback.UNWANTED,
        "gone@example.org": feedback.GONE,
    }


def publish(session: Session, at: datetime) -> None:
    held = Session.objects.select_related("series__community").get(pk=session.pk)
    given: dict[str, Any] = {"title": {"en": "It"}, "language": "en", "path": "/archive/x/", "now": at}
    materials.publish(source=uuid4(), session=held, kind=MaterialKind.RECORDING, **given)


def tell_ready(at: datetime) -> str:
    mail.outbox.clear()
    ready.look(now=at)
    outbox.deliver(clock=lambda: at, seconds=300)
    return "".join(str(each.body) for each in mail.outbox)


@pytest.mark.parametrize("asked_first", [True, False])
def test_who_hears_first_that_the_recording_is_ready_is_asked_by_that_mail(
    session: Session, asked_first: bool
) -> None:
    ready.look(now=ENDS - DAY)
    came(registered(session, "a@example.org"))
    if asked_first:
        assert deliver(AT) == {"a@example.org"}
    publish(session, AT)
    ready.look(now=AT)
    told = tell_ready(AT + timedelta(minutes=10))
    assert "The recording of a session" in told
    assert ("Say how it was" in told) is not asked_first
    assert deliver(AT + DAY) == set()


def test_a_minute_with_nothing_new_costs_two_questions(session: Session) -> None:
    registered(session, "a@example.org")
    feedback.look(now=AT)
    with CaptureQueriesContext(connection) as asked:
        assert feedback.look(now=AT + timedelta(minutes=1)) == 0
    assert len(asked) == 2


def test_looking_never_multiplies_who_registered_with_who_came(session: Session) -> None:
    for each in "abc":
        came(registered(session, f"{each}@example.org"))
    with CaptureQueriesContext(connection) as asked:
        assert feedback.look(now=AT) == 3
    (look,) = [each["sql"] for each in asked if "COUNT(" in each["sql"] and "feedbackform" in each["sql"]]
    assert 'JOIN "seminars_registration"' not in look


def test_many_cost_no_more_questions_than_one(session: Session) -> None:
    counts = []
    for number in (1, 30):
        for each in range(number):
            came(registered(session, f"r{number}-{each}@example.org"))
        feedback.look(now=AT)
        with CaptureQueriesContext(connection) as asked:
            feedback.facts_of_many(list(Message.objects.filter(email__startswith=f"r{number}-")), AT)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_notes_of_what_was_asked_are_forgotten(session: Session) -> None:
    registered(session, "a@example.org")
    feedback.look(now=AT)
    assert [feedback.forget(before=AT), feedback.forget(before=AT + DAY)] == [0, 1]
