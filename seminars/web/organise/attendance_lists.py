"""Take in the list of a meeting program: choose it, see who is who, decide what is in doubt, apply it, take it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from seminars.changes.refusing import UserError
from seminars.sessions.attendance import importing
from seminars.sessions.attendance.importing import Plan
from seminars.sessions.attendance.models import Intake
from seminars.sessions.models import Session
from seminars.web.forms.attendance import PREFIX, ListForm, choices_of, decisions_in
from seminars.web.organise.attendance import around
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.organise.sessions import session_of
from seminars.web.times import city
from seminars.web.zones import reader_of

MOST_DOUBTS = 300
MOST_SHOWN = 200


@for_organisers
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose the file; the next page shows what it would bring."""
    session = session_of(request, slug)
    if request.method != "POST":
        return _choose_page(request, session, ListForm(initial={"zone": session.zone}))
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _choose_page(request, session, form, status=422)
    file = form.cleaned_data["file"]
    try:
        intake = importing.keep(
            session=session,
            content=file.read(),
            filename=file.name or _("list"),
            zone=form.cleaned_data["zone"],
            now=timezone.now(),
            actor_id=actor(request),
        )
    except UserError as refused:
        show_refusal(form, refused)
        return _choose_page(request, session, form, status=422)
    if intake.applied_at:
        messages.info(request, _("This file was taken in already. Nothing was changed."))
        return redirect("organise_attendance", slug)
    return redirect("attendance_list", slug, intake.pk)


def _choose_page(request: HttpRequest, session: Session, form: ListForm, status: int = 200) -> HttpResponse:
    context = {**around(request, session), "form": form, "intakes": list(session.intakes.standing())}
    return render(request, "seminars/organise/attendance_choose.html", context, status=status)


@for_organisers
def look(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what the file would bring; with the button it is taken in, whole."""
    session = session_of(request, slug)
    intake = get_object_or_404(Intake.objects.select_related("session__series"), pk=number, session=session)
    if intake.applied_at:
        return redirect("organise_attendance", slug)
    if request.method != "POST":
        return _look_page(request, session, intake, importing.plan(intake))
    decisions, without_bad = decisions_in(request.POST), request.POST.get("without_bad") == "on"
    try:
        done = importing.apply(
            intake=intake,
            decisions=decisions,
            without_bad=without_bad,
            now=timezone.now(),
            actor_id=actor(request),
        )
    except UserError as refused:
        say_refusal(request, refused)
        intake.refresh_from_db()
        if intake.applied_at:
            return redirect("organise_attendance", slug)
        plan = importing.plan(intake, decisions=decisions)
        return _look_page(request, session, intake, plan, status=422)
    counted = sum(line.choice not in (importing.NOBODY, importing.IGNORE) for line in done.lines)
    words = ngettext("%(n)d person of the list counts.", "%(n)d people of the list count.", counted)
    messages.success(request, words % {"n": counted})
    return redirect("organise_attendance", slug)


def _look_page(
    request: HttpRequest, session: Session, intake: Intake, plan: Plan, status: int = 200
) -> HttpResponse:
    doubts = plan.of(importing.DOUBT)
    sure = [
        (line.who, plan.universe.known[line.choice]) for line in plan.of(importing.MAIL, importing.NAME)
        if line.choice in plan.universe.known
    ]  # fmt: skip
    fresh = plan.of(importing.FRESH)
    context: dict[str, Any] = {
        **around(request, session),
        "intake": intake,
        "zone": city(intake.zone, reader_of(request).locale),
        "people": len(plan.lines),
        "program": plan.reading.program,
        "wrong": [(each, WHY[each.why]()) for each in plan.reading.wrong[:MOST_SHOWN]],
        "wrong_count": len(plan.reading.wrong),
        "unsaid": status != 200,
        "more_wrong": ", ".join(str(each.number) for each in plan.reading.wrong[MOST_SHOWN:]),
        "more_wrong_count": max(0, len(plan.reading.wrong) - MOST_SHOWN),
        "doubts": [(line, f"{PREFIX}{line.who.number}", choices_of(line)) for line in doubts[:MOST_DOUBTS]],
        "more_doubts": max(0, len(doubts) - MOST_DOUBTS),
        "sure": sure[:MOST_SHOWN],
        "sure_count": len(sure),
        "fresh": [line.who for line in fresh[:MOST_SHOWN]],
        "fresh_count": len(fresh),
    }
    return render(request, "seminars/organise/attendance_look.html", context, status=status)


WHY = {
    "name": lambda: _("has no name"),
    "hours": lambda: _("has hours that cannot be"),
    "length": lambda: _("has a length that cannot be read"),
}


@for_organisers
@require_POST
def take_back(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a file back: who is known by nothing else leaves the list."""
    session = session_of(request, slug)
    intake = get_object_or_404(Intake.objects.select_related("session__series"), pk=number, session=session)
    importing.take_back(intake=intake, now=timezone.now(), actor_id=actor(request))
    messages.success(request, _("The file is taken back."))
    return redirect("organise_attendance", slug)


BASE = "organise/sessions/<slug:slug>/meeting-list/"
urlpatterns = [
    path(BASE, choose, name="choose_attendance_list"),
    path(f"{BASE}<int:number>/", look, name="attendance_list"),
    path(f"{BASE}<int:number>/back/", take_back, name="take_back_attendance_list"),
]
