"""/speak/<token>/report/: a note-taker writes the report by their secret link, without an account."""

from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from seminars.followups.reports.writing import Author
from seminars.sessions.speaking.models import SpeakerLink
from seminars.web.limits import within
from seminars.web.reports.desk import Desk, View, doors
from seminars.web.speaking import NOTING, for_speakers

MOST_AN_HOUR = 1200  # one every three seconds: a note-taker who types without a pause, and their phone


def takes_notes(link: SpeakerLink) -> bool:
    """Whether the holder of the link writes the report: note-takers, and who leads the session."""
    engagement = link.engagement
    return engagement.session.speakers.filter(person=engagement.person_id, role__in=NOTING).exists()


def by_link(view: View) -> View:
    """Seat the holder of the link at the desk; for everybody else there is nothing."""

    @for_speakers
    @wraps(view)
    def guarded(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
        if not takes_notes(link):
            raise Http404("There is nothing here.")
        session = link.engagement.session
        author = Author(person_id=link.engagement.person_id)
        desk = Desk(session, author, "speak_report", link.token, reverse("speak", args=[link.token]))
        if request.method == "POST":
            if session.withdrawn_at:
                raise Http404("This session was withdrawn.")
            if not within(request, "write-report", most=MOST_AN_HOUR):
                return render(request, "seminars/reports/too_often.html", {"desk": desk}, status=429)
        return view(request, desk)

    return guarded


urlpatterns = doors("speak/<str:token>/report/", "speak_report", by_link)
