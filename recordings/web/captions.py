"""Captions corrected by who plans the session, or by who speaks there through their secret link; and captions made."""

from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from recordings.catalogue.models import Original
from recordings.transcripts import recognising
from recordings.web.caption_desk import OF_PUBLISHERS, Desk, View, captions_or_404, doors
from recordings.web.files import session_of
from seminars.changes.refusing import UserError
from seminars.followups.reports.writing import Author
from seminars.sessions.speaking.models import SpeakerLink
from seminars.web.limits import within
from seminars.web.organise.gate import actor, for_organisers, say_refusal
from seminars.web.speaking import for_speakers

MOST_AN_HOUR = 1800  # one every two seconds, as the script sends them


def by_role(view: View) -> View:
    """Seat who may change the session at the desk; for everybody else there is nothing."""

    @for_organisers
    @wraps(view)
    def guarded(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
        session = session_of(request, slug)
        original, back = captions_or_404(session, uuid), reverse("session_files", args=[slug])
        desk = Desk(session, original, Author(actor(request)), "captions", slug, back, publishes=True)
        return view(request, desk)

    return guarded


def by_link(view: View) -> View:
    """Seat the holder of a speaker's link at the desk: they know best what they said. What comes out is not theirs."""

    @for_speakers
    @wraps(view)
    def guarded(request: HttpRequest, link: SpeakerLink, uuid: UUID) -> HttpResponse:
        session = link.engagement.session
        original, back = captions_or_404(session, uuid), reverse("speak", args=[link.token])
        author = Author(person_id=link.engagement.person_id)
        desk = Desk(session, original, author, "speak_captions", link.token, back, publishes=False)
        if request.method == "POST":
            if session.withdrawn_at or original.recording.withdrawn_at:
                raise Http404("This session was withdrawn.")
            if not within(request, "correct-captions", most=MOST_AN_HOUR):
                return render(request, "seminars/reports/too_often.html", {"desk": desk}, status=429)
        return view(request, desk)

    return guarded


@for_organisers
@require_POST
def recognise(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Have captions of a file made by the site's recogniser."""
    session = session_of(request, slug)
    rows = Original.objects.filter(recording__session=session, recording__withdrawn_at=None)
    original = get_object_or_404(rows.select_related("asset", "recording"), uuid=uuid)
    try:
        recognising.ask(original=original, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(
            request, _("Captions are being made. They are automatic until somebody corrects them.")
        )
    return redirect("session_files", slug)


urlpatterns = [
    path("organise/sessions/<slug:slug>/files/<uuid:uuid>/recognise/", recognise, name="recognise_file"),
    *doors("organise/sessions/<slug:slug>/captions/<uuid:uuid>/", "captions", by_role),
    *doors("speak/<str:token>/captions/<uuid:uuid>/", "speak_captions", by_link, without=OF_PUBLISHERS),
]
