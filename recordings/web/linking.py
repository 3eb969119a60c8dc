"""Pages elsewhere where a session's recording can be watched: look again, remove."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from recordings.providers import linking
from recordings.providers.models import Link
from recordings.web.files import BASE, session_of
from seminars.web.organise.gate import actor, for_organisers


@for_organisers
@require_POST
def look_at_link(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Have a look ordered."""
    link = get_object_or_404(Link, uuid=uuid, session=session_of(request, slug))
    linking.order(link, now=timezone.now())
    messages.success(request, _("It is being looked at. Load this page again in a moment."))
    return redirect("session_files", slug)


@for_organisers
@require_POST
def remove_link(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Forget a page; nothing says it any more."""
    link = get_object_or_404(Link, uuid=uuid, session=session_of(request, slug))
    linking.forget(link=link, now=timezone.now(), actor_id=actor(request))
    messages.success(request, _("The link is removed."))
    return redirect("session_files", slug)


urlpatterns = [
    path(f"{BASE}links/<uuid:uuid>/look/", look_at_link, name="look_at_link"),
    path(f"{BASE}links/<uuid:uuid>/remove/", remove_link, name="remove_link"),
]
