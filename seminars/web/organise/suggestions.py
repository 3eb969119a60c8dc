"""What people suggest, by votes: make it a session, put two together, decline with words."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.suggesting import suggesting
from seminars.sessions.suggesting.models import Suggestion, SuggestionState
from seminars.web.forms.suggestions import DeclineForm, MakeSessionForm
from seminars.web.numbers import row_number
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.visitors import visitor_of

MOST = 200


@for_organisers
@require_safe
def suggestions(request: HttpRequest, slug: str) -> HttpResponse:
    """Open ones, the most wanted first; then those that were decided."""
    community = organised_community_or_404(slug, visitor_of(request))
    rows = (
        Suggestion.objects.out()
        .filter(community=community)
        .select_related("series", "session", "merged_into")
    )
    context = {
        "community": community,
        "open": list(rows.filter(state=SuggestionState.OPEN).by_votes()[:MOST]),
        "decided": list(rows.exclude(state=SuggestionState.OPEN).order_by("-decided_at", "-pk")[:MOST]),
        "series": list(_series(community)),
        "form": DeclineForm(),
    }
    return render(request, "seminars/organise/suggestions.html", context)


def _series(community: Community) -> Any:
    return Series.objects.filter(community=community, external=False).order_by("slug")


def suggestion_of(request: HttpRequest, slug: str, uuid: str) -> Suggestion:
    """Return one suggestion of a community that this visitor plans for; else 404."""
    community = organised_community_or_404(slug, visitor_of(request))
    rows = Suggestion.objects.out().filter(community=community).select_related("community", "series")
    return get_object_or_404(rows, uuid=uuid)


@for_organisers
@require_POST
def decline(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """Say no, with words."""
    suggestion = suggestion_of(request, slug, uuid)
    try:
        suggesting.decline(
            suggestion=suggestion,
            answer=request.POST.get("answer", ""),
            now=timezone.now(),
            actor_id=actor(request),
        )
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, _("Declined. The proposer gets your words by mail."))
    return redirect("organise_suggestions", slug)


@for_organisers
@require_POST
def merge(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """Put it together with another one that means the same."""
    suggestion = suggestion_of(request, slug, uuid)
    into = Suggestion.objects.out().filter(
        community=suggestion.community, pk=row_number(request.POST.get("into"))
    )
    try:
        suggesting.merge(
            suggestion=suggestion,
            into=into.first() or suggestion,
            now=timezone.now(),
            actor_id=actor(request),
        )
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, _("Put together: its votes count for the other one."))
    return redirect("organise_suggestions", slug)


@for_organisers
def make_session(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """Make it a session of a series: title, words and credit stand in the form already."""
    suggestion = suggestion_of(request, slug, uuid)
    named = request.GET.get("series", "")
    rows = _series(suggestion.community)
    series = rows.filter(slug=named).first() if named else suggestion.series or rows.first()
    if series is None or suggestion.state != SuggestionState.OPEN:
        messages.error(request, _("This is decided already.") if series else _("Plan a series first."))
        return redirect("organise_suggestions", slug)
    form = MakeSessionForm(
        request.POST if request.method == "POST" else None,
        initial=MakeSessionForm.initial_of(suggestion, series),
        all_day=series.all_day,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = suggesting.make_session(
                suggestion=suggestion,
                series=series,
                title=data["title"],
                abstract=data["abstract"],
                credit=data["credit"],
                precision=data["precision"] or "day",
                now=timezone.now(),
                actor_id=actor(request),
                **form.arguments(),
            )
        except UserError as refused:
            show_refusal(form, refused, {"wall": "date" if series.all_day else "time"})
        else:
            messages.success(request, _("Made. Who voted is told once it is public."))
            return redirect("organise_session", made.slug)
    context = {
        "community": suggestion.community,
        "suggestion": suggestion,
        "series": series,
        "others": rows.exclude(pk=series.pk),
        "form": form,
    }
    return render(request, "seminars/organise/make_session.html", context, status=400 if form.errors else 200)


BASE = "organise/communities/<slug:slug>/suggestions/"
urlpatterns = [
    path(BASE, suggestions, name="organise_suggestions"),
    path(f"{BASE}<uuid:uuid>/session/", make_session, name="make_session"),
    path(f"{BASE}<uuid:uuid>/decline/", decline, name="decline_suggestion"),
    path(f"{BASE}<uuid:uuid>/merge/", merge, name="merge_suggestion"),
]
