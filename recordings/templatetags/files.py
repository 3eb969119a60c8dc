"""`{% load files %}{% files_panel session %}`: a session's files and how far they are, and their terms."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from recordings.catalogue.licences import licence_of, terms_of
from recordings.catalogue.models import Recording
from recordings.web.licensing import LicenceForm
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


@register.inclusion_tag("recordings/_licence.html", takes_context=True)
def licence_of_files(context: Context, session: Session) -> dict[str, Any]:
    """Show on which terms others may use the session's recording, to be set; nothing while there is none."""
    recording = Recording.objects.filter(session=session).first()
    if recording is None:
        return {}
    return {
        "session": session,
        "form": LicenceForm(initial={"licence": recording.licence}),
        "terms": terms_of(licence_of(recording)),
        "csrf_token": context.get("csrf_token"),
    }
