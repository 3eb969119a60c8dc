"""/sessions/<slug>/report/: a report's own page, at an address that stays, to be read, printed and kept."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import override
from django.views.decorators.http import require_safe

from seminars.access import lean_session_or_404
from seminars.followups.reports.issuing import path_of
from seminars.followups.reports.models import Report
from seminars.followups.reports.reading import parts_of
from seminars.sessions.models import Session
from seminars.web.reports.paper import held, paper_out
from seminars.web.visitors import visitor_of


@require_safe
def report_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the report to who may see its session; 410 with the reason for one that was taken back."""
    session, report = _found(request, slug)
    if not report.is_out or session.withdrawn_at:
        return _gone(request, session, report)
    with override(report.language):
        when = held(session, report.language)
    context = {
        "session": session,
        "community": session.series.community,
        "report": report,
        "parts": parts_of(report),
        "held": when,
        "canonical": settings.MERIDIAN_URL + path_of(session),
    }
    return render(request, "seminars/reports/page.html", context)


@require_safe
def report_paper(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the same as a PDF."""
    session, report = _found(request, slug)
    if not report.is_out or session.withdrawn_at:
        return _gone(request, session, report)
    return paper_out(session, report)


def _found(request: HttpRequest, slug: str) -> tuple[Session, Report]:
    """A report that is out, or once was. A draft is not there, for its writers neither: they have a page to write."""
    session = lean_session_or_404(slug, visitor_of(request))
    report = Report.objects.select_related("form").filter(session=session, published_at__isnull=False).first()
    if report is None:
        raise Http404("There is no report.")
    return session, report


def _gone(request: HttpRequest, session: Session, report: Report) -> HttpResponse:
    context = {"session": session, "community": session.series.community, "report": report}
    return render(request, "seminars/reports/gone.html", context, status=410)


urlpatterns = [
    path("sessions/<slug:slug>/report/", report_page, name="report"),
    path("sessions/<slug:slug>/report.pdf", report_paper, name="report_paper"),
]
