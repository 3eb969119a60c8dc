"""Write the session report as an organiser, or with the role of a note-taker; choose what a series' reports ask."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from seminars.access import organised_series_or_404
from seminars.changes.refusing import UserError
from seminars.followups.reports.forming import form_of, set_form, stored_of
from seminars.followups.reports.writing import Author
from seminars.series.models import Series
from seminars.web.forms.report_form import FieldForms
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.organise.parts import may_change, noted_of
from seminars.web.reports.desk import Desk, View, doors
from seminars.web.visitors import visitor_of


def by_role(view: View) -> View:
    """Seat who writes this session's report at the desk; for everybody else there is nothing."""

    @for_organisers
    @wraps(view)
    def guarded(request: HttpRequest, slug: str) -> HttpResponse:
        session = noted_of(request, slug)
        plans = may_change(request, session)
        back = reverse("organise_session" if plans else "session", args=[slug])
        return view(request, Desk(session, Author(actor(request)), "session_report", slug, back, plans))

    return guarded


@for_organisers
def series_form(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what the reports of a series ask: own fields, other labels, another order, hidden ones."""
    series = organised_series_or_404(slug, visitor_of(request))
    form = form_of(series)
    seen = form.number if form else 0
    if request.method != "POST":
        return _page(request, series, FieldForms.of(stored_of(form), series.language), seen)
    forms = FieldForms(request.POST)
    if not forms.is_valid():
        return _page(request, series, forms, seen, status=422)
    sent = str(request.POST.get("seen", ""))
    try:
        set_form(
            series=series,
            fields=forms.fields_given(stored_of(form), series.language),
            seen=int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else -1,
            now=timezone.now(),
            actor_id=actor(request),
        )
    except UserError as refused:
        return _page(request, series, forms, seen, status=409, wrong=_beside_rows(forms, refused))
    messages.success(request, _("Saved. Reports that begin from now on have this form; others keep theirs."))
    return redirect("series_report_form", slug)


def _beside_rows(forms: FieldForms, refused: UserError) -> list[str]:
    """Put each message beside its row; return those about the whole form."""
    whole = []
    for key, words in refused.fields.items():
        name, _line, place = key.partition("_")
        if place.isdigit() and name in ("label", "kind"):
            forms.rows_given()[int(place)].add_error(name, words)
        else:
            whole.append(words)
    return whole


def _page(
    request: HttpRequest, series: Series, forms: Any, seen: int, *, status: int = 200, wrong: Any = ()
) -> HttpResponse:
    context = {"series": series, "community": series.community, "forms": forms, "seen": seen, "wrong": wrong}
    return render(request, "seminars/organise/report_form.html", context, status=status)


urlpatterns = [
    *doors("organise/sessions/<slug:slug>/report/", "session_report", by_role),
    path("organise/series/<slug:slug>/report-form/", series_form, name="series_report_form"),
]
