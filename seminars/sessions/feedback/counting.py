"""What the answers say together. Fewer than three are not broken down: they would say who wrote."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from seminars.sessions.feedback.asking import SCALE, WORDS, Question, bounds
from seminars.sessions.feedback.models import Feedback
from seminars.sessions.models import Session

FEWEST = 3


@dataclass(frozen=True)
class Bar:
    """One answer. count: how often it was given. share: of all answers to its question, in hundredths."""

    words: str
    count: int
    share: int


@dataclass(frozen=True)
class Result:
    """The answers to one question. number: how many there are. mean: of a scale. hidden: too few to be broken down."""

    question: Question
    number: int
    bars: Sequence[Bar] = ()
    texts: Sequence[str] = ()
    mean: float | None = None
    hidden: bool = False


def results(session: Session, questions: Sequence[Question]) -> tuple[int, list[Result]]:
    """Return how many answered, and what they said to each question. One query."""
    answers = list(
        Feedback.objects.filter(session=session).order_by("voice").values_list("answers", flat=True)
    )
    return len(answers), [_result(each, [row.get(each.key) for row in answers]) for each in questions]


def _result(question: Question, given: Sequence[object]) -> Result:
    values = [each for each in given if each not in (None, "")]
    if len(values) < FEWEST:
        return Result(question, len(values), hidden=bool(values))
    if question.kind == WORDS:
        return Result(question, len(values), texts=[str(each) for each in values])
    numbers = [each for each in values if isinstance(each, int) and each in range(*bounds(question))]
    counted = Counter(numbers)
    bars = [
        Bar(label, counted[value], round(100 * counted[value] / max(1, len(numbers))))
        for value, label in zip(range(*bounds(question)), labels(question), strict=True)
    ]
    mean = sum(numbers) / len(numbers) if question.kind == SCALE and numbers else None
    return Result(question, len(numbers), bars, mean=mean)


def labels(question: Question) -> Sequence[str]:
    """Return the answers of a question in words."""
    return [str(each) for each in range(*bounds(question))] if question.kind == SCALE else question.choices
