"""An event's programme for those who plan it: add a part or many, take one off. A part is edited as a session."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seminars import clock
from seminars.changes.refusing import UserError
from seminars.sessions.asking import TimeQuestion
from seminars.sessions.fitting import Taken, said, stands_still
from seminars.sessions.models import Session
from seminars.sessions.programme import parts
from seminars.sessions.programme.lines import Line, read
from seminars.sessions.revising import Stale
from seminars.web.forms.programme import LinesForm, PartForm, last_day
from seminars.web.forms.sessions import ConfirmForm
from seminars.web.forms.zones import city_of
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.organise.sessions import person_for, session_of
from seminars.web.organise.stale import Versions, again, versions_of
from seminars.web.programme import parts_of, timetable_of
from seminars.web.times import Reader
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of


@for_organisers
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """The timetable with a form for one more part; 400 with mistakes in it."""
    event = session_of(request, slug)
    there = parts_of(event, visitor_of(request))
    if request.method != "POST":
        return _page(request, event, there, PartForm(initial=PartForm.initial_of(event, there), event=event))
    form = PartForm(request.POST, event=event)
    if form.is_valid():
        try:
            part = parts.add_part(event=event, now=timezone.now(), actor_id=actor(request), **form.asked())
        except UserError as refused:
            show_refusal(form, refused, {"wall": "time"})
            fold = isinstance(refused, TimeQuestion) and refused.first is not None
            return _page(request, event, there, form, ask_fold=fold)
        messages.success(request, _("Added: %(title)s.") % {"title": said(part)})
        return redirect("event_programme", slug)
    return _page(request, event, there, form)


@for_organisers
@require_POST
def lines(request: HttpRequest, slug: str) -> HttpResponse:
    """Many parts as lines: first a preview with each bad line named, then all of them or none."""
    event = session_of(request, slug)
    there = parts_of(event, visitor_of(request))
    form = LinesForm(request.POST)
    blank = PartForm(initial=PartForm.initial_of(event, there), event=event)
    if event.local_date is None or not form.is_valid():
        return _page(request, event, there, blank, lines_form=form)
    found = _read(event, there, form.cleaned_data["lines"])
    wrong = [line for line in found if line.wrong]
    if not found:
        form.add_error("lines", _("There is no part in these lines."))
    if wrong or not found or "save" not in request.POST:
        return _page(request, event, there, blank, lines_form=form, shown=found)
    try:
        made = _add_all(event, found, actor(request))
    except UserError as refused:
        show_refusal(form, refused, {"": "lines"})
        return _page(request, event, there, blank, lines_form=form, shown=found)
    words = ngettext("%(n)d part is added.", "%(n)d parts are added.", len(made))
    messages.success(request, words % {"n": len(made)})
    return redirect("event_programme", slug)


@for_organisers
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a part off the programme: a draft goes, one that is out is cancelled, since calendars have it."""
    part = session_of(request, slug)
    if part.within_id is None:
        messages.info(request, _("This is not part of an event."))
        return redirect("organise_session", slug)
    event, versions = Session.objects.select_related("series").get(pk=part.within_id), None
    form = ConfirmForm(request.POST if request.method == "POST" else None, initial={"seen": part.revision})
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            parts.remove_part(part=part, now=timezone.now(), actor_id=actor(request), seen=seen)
        except Stale as stale:
            versions = versions_of(stale.current, seen, form, {})
            again(form, stale.current.revision)
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("It is no longer part of the programme."))
            return redirect("event_programme", event.slug)
    return _removing(request, part, event, form, versions)


def _removing(
    request: HttpRequest, part: Session, event: Session, form: ConfirmForm, versions: Versions | None
) -> HttpResponse:
    context = {
        "session": part,
        "event": event,
        "community": part.series.community,
        "form": form,
        "versions": versions,
    }
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/remove_part.html", context, status=status)


def _read(event: Session, there: list[Session], text: str) -> list[Line]:
    assert event.local_date is not None
    first, last = event.local_date, last_day(event)
    known = [
        Taken(each.room, _wall(each.starts_at, event), _wall(each.ends_at, event), said(each))
        for each in there
        if each.starts_at and each.ends_at and not stands_still(each)
    ]
    return read(text, first=first, days=(last - first).days + 1, known=tuple(known))


def _add_all(event: Session, found: list[Line], actor_id: int) -> list[Session]:
    with transaction.atomic():  # nobody is noted as a person for parts that are refused
        asked = [
            parts.Asked(
                line.title,
                line.wall,
                line.minutes,
                line.room,
                "",
                tuple(person_for(event, name, "") for name in line.speakers),
            )
            for line in found
            if line.wall
        ]
        return parts.add_parts(event=event, asked=asked, now=timezone.now(), actor_id=actor_id)


def _wall(at: datetime, event: Session) -> datetime:
    return clock.to_wall(at, event.zone).replace(fold=0)


def _page(
    request: HttpRequest,
    event: Session,
    there: list[Session],
    form: PartForm,
    *,
    lines_form: LinesForm | None = None,
    shown: list[Line] | None = None,
    ask_fold: bool = False,
) -> HttpResponse:
    refused = ""
    try:
        parts.refuse_event(event)
    except UserError as reason:
        refused = " ".join(reason.fields.values())
    reader = Reader(zone=event.zone, locale=reader_of(request).locale)  # who plans it thinks by its clock
    context: dict[str, Any] = {
        "session": event,
        "series": event.series,
        "community": event.series.community,
        "form": form,
        "lines_form": lines_form or LinesForm(),
        "lines": shown,
        "wrong": [line for line in shown or [] if line.wrong],
        "refused": refused,
        "ask_fold": ask_fold or bool(form.data.get("fold")),
        "city": city_of(event.zone, get_language() or "en"),
        "timetable": timetable_of(event, there, reader, timezone.now()),
    }
    bad = form.errors or (lines_form and lines_form.errors) or context["wrong"]
    return render(request, "seminars/organise/event_programme.html", context, status=400 if bad else 200)


urlpatterns = [
    path("organise/sessions/<slug:slug>/programme/", programme, name="event_programme"),
    path("organise/sessions/<slug:slug>/programme/lines/", lines, name="event_lines"),
    path("organise/sessions/<slug:slug>/take-off/", remove, name="remove_part"),
]
