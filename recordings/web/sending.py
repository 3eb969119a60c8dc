"""Where files are sent in pieces: by organisers of a session, and by who has a speaker's secret link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from recordings.catalogue.models import OriginalKind
from recordings.uploading import finishing
from recordings.uploading.models import Upload
from recordings.web import tus
from recordings.web.files import BASE, session_of
from seminars.sessions.speaking.models import SpeakerLink
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.speaking import declined, for_speakers

OF_SPEAKERS = (OriginalKind.SLIDES.value, OriginalKind.HANDOUT.value, OriginalKind.CAPTIONS.value)


@for_organisers
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """An organiser begins an upload."""
    session = session_of(request, slug)
    return tus.create(
        request,
        session,
        sender=f"user:{actor(request)}",
        actor_id=actor(request),
        kinds=tuple(OriginalKind.values),
        address=lambda upload: reverse("upload_part", args=[slug, upload.token]),
    )


@for_organisers
def part(request: HttpRequest, slug: str, piece: str) -> HttpResponse:
    """One upload of a session: any of its organisers goes on with it, or removes it."""
    upload = get_object_or_404(Upload, session=session_of(request, slug), token=piece)
    return tus.resource(request, upload)


@for_organisers
@require_POST
def remove(request: HttpRequest, slug: str, piece: str) -> HttpResponse:
    """Forget a file that did not come whole, or was refused."""
    upload = get_object_or_404(Upload, session=session_of(request, slug), token=piece)
    if finishing.remove(upload=upload):
        messages.success(request, _("The file is removed."))
    else:
        messages.error(request, _("The file has arrived meanwhile and is kept."))
    return redirect("session_files", slug)


def sender_of(link: SpeakerLink) -> str:
    """Return how uploads by a speaker's links are marked: a fresh link finds what the last one began."""
    return f"speaker:{link.engagement_id}"


@csrf_exempt  # the secret is in the address: no cookie opens anything here
@for_speakers
def speaker_begins(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """A speaker begins an upload."""
    if declined(link):
        return tus.said(403)
    return tus.create(
        request,
        link.engagement.session,
        sender=sender_of(link),
        actor_id=None,
        kinds=OF_SPEAKERS,
        address=lambda upload: reverse("speak_part", args=[link.token, upload.token]),
    )


@csrf_exempt
@for_speakers
def speaker_part(request: HttpRequest, link: SpeakerLink, piece: str) -> HttpResponse:
    """One upload by a speaker."""
    mine = Upload.objects.filter(session=link.engagement.session, sender=sender_of(link))
    return tus.resource(request, get_object_or_404(mine, token=piece))


urlpatterns = [
    path(f"{BASE}uploads/", begin, name="upload_begin"),
    path(f"{BASE}uploads/<str:piece>/", part, name="upload_part"),
    path(f"{BASE}uploads/<str:piece>/remove/", remove, name="upload_remove"),
    path("speak/<str:token>/uploads/", speaker_begins, name="speak_begin"),
    path("speak/<str:token>/uploads/<str:piece>/", speaker_part, name="speak_part"),
]
