"""Questions to a session: who asks when, votes once each, what moderators make of them, answers, and erasure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from seminars.changes.refusing import UserError
from seminars.leaving.erasing import erase
from seminars.notifications import questions as mails
from seminars.notifications.models import Message
from seminars.people.accounts.models import Erasure
from seminars.people.models import Community
from seminars.sessions.day import running
from seminars.sessions.models import Session
from seminars.sessions.questions import answering, asking, moderating, opening
from seminars.sessions.questions.asking import Voter
from seminars.sessions.questions.models import Asker, Question, QuestionVote, Standing, WrittenAnswer
from tests.factories import make_person, make_series, make_session, make_user

pytestmark = pytest.mark.django_db
START = datetime(2026, 12, 1, 13, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
LATER = END + timedelta(hours=2)
HOUR = timedelta(hours=1)


@pytest.fixture
def session(community: Community) -> Session:
    """On 1 December at 15:00 in Johannesburg, 13:00 UTC; questions are shown at once."""
    found = make_session(make_series(community, slug="after-hours"), minutes=60)
    opening.set_rule(series=found.series, approval=False)
    return found


def proved(email: str = "ana@example.org", **more: Any) -> Voter:
    return Voter(email, proved=True, **more)


def asked(session: Session, text: str = "Who holds the key?", email: str = "ana@example.org") -> Question:
    """A question that counts."""
    found = asking.ask(session=session, voter=proved(email), text=text, now=START)
    assert found
    return found


def asker(session: Session, email: str) -> Asker:
    return asking.admit(session=session, voter=proved(email), now=START)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (START - timedelta(hours=72, seconds=1), False),
        (START - timedelta(hours=72), True),
        (START, True),
        (END + timedelta(hours=72) - timedelta(seconds=1), True),
        (END + timedelta(hours=72), False),
    ],
)
def test_the_hours(session: Session, now: datetime, opens: bool) -> None:
    assert opening.is_open(session, now) is opens
    opening.set_door(session=session, opened=not opens)
    assert opening.is_open(session, now) is not opens
    opening.set_door(session=session, opened=None)
    assert opening.is_open(session, now) is opens


@pytest.mark.parametrize("column", ["cancelled_at", "postponed_at", "withdrawn_at"])
def test_what_is_off_takes_none(session: Session, column: str) -> None:
    opening.set_door(session=session, opened=True)
    setattr(session, column, START)
    assert not opening.is_open(session, START)


def test_a_closed_session_refuses(session: Session) -> None:
    with pytest.raises(UserError):
        asking.ask(session=session, voter=proved(), text="Why?", now=END + timedelta(hours=73))


def test_a_typed_address_counts_once_confirmed(session: Session) -> None:
    made = asking.ask(session=session, voter=Voter("Ana@Example.org"), text="Why?", name="أنا", now=START)
    assert made
    assert not Question.objects.shown().exists()
    asking.confirm(question=made, now=START)
    assert Question.objects.shown().get().name == "أنا"
    assert Asker.objects.get().confirmed_at


def test_nobody_speaks_for_a_known_address(session: Session) -> None:
    asked(session)
    asking.ask(session=session, voter=Voter("ana@example.org"), text="Injected", now=START)
    assert [each.text for each in Question.objects.shown()] == ["Who holds the key?"]


@pytest.mark.parametrize(("text", "name"), [("", ""), (" \n\x00", ""), ("a" * 1001, ""), ("Why?", "a" * 201)])
def test_bad_words_are_refused(session: Session, text: str, name: str) -> None:
    with pytest.raises(UserError):
        asking.ask(session=session, voter=proved(), text=text, name=name, now=START)


def test_no_address_is_refused(session: Session) -> None:
    for email in ("", "a@b, c@d", "x\nBcc: y@example.org"):
        with pytest.raises(UserError):
            asking.ask(session=session, voter=Voter(email), text="Why?", now=START)


def test_twice_is_once_and_enough_is_enough(session: Session) -> None:
    assert asked(session).pk == asked(session).pk
    for number in range(asking.MOST - 1):
        asked(session, f"Question {number}")
    with pytest.raises(UserError):
        asked(session, "One more")
    # A stranger who types the address is told nothing of that.
    assert asking.ask(session=session, voter=Voter("ana@example.org"), text="More", now=START) is None


def test_after_approval_it_waits(session: Session) -> None:
    opening.set_rule(series=session.series, approval=True)
    made = asked(session)
    assert made.standing == Standing.WAITING
    moderating.show(question=made, now=START, actor_id=None)
    assert Question.objects.shown().get() == made


class TestVotes:
    """Once each, and only of proved addresses."""

    def test_once_each_and_back(self, session: Session) -> None:
        question, ben = asked(session), asker(session, "ben@example.org")
        assert asking.vote(question=question, asker=ben, wants=True, now=START)
        assert not asking.vote(question=question, asker=ben, wants=True, now=START)
        question.refresh_from_db()
        assert question.votes == 1
        assert asking.vote(question=question, asker=ben, wants=False, now=START)
        assert not asking.vote(question=question, asker=ben, wants=False, now=START)
        question.refresh_from_db()
        assert question.votes == 0

    def test_not_ones_own_nor_unproved(self, session: Session) -> None:
        question = asked(session)
        stranger = asking.admit(session=session, voter=Voter("c@example.org"), now=START)
        for who in (question.asker, stranger):
            assert who
            with pytest.raises(UserError):
                asking.vote(question=question, asker=who, wants=True, now=START)

    def test_one_person_with_two_addresses_has_one_row(self, session: Session) -> None:
        person = make_person(name="Ana", email="ana@example.org")
        first = asking.admit(session=session, voter=proved(person=person), now=START)
        second = asking.admit(session=session, voter=proved("ana@work.example", person=person), now=START)
        assert first.pk == second.pk

    def test_by_votes_then_time(self, session: Session) -> None:
        early, late = asked(session, "First"), asked(session, "Second", "ben@example.org")
        assert list(Question.objects.by_votes()) == [early, late]
        asking.vote(question=late, asker=asker(session, "ana@example.org"), wants=True, now=START)
        assert list(Question.objects.by_votes()) == [late, early]


class TestModerating:
    """Hide, merge, shorten, by phone."""

    def test_hiding_needs_words(self, session: Session) -> None:
        question = asked(session)
        with pytest.raises(UserError):
            moderating.hide(question=question, reason=" ", now=START, actor_id=None)
        moderating.hide(question=question, reason="Not about the session.", now=START, actor_id=None)
        assert not Question.objects.shown().exists()
        moderating.show(question=question, now=START, actor_id=None)
        assert Question.objects.shown().get().reason == ""

    def test_votes_move_once_each(self, session: Session) -> None:
        one, two = asked(session, "One"), asked(session, "Two", "ben@example.org")
        both, mine = asker(session, "c@example.org"), asker(session, "d@example.org")
        for question, who in ((one, both), (two, both), (two, mine)):
            asking.vote(question=question, asker=who, wants=True, now=START)
        moderating.merge(question=two, into=one, now=START, actor_id=None)
        one.refresh_from_db()
        assert (
            one.votes == QuestionVote.objects.filter(question=one).count() == 3
        )  # c, d, and ben who asked two
        assert Question.objects.shown().get() == one
        with pytest.raises(UserError):
            moderating.show(question=two, now=START, actor_id=None)

    def test_only_within_a_session(self, session: Session) -> None:
        other = make_session(session.series)
        with pytest.raises(UserError):
            moderating.merge(
                question=asked(session), into=Question(session=other, pk=0), now=START, actor_id=None
            )

    def test_shortened_keeps_what_was_asked(self, session: Session) -> None:
        question = asked(session, "A very long question about who holds the key")
        moderating.shorten(question=question, text="Who holds the key?", now=START, actor_id=None)
        question.refresh_from_db()
        assert (question.words, question.text) == (
            "Who holds the key?",
            "A very long question about who holds the key",
        )
        with pytest.raises(UserError):
            moderating.shorten(question=question, text="a" * 500, now=START, actor_id=None)

    def test_by_phone_stands_among_them_once(self, session: Session) -> None:
        phone = running.note_question(session=session, text="Who?", name="Zola", now=START, actor_id=None)
        made = moderating.promote(phone=phone, now=START, actor_id=None)
        assert moderating.promote(phone=phone, named=True, now=START, actor_id=None) == made
        assert made.name == ""
        moderating.tick_live(question=made, done=True, second=125, now=START, actor_id=None)
        phone.refresh_from_db()
        assert phone.put_at == START
        assert answering.record_of(session).get().live_second == 125


class TestAnswers:
    """In writing, after the end; the asker hears once."""

    def test_not_before_the_end(self, session: Session) -> None:
        with pytest.raises(UserError):
            answering.answer(question=asked(session), person=None, text="So.", now=END - HOUR)

    def test_each_in_their_own_name_and_taken_back(self, session: Session) -> None:
        question, ana = asked(session), make_person(name="Ana Ruiz")
        answering.answer(question=question, person=ana, text="Two of us.", now=LATER)
        answering.answer(question=question, person=ana, text="Three of us.", now=LATER)
        answering.answer(question=question, person=None, text="See the slides.", now=LATER)
        assert [(each.name, each.text) for each in question.answers.all()] == [
            ("Ana Ruiz", "Three of us."),
            ("", "See the slides."),
        ]
        for person in (ana, None):
            answering.answer(question=question, person=person, text="", now=LATER)
        question.refresh_from_db()
        assert not question.is_answered

    def test_search_is_due_after_an_answer(self, session: Session) -> None:
        before = session.revision
        answering.answer(question=asked(session), person=None, text="So.", now=LATER)
        session.refresh_from_db()
        assert (session.revision, session.sequence) == (before + 1, 0)

    def test_the_asker_hears_once(self, session: Session) -> None:
        one, two = asked(session, "One"), asked(session, "Two", "ben@example.org")
        moderating.merge(question=two, into=one, now=START, actor_id=None)
        assert mails.look(now=LATER) == 0
        answering.answer(question=one, person=None, text="So.", now=LATER)
        assert mails.look(now=LATER) == 2
        answering.answer(question=one, person=make_person(), text="And so.", now=LATER)
        assert mails.look(now=LATER + HOUR) == 0
        assert {each.email for each in Message.objects.all()} == {"ana@example.org", "ben@example.org"}

    def test_nobody_who_wants_no_word(self, session: Session) -> None:
        question = asked(session)
        assert question.asker
        asking.set_word(asker=question.asker, wants=False)
        answering.answer(question=question, person=None, text="So.", now=LATER)
        assert mails.look(now=LATER) == 0


def test_unconfirmed_ones_are_forgotten(session: Session) -> None:
    asking.ask(session=session, voter=Voter("typed@example.org"), text="Why?", now=START)
    asked(session)
    assert asking.forget(before=START + HOUR) == 2
    assert Question.objects.get().asker == Asker.objects.get(email="ana@example.org")


def test_erasure_leaves_questions_without_their_asker(session: Session) -> None:
    user = make_user("ana@example.org", name="Ana Ruiz")
    voter = proved(person=user.person)
    shown = asking.ask(session=session, voter=voter, text="Shown?", name="Ana R.", now=START)
    hidden = asking.ask(session=session, voter=voter, text="Hidden?", now=START)
    other = asked(session, "Another's", "ben@example.org")
    assert shown
    assert hidden
    moderating.hide(question=hidden, reason="Twice.", now=START, actor_id=None)
    asking.vote(question=other, asker=shown.asker, wants=True, now=START)  # type: ignore[arg-type]
    answering.answer(question=other, person=user.person, text="So.", now=LATER)
    order = Erasure.objects.create(user=user, asked_at=START, due_at=START)
    assert erase(order_id=order.pk, now=LATER + timedelta(days=8))
    shown.refresh_from_db()
    other.refresh_from_db()
    assert (shown.text, shown.name, shown.person) == ("Shown?", "", None)
    assert not Question.objects.filter(pk=hidden.pk).exists()
    assert other.votes == QuestionVote.objects.filter(question=other).count() == 1
    assert not Asker.objects.filter(email="ana@example.org").exists()
    assert WrittenAnswer.objects.get().name == "Name removed"
