"""The deadlines of an open community's shared resources, as a calendar to follow."""

from datetime import UTC, datetime
from uuid import uuid5

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars.access import community_or_404
from seminars.calendars import deadlines
from seminars.people.models import Joining
from seminars.people.visitors import NOBODY
from seminars.series.resources.models import Resource
from seminars.web.feeds import CALENDAR, PUBLIC, marked
from seminars.words import say

MOST = 1000


@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the deadlines to come and the latest ones past; of a community whose list everybody sees."""
    community = community_or_404(slug, NOBODY)
    if community.joining != Joining.OPEN:
        raise Http404
    ours = dict(settings.LANGUAGES)
    language = community.language if community.language in ours else settings.LANGUAGE_CODE
    rows = Resource.objects.visible_to(NOBODY).filter(community=community)
    kept = Q(due_at__gte=timezone.now() - deadlines.KEPT)
    found = list(rows.filter(kept).order_by("due_at", "pk")[:MOST])
    with translation.override(language):
        body = deadlines.calendar(
            found,
            name=_("%(community)s: deadlines") % {"community": say(community.name, language)},
            page=settings.MERIDIAN_URL + reverse("resources", args=[slug]),
            source=settings.MERIDIAN_URL + reverse("resource_calendar", args=[slug]),
            language=language,
        )
    changed = max((each.changed_at for each in found), default=community.made_at)
    return _answer(request, body, changed, f'W/"{uuid5(community.uuid, body.decode()).hex}"', slug)


def _answer(request: HttpRequest, body: bytes, changed: datetime, etag: str, slug: str) -> HttpResponse:
    response = get_conditional_response(request, etag=etag) or HttpResponse(body, content_type=CALENDAR)
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(int(changed.astimezone(UTC).timestamp()))
    response.headers["Cache-Control"] = PUBLIC
    if response.status_code == 200:
        response.headers["Content-Disposition"] = f'inline; filename="{slug}-deadlines.ics"'
    return marked(response)


urlpatterns = [
    path("communities/<slug:slug>/resources/calendar.ics", calendar, name="resource_calendar"),
]
