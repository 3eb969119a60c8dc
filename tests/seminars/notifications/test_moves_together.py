"""What moves together is told together: an event with its parts, a lead with its echo, many sessions at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from seminars.notifications import moves, outbox
from seminars.people.models import Community, Role, User
from seminars.series.models import Series
from seminars.sessions import moving, undoing
from seminars.sessions.bulk.applying import apply_bulk
from seminars.sessions.bulk.asking import Asked, Deed
from seminars.sessions.models import Echo, Session
from tests.factories import make_community, make_member, make_series, make_session

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def series(closed_community: Community, member: User, now: datetime) -> Series:
    moves.look(now=now - timedelta(days=1))
    return make_series(closed_community, title={"en": "Weekly"})


@pytest.fixture
def event(series: Series) -> Session:
    """1 December 2026, 15:00 to 16:00 in Johannesburg, with two parts."""
    event = make_session(series, title={"en": "Field day"})
    for minute in (10, 30):
        wall = datetime(2026, 12, 1, 15, minute)
        make_session(series, within=event, wall=wall, minutes=20, title={"en": f"Part {minute}"})
    return event


def fresh(session: Session) -> Session:
    return Session.objects.select_related("series__community").get(pk=session.pk)


def letters(at: datetime) -> list[tuple[str, str]]:
    """Look, twice, and send: to whom, and the subject."""
    mail.outbox.clear()
    for _worker in range(2):
        moves.look(now=at)
        outbox.deliver(clock=lambda: at)
    return sorted((each.to[0], str(each.subject)) for each in mail.outbox)


def to(address: str, at: datetime) -> list[str]:
    return [subject for who, subject in letters(at) if who == address]


def test_an_event_and_its_parts_are_one_mail(event: Session, now: datetime) -> None:
    wall = datetime(2026, 12, 2, 17, 0)
    moving.reschedule(session=fresh(event), wall=wall, now=now, actor_id=None)
    assert Session.objects.filter(within=event, local_date=wall.date()).count() == 2
    assert to("member@example.org", now + 10 * MINUTE) == ["3 sessions have changed: Weekly"]
    assert letters(now + 60 * MINUTE) == []


def test_a_cancelled_event_with_its_parts_is_one_mail(event: Session, now: datetime) -> None:
    moving.cancel(session=fresh(event), reason="Flood", now=now, actor_id=None)
    assert to("member@example.org", now + 10 * MINUTE) == ["3 sessions have changed: Weekly"]
    assert "Reason: Flood" in mail.outbox[0].body


def test_a_part_alone_is_told_alone(event: Session, now: datetime) -> None:
    part = event.parts.order_by("pk")[0]
    moving.cancel(session=fresh(part), reason="Ill", now=now, actor_id=None)
    [subject] = to("member@example.org", now + 10 * MINUTE)
    assert subject.startswith("Cancelled: Part 10")


def test_an_event_that_is_moved_back_in_time_tells_nobody(event: Session, now: datetime) -> None:
    moving.reschedule(session=fresh(event), wall=datetime(2026, 12, 2, 17, 0), now=now, actor_id=None)
    letters(now + MINUTE)
    change = undoing.undoable(series=event.series, session=fresh(event), now=now + 5 * MINUTE)
    assert change is not None
    undoing.undo(series=event.series, change=change, now=now + 5 * MINUTE, actor_id=None)
    assert letters(now + 10 * MINUTE) + letters(now + 60 * MINUTE) == []


def test_a_lead_and_its_echo_in_one_series_are_one_mail(series: Series, now: datetime) -> None:
    lead = make_session(series)
    make_session(series, lead=lead, echo=Echo.TWIN, wall=datetime(2026, 12, 2, 3, 0))
    moving.cancel(session=lead, reason="Ill", now=now, actor_id=None)
    assert to("member@example.org", now + 10 * MINUTE) == ["2 sessions have changed: Weekly"]


def test_readers_of_another_series_hear_of_its_echo_only(series: Series, member: User, now: datetime) -> None:
    """Whoever belongs to both communities hears of both, each among its own: hours and wishes are each their own."""
    elsewhere = make_community(joining=series.community.joining, home_zone="Asia/Tokyo")
    other = make_member(elsewhere, role=Role.MEMBER).person
    lead = make_session(series)
    theirs = make_series(elsewhere, title={"en": "In the east"})
    make_session(
        theirs, lead=lead, echo=Echo.RELAY, wall=datetime(2026, 12, 2, 10, 0), title={"en": "Again, early"}
    )
    moving.cancel(session=lead, reason="Ill", now=now, actor_id=None)
    soon = letters(now + 10 * MINUTE)
    assert not [who for who, subject in soon if "Again, early" in subject], "it is night in Tokyo"
    told = soon + letters(datetime(2026, 11, 16, 23, 1, tzinfo=UTC))  # 8 in the morning there
    assert [who for who, subject in told if "Again, early" in subject] == [other.email]
    assert len([who for who, _subject in told if who == "member@example.org"]) == 1
    assert len(told) == len({who for who, _subject in told})


@pytest.mark.parametrize(
    ("deed", "asked"),
    [(Deed.EDIT, {"shift": 2}), (Deed.CANCEL, {"reason": "Strike"})],
)
def test_many_sessions_at_once_are_one_mail(
    series: Series, now: datetime, deed: Deed, asked: dict[str, object]
) -> None:
    first = datetime(2026, 12, 1, 15, 0)
    rows = [make_session(series, wall=first + timedelta(days=7 * number)) for number in range(4)]
    ticked = frozenset(each.pk for each in rows)
    apply_bulk(series=series, asked=Asked(ticked=ticked, deed=deed, **asked), seal="", now=now, actor_id=None)  # type: ignore[arg-type]
    assert to("member@example.org", now + 10 * MINUTE) == ["4 sessions have changed: Weekly"]
    assert letters(now + 60 * MINUTE) == []


def test_other_words_of_many_tell_nobody(series: Series, now: datetime) -> None:
    rows = [make_session(series) for _number in range(3)]
    ticked = frozenset(each.pk for each in rows)
    apply_bulk(
        series=series,
        asked=Asked(ticked=ticked, deed=Deed.EDIT, fields={"room": "Hall 2"}),
        seal="",
        now=now,
        actor_id=None,
    )
    assert letters(now + 10 * MINUTE) == []
