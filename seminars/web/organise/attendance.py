"""Who came to a session: the list, the numbers, who was not here after all, and the same as a table."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.sessions.attendance import doors, noting
from seminars.sessions.attendance.counting import counts_of
from seminars.sessions.attendance.models import Attendance, AttendanceQuerySet, Way
from seminars.sessions.attendance.names import folded
from seminars.sessions.models import Session
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.organise.parts import hosted_of, may_change, noted_of
from seminars.web.organise.sessions import session_of
from seminars.web.tables import csv_answer

A_PAGE = 100
SOURCES = (noting.JOIN, noting.DOOR, noting.HAND)


def read_by(request: HttpRequest, slug: str) -> Session:
    """Return the session for whoever plans it, hosts it or takes its notes; else 404."""
    try:
        return hosted_of(request, slug)
    except Http404:
        return noted_of(request, slug)


def hosts(request: HttpRequest, slug: str) -> bool:
    """Whether the visitor can check people in, and not only read the list."""
    try:
        hosted_of(request, slug)
    except Http404:
        return False
    return True


@for_organisers
@require_safe
def attendance(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who came. Addresses are for those who plan the session; who takes notes sees the names."""
    session, now = read_by(request, slug), timezone.now()
    plans = may_change(request, session)
    wanted = request.GET.get("q", "").strip()[:100]
    rows = of(session).order_by("struck_at", "name", "pk")
    page = Paginator(_named(rows, wanted) if wanted else rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        **around(request, session),
        "counts": counts_of(session),
        "page": page,
        "rows": [(row, sources_of(row)) for row in page.object_list],
        "q": wanted,
        "plans": plans,
        "hosts": plans or hosts(request, slug),
        "intakes": list(session.intakes.standing()) if plans else [],
        "begun": doors.has_begun(session, now),
    }
    return render(request, "seminars/organise/attendance.html", context)


@for_organisers
@require_POST
def strike(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say that somebody was not here, or take that back."""
    session = hosted_of(request, slug)
    row = get_object_or_404(of(session).select_related("session"), pk=pk)
    if request.POST.get("do") == "restore":
        noting.restore(attendance=row)
    elif noting.strike(attendance=row, now=timezone.now(), actor_id=actor(request)):
        messages.success(
            request, _("%(name)s does not count any more.") % {"name": row.name or _("One person")}
        )
    return redirect("organise_attendance", slug)


@for_organisers
@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the list as CSV, with addresses: for who plans the session only."""
    session = session_of(request, slug)
    rows = []
    for row in of(session).came().order_by("name", "pk"):
        hours = [f"{at:%Y-%m-%d %H:%M}" if at else "" for at in (row.first_at, row.last_at)]
        minutes = None if row.seconds is None else round(row.seconds / 60)
        said = (row.name, row.email, str(Way(row.way).label), *hours)
        rows.append([*said, minutes, row.zone, row.country, ", ".join(sources_of(row))])
    heads = (
        _("Name"),
        _("E-mail address"),
        _("How they came"),
        _("From (UTC)"),
        _("Until (UTC)"),
        _("Minutes"),
    )
    return csv_answer(
        f"{session.slug}-attendance.csv", [*heads, _("Zone"), _("Country"), _("Known by")], rows
    )


def sources_of(row: Attendance) -> list[str]:
    """Return by what one knows that somebody came, in words."""
    ours = {noting.JOIN: _("join link"), noting.DOOR: _("door"), noting.HAND: _("by hand")}
    return list(dict.fromkeys(ours.get(key) or trace["label"] for key, trace in row.traces.items()))


def of(session: Session) -> AttendanceQuerySet:
    """Return the rows of `session`."""
    return Attendance.objects.filter(session=session)


def around(request: HttpRequest, session: Session) -> dict[str, Any]:
    """What each of these pages shows of the session."""
    return {
        "session": session,
        "series": session.series,
        "community": session.series.community,
        "only_part": not may_change(request, session),
    }


def _named(rows: AttendanceQuerySet, wanted: str) -> AttendanceQuerySet:
    """Those whose name has these letters, whatever case and accents."""
    letters = folded(wanted)
    ids = [pk for pk, name in rows.values_list("pk", "name") if letters and letters in folded(name)]
    return rows.filter(pk__in=ids[:A_PAGE])


BASE = "organise/sessions/<slug:slug>/attendance"
urlpatterns = [
    path(f"{BASE}/", attendance, name="organise_attendance"),
    path(f"{BASE}/<int:pk>/", strike, name="strike_attendance"),
    path(f"{BASE}.csv", table, name="attendance_table"),
]
