"""/archive/<slug>/about.jsonld: a recording with its event, every edition's digest and what was said, for programs."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from recordings.catalogue.models import OriginalKind, Recording
from recordings.preservation.describing import describe
from recordings.preservation.linked_data import CONTEXT, recording_data
from recordings.slides.reading import chapters_of
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import CaptionError
from recordings.web.looking import of_one_for_everybody
from seminars.notifications.posting import language_of
from seminars.people.visitors import NOBODY
from seminars.series.models import Series
from seminars.web.linked_data import event_of, script_of
from seminars.web.polled import polled

TYPE = "application/ld+json"


@require_safe
@of_one_for_everybody
def about(request: HttpRequest, recording: Recording) -> HttpResponse:
    """The document of what everybody may see."""
    session = recording.session
    language = language_of(session.language if session else recording.language)
    description = describe(recording)
    said = recording_data(
        description, language=language, marks=chapters_of(recording), transcript=transcript_of(recording)
    )
    graph = [said] if said else []
    if session:
        shown = Series.objects.visible_to(NOBODY).filter(pk=session.series_id).exists()
        graph.append(event_of(session, language, series_is_public=shown))
    data = {"@context": CONTEXT, "@graph": graph}
    return polled(request, script_of(data).encode(), TYPE)


def transcript_of(recording: Recording) -> str:
    """Return what was said, in the recording's language where there are captions in it; "" where there are none."""
    spoken = recording.session.language if recording.session else recording.language
    rows = recording.originals.filter(kind=OriginalKind.CAPTIONS, superseded_at=None).select_related("asset")
    for original in sorted(rows, key=lambda each: (each.language != spoken, each.pk)):
        try:
            return " ".join(" ".join(cue.text.split()) for cue in cues(original))
        except (CaptionError, OSError):
            continue
    return ""


urlpatterns = [path("archive/<slug:slug>/about.jsonld", about, name="recording_about")]
