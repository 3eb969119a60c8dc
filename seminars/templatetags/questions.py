"""What pages show of questions: the section of a session's page, and a place in a recording."""

from typing import Any

from django import template
from django.db.models import Case, IntegerField, Q, When
from django.template import Context

from seminars.sessions.models import MaterialState, Session
from seminars.sessions.questions import opening
from seminars.sessions.questions.answering import with_answers
from seminars.sessions.questions.models import Question
from seminars.sessions.state import HEARD
from seminars.templatetags.meridian import now_in

register = template.Library()
SHOWN, AFTERWARDS = 3, 20


@register.inclusion_tag("seminars/_questions.html", takes_context=True)
def questions_of(context: Context, session: Session) -> dict[str, Any]:
    """Show what is asked before and at a session, and what was answered after it; nothing where nothing is.

    No query where nobody asked, else two.
    """
    now = now_in(context)
    found: dict[str, Any] = {"session": session, "request": context.get("request"), "open": False}
    hours = opening.hours_of(session)
    word = opening.word_on(session)
    if session.withdrawn_at or not session.published_at or (word is None and (not hours or now < hours[0])):
        return found | {"empty": True}
    over = opening.is_over(session, now)
    shown = _first(session, over) if opening.was_asked(session) else []
    record = [each for each in shown if over and each.is_answered]
    waiting = [each for each in shown if not each.is_answered]
    found |= {
        "open": opening.is_open(session, now),
        "over": over,
        "record": record[:AFTERWARDS],
        "waiting": waiting[:SHOWN],
        "more": len(record) > AFTERWARDS or len(waiting) > SHOWN,
        "plays": plays(session),
    }
    return found | {"empty": not (found["open"] or record or waiting)}


def _first(session: Session, over: bool) -> list[Question]:
    """The first of those that are shown: after the end those that were answered, then the most wanted."""
    rows = Question.objects.filter(session=session).shown()
    answered = Q(live_at__isnull=False) | Q(answered_at__isnull=False)
    rows = rows.annotate(done=Case(When(answered, then=1), default=0, output_field=IntegerField()))
    ordered = rows.order_by("-done" if over else "done", "-votes", "made_at", "pk")
    return list(with_answers(ordered)[: AFTERWARDS + SHOWN + 1])


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
