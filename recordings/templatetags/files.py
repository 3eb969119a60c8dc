"""`{% load files %}{% files_panel session %}`: a session's files and how far they are, for organisers' pages."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from recordings.web.panel import panel_of
from seminars.sessions.models import Session

register = template.Library()


@register.inclusion_tag("recordings/organise_files_panel.html", takes_context=True)
def files_panel(context: Context, session: Session) -> dict[str, Any]:
    """Show the panel; it looks again by htmx while something is under way."""
    return {
        "session": session,
        "panel": panel_of(session, now=timezone.now()),
        "csrf_token": context.get("csrf_token"),
    }
