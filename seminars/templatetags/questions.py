"""What pages show of questions: the section of a session's page, and a place in a recording."""

from typing import Any

from django import template
from django.template import Context

from seminars.sessions.models import MaterialKind, MaterialState, Session
from seminars.sessions.questions import opening
from seminars.sessions.questions.answering import with_answers
from seminars.sessions.questions.models import Question
from seminars.templatetags.meridian import now_in

register = template.Library()
SHOWN, AFTERWARDS = 3, 20
HEARD = (MaterialKind.RECORDING, MaterialKind.VOICE)


@register.inclusion_tag("seminars/_questions.html", takes_context=True)
def questions_of(context: Context, session: Session) -> dict[str, Any]:
    """Show what is asked before and at a session, and what was answered after it; nothing where nothing is.

    Two queries, and a third for answers; one where the organisers said nothing and the hours have not come.
    """
    now, over = now_in(context), False
    found: dict[str, Any] = {"session": session, "request": context.get("request"), "open": False}
    hours = opening.hours_of(session)
    word = opening.word_on(session)
    if session.withdrawn_at or not session.published_at or (word is None and (not hours or now < hours[0])):
        return found | {"empty": True}
    over = opening.is_over(session, now)
    asked = Question.objects.filter(session=session).shown()
    record = list(with_answers(asked.answered().by_votes())[: AFTERWARDS + 1]) if over else []
    waiting = list(asked.unanswered().by_votes()[: SHOWN + 1]) if len(record) <= AFTERWARDS else []
    found |= {
        "open": opening.is_open(session, now),
        "over": over,
        "record": record[:AFTERWARDS],
        "waiting": waiting[:SHOWN],
        "more": len(record) > AFTERWARDS or len(waiting) > SHOWN,
        "plays": plays(session),
    }
    return found | {"empty": not (found["open"] or record or waiting)}


def plays(session: Session) -> bool:
    """Whether its recording can be opened at a second; from a prefetched relation without a query."""
    return any(
        each.kind in HEARD and each.state == MaterialState.PUBLISHED for each in session.materials.all()
    )


@register.filter
def at_second(seconds: int | None) -> str:
    """Say a place in a recording as players show it: "1:23", "1:02:03"."""
    whole = int(seconds or 0)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
