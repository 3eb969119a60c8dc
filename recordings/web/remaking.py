"""An organiser has editions made again: one that came out badly, or all with the loudness evened out."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from recordings.catalogue.models import Original, Recording
from recordings.renditions import making
from recordings.renditions.choosing import even_out
from recordings.renditions.recipes import RECIPES
from recordings.web.files import BASE, session_of
from seminars.web.organise.gate import actor, for_organisers


@for_organisers
@require_POST
def make_again(request: HttpRequest, slug: str, uuid: UUID, recipe: str) -> HttpResponse:
    """Have one edition of a file made again."""
    files = Original.objects.filter(superseded_at=None, recording__session=session_of(request, slug))
    original = get_object_or_404(files.select_related("asset", "recording"), uuid=uuid)
    if recipe not in RECIPES:
        raise Http404
    if making.again([original], recipes=[recipe], now=timezone.now(), by_id=actor(request)):
        messages.success(request, _("It is made again. The one that is there serves meanwhile."))
    else:
        messages.info(request, _("Nothing has changed."))
    return redirect("session_files", slug)


@for_organisers
@require_POST
def loudness(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the loudness evened out, or left as it came."""
    recording = get_object_or_404(Recording, session=session_of(request, slug))
    even = request.POST.get("even") == "1"
    if even_out(recording=recording, even=even, now=timezone.now()):
        messages.success(request, _("The editions are made again. Those that are there serve meanwhile."))
    else:
        messages.info(request, _("Nothing has changed."))
    return redirect("session_files", slug)


urlpatterns = [
    path(f"{BASE}<uuid:uuid>/editions/<slug:recipe>/again/", make_again, name="make_edition_again"),
    path(f"{BASE}loudness/", loudness, name="loudness"),
]
