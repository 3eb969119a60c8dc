"""One series: draft or published, its sessions, its words, what it owes, and one session more."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_series_or_404
from seminars.changes.recording import history
from seminars.changes.refusing import UserError
from seminars.followups.kinds import when_words
from seminars.followups.owing import lines_of
from seminars.followups.speed import speeds
from seminars.people.joining import zones_of
from seminars.series.models import Series
from seminars.series.suiting import unsuited_words
from seminars.sessions import drafting, moving, planning
from seminars.sessions.discarding import discard_draft
from seminars.sessions.models import LawChange
from seminars.sessions.rewording import SeriesStale, edit_series
from seminars.web.forms.series import EditSeriesForm
from seminars.web.forms.sessions import AddForm
from seminars.web.forms.ways import rooms_for
from seminars.web.listing import rows_of, with_series
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.organise.history import told
from seminars.web.organise.parts import given_in
from seminars.web.organise.preview import Preview, preview_of
from seminars.web.organise.stale import Versions, again, versions_since
from seminars.web.organise.undoing import offer
from seminars.web.rhythms import in_full
from seminars.web.visitors import organises_in, visitor_of
from seminars.web.zones import reader_of

PAST = 20


def series_of(request: HttpRequest, slug: str) -> Series:
    """Return the series `slug` if this visitor may change it; else 404."""
    return organised_series_or_404(slug, visitor_of(request))


@for_organisers
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The series' page for those who run it: a preview of a draft, the sessions of a published one."""
    series, now = series_of(request, slug), timezone.now()
    sessions = with_series(series.sessions.all())
    over = Q(ends_at__lte=now)
    coming = list(sessions.exclude(over).order_by("starts_at", "number"))
    past = list(sessions.filter(over).order_by("-starts_at", "-number"))
    more = 0 if request.GET.get("past") == "all" else max(0, len(past) - PAST)
    rows = rows_of([*coming, *past[: len(past) - more]], now)
    context = {
        "now": now,
        "series": series,
        "community": series.community,
        "rhythm": in_full(series, reader_of(request).locale),
        "coming": rows[: len(coming)],
        "past": rows[len(coming) :],
        "more": more,
        "preview": None if series.published_at else _preview(request, series),
        "remarks": drafting.remarks_on(series),
        "new_laws": LawChange.objects.filter(session__series=series).undecided().standing(now=now).exists(),
        "speed": speeds([series.pk]).get(series.pk),
        "owed": [(each.what, when_words(each.days)) for each in lines_of(series)],
        "changes": [told(change) for change in history(subject=f"series:{series.uuid}")[:20]],
        "undo": offer(series, now),
        "unsuited": unsuited_words(
            series, [row.session for row in rows], get_language() or "en", open_names=True
        ),
        "given": given_in(series),
        "plans_community": organises_in(request, series.community_id),
    }
    return render(request, "seminars/organise/series.html", context)


def _preview(request: HttpRequest, series: Series) -> Preview:
    return preview_of(
        series,
        people=zones_of(series.community),
        now=timezone.now(),
        locale=reader_of(request).locale,
        language=get_language() or "en",
    )


@for_organisers
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the sessions visible; a second click changes nothing."""
    series = series_of(request, slug)
    try:
        planning.publish(series=series, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(
            request, _("Published. The sessions are on the site and in everybody's calendar feed.")
        )
    return redirect("organise_series", slug)


@for_organisers
@require_POST
def discard(request: HttpRequest, slug: str) -> HttpResponse:
    """Throw a draft away."""
    series = series_of(request, slug)
    try:
        discard_draft(series=series)
    except UserError as refused:
        say_refusal(request, refused)
        return redirect("organise_series", slug)
    messages.success(request, _("The draft is gone."))
    return redirect("organise_drafts" if request.POST.get("from") == "drafts" else "organise")


@for_organisers
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change words, links, room and audience; sessions to come follow unless they were edited by hand."""
    series = series_of(request, slug)
    rooms = rooms_for(series, series.community_id)
    offered: dict[str, Any] = {"languages": EditSeriesForm.languages_of(series), "rooms": rooms}
    offered["cohorts"] = list(series.community.cohorts.all())
    if request.method != "POST":
        return edit_page(
            request, series, EditSeriesForm(initial=EditSeriesForm.initial_of(series), **offered)
        )
    form = EditSeriesForm(request.POST, **offered)
    if not form.is_valid():
        return edit_page(request, series, form)
    seen = form.cleaned_data["seen"]
    try:
        edit_series(series=series, now=timezone.now(), actor_id=actor(request), seen=seen, **form.arguments())
    except SeriesStale as stale:
        there = EditSeriesForm.initial_of(stale.current)
        versions = versions_since(f"series:{series.uuid}", stale.current.revision, seen, form, there)
        again(form, stale.current.revision)
        return edit_page(request, stale.current, form, versions)
    except UserError as refused:
        show_refusal(form, refused, {name: f"{name}_{series.language}" for name in ("title", "abstract")})
        return edit_page(request, series, form)
    messages.success(request, _("Saved. Sessions to come follow, except those edited by hand."))
    return redirect("organise_series", slug)


def edit_page(
    request: HttpRequest, series: Series, form: EditSeriesForm, versions: Versions | None = None
) -> HttpResponse:
    """Return the form with what was typed; 400 with mistakes, 409 with another version in the way."""
    context = {"series": series, "community": series.community, "form": form, "versions": versions}
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/edit_series.html", context, status=status)


@for_organisers
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add one session beside the rhythm."""
    series = series_of(request, slug)
    initial: dict[str, Any] = {"time": series.local_time, "minutes": series.minutes, "days": series.days}
    initial |= {"date": request.GET.get("date", "")}
    form = AddForm(
        request.POST if request.method == "POST" else None, initial=initial, all_day=series.all_day
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            session = moving.add_session(
                series=series,
                now=timezone.now(),
                actor_id=actor(request),
                precision=data["precision"] or "day",
                title=data["title"],
                **form.arguments(),
            )
        except UserError as refused:
            show_refusal(form, refused, {"wall": "date" if series.all_day else "time"})
        else:
            messages.success(request, _("Added."))
            return redirect("organise_session", session.slug)
    context = {"series": series, "community": series.community, "form": form}
    return render(request, "seminars/organise/add_session.html", context, status=400 if form.errors else 200)


urlpatterns = [
    path("organise/series/<slug:slug>/", show, name="organise_series"),
    path("organise/series/<slug:slug>/publish/", publish, name="publish_series"),
    path("organise/series/<slug:slug>/discard/", discard, name="discard_series"),
    path("organise/series/<slug:slug>/edit/", edit, name="edit_series"),
    path("organise/series/<slug:slug>/sessions/add/", add, name="add_session"),
]
