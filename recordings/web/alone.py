"""/organise/archive/recordings/: what never was a session, for administrators: its words, and the session it is of."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recordings.catalogue.models import NEWEST, Recording
from recordings.publishing import placing
from recordings.web.settling import ALONE, desk_of, page, recording_or_404
from recordings.web.settling_forms import OwnWordsForm, PlaceForm
from seminars.changes.refusing import UserError
from seminars.web.organise.gate import actor, for_administrators, show_refusal
from seminars.web.organise.stale import Versions, again, differences
from seminars.web.visitors import visitor_of

A_PAGE = 50


@for_administrators
@require_safe
def recordings_alone(request: HttpRequest) -> HttpResponse:
    """List the recordings that are of no session, the latest first."""
    rows = Recording.objects.filter(session=None).order_by(*NEWEST)
    shown = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "recordings/organise_alone.html", {"shown": shown})


@for_administrators
@require_POST
def reword(request: HttpRequest, slug: str) -> HttpResponse:
    """Correct what is said of a recording."""
    recording = recording_or_404(request, slug, alone=True)
    form = OwnWordsForm(recording, request.POST)
    if form.is_valid():
        given = {"words": form.said(), "seen": form.cleaned_data["seen"]}
        try:
            placing.reword(recording=recording, now=timezone.now(), actor_id=actor(request), **given)
        except placing.WordsStale as stale:
            there = OwnWordsForm.initial_of(stale.current)
            again(form, there["seen"])
            versions = Versions([], differences(form, there))
            return page(request, stale.current, status=409, versions=versions, words=form)
        except UserError as refused:
            show_refusal(form, refused, {"title": f"title_{recording.language}"})
    if not form.is_valid():
        return page(request, recording, words=form, status=422)
    messages.success(request, _("Saved."))
    return redirect(desk_of(recording))


@for_administrators
@require_POST
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a recording to its session."""
    recording = recording_or_404(request, slug, alone=True)
    form = PlaceForm(request.POST, visitor=visitor_of(request))
    if form.is_valid():
        given = {"session": form.cleaned_data["session"], "now": timezone.now(), "actor_id": actor(request)}
        try:
            recording = placing.place(recording=recording, **given)
        except UserError as refused:
            show_refusal(form, refused)
    if not form.is_valid():
        return page(request, recording, place=form, status=422)
    messages.success(request, _("The session’s page shows it now. Its earlier addresses lead there."))
    return redirect(desk_of(recording))


urlpatterns = [
    path(ALONE, recordings_alone, name="recordings_alone"),
    path(f"{ALONE}<slug:slug>/words/", reword, name="reword_alone"),
    path(f"{ALONE}<slug:slug>/session/", place, name="place_alone"),
]
