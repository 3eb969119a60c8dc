"""/archive/<slug>/print/: a recording on paper: key points, report, what was said and when, slides, how to cite it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from recordings.catalogue.licences import terms_of
from recordings.catalogue.models import Recording
from recordings.preservation import citations
from recordings.preservation.describing import describe
from recordings.publishing.editions import shelf_of
from recordings.web.looking import of_one_that_stands
from recordings.web.viewing import by_reader, deck_shown, transcript_of
from seminars.followups.reports.models import Report
from seminars.followups.reports.reading import parts_of
from seminars.people.visitors import Visitor


@require_safe
@of_one_that_stands
def print_item(request: HttpRequest, recording: Recording) -> HttpResponse:
    """Show all of it that can stand on paper. `?transcript=sv` chooses the language of the words."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]  # put there by the middleware
    description, shelf = describe(recording, visitor=visitor), shelf_of(recording)
    captions = by_reader(shelf.captions, recording)
    asked = request.GET.get("transcript", "")
    captions.sort(key=lambda each: not asked or each.language != asked)
    read = (transcript_of(each, 0, all_of_it=True) for each in captions)
    report = (
        Report.objects.visible_to(visitor).select_related("form").filter(session=recording.session).first()
        if recording.session
        else None
    )
    context = {
        "recording": recording,
        "session": recording.session,
        "now": timezone.now(),
        "description": description,
        "reference": citations.plain(description),
        "terms": terms_of(description.licence),
        "deck": deck_shown(recording, shelf),
        "transcript": next((each for each in read if each), None),
        "report": parts_of(report) if report else [],
        "report_language": report.language if report else "",
    }
    return render(request, "recordings/print.html", context)


urlpatterns = [path("archive/<slug:slug>/print/", print_item, name="print_item")]
