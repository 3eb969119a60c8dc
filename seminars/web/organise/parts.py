"""Roles in a series: who has which, and what each may open."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seminars.access import (
    hosted_session_or_404,
    noted_session_or_404,
    organised_series_or_404,
    owned_series_or_404,
)
from seminars.changes.refusing import UserError
from seminars.series.models import Part, Series, SeriesRole
from seminars.series.roles import give_role, take_role
from seminars.sessions.models import Session
from seminars.web.forms.parts import PartForm
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.visitors import visitor_of
from seminars.words import alphabet

ORDER = {part: number for number, part in enumerate(Part.values)}


def hosted_of(request: HttpRequest, slug: str) -> Session:
    """Return the session `slug` if this visitor runs it on the day; else 404."""
    return hosted_session_or_404(slug, visitor_of(request))


def noted_of(request: HttpRequest, slug: str) -> Session:
    """Return the session `slug` if this visitor writes its report; else 404."""
    return noted_session_or_404(slug, visitor_of(request))


def may_change(request: HttpRequest, session: Session) -> bool:
    """Whether the visitor plans the session's series, and not only has a part in it."""
    return Series.objects.organised_by(visitor_of(request)).filter(pk=session.series_id).exists()


def given_in(series: Series) -> list[SeriesRole]:
    """Return who has which role, the widest first."""
    found, language = series.roles.select_related("person"), get_language() or "en"
    return sorted(found, key=lambda each: (ORDER[each.role], alphabet(each.person.name, language)))


@for_organisers
def roles(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, for everybody who plans the series; its owners give a role."""
    visitor = visitor_of(request)
    if request.method != "POST":
        return _page(request, organised_series_or_404(slug, visitor), PartForm())
    series, form = owned_series_or_404(slug, visitor), PartForm(request.POST)
    if form.is_valid():
        try:
            given = give_role(series=series, now=timezone.now(), actor_id=actor(request), **form.cleaned_data)
        except UserError as refused:
            show_refusal(form, refused)
        else:
            said = {"name": given.person.name, "role": given.get_role_display()}
            messages.success(request, _("%(name)s is now: %(role)s.") % said)
            return redirect("series_roles", slug)
    return _page(request, series, form)


@for_organisers
@require_POST
def end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a role back."""
    series = owned_series_or_404(slug, visitor_of(request))
    given = get_object_or_404(series.roles.select_related("person", "series"), pk=pk)
    take_role(given=given, now=timezone.now(), actor_id=actor(request))
    messages.success(request, _("%(name)s has no role in this series now.") % {"name": given.person.name})
    mine = Series.objects.organised_by(visitor_of(request)).filter(pk=series.pk)
    return redirect("series_roles", slug) if mine.exists() else redirect("organise")


def _page(request: HttpRequest, series: Series, form: PartForm) -> HttpResponse:
    owns = Series.objects.owned_by(visitor_of(request)).filter(pk=series.pk).exists()
    context = {"series": series, "given": given_in(series), "form": form, "owns": owns}
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/roles.html", context, status=status)


urlpatterns = [
    path("organise/series/<slug:slug>/roles/", roles, name="series_roles"),
    path("organise/series/<slug:slug>/roles/<int:pk>/end/", end, name="end_role"),
]
