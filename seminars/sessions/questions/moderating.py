"""What moderators make of questions: show, hide, merge, shorten, bring over from the phone, tick as answered live."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from seminars.changes.recording import note
from seminars.changes.refusing import UserError, raise_if
from seminars.sessions.day.models import PhoneQuestion
from seminars.sessions.questions.asking import cleaned
from seminars.sessions.questions.models import LAST_SECOND, LONGEST, Question, QuestionVote, Standing
from seminars.sessions.questions.opening import begin


def show(*, question: Question, now: datetime, actor_id: int | None) -> None:
    """Show it, also one that was hidden; reports until now are settled. now: aware UTC. Raises UserError if merged."""
    _decide(question, now, actor_id, standing=Standing.SHOWN, reason="", reports=0)


def hide(*, question: Question, reason: str, now: datetime, actor_id: int | None) -> None:
    """Hide it, with words for its asker. now: aware UTC. Raises UserError without words, or if it is merged."""
    reason = " ".join(reason.replace("\x00", "").split())
    raise_if({} if reason else {"reason": _("Say why, in a few words: who asked sees them.")})
    raise_if(
        {"reason": _("Shorten this to %(most)d characters.") % {"most": 300}} if len(reason) > 300 else {}
    )
    _decide(question, now, actor_id, standing=Standing.HIDDEN, reason=reason, reports=0)


def merge(*, question: Question, into: Question, now: datetime, actor_id: int | None) -> None:
    """Make one of two that mean the same: votes go to the other, each voter's once, and its asker wants it, too.

    now: aware UTC. Raises UserError for itself, for another session's, and where one is merged or not shown.
    """
    if question.pk == into.pk or question.session_id != into.session_id:
        raise UserError({"into": _("Choose another question of this session.")})
    with transaction.atomic():
        keys = [question.pk, into.pk]
        rows = Question.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
        held = {each.pk: each for each in rows}
        if held[into.pk].standing != Standing.SHOWN:
            raise UserError({"into": _("Choose a question that is shown.")})
        _decide(question, now, actor_id, standing=Standing.MERGED, merged_into=into, votes=0, reports=0)
        Question.objects.filter(merged_into=question).update(merged_into=into)
        there = list(QuestionVote.objects.filter(question=into).values_list("asker_id", flat=True))
        twice = [*there, *([held[into.pk].asker_id] if held[into.pk].asker_id else [])]
        theirs = QuestionVote.objects.filter(question=question)
        moved = theirs.exclude(asker_id__in=twice).update(question=into)
        theirs.delete()
        asker = held[question.pk].asker_id
        if asker and asker not in twice:
            _row, new = QuestionVote.objects.get_or_create(
                question=into, asker_id=asker, defaults={"made_at": now, "person": question.person}
            )
            moved += int(new)
        Question.objects.filter(pk=into.pk).update(votes=F("votes") + moved)


def shorten(*, question: Question, text: str, now: datetime, actor_id: int | None) -> None:
    """Show these words, marked as the moderator's, in place of what was asked; empty shows it as asked again.

    now: aware UTC. Raises UserError for what is not shorter.
    """
    text = cleaned(text)
    if len(text) > LONGEST or (text and len(text) >= len(question.text)):
        raise UserError({"shortened": _("Make it shorter than the question, or leave it empty.")})
    Question.objects.filter(pk=question.pk).update(shortened=text)
    _note(question, "question-shortened", now, actor_id)


def tick_live(
    *, question: Question, done: bool, second: int | None = None, now: datetime, actor_id: int | None
) -> bool:
    """Return whether it was marked as answered in the session, or the mark taken back. now: aware UTC.

    second: of the recording, if known; a later tick can bring it. Its question by phone is put with it. Raises
    UserError for a second that no recording has.
    """
    if second is not None and not 0 <= second <= LAST_SECOND:
        raise UserError({"second": _("Give hours, minutes and seconds, such as 1:02:30.")})
    with transaction.atomic():
        rows = Question.objects.filter(pk=question.pk)
        changed = rows.filter(live_at__isnull=done).update(live_at=now if done else None)
        rows.update(live_second=second if done else None)
        if question.phone_id:
            by_phone = PhoneQuestion.objects.filter(pk=question.phone_id, put_at__isnull=done)
            by_phone.update(put_at=now if done else None, put_by_id=actor_id if done else None)
    return bool(changed)


def promote(*, phone: PhoneQuestion, named: bool = False, now: datetime, actor_id: int | None) -> Question:
    """Return the question that stands among the others for one by phone; twice is once. now: aware UTC.

    named: show the name that was noted. Raises UserError where it is too long to stand there.
    """
    if len(phone.text) > LONGEST:
        raise UserError({"": _("Write it down in at most %(most)d characters first.") % {"most": LONGEST}})
    try:
        with transaction.atomic():
            begin(phone.session)
            return Question.objects.create(
                session=phone.session,
                phone=phone,
                text=phone.text,
                name=phone.name if named else "",
                made_at=phone.noted_at,
                confirmed_at=now,
                standing=Standing.SHOWN,
                decided_at=now,
                decided_by_id=actor_id,
                live_at=phone.put_at,
            )
    except IntegrityError:  # somebody else did it just now
        return Question.objects.get(phone=phone)


def _decide(question: Question, now: datetime, actor_id: int | None, **columns: object) -> None:
    with transaction.atomic():
        rows = Question.objects.filter(pk=question.pk).exclude(standing=Standing.MERGED)
        if not rows.update(decided_at=now, decided_by_id=actor_id, **columns):
            raise UserError({"": _("This question is merged into another one.")})
        _note(question, f"question-{columns['standing']}", now, actor_id)


def _note(question: Question, kind: str, now: datetime, actor_id: int | None) -> None:
    """Write down who decided; no feed shows it."""
    note(kind=kind, subject=f"question:{question.uuid}", now=now, after={"actor": actor_id})
