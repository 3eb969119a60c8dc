"""How people register for a series, or for one session in its own way; and who registered for a whole series."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_series_or_404
from seminars.changes.refusing import UserError
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.registration import whole
from seminars.sessions.registration.models import Coming, SeriesRegistration, Terms
from seminars.sessions.registration.questions import words_of
from seminars.sessions.registration.seating import move_up_in
from seminars.sessions.registration.terms import follow_series, set_terms, terms_of, terms_of_series, ways_of
from seminars.web.forms.registration_terms import QuestionForms, TermsForm, question_forms
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.organise.sessions import session_of
from seminars.web.tables import csv_answer
from seminars.web.times import city
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

ON_A_PAGE = 100


def series_of(request: HttpRequest, slug: str) -> Series:
    """Return the series `slug` if this visitor may change it; else 404."""
    return organised_series_or_404(slug, visitor_of(request))


@for_organisers
def of_series(request: HttpRequest, slug: str) -> HttpResponse:
    """The terms of a series: of all its sessions that have none of their own."""
    return _terms(request, series_of(request, slug), None)


@for_organisers
def of_session(request: HttpRequest, slug: str) -> HttpResponse:
    """A session's own terms; while it has none, those of its series are shown as a beginning."""
    session = session_of(request, slug)
    return _terms(request, session.series, session)


def _terms(request: HttpRequest, series: Series, session: Session | None) -> HttpResponse:
    terms = terms_of(session) if session else terms_of_series(series)
    if request.method != "POST":
        form = TermsForm(initial=TermsForm.initial_of(terms), of_series=session is None)
        return _page(request, series, session, terms, form, question_forms(terms))
    form = TermsForm(request.POST, of_series=session is None)
    asked = QuestionForms(request.POST)
    if not (form.is_valid() and asked.is_valid()):
        return _page(request, series, session, terms, form, asked, status=422)
    lines = [(line, question) for line in asked if (question := line.question())]
    try:
        _save(request, series, session, form, [question for _line, question in lines])
    except UserError as refused:
        words = {f"question{at}": line for at, (line, _question) in enumerate(lines)}
        for name in words.keys() & refused.fields.keys():
            words[name].add_error("words", refused.fields[name])
        rest = {name: said for name, said in refused.fields.items() if name not in words}
        show_refusal(form, UserError(rest))
        return _page(request, series, session, terms, form, asked, status=422)
    messages.success(request, _("Saved."))
    if session:
        return redirect("organise_registrations", session.slug)
    return redirect("organise_series", series.slug)


def _save(
    request: HttpRequest, series: Series, session: Session | None, form: TermsForm, questions: list[Any]
) -> None:
    """Keep the terms; of one session, who waits moves up at once (of a series the sweep sees to it)."""
    now = timezone.now()
    of = {"session": session} if session else {"series": series}
    with transaction.atomic():
        set_terms(**of, questions=questions, now=now, actor_id=actor(request), **form.columns())
        if session:
            move_up_in(session.pk, now=now)


def _page(
    request: HttpRequest,
    series: Series,
    session: Session | None,
    terms: Terms,
    form: TermsForm,
    questions: Any,
    *,
    status: int = 200,
) -> HttpResponse:
    ways = ways_of(session) if session else [Coming.ONLINE.value, Coming.ROOM.value]
    room = (session or series).place
    context = {
        "series": series,
        "session": session,
        "community": series.community,
        "form": form,
        "questions": questions,
        "online": Coming.ONLINE in ways,
        "in_room": Coming.ROOM in ways,
        "room": room,
        "is_own": session is not None and terms.session_id is not None,
    }
    return render(request, "seminars/organise/registration_terms.html", context, status=status)


@for_organisers
@require_POST
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Give up the session's own terms."""
    session = session_of(request, slug)
    follow_series(session=session, now=timezone.now(), actor_id=actor(request))
    move_up_in(session.pk, now=timezone.now())
    messages.success(request, _("This session follows its series again."))
    return redirect("organise_registrations", slug)


@for_organisers
@require_safe
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who registered for the whole series."""
    series, locale = series_of(request, slug), reader_of(request).locale
    rows = SeriesRegistration.objects.filter(series=series).standing().order_by("name", "pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "series": series,
        "community": series.community,
        "page": page,
        "rows": [
            (each, city(each.zone or series.zone, locale), [(a["asked"], words_of(a)) for a in each.answers])
            for each in page
        ],
        "count": page.paginator.count,
        "terms": terms_of_series(series),
        "unconfirmed": SeriesRegistration.objects.filter(series=series, confirmed_at=None).count(),
    }
    return render(request, "seminars/organise/series_registrations.html", context)


@for_organisers
@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the same as CSV."""
    series = series_of(request, slug)
    rows = []
    for each in SeriesRegistration.objects.filter(series=series).standing().order_by("number", "pk"):
        said = "; ".join(f"{answer['asked']}: {words_of(answer)}" for answer in each.answers)
        at = each.confirmed_at.strftime("%Y-%m-%d %H:%M") if each.confirmed_at else ""
        rows.append(
            [each.name, each.email, each.zone, each.language, str(Coming(each.coming).label), at, said]
        )
    heads = (_("Name"), _("E-mail address"), _("Zone"), _("Language"), _("Comes"), _("Registered (UTC)"))
    return csv_answer(f"{series.slug}-registrations.csv", [*heads, _("Answers")], rows)


@for_organisers
@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take somebody off the lists of all sessions to come."""
    series = series_of(request, slug)
    found = get_object_or_404(SeriesRegistration, series=series, pk=pk)
    whole.remove(registration=found, now=timezone.now(), actor_id=actor(request))
    messages.success(request, _("Taken off the list. What their calendar holds is taken back by mail."))
    return redirect("organise_series_registrations", slug)


urlpatterns = [
    path("organise/series/<slug:slug>/registration/", of_series, name="series_registration_terms"),
    path("organise/series/<slug:slug>/registrations/", people, name="organise_series_registrations"),
    path("organise/series/<slug:slug>/registrations.csv", table, name="series_registrations_table"),
    path(
        "organise/series/<slug:slug>/registrations/<int:pk>/remove/",
        remove,
        name="remove_series_registration",
    ),
    path("organise/sessions/<slug:slug>/registration/", of_session, name="session_registration_terms"),
    path("organise/sessions/<slug:slug>/registration/follow/", follow, name="follow_series_terms"),
]
