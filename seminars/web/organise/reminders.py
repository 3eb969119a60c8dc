"""When registered people of a series are reminded, and whether they are invited: a page of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from seminars.series.models import Series
from seminars.sessions.rewording import SeriesStale, edit_series
from seminars.web.forms.series import SeriesMailsForm
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.organise.series import series_of
from seminars.web.organise.stale import Versions, again, versions_since


@for_organisers
def of_series(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and keep them."""
    series = series_of(request, slug)
    if request.method != "POST":
        return _page(request, series, SeriesMailsForm(initial=SeriesMailsForm.initial_of(series)))
    form = SeriesMailsForm(request.POST)
    if not form.is_valid():
        return _page(request, series, form)
    seen, wanted = (
        form.cleaned_data["seen"],
        {name: form.cleaned_data[name] for name in ("reminders", "invites")},
    )
    try:
        edit_series(series=series, now=timezone.now(), actor_id=actor(request), seen=seen, **wanted)
    except SeriesStale as stale:
        there = SeriesMailsForm.initial_of(stale.current)
        versions = versions_since(f"series:{series.uuid}", stale.current.revision, seen, form, there)
        again(form, stale.current.revision)
        return _page(request, stale.current, form, versions)
    messages.success(request, _("Saved."))
    return redirect("organise_series", slug)


def _page(
    request: HttpRequest, series: Series, form: SeriesMailsForm, versions: Versions | None = None
) -> HttpResponse:
    context = {"series": series, "community": series.community, "form": form, "versions": versions}
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/series_reminders.html", context, status=status)


urlpatterns = [path("organise/series/<slug:slug>/reminders/", of_series, name="series_reminders")]
