"""The recording is ready: one mail to attended and missed alike, once, by day, and never an old story."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.notifications import moves, outbox, ready
from seminars.notifications.models import Message
from seminars.notifications.readers import following, stopping
from seminars.notifications.readers.models import Reader, Subscription
from seminars.people.models import Community
from seminars.sessions import materials, moving
from seminars.sessions.models import Echo, MaterialKind, Session
from seminars.sessions.registration.models import Registration
from tests.factories import make_series, make_session

pytestmark = pytest.mark.django_db
ENDS = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)  # 16:00 in Johannesburg
AT = ENDS + timedelta(hours=1)
TEN, DAY = timedelta(minutes=10), timedelta(days=1)
READY = ["The recording is ready: Savings by phone"]


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community), title={"en": "Savings by phone"})


@pytest.fixture(autouse=True)
def first_look(now: datetime) -> None:
    ready.look(now=now - DAY)


def registered(session: Session, email: str = "came@example.org", **columns: Any) -> Registration:
    given = {"name": "A", "language": "en", "token": uuid4().hex, "made_at": AT, "confirmed_at": AT}
    return Registration.objects.create(session=session, email=email, **given | columns)


def follows(followed: Any, email: str = "follows@example.org", **more: Any) -> Reader:
    reader = following.follow(
        email=email, followed=followed, wanted=("ready",), language="en", now=AT, **more
    )
    following.confirm(reader=reader, now=AT)
    return reader


def publish(session: Session, at: datetime = AT, kind: str = MaterialKind.RECORDING) -> Any:
    source = uuid4()
    held = Session.objects.select_related("series__community").get(pk=session.pk)
    materials.publish(
        source=source, session=held, kind=kind, title={"en": "It"}, language="en", path="/archive/x/", now=at
    )
    return source


def deliver(at: datetime) -> list[str]:
    """Look and send; the subjects of what left."""
    mail.outbox.clear()
    ready.look(now=at)
    outbox.deliver(clock=lambda: at)
    return [str(each.subject) for each in mail.outbox]


def addresses() -> set[str]:
    return {each.to[0] for each in mail.outbox}


def test_registered_people_and_followers_are_told_once(session: Session) -> None:
    registered(session)
    registered(session, "withdrew@example.org", withdrawn_at=AT)
    follows(session)
    follows(session.series, "CAME@example.org")
    publish(session, kind=MaterialKind.SLIDES)
    assert deliver(AT + TEN) == []
    publish(session, AT + TEN)
    assert deliver(AT + TEN) == []
    assert deliver(AT + 2 * TEN) == READY * 2
    assert addresses() == {"came@example.org", "follows@example.org"}
    assert mail.outbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    follows(session, "late@example.org")
    publish(session, AT + DAY, MaterialKind.CAPTIONS)
    assert deliver(AT + 2 * DAY) == []


def test_it_waits_for_the_readers_morning(session: Session) -> None:
    registered(
        session, zone="Asia/Kolkata"
    )  # 20:30 there when it is out, 21:10 ten minutes after the last look
    publish(session, AT + timedelta(minutes=30))
    at = AT + timedelta(minutes=40)
    assert deliver(at) == deliver(at + timedelta(hours=10)) == []
    assert deliver(datetime(2026, 12, 2, 2, 30, tzinfo=UTC)) == READY


def test_taken_back_before_it_leaves_and_out_again(session: Session) -> None:
    registered(session)
    source = publish(session)
    ready.look(now=AT)
    materials.withdraw(source=source, now=AT + TEN / 2)
    assert deliver(AT + TEN) == []
    assert Message.objects.get().reason == ready.NOT_READY
    publish(session, AT + DAY)
    ready.look(now=AT + DAY)
    assert deliver(AT + DAY + TEN) == READY
    publish(session, AT + DAY + TEN)
    assert deliver(AT + 2 * DAY) == []


def test_old_stories_are_not_told(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(published_at=AT)
    registered(session)
    follows(None)
    publish(session)
    assert deliver(AT + TEN) + deliver(AT + DAY) == []
    assert not Message.objects.exists()


def test_a_session_that_is_off_or_closed_tells_nobody(session: Session, closed_community: Community) -> None:
    registered(session)
    moving.cancel(session=session, reason="Ill", now=ENDS - DAY, actor_id=None)
    publish(session)
    hidden = make_session(make_series(closed_community))
    follows(None)
    publish(hidden, AT + DAY)
    assert deliver(AT + 2 * DAY) == []
    assert not Message.objects.exists()


def test_who_was_let_out_meanwhile_is_not_told(session: Session) -> None:
    found = registered(session)
    publish(session)
    ready.look(now=AT)
    Registration.objects.filter(pk=found.pk).update(withdrawn_at=AT)
    assert deliver(AT + TEN) == []
    assert Message.objects.get().reason == ready.UNWANTED


def test_who_wants_none_gets_none(session: Session, community: Community) -> None:
    registered(session)
    follows(session.series, "came@example.org")
    stopping.end(stopping.Stop("came@example.org", None, stopping.READY, community), now=AT)
    publish(session)
    assert deliver(AT + TEN) == []


def test_by_choice_not_recorded_the_report_is_what_counts(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(report_only=True)
    registered(session)
    publish(session, kind=MaterialKind.SLIDES)
    assert deliver(AT) == []
    publish(session, AT, MaterialKind.REPORT)
    ready.look(now=AT)
    assert deliver(AT + TEN) == ["In the archive: Savings by phone"]


def test_of_two_hours_of_one_topic_one_mail(session: Session) -> None:
    twin = make_session(session.series, wall=datetime(2026, 12, 1, 8, 0), lead=session, echo=Echo.TWIN)
    for each in (session, twin):
        registered(each, "both@example.org")
    registered(twin, "second@example.org")
    publish(session)
    ready.look(now=AT)
    assert len(deliver(AT + TEN)) == 2
    assert addresses() == {"both@example.org", "second@example.org"}


@pytest.mark.parametrize("kind", ["ready", "moves"])
def test_five_thousand_readers_of_one_fact_cost_a_bounded_number_of_questions(
    session: Session, now: datetime, kind: str
) -> None:
    moves.look(now=now - DAY)
    asked = dict[int, int]()
    for many in (500, 5000):
        Reader.objects.all().delete()
        Message.objects.all().delete()
        rows = Reader.objects.bulk_create(
            Reader(email=f"r{each}@example.org", token=str(each), language="en", made_at=AT, confirmed_at=AT)
            for each in range(many)
        )
        given: dict[str, Any] = {"scope": f"series:{session.series_id}", "made_at": AT, "confirmed_at": AT}
        Subscription.objects.bulk_create(
            [Subscription(reader=each, moves=True, ready=True, **given) for each in rows], batch_size=1000
        )
        other = make_session(session.series)
        at = other.ends_at if kind == "ready" else now
        assert at is not None
        if kind == "ready":
            publish(other, at + DAY)
        else:
            moving.cancel(session=other, reason="Ill", now=now, actor_id=None)
        with CaptureQueriesContext(connection) as questions:
            made = (ready if kind == "ready" else moves).look(now=at + DAY)
        assert made == many
        asked[many] = len(questions)
    assert asked[5000] <= 200
    assert asked[5000] - asked[500] <= 160  # each further 500 are a few


def test_a_look_at_nothing_new_asks_little(session: Session, django_assert_num_queries: Any) -> None:
    publish(session)
    deliver(AT)
    with django_assert_num_queries(7):  # savepoint, floor, its lock, new, heard, settled, release
        assert ready.look(now=AT + TEN) == 0
