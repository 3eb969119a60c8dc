"""When a session takes questions, and whether each is shown at once."""

from datetime import datetime, timedelta

from django.core.exceptions import ObjectDoesNotExist

from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.questions.models import QuestionDoor, QuestionRule

BEFORE = timedelta(hours=72)
AFTER = timedelta(hours=72)


def rule_of(series: Series) -> QuestionRule:
    """Return how the series takes questions; one that is not stored where it is the usual way."""
    return QuestionRule.objects.filter(series=series).first() or QuestionRule(series=series)


def set_rule(*, series: Series, approval: bool) -> QuestionRule:
    """Return the rule: whether a moderator approves each question before it is shown. Those asked before stay."""
    return QuestionRule.objects.update_or_create(series=series, defaults={"approval": approval})[0]


def word_on(session: Session) -> bool | None:
    """Return the organisers' word on whether questions are taken; None where the hours decide."""
    try:
        opened: bool | None = session.question_door.opened
    except ObjectDoesNotExist:
        return None
    return opened


def begin(session: Session) -> None:
    """Note that people ask at this session: pages of others need not look for questions."""
    QuestionDoor.objects.get_or_create(session=session)


def was_asked(session: Session) -> bool:
    """Whether there can be questions; without a query where `question_door` was loaded with it."""
    return hasattr(session, "question_door")


def set_door(*, session: Session, opened: bool | None) -> None:
    """Open or close the session for questions, whatever the hour; None leaves it to the hours again."""
    session.question_door = QuestionDoor.objects.update_or_create(
        session=session, defaults={"opened": opened}
    )[0]


def hours_of(session: Session) -> tuple[datetime, datetime] | None:
    """Return from when until when questions are taken (aware UTC); None while the session has no date."""
    if session.starts_at is None or session.ends_at is None:
        return None
    return session.starts_at - BEFORE, (session.closed_at or session.ends_at) + AFTER


def takes_place(session: Session) -> bool:
    """Whether there is something to ask about: it is out, ours, and neither off nor withdrawn."""
    off = session.cancelled_at or session.postponed_at or session.withdrawn_at
    return bool(session.published_at) and not off and not session.series.external


def is_open(session: Session, now: datetime) -> bool:
    """Return whether questions are taken at `now` (aware UTC). Load `series` and `question_door` with it."""
    if not takes_place(session):
        return False
    if (word := word_on(session)) is not None:
        return word
    hours = hours_of(session)
    return hours is not None and hours[0] <= now < hours[1]


def is_over(session: Session, now: datetime) -> bool:
    """Return whether the session has ended, so that answers in writing follow. now: aware UTC."""
    ended = session.closed_at or session.ends_at
    return ended is not None and ended <= now
