"""What a series owes around each of its sessions: the template of its checklists."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from seminars.access import organised_series_or_404
from seminars.changes.refusing import UserError
from seminars.followups.owing import lines_of, set_owed
from seminars.web.forms.follow_ups import TemplateForm
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.visitors import visitor_of


@for_organisers
def follow_ups(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what is owed before and after each session, and how soon."""
    series = organised_series_or_404(slug, visitor_of(request))
    form = TemplateForm(series, lines_of(series), request.POST if request.method == "POST" else None)
    wrong: list[str] = []
    if request.method == "POST":
        if form.is_valid():
            try:
                now, tasks = timezone.now(), form.tasks()
                set_owed(series=series, owed=form.owed(), own=tasks, now=now, actor_id=actor(request))
            except UserError as refused:
                wrong = [str(each) for each in refused.fields.values()]
            else:
                messages.success(request, _("Saved. It counts for checklists that open from now on."))
                return redirect("organise_series", slug)
        else:
            wrong = form.errors
    context = {"series": series, "community": series.community, "form": form, "wrong": wrong}
    return render(request, "seminars/organise/owed.html", context, status=400 if wrong else 200)


urlpatterns = [path("organise/series/<slug:slug>/follow-ups/", follow_ups, name="series_follow_ups")]
