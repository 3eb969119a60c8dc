"""The questions after a session: the usual ones, or those of the series; who may answer, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError, raise_if
from seminars.series.models import Series
from seminars.sessions.feedback.models import Feedback, FeedbackForm
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration

SCALE, CHOICE, WORDS = "scale", "choice", "words"
KINDS = (SCALE, CHOICE, WORDS)
STEPS = 5
OPEN_FOR = timedelta(days=30)
MOST_QUESTIONS = 10
MOST_CHOICES = 8
LONGEST_QUESTION = 200
LONGEST_ANSWER = 2000
MOST_ANSWERS = 20_000
"""Of one session: a script that fills the form is stopped there."""


@dataclass(frozen=True)
class Question:
    """One question. key: under which answers are kept. kind: of `KINDS`. choices: of a choice."""

    key: str
    kind: str
    words: str
    choices: tuple[str, ...] = ()


def usual() -> list[Question]:
    """Return the questions of a series that has none of its own, in the active language."""
    trouble = (_("No trouble"), _("Some: I missed parts"), _("Much: I could hardly follow"))
    return [
        Question("useful", SCALE, _("How useful was it for you?")),
        Question("pace", CHOICE, _("How was the pace?"), (_("Too slow"), _("Right"), _("Too fast"))),
        Question("line", CHOICE, _("Did your line and the technology hold?"), trouble),
        Question("next", WORDS, _("What should come next?")),
        Question("else", WORDS, _("What else do you want to say?")),
    ]


def form_of(series: Series) -> FeedbackForm:
    """Return what the series asks; a new one that is not stored where it asks the usual.

    No query where `feedback_form` was loaded with the series.
    """
    try:
        return series.feedback_form
    except FeedbackForm.DoesNotExist:
        return FeedbackForm(series=series)


def questions_of(form: FeedbackForm) -> list[Question]:
    """Return the questions of a form, the usual ones where it has none."""
    return [Question(**{**each, "choices": tuple(each["choices"])}) for each in form.questions] or usual()


def set_questions(*, series: Series, on: bool, questions: Sequence[Question]) -> FeedbackForm:
    """Return the form with these questions; none are the usual ones. Answers to others stay. Raises UserError."""
    raise_if(_wrong(questions))
    stored = [{**asdict(each), "choices": list(each.choices)} for each in questions]
    series.feedback_form = FeedbackForm.objects.update_or_create(
        series=series, defaults={"on": on, "questions": stored}
    )[0]
    return series.feedback_form


def is_open(session: Session, form: FeedbackForm, now: datetime) -> bool:
    """Return whether people can answer at `now` (aware UTC): from the end on, for thirty days."""
    ended = session.closed_at or session.ends_at
    off = session.cancelled_at or session.postponed_at or session.withdrawn_at or not session.published_at
    if not form.on or off or ended is None or session.series.external:
        return False
    return ended <= now < ended + OPEN_FOR


def voice_of(*, session: Session, registration: Registration | None = None, form_key: str = "") -> str:
    """Return under what an answer is kept: of a registration, or of a page that was opened.

    A keyed digest: the same person's second answer takes the place of the first, and nobody who reads the table, or
    has a list of registrations beside it, sees whose it is.
    """
    who = f"r:{registration.pk}" if registration else f"f:{form_key}"
    return salted_hmac("seminars.feedback", f"{session.uid}:{who}", algorithm="sha256").hexdigest()


def answer(*, session: Session, voice: str, answers: Mapping[str, Any], now: datetime) -> Feedback:
    """Return the answers, in place of earlier ones of the same voice. Raises UserError by question.

    answers: by the key of the question, a number from 1 to 5, the place of a choice, or words; what is left out is "".
    """
    form = form_of(session.series)
    if not is_open(session, form, now):
        raise UserError({"": _("Answers are no longer taken.")})
    kept: dict[str, Any] = {}
    wrong = {}
    for question in questions_of(form):
        value = answers.get(question.key)
        if value in (None, ""):
            continue
        if question.kind == WORDS:
            if len(str(value)) > LONGEST_ANSWER:
                wrong[question.key] = _("Use at most %(most)d characters.") % {"most": LONGEST_ANSWER}
            kept[question.key] = str(value).replace("\x00", "").strip()
        elif value in range(*bounds(question)):
            kept[question.key] = value
        else:
            wrong[question.key] = _("Choose one of the answers.")
    if not kept and not wrong:
        wrong[""] = _("Answer at least one question.")
    raise_if(wrong)
    with transaction.atomic():
        known = Feedback.objects.filter(session=session)
        if known.count() >= MOST_ANSWERS and not known.filter(voice=voice).exists():
            raise UserError({"": _("This session has too many answers. Write to the organisers.")})
        return Feedback.objects.update_or_create(session=session, voice=voice, defaults={"answers": kept})[0]


def bounds(question: Question) -> tuple[int, int]:
    """Return the first value of a question, and the one after the last."""
    return (1, STEPS + 1) if question.kind == SCALE else (0, len(question.choices))


def _wrong(questions: Sequence[Question]) -> dict[str, str]:
    if len(questions) > MOST_QUESTIONS:
        return {"": _("Use at most %(most)d questions.") % {"most": MOST_QUESTIONS}}
    for number, each in enumerate(questions, 1):
        at = {"n": number, "most": LONGEST_QUESTION, "choices": MOST_CHOICES}
        if not each.words.strip() or len(each.words) > LONGEST_QUESTION or each.kind not in KINDS:
            return {"": _("Question %(n)d: ask it in at most %(most)d characters.") % at}
        if each.kind == CHOICE and not 2 <= len(each.choices) <= MOST_CHOICES:
            return {"": _("Question %(n)d: give two to %(choices)d answers, one a line.") % at}
        if any(len(choice) > LONGEST_QUESTION for choice in each.choices):
            return {"": _("Question %(n)d: use at most %(most)d characters for an answer.") % at}
    return {}
