"""Plan a series: preview it, keep it as a draft, or publish it at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from seminars import clock
from seminars.changes.refusing import UserError
from seminars.people.joining import zones_of
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions import drafting, planning
from seminars.web.forms.planning import ELSEWHERE, PlanForm
from seminars.web.forms.slots import chosen_hour
from seminars.web.forms.templates import TEMPLATES, started_with
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.organise.preview import Preview, preview_of
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

# What `draft_series` takes that is no column, or is stored in another form.
NOT_COLUMNS = {"rdates", "exdates", "owed", "slug", "form_key"}


@for_organisers
@require_GET
def blank(request: HttpRequest) -> HttpResponse:
    """The empty form; `?community=` chooses whose, `?template=` a usual kind, and *Slots* the hour chosen there."""
    form = PlanForm.for_visitor(visitor_of(request), community=request.GET.get("community", ""))
    today = clock.to_wall(timezone.now(), form.initial.get("zone", "UTC")).date()
    form.initial.update(started_with(request.GET.get("template", ""), today=today))
    form.initial.update(chosen_hour(request.GET))
    if request.GET.get("template"):  # all else is filled in: the title is what is asked for
        form.fields["title"].widget.attrs["autofocus"] = True
    return page(request, form)


@for_organisers
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The next occurrences of what stands in the form: a piece of the page for the script, or the whole page."""
    form = PlanForm.for_visitor(visitor_of(request), request.POST)
    found = seen_in(request, form)
    if getattr(request, "htmx", False):
        context = {"form": form, "preview": found, "live": True}
        return render(request, "seminars/organise/_preview.html", context)
    return page(request, form, found)


@for_organisers
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Keep the series as a draft, which only the community's organisers see."""
    return _save(request, lambda series: _("Saved as a draft. Nobody else sees it until you publish it."))


@for_organisers
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Keep the series and make its sessions visible."""

    def out(series: Series) -> str:
        planning.publish(series=series, now=timezone.now(), actor_id=actor(request))
        return _("Published. The sessions are on the site and in everybody's calendar feed.")

    return _save(request, out)


def seen_in(request: HttpRequest, form: PlanForm) -> Preview | None:
    """Return the preview of a valid form; else None, and the form says what is missing."""
    if not form.is_valid():
        return None
    arguments = form.arguments()
    community: Community = arguments["community"]
    columns = {name: value for name, value in arguments.items() if name not in NOT_COLUMNS}
    series = Series(
        **columns,
        rdates=[day.isoformat() for day in arguments["rdates"]],
        exdates=[day.isoformat() for day in arguments["exdates"]],
    )
    try:
        drafting.check_series(series, now=timezone.now())
        return preview_of(
            series,
            people=zones_of(community),
            now=timezone.now(),
            locale=reader_of(request).locale,
            language=get_language() or "en",
        )
    except UserError as refused:
        show_refusal(form, refused, ELSEWHERE)
        return None


def page(request: HttpRequest, form: PlanForm, found: Preview | None = None) -> HttpResponse:
    """Return the planner with what was typed; 400 where something in it must be changed."""
    context: dict[str, Any] = {"form": form, "preview": found}
    if not form.is_bound:
        context |= {"templates": TEMPLATES, "chosen": request.GET.get("template", "")}
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/plan.html", context, status=status)


def _save(request: HttpRequest, then: Callable[[Series], str]) -> HttpResponse:
    form = PlanForm.for_visitor(visitor_of(request), request.POST)
    if not form.is_valid():
        return page(request, form)
    try:
        series = drafting.draft_series(**form.arguments(), now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        show_refusal(form, refused, ELSEWHERE)
        return page(request, form)
    messages.success(request, then(series))
    return redirect("organise_series", series.slug)


def plan(request: HttpRequest) -> HttpResponse:
    """The form, and *Save as draft*, which is its own address."""
    return draft(request) if request.method == "POST" else blank(request)


urlpatterns = [
    path("organise/series/new/", plan, name="plan_series"),
    path("organise/series/new/preview/", preview, name="preview_series"),
    path("organise/series/new/publish/", publish, name="plan_and_publish"),
]
