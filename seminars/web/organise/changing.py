"""Change a series, or one of its sessions and all that follow: a form, a preview, and then all of it at once."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seminars import clock
from seminars.access import organised_community_or_404
from seminars.changes.models import Change
from seminars.changes.recording import history
from seminars.changes.refusing import UserError
from seminars.people.joining import zones_of
from seminars.series.models import Series
from seminars.sessions.applying import PlanStale, apply_change
from seminars.sessions.changing import plan_change
from seminars.sessions.duplicating import duplicate
from seminars.sessions.edits import Plan
from seminars.sessions.models import Session
from seminars.sessions.revising import Stale
from seminars.sessions.rewording import SeriesStale
from seminars.sessions.swapping import swap, swappable
from seminars.sessions.undoing import undo
from seminars.web.forms.changing import ChangeForm, Opened, SwapForm
from seminars.web.numbers import row_number, row_numbers
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.organise.history import told
from seminars.web.organise.plans import clocks_for, shown
from seminars.web.organise.series import series_of
from seminars.web.organise.sessions import session_of
from seminars.web.organise.stale import Versions, again, versions_of, versions_since
from seminars.web.rhythms import rhythm_words
from seminars.web.times import days_words, span_words
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

ELSEWHERE = {"rrule": "rhythm", "rdates": "extra", "exdates": "left_out"}
CHOICES = ("hand", "seal", "csrfmiddlewaretoken")
PAGES = {"form": "change_series", "preview": "preview_change", "apply": "apply_change"}
"""Where the buttons of a preview lead, by the names of `urlpatterns`."""


def opened_on(request: HttpRequest, series: Series) -> Opened:
    """Return what the form is about: the series, and the session named by `from`, if it is one of its own."""
    slug = request.POST.get("from") or request.GET.get("from") or ""
    session = None
    if slug:
        session = session_of(request, slug)
        if session.series_id != series.pk:
            raise Http404
    now = timezone.now()
    coming = series.sessions.filter(starts_at__gt=now, original_date__isnull=False).order_by("original_date")
    dates = [session.original_date if session else None]
    dates += [coming.values_list("original_date", flat=True).first()]
    today = max(series.first_date, clock.to_wall(now, series.zone).date())
    return Opened(series, session, next((day for day in dates if day), today))


@for_organisers
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; posted to, it is shown again with what was typed: the way back from the preview."""
    series = series_of(request, slug)
    return page(request, series, _form(request, series))


@for_organisers
@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Before and after on three clocks, who is affected, and a choice about each thing that was done by hand."""
    series = series_of(request, slug)
    form = _form(request, series)
    if not form.is_valid():
        return page(request, series, form)
    if form.cleaned_data["seen"] != series.revision:
        return _stale(request, form, series)
    try:
        plan = _plan(request, series, form)
    except UserError as refused:
        show_refusal(form, refused, ELSEWHERE)
        return page(request, series, form)
    return preview_page(request, series, plan, session=form.opened.session)


@for_organisers
@require_POST
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Do it, if everything is still as the preview showed it; else show the preview, or both versions."""
    series = series_of(request, slug)
    form = _form(request, series)
    if not form.is_valid():
        return page(request, series, form)
    try:
        now, asked = timezone.now(), form.asked()
        follow = follow_in(request, series)
        plan = apply_change(
            series=series,
            ask=asked,
            anchor=form.opened.session,
            follow=follow,
            seen=form.cleaned_data["seen"] or 0,
            seal=request.POST.get("seal", ""),
            now=now,
            actor_id=actor(request),
        )
    except PlanStale as stale:
        return preview_page(request, series, stale.plan, session=form.opened.session, meanwhile=True)
    except SeriesStale as stale:
        return _stale(request, form, stale.current)
    except UserError as refused:
        show_refusal(form, refused, ELSEWHERE)
        return page(request, series, form)
    if plan.nothing:
        messages.info(request, _("Nothing differs from how it is. Nothing was changed."))
    else:
        messages.success(
            request, _("Changed. Google re-reads calendars every 8 to 24 hours, Outlook about every 3.")
        )
    return redirect("organise_series", slug)


def page(
    request: HttpRequest, series: Series, form: ChangeForm, versions: Versions | None = None
) -> HttpResponse:
    """Return the form with what was typed; 400 with mistakes, 409 with another version in the way."""
    context = {
        "series": series,
        "community": series.community,
        "session": form.opened.session,
        "form": form,
        "versions": versions,
    }
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/change.html", context, status=status)


def preview_page(
    request: HttpRequest,
    series: Series,
    plan: Plan,
    *,
    session: Session | None = None,
    meanwhile: bool = False,
    pages: Mapping[str, str] = PAGES,
) -> HttpResponse:
    """Return the plan in words, and the buttons; what was typed goes along in hidden fields."""
    people, now = zones_of(series.community), timezone.now()
    zone = plan.ask.fields.get("zone", series.zone)
    reader, language = reader_of(request), get_language() or "en"
    zones = clocks_for(zone, people, now)
    if zone != series.zone and series.zone not in zones:
        zones.append(series.zone)
    context = {
        "series": series,
        "community": series.community,
        "session": session,
        "pages": pages,
        "plan": plan,
        "shown": shown(plan, zones=zones, people=people, locale=reader.locale, language=language),
        "carried": [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in CHOICES and not name.startswith("hand-")
        ],
        "hand": request.POST.get("hand", "each"),
        "meanwhile": meanwhile,
        "along": _along(plan),
        "changes": [told(each) for each in history(subject=f"series:{series.uuid}")[:1]] if meanwhile else [],
    }
    return render(request, "seminars/organise/change_preview.html", context, status=409 if meanwhile else 200)


