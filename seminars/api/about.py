"""/api/: what there is to read here, in words, for people."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show each address with what is there."""
    rows = [
        ("/api/communities/", _("the communities you may see")),
        ("/api/communities/{slug}/", _("one community with its series")),
        ("/api/series/{slug}/", _("one series with its rhythm")),
        ("/api/sessions/", _("sessions, the earliest first")),
        ("/api/sessions/{slug}/", _("one session as it is now, with its materials")),
        ("/api/sessions/{slug}/questions/", _("what was asked at a session, and what was answered")),
        ("/api/sessions/{slug}/report/", _("the report of a session, field by field")),
        ("/api/archive/", _("recordings, the newest first, or what answers a search")),
        ("/api/archive/{slug}/", _("one recording with its files")),
    ]
    return render(request, "seminars/api.html", {"rows": rows})
