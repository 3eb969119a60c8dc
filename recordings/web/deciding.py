"""Jobs of a session's files that wait for a person: try again, or go without."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from recordings.web.files import session_of
from recordings.web.panel import job_of_session
from seminars.queue import jobs
from seminars.queue.kinds import kind_of
from seminars.queue.models import Job
from seminars.web.organise.gate import actor, for_organisers


def job_or_404(request: HttpRequest, slug: str, uuid: UUID) -> Job:
    """Return the job of one of the session's files, if this visitor may change the session; else 404."""
    job = job_of_session(session_of(request, slug), uuid)
    if job is None:
        raise Http404
    return job


@for_organisers
@require_POST
def try_again(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Have a job that stopped done again."""
    job = job_or_404(request, slug, uuid)
    if kind_of(job.kind).again(job, timezone.now(), by_id=actor(request)):
        messages.success(request, _("It is tried again."))
    else:
        messages.info(request, _("It needs no help any more."))
    return redirect("session_files", slug)


@for_organisers
@require_POST
def skip(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Go without what a job would have made."""
    job = job_or_404(request, slug, uuid)
    if jobs.skip(job, timezone.now(), by_id=actor(request)):
        messages.success(request, _("It is skipped. You can still try it again."))
    else:
        messages.info(request, _("It needs no help any more."))
    return redirect("session_files", slug)


BASE = "organise/sessions/<slug:slug>/files/jobs/<uuid:uuid>/"
urlpatterns = [
    path(f"{BASE}again/", try_again, name="try_file_again"),
    path(f"{BASE}skip/", skip, name="skip_file_job"),
]