def _along(plan: Plan) -> int:
    """How many parts, twins and relays follow the sessions that change."""
    pks = [row.standing.pk for row in plan.rows if row.changes]
    mine = Q(within__in=pks) | Q(lead__in=pks) | Q(lead__within__in=pks)
    return Session.objects.filter(mine, withdrawn_at=None).count()


def _form(request: HttpRequest, series: Series) -> ChangeForm:
    words = rhythm_words(series, reader_of(request).locale)
    said = _("As it is: %(rhythm)s") % {"rhythm": words} if words else ""
    data = request.POST if request.method == "POST" else None
    return ChangeForm(data, opened=opened_on(request, series), words=said)


def _plan(request: HttpRequest, series: Series, form: ChangeForm) -> Plan:
    follow = follow_in(request, series)
    return plan_change(
        series=series, ask=form.asked(), anchor=form.opened.session, follow=follow, now=timezone.now()
    )


def follow_in(request: HttpRequest, series: Series) -> Collection[int]:
    """Return which sessions give up what was done by hand: each by its own choice, or all but cancelled ones."""
    hand = request.POST.get("hand", "each")
    if hand == "follow":
        return set(series.sessions.filter(cancelled_at=None).values_list("pk", flat=True))
    if hand == "keep":
        return set()
    chosen = (name.removeprefix("hand-") for name, value in request.POST.items() if value == "follow")
    return set(row_numbers(chosen))


def _stale(request: HttpRequest, form: ChangeForm, current: Series) -> HttpResponse:
    seen = form.cleaned_data["seen"]
    versions = versions_since(f"series:{current.uuid}", current.revision, seen, form, form.initial)
    again(form, current.revision)
    return page(request, current, form, versions)


@for_organisers
@require_POST
def undo_series(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back the last change of the series, with all its sessions."""
    series = series_of(request, slug)
    _undo(request, series, [f"series:{series.uuid}"])
    return redirect("organise_series", slug)


@for_organisers
@require_POST
def undo_session(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back the last change of the session; if it came with its series, that of the series."""
    session = session_of(request, slug)
    _undo(request, session.series, [f"session:{session.uid}", f"series:{session.series.uuid}"])
    return redirect("organise_session", slug)


def _undo(request: HttpRequest, series: Series, subjects: list[str]) -> None:
    number = row_number(request.POST.get("change"))
    change = get_object_or_404(Change, pk=number, subject__in=subjects)
    try:
        undo(series=series, change=change, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, _("Undone. It is as it was before, and the history says so."))


@for_organisers
def swap_with(request: HttpRequest, slug: str) -> HttpResponse:
    """Let the session change places with another one of its series."""
    session, now = session_of(request, slug), timezone.now()
    others = _others(request, session)
    form = SwapForm(
        request.POST if request.method == "POST" else None, others=others, initial={"seen": session.revision}
    )
    versions = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        other = get_object_or_404(Session, series=session.series, slug=data["other"])
        try:
            swap(session=session, other=other, seen=data["seen"], now=now, actor_id=actor(request))
        except Stale as stale:
            versions = versions_of(stale.current, data["seen"], form, {})
            again(form, stale.current.revision)
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Swapped. Each keeps its words, speakers, files and address."))
            return redirect("organise_session", slug)
    context: dict[str, Any] = {"session": session, "community": session.series.community, "form": form}
    context |= {"versions": versions, "others": others}
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/swap.html", context, status=status)


def _others(request: HttpRequest, session: Session) -> list[tuple[str, str]]:
    now, reader = timezone.now(), reader_of(request)
    rows = Session.objects.filter(series=session.series).exclude(pk=session.pk).upcoming(now=now)
    return [(each.slug, _one_line(each, reader.locale)) for each in rows if swappable(each, now)]


def _one_line(session: Session, locale: str) -> str:
    title = next((text for text in session.title.values() if text), "")
    name = title or _("Session %(n)d") % {"n": session.number}
    if session.all_day or not (session.starts_at and session.ends_at):
        when = days_words(session.local_date, session.days, locale, short=True) if session.local_date else ""
    else:
        first, last = (clock.to_wall(each, session.zone) for each in (session.starts_at, session.ends_at))
        when = span_words(first, last, locale, short=True)
    return f"{when} · {name}"


@for_organisers
def once_more(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan the series once more, for the next year, as a draft: for those who plan for its community."""
    series = series_of(request, slug)
    organised_community_or_404(series.community.slug, visitor_of(request))
    if request.method == "POST":
        key = request.POST.get("form_key", "")[:40] or None
        try:
            draft = duplicate(series=series, form_key=key, now=timezone.now(), actor_id=actor(request))
        except UserError as refused:
            say_refusal(request, refused)
            return redirect("organise_series", slug)
        messages.success(request, _("Here is the draft for next year. Look at its dates, then publish it."))
        return redirect("organise_series", draft.slug)
    context = {"series": series, "community": series.community, "form_key": uuid4().hex}
    return render(request, "seminars/organise/once_more.html", context)


urlpatterns = [
    path("organise/series/<slug:slug>/change/", change, name="change_series"),
    path("organise/series/<slug:slug>/change/preview/", preview, name="preview_change"),
    path("organise/series/<slug:slug>/change/apply/", apply, name="apply_change"),
    path("organise/series/<slug:slug>/undo/", undo_series, name="undo_series"),
    path("organise/series/<slug:slug>/once-more/", once_more, name="once_more"),
    path("organise/sessions/<slug:slug>/undo/", undo_session, name="undo_session"),
    path("organise/sessions/<slug:slug>/swap/", swap_with, name="swap_session"),
]
