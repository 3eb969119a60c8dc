"""What moved is told once, to those whose own hour it is, ten minutes later; what is undone in time is not."""

from datetime import datetime, timedelta

import pytest
from django.core import mail

from seminars import clock
from seminars.notifications import attending, moves, outbox, wishes
from seminars.notifications.models import Heard, Message
from seminars.people.models import Community, Person, User
from seminars.sessions import moving, undoing
from seminars.sessions.models import ClockLaw, LawChange, Session, Speaker
from seminars.sessions.registration import registering
from seminars.sessions.revising import revise
from tests.factories import make_person, make_series, make_session

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
CLOSED_READERS = {"manager@example.org", "member@example.org", "organiser@example.org"}


@pytest.fixture
def session(closed_community: Community, member: User) -> Session:
    """1 December 2026, 15:00 in Johannesburg: 18:30 in Kolkata, where the member is."""
    return make_session(make_series(closed_community), title={"en": "Savings by phone"})


@pytest.fixture(autouse=True)
def first_look(now: datetime) -> None:
    moves.look(now=now - timedelta(days=1))


def fresh(session: Session) -> Session:
    return Session.objects.select_related("series__community").get(pk=session.pk)


def move(session: Session, now: datetime, hour: int = 17, **more: object) -> None:
    wall = datetime(2026, 12, 1, hour, 0)
    moving.reschedule(session=fresh(session), wall=wall, now=now, actor_id=None, **more)  # type: ignore[arg-type]


def deliver(at: datetime) -> list[str]:
    """Look and send; the subjects of what left."""
    mail.outbox.clear() if hasattr(mail, "outbox") else None
    moves.look(now=at)
    outbox.deliver(clock=lambda: at)
    return [str(each.subject) for each in mail.outbox]


def test_a_new_time_is_told_after_ten_minutes_by_the_readers_clock(session: Session, now: datetime) -> None:
    move(session, now, reason="The room is taken")
    assert deliver(now + MINUTE) == []
    assert deliver(now + 9 * MINUTE) == []
    assert deliver(now + 10 * MINUTE) == ["New time Tue 1 Dec 2026, 20:30–21:30 (Kolkata): Savings by phone"]
    sent = mail.outbox[0]
    assert sent.to == ["member@example.org"]
    assert "Now Tuesday 1 December 2026, 20:30–21:30" in sent.body
    assert "Was Tuesday 1 December 2026, 18:30–19:30" in sent.body
    assert "Reason: The room is taken" in sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent.extra_headers["List-Id"] == "<moves.cohort.127.0.0.1>"
    assert deliver(now + 30 * MINUTE) == []


def test_what_is_moved_twice_is_one_mail_from_the_first_to_the_last(session: Session, now: datetime) -> None:
    move(session, now)
    deliver(now + MINUTE)
    move(session, now + 8 * MINUTE, hour=19)
    assert deliver(now + 11 * MINUTE) == []
    assert deliver(now + 18 * MINUTE) == ["New time Tue 1 Dec 2026, 22:30–23:30 (Kolkata): Savings by phone"]
    assert "Was Tuesday 1 December 2026, 18:30–19:30" in mail.outbox[0].body


def test_moved_again_later_it_says_what_was_told(session: Session, now: datetime) -> None:
    move(session, now)
    deliver(now + 10 * MINUTE)
    move(session, now + 20 * MINUTE, hour=19)
    assert len(deliver(now + 30 * MINUTE)) == 1
    assert "Was Tuesday 1 December 2026, 20:30–21:30" in mail.outbox[0].body


@pytest.mark.parametrize("looked", [False, True])
def test_undone_within_ten_minutes_sends_nothing(session: Session, now: datetime, looked: bool) -> None:
    move(session, now)
    if looked:
        deliver(now + MINUTE)
    change = undoing.undoable(series=session.series, session=fresh(session), now=now + 5 * MINUTE)
    assert change is not None
    undoing.undo(series=session.series, change=change, now=now + 5 * MINUTE, actor_id=None)
    assert deliver(now + 10 * MINUTE) + deliver(now + 60 * MINUTE) == []
    assert set(Message.objects.values_list("state", flat=True)) <= {"dropped"}


def test_undone_after_the_mail_is_told_again(session: Session, now: datetime) -> None:
    move(session, now)
    deliver(now + 10 * MINUTE)
    move(session, now + 15 * MINUTE, hour=15)
    assert deliver(now + 25 * MINUTE) == ["New time Tue 1 Dec 2026, 18:30–19:30 (Kolkata): Savings by phone"]


def test_cancelled_postponed_and_back(session: Session, now: datetime) -> None:
    moving.cancel(session=fresh(session), reason="Ill", now=now, actor_id=None)
    assert deliver(now + 10 * MINUTE) == [
        "Cancelled: Savings by phone, Tue 1 Dec 2026, 18:30–19:30 (Kolkata)"
    ]
    later = now + 20 * MINUTE
    moving.reinstate(session=fresh(session), now=later, actor_id=None)
    assert deliver(later + 10 * MINUTE)[0].startswith("Takes place after all, Tue 1 Dec 2026, 18:30")
    later += 20 * MINUTE
    moving.postpone(session=fresh(session), reason="No room", now=later, actor_id=None)
    assert deliver(later + 10 * MINUTE) == ["Postponed: Savings by phone"]


