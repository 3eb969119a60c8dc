"""Change what becomes of dates that do not suit: a form, a preview of what moves and returns, and all of it at once."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seminars.changes.refusing import UserError
from seminars.series.models import Series
from seminars.sessions.applying import PlanStale, apply_change
from seminars.sessions.changing import plan_change
from seminars.sessions.edits import Ask, Scope
from seminars.sessions.rewording import SeriesStale
from seminars.web.forms.suiting import DateRulesForm
from seminars.web.organise.changing import follow_in, preview_page
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.organise.series import series_of
from seminars.web.organise.stale import Versions, again, versions_since

PAGES = {"form": "change_date_rules", "preview": "preview_date_rules", "apply": "apply_date_rules"}


class RulesForm(DateRulesForm):
    """The rules of a series, and which version of it the person looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


@for_organisers
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; posted to, it is shown again with what was typed: the way back from the preview."""
    series = series_of(request, slug)
    return page(request, series, _form(request, series))


@for_organisers
@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Which sessions to come move, are left out or return, and what was done by hand; nothing is stored."""
    series = series_of(request, slug)
    form = _form(request, series)
    if not form.is_valid():
        return page(request, series, form)
    if form.cleaned_data["seen"] != series.revision:
        return _stale(request, series, form)
    try:
        follow = follow_in(request, series)
        plan = plan_change(series=series, ask=_asked(form), follow=follow, now=timezone.now())
    except UserError as refused:
        show_refusal(form, refused)
        return page(request, series, form)
    return preview_page(request, series, plan, pages=PAGES)


@for_organisers
@require_POST
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Do it, if everything is still as the preview showed it; else show the preview, or both versions."""
    series = series_of(request, slug)
    form = _form(request, series)
    if not form.is_valid():
        return page(request, series, form)
    try:
        plan = apply_change(
            series=series,
            ask=_asked(form),
            follow=follow_in(request, series),
            seen=form.cleaned_data["seen"] or 0,
            seal=request.POST.get("seal", ""),
            now=timezone.now(),
            actor_id=actor(request),
        )
    except PlanStale as stale:
        return preview_page(request, series, stale.plan, meanwhile=True, pages=PAGES)
    except SeriesStale as stale:
        return _stale(request, stale.current, form)
    except UserError as refused:
        show_refusal(form, refused)
        return page(request, series, form)
    if plan.nothing:
        messages.info(request, _("Nothing differs from how it is. Nothing was changed."))
    else:
        messages.success(request, _("The rules are changed, and the sessions to come follow them."))
    return redirect("organise_series", slug)


def page(
    request: HttpRequest, series: Series, form: RulesForm, versions: Versions | None = None
) -> HttpResponse:
    """Return the form with what was typed; 400 with mistakes, 409 with another version in the way."""
    context = {"series": series, "community": series.community, "form": form, "versions": versions}
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/rules.html", context, status=status)


# Below: how it is done.


def _form(request: HttpRequest, series: Series) -> RulesForm:
    initial = RulesForm.initial_of(series) | {"seen": series.revision}
    return RulesForm(request.POST if request.method == "POST" else None, initial=initial)


def _asked(form: RulesForm) -> Ask:
    return Ask(Scope.FUTURE, rules=form.cleaned_data["date_rules"])


def _stale(request: HttpRequest, current: Series, form: RulesForm) -> HttpResponse:
    there, seen = RulesForm.initial_of(current), form.cleaned_data["seen"]
    versions = versions_since(f"series:{current.uuid}", current.revision, seen, form, there)
    again(form, current.revision)
    return page(request, current, form, versions)


urlpatterns = [
    path("organise/series/<slug:slug>/dates/", change, name="change_date_rules"),
    path("organise/series/<slug:slug>/dates/preview/", preview, name="preview_date_rules"),
    path("organise/series/<slug:slug>/dates/apply/", apply, name="apply_date_rules"),
]
