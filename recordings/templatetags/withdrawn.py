"""`{% load withdrawn %}`: one honest line where a session's recording was withdrawn, with the way to its tombstone."""

from collections.abc import Iterable
from typing import Any

from django import template

from recordings.catalogue.models import Recording
from seminars.sessions.models import Session

register = template.Library()
LINE = "recordings/_withdrawn.html"


@register.inclusion_tag(LINE)
def withdrawn_recording(session: Session) -> dict[str, Any]:
    """Say that the recording of `session` was withdrawn, when and why; nothing of one that stands. One query.

    For whoever may see the session: they may see its tombstone.
    """
    return {"recording": withdrawn_of([session.pk]).get(session.pk)}


@register.simple_tag
def withdrawn_of(sessions: Iterable[int]) -> dict[int, Recording]:
    """Return what was withdrawn of these sessions (primary keys), by session. One query."""
    rows = Recording.objects.published().filter(session__in=list(sessions), withdrawn_at__isnull=False)
    return {each.session_id: each for each in rows if each.session_id}


@register.inclusion_tag(LINE)
def withdrawn_line(known: dict[int, Recording], session: int) -> dict[str, Any]:
    """Say the same in small within a list. known: of `withdrawn_of`. session: its primary key."""
    return {"recording": known.get(session), "look": "small muted"}
