"""What people said after a session, counted; and the questions of a series."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars.access import organised_series_or_404
from seminars.changes.refusing import UserError
from seminars.sessions.feedback import asking
from seminars.sessions.feedback.asking import Question
from seminars.sessions.feedback.counting import FEWEST, labels, results
from seminars.sessions.feedback.models import Feedback
from seminars.web.forms.feedback import OnForm, QuestionForms
from seminars.web.organise.attendance import around
from seminars.web.organise.gate import for_organisers
from seminars.web.organise.sessions import session_of
from seminars.web.tables import csv_answer
from seminars.web.visitors import visitor_of


@for_organisers
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Counts, bars and words; fewer than three answers are not broken down."""
    session = session_of(request, slug)
    form = asking.form_of(session.series)
    number, found = results(session, asking.questions_of(form))
    context = {
        **around(request, session),
        "number": number,
        "results": found,
        "on": form.on,
        "fewest": FEWEST,
    }
    return render(request, "seminars/organise/feedback.html", context)


@for_organisers
@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the answers as CSV, in no order that says when or by whom; below three, the heading alone."""
    session = session_of(request, slug)
    questions = asking.questions_of(asking.form_of(session.series))
    rows = list(Feedback.objects.filter(session=session).order_by("voice").values_list("answers", flat=True))
    if len(rows) < FEWEST:
        rows = []
    cells = [[_cell(each, row.get(each.key)) for each in questions] for row in rows]
    return csv_answer(f"{session.slug}-feedback.csv", [each.words for each in questions], cells)


def _cell(question: Question, value: Any) -> str | int | None:
    if value in (None, "") or question.kind == asking.WORDS:
        return str(value) if value else None
    if question.kind == asking.SCALE:
        return int(value)
    known = labels(question)
    return known[value] if isinstance(value, int) and 0 <= value < len(known) else None


@for_organisers
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the questions of a series, or ask the usual ones."""
    series = organised_series_or_404(slug, visitor_of(request))
    known = asking.form_of(series)
    if request.method != "POST":
        on = OnForm(initial={"on": known.on, "usual": not known.questions})
        shown = [
            {"key": each.key, "words": each.words, "kind": each.kind, "choices": "\n".join(each.choices)}
            for each in asking.questions_of(known)
        ]
        return _page(request, slug, on, QuestionForms(initial=shown))
    on, forms = OnForm(request.POST), QuestionForms(request.POST)
    if not (on.is_valid() and forms.is_valid()):
        return _page(request, slug, on, forms, status=422)
    asked = [] if on.cleaned_data["usual"] else [each for form in forms if (each := form.question())]
    try:
        asking.set_questions(series=series, on=on.cleaned_data["on"], questions=asked)
    except UserError as refused:
        return _page(request, slug, on, forms, wrong=str(refused), status=422)
    messages.success(request, _("Saved."))
    return redirect("feedback_questions", slug)


def _page(
    request: HttpRequest, slug: str, on: OnForm, forms: Any, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    series = organised_series_or_404(slug, visitor_of(request))
    context = {"series": series, "community": series.community, "on": on, "forms": forms, "wrong": wrong}
    return render(request, "seminars/organise/feedback_questions.html", context, status=status)


urlpatterns = [
    path("organise/sessions/<slug:slug>/feedback/", show, name="organise_feedback"),
    path("organise/sessions/<slug:slug>/feedback.csv", table, name="feedback_table"),
    path("organise/series/<slug:slug>/feedback/", questions, name="feedback_questions"),
]
