"""Answer questions in writing after the session, and read the record of questions and answers."""

from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError, raise_if
from seminars.people.models import Person
from seminars.sessions.models import Session
from seminars.sessions.questions.models import (
    LONGEST_ANSWER,
    Question,
    QuestionQuerySet,
    Standing,
    WrittenAnswer,
)
from seminars.sessions.questions.opening import is_over
from seminars.sessions.revising import locked, revise


def answer(
    *, question: Question, person: Person | None, text: str, now: datetime, actor_id: int | None = None
) -> WrittenAnswer | None:
    """Return the answer of `person`, or the organisers' common one, in place of what they said before. now: aware UTC.

    Empty words take it back: None. The session is revised, so that search and whoever follows it hear. Raises
    UserError before the end, for a question that is not shown, and for too many words.
    """
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    most = {"most": LONGEST_ANSWER}
    raise_if({"text": _("Use at most %(most)d characters.") % most} if len(text) > LONGEST_ANSWER else {})
    with transaction.atomic():
        session = locked(question.session_id)
        if not is_over(session, now):
            raise UserError({"": _("Answers in writing follow after the session.")})
        held = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        if held.standing != Standing.SHOWN or session.withdrawn_at:
            raise UserError({"": _("This question is not shown any more.")})
        mine = WrittenAnswer.objects.filter(question=held, person=person)
        mine = mine if person else mine.filter(name="")
        known = mine.first()
        if known and known.text == text:
            return known
        if not known and not text:
            raise UserError({"text": _("Write down the answer.")})
        given = _store(held, known, person, text, now)
        if not held.answers.exists():
            Question.objects.filter(pk=held.pk).update(answered_at=None)
        elif held.answered_at is None:
            Question.objects.filter(pk=held.pk).update(answered_at=now)
        revise(session, kind="answers", now=now, actor_id=actor_id, visible=False)
    return given


def _store(
    question: Question, known: WrittenAnswer | None, person: Person | None, text: str, now: datetime
) -> WrittenAnswer | None:
    if not text:
        if known:
            known.delete()
        return None
    if known:
        WrittenAnswer.objects.filter(pk=known.pk).update(text=text, changed_at=now)
        known.refresh_from_db()
        return known
    name = person.name if person else ""
    return WrittenAnswer.objects.create(
        question=question, person=person, name=name, text=text, made_at=now, changed_at=now
    )


def with_answers(questions: QuestionQuerySet) -> QuestionQuerySet:
    """Return the same with their answers, in one more query whatever their number."""
    return questions.prefetch_related(Prefetch("answers", WrittenAnswer.objects.order_by("made_at", "pk")))


def record_of(session: Session) -> QuestionQuerySet:
    """Return the questions of a session that were answered: what stands in the archive, the most wanted first."""
    return with_answers(Question.objects.filter(session=session).shown().answered().by_votes())


def to_discuss(session: Session, *, most: int = 20) -> str:
    """Return what people asked, the most wanted first, one a line: what a report's field may begin with."""
    rows = Question.objects.filter(session=session).shown().by_votes()[:most]
    return "\n".join(" ".join(each.words.split()) for each in rows)
