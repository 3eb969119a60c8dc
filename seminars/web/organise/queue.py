"""For administrators: what the queue does, what waits, what is held and why; and the buttons that help."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from seminars.queue import jobs
from seminars.queue.kinds import kind_of
from seminars.queue.masking import masked
from seminars.queue.models import Job, JobState
from seminars.web.organise.gate import actor, for_administrators
from seminars.web.organise.queue_rows import chosen, row_of, table_of, wish_of

AT_ONCE = 200  # held jobs that one press tries again
ATTEMPTS = 50


@for_administrators
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The jobs of these filters; what needs somebody stands first."""
    table = table_of(wish_of(request.GET), now=timezone.now())
    return render(request, "seminars/organise/queue.html", {"table": table, "most": AT_ONCE})


@for_administrators
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes by itself."""
    table = table_of(wish_of(request.GET), now=timezone.now())
    return render(request, "seminars/organise/_queue.html", {"table": table, "most": AT_ONCE})


@for_administrators
@require_safe
def queue_job(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One job: all its attempts, the newest first, with what its program said."""
    job = get_object_or_404(Job, uuid=uuid)
    # What was kept before secrets were hidden is hidden here.
    attempts = [(each, masked(each.last_words)) for each in job.attempts.order_by("-id")[:ATTEMPTS]]
    context = {"row": row_of(job, now=timezone.now()), "attempts": attempts}
    return render(request, "seminars/organise/queue_job.html", context)


@for_administrators
@require_POST
def try_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Have a job that stopped done again."""
    job = get_object_or_404(Job, uuid=uuid)
    if kind_of(job.kind).again(job, timezone.now(), by_id=actor(request)):
        messages.success(request, _("It is tried again."))
    else:
        messages.info(request, _("It needs no help any more."))
    return redirect("queue_job", uuid)


@for_administrators
@require_POST
def skip(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Go without what a job would have made."""
    job = get_object_or_404(Job, uuid=uuid)
    if jobs.skip(job, timezone.now(), by_id=actor(request)):
        messages.success(request, _("It is skipped. You can still try it again."))
    else:
        messages.info(request, _("It needs no help any more."))
    return redirect("queue_job", uuid)


@for_administrators
@require_POST
def try_all_again(request: HttpRequest) -> HttpResponse:
    """Have the held jobs of these filters done again, the longest held first: after a full disk, say."""
    wish, now = wish_of(request.POST), timezone.now()
    held = chosen(wish).filter(state=JobState.HELD)
    count = sum(kind_of(job.kind).again(job, now, by_id=actor(request)) for job in held[:AT_ONCE])
    said = ngettext("%(n)d job is tried again.", "%(n)d jobs are tried again.", count) % {"n": count}
    messages.success(request, said)
    return redirect(f"{reverse('queue')}?{wish.query}" if wish.query else "queue")


BASE = "organise/queue/"
urlpatterns = [
    path(BASE, queue, name="queue"),
    path(f"{BASE}progress/", progress, name="queue_progress"),
    path(f"{BASE}again/", try_all_again, name="try_jobs_again"),
    path(f"{BASE}<uuid:uuid>/", queue_job, name="queue_job"),
    path(f"{BASE}<uuid:uuid>/again/", try_again, name="try_job_again"),
    path(f"{BASE}<uuid:uuid>/skip/", skip, name="skip_job"),
]
