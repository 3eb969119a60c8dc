"""Write the session report: the one form that documents a meeting."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.followups.reports.models import Report
from seminars.followups.reports.saving import ReportStale, save_report
from seminars.sessions.models import Session
from seminars.sessions.questions.answering import to_discuss
from seminars.sessions.revising import Stale
from seminars.web.forms.reports import ReportForm
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.organise.parts import may_change, noted_of
from seminars.web.organise.stale import Versions, again, differences


@for_organisers
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Write or change the session's report; saving puts it out."""
    session = noted_of(request, slug)
    current = Report.objects.filter(session=session).first()
    if request.method != "POST":
        initial = ReportForm.initial_of(current, session.language)
        if current is None:
            initial["questions"] = to_discuss(session)
        return _page(request, session, ReportForm(initial=initial))
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _page(request, session, form)
    try:
        save_report(
            session=session,
            answers=form.answers(),
            language=form.cleaned_data["language"],
            now=timezone.now(),
            actor_id=actor(request),
            seen=form.cleaned_data["seen"],
        )
    except ReportStale as stale:
        there = dict.fromkeys(form.fields, "") | ReportForm.initial_of(stale.current, session.language)
        again(form, stale.current.revision)
        return _page(request, session, form, Versions([], differences(form, there)))
    except Stale:
        form.add_error(None, _("Somebody else changed this session just now. Save again."))
        return _page(request, session, form)
    except UserError as refused:
        show_refusal(form, refused)
        return _page(request, session, form)
    messages.success(request, _("The report is out, on the session's page."))
    return redirect("organise_session" if may_change(request, session) else "session", slug)


def _page(
    request: HttpRequest, session: Session, form: ReportForm, versions: Versions | None = None
) -> HttpResponse:
    context = {"session": session, "community": session.series.community, "form": form, "versions": versions}
    context |= {"only_part": not may_change(request, session)}
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/report.html", context, status=status)


urlpatterns = [path("organise/sessions/<slug:slug>/report/", report, name="session_report")]