def test_several_sessions_of_a_series_are_one_mail(session: Session, now: datetime) -> None:
    other = make_session(session.series)
    for each in (session, other):
        moving.cancel(session=fresh(each), reason="Ill", now=now, actor_id=None)
    title = session.series.title["en"]
    assert deliver(now + 10 * MINUTE) == [f"2 sessions have changed: {title}"]


def test_words_and_drafts_move_nothing(session: Session, now: datetime) -> None:
    draft = make_session(session.series, published=False)
    move(draft, now)
    moving.edit(session=fresh(session), title="Other words", now=now, actor_id=None)
    revise(fresh(session), kind="followed", now=now)
    assert deliver(now + 10 * MINUTE) == []


def test_who_is_told_in_an_open_community(community: Community, member: User, now: datetime) -> None:
    session = make_session(make_series(community))
    speaker = make_person(email="speaker@example.org")
    Speaker.objects.create(session=session, person=speaker)
    named = make_person(email="named@example.org", zone="Europe/Stockholm")
    session.named.add(named)
    move(session, now)
    assert deliver(now + 10 * MINUTE) != []
    assert {each.to[0] for each in mail.outbox} == {"speaker@example.org", "named@example.org"}
    wishes.choose(person=named, community=community, moves=False, now=now)
    wishes.choose(person=member.person, community=community, moves=True, now=now)
    move(session, now + 20 * MINUTE, hour=18)
    deliver(now + 30 * MINUTE)
    assert {each.to[0] for each in mail.outbox} == {"speaker@example.org", "member@example.org"}


def test_who_left_or_stopped_meanwhile_gets_none(session: Session, member: User, now: datetime) -> None:
    move(session, now)
    deliver(now + MINUTE)
    person, community = wishes.stopped_by(wishes.stop_token(member.person, session.series.community))
    wishes.choose(person=person, community=community, moves=False, now=now)
    assert deliver(now + 10 * MINUTE) == []
    assert Message.objects.get().reason_words == "The person does not want these mails any more."


def test_a_change_is_heard_once_whatever_the_order(session: Session, now: datetime) -> None:
    move(session, now)
    assert moves.look(now=now) == 1
    assert moves.look(now=now) == 0
    later = now + timedelta(hours=4)
    move(session, later, hour=18)
    assert moves.look(now=later) == 1
    assert moves.look(now=later + timedelta(hours=2)) == 0
    assert Heard.objects.filter(at__lt=later).count() == 0


def finding(session: Session, zone: str, shift: int, now: datetime, *, moved: bool) -> LawChange:
    """A new law in `zone`: its clocks are `shift` seconds further ahead than was planned."""
    starts = session.starts_at
    assert starts is not None
    after = starts - timedelta(seconds=shift) if moved else starts
    offset = round(clock.offset(after, zone).total_seconds())
    if moved:
        ends = session.ends_at - timedelta(seconds=shift)  # type: ignore[operator]
        updates = {"starts_at": after, "ends_at": ends}
        revise(fresh(session), kind="clocks", now=now, **updates)
    return LawChange.objects.create(
        session=session,
        zone=zone,
        release_from="2026a",
        release_to="2026b",
        starts_before=starts,
        starts_after=after,
        offset_before=offset - shift,
        offset_after=offset,
        found_at=now,
    )


def test_a_law_that_moves_the_session_is_told_to_those_whose_hour_moved(
    session: Session, organiser: User, now: datetime
) -> None:
    ClockLaw.objects.create(release="2026a", noted_at=now, zones={})
    finding(session, "Africa/Johannesburg", 3600, now, moved=True)
    assert deliver(now + 10 * MINUTE) == ["New time Tue 1 Dec 2026, 17:30–18:30 (Kolkata): Savings by phone"]
    assert mail.outbox[0].to == ["member@example.org"]  # the organiser in Johannesburg keeps the hour
    assert "The law of the clocks has changed in South Africa." in mail.outbox[0].body
    assert "Was Tuesday 1 December 2026, 18:30–19:30" in mail.outbox[0].body


def test_a_law_where_a_member_lives_is_told_to_them_only(
    session: Session, organiser: User, now: datetime
) -> None:
    finding(session, "Asia/Kolkata", 1800, now, moved=False)
    assert len(deliver(now + 10 * MINUTE)) == 1
    assert mail.outbox[0].to == ["member@example.org"]
    assert "Was Tuesday 1 December 2026, 18:00–19:00" in mail.outbox[0].body
    assert "The law of the clocks has changed in India." in mail.outbox[0].body


def test_looking_asks_no_more_for_more_members(
    session: Session, now: datetime, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        person = make_person(email=f"p{number}@example.org")
        person.memberships.create(community=session.series.community, since=now)
    move(session, now)
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        assert moves.look(now=now) == 31
    assert Person.objects.filter(messages__isnull=False).count() == 31


def test_who_holds_an_invitation_is_told_by_it_alone(session: Session, member: User, now: datetime) -> None:
    person = Person.objects.get(user=member)
    registering.register(
        session=fresh(session),
        email=member.email,
        person=person,
        now=now,
        name="M",
        language="en",
        zone="Asia/Kolkata",
    )
    attending.look(now=now)
    move(session, now)
    assert deliver(now + 20 * MINUTE) == [
        "Invitation, Tue 1 Dec 2026, 20:30–21:30 (Kolkata): Savings by phone"
    ]
