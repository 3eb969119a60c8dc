"""Moderate the questions of a session: for a phone in the hand while it runs, and to answer in writing after it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_series_or_404
from seminars.changes.refusing import UserError
from seminars.sessions.day.models import PhoneQuestion
from seminars.sessions.models import Session
from seminars.sessions.questions import moderating, opening
from seminars.sessions.questions.answering import answer, with_answers
from seminars.sessions.questions.models import Question, Standing
from seminars.web.forms.day import QuestionForm
from seminars.web.forms.questions import AnswerForm, LiveForm, RuleForm
from seminars.web.numbers import row_number
from seminars.web.organise.gate import actor, for_organisers, say_refusal
from seminars.web.organise.parts import hosted_of, may_change
from seminars.web.organise.run_sheet import noted
from seminars.web.times import moment_words
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

MOST = 200
"""Shown at once of each list; what is shown can still be searched by its votes on the public page."""


@dataclass(frozen=True)
class Line:
    """One line of the list: a question, or one by phone that does not stand among them yet."""

    votes: int
    at: datetime
    question: Question | None = None
    phone: PhoneQuestion | None = None

    @property
    def done(self) -> bool:
        """Whether it was answered, or put."""
        if self.question:
            return self.question.is_answered
        return bool(self.phone and self.phone.put_at)


def lines_of(session: Session, *, most: int = MOST) -> list[Line]:
    """Return what is asked, by link and by phone, in one list: open ones first, by votes. Three queries."""
    shown = Question.objects.filter(session=session).shown().by_votes()
    found = [Line(each.votes, each.made_at, question=each) for each in with_answers(shown)[:most]]
    phones = session.phone_questions.filter(question=None).select_related("put_by")
    found += [Line(0, each.noted_at, phone=each) for each in phones[:most]]
    return sorted(found, key=lambda line: (line.done, -line.votes, line.at))


def _live(request: HttpRequest, session: Session, now: datetime) -> dict[str, Any]:
    """What changes while the session runs."""
    asked = Question.objects.filter(session=session).asked()
    waiting = asked.filter(standing=Standing.WAITING).order_by("made_at", "pk")
    return {
        "now": now,
        "session": session,
        "waiting": list(waiting[:MOST]),
        "lines": lines_of(session),
        "hidden": list(asked.filter(standing=Standing.HIDDEN).order_by("-decided_at", "-pk")[:MOST]),
        "over": opening.is_over(session, now),
        "polls": opening.is_open(session, now),
    }


def _page(request: HttpRequest, session: Session, status: int = 200, **given: Any) -> HttpResponse:
    now = timezone.now()
    hours = opening.hours_of(session)
    context = _live(request, session, now) | {
        "community": session.series.community,
        "series": session.series,
        "open": opening.is_open(session, now),
        "takes_place": opening.takes_place(session),
        "word": opening.word_on(session),
        "hours": [moment_words(each, session, reader_of(request)) for each in hours] if hours else [],
        "rule": opening.rule_of(session.series),
        "form": QuestionForm(),
        "only_part": not may_change(request, session),
    }
    return render(request, "seminars/organise/questions.html", context | given, status=status)


@for_organisers
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """All questions, with what moderators do."""
    return _page(request, hosted_of(request, slug))


@for_organisers
@require_safe
def live(request: HttpRequest, slug: str) -> HttpResponse:
    """The part that changes; the script asks for it every twenty seconds."""
    session = hosted_of(request, slug)
    return render(request, "seminars/organise/_questions_live.html", _live(request, session, timezone.now()))


@for_organisers
@require_POST
def note_phone(request: HttpRequest, slug: str) -> HttpResponse:
    """Note a question that came by phone, in this list."""
    session = hosted_of(request, slug)
    form = noted(request, session)
    if not form.is_valid():
        return _page(request, session, status=422, form=form)
    return redirect("organise_questions", slug)


@for_organisers
@require_POST
def promote(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Put a question by phone among the others, so that it can be answered in writing and stays in the record."""
    session = hosted_of(request, slug)
    phone = get_object_or_404(PhoneQuestion, pk=pk, session=session)
    named = request.POST.get("named") == "yes"
    try:
        moderating.promote(phone=phone, named=named, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
    return _after(request, session)


@for_organisers
@require_POST
def decide(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """One of the moderators' buttons: show, hide, merge, shorten, answered live, answer in writing."""
    session = hosted_of(request, slug)
    rows = Question.objects.asked().filter(session=session)
    question, do = get_object_or_404(rows, uuid=uuid), request.POST.get("do", "")
    who: dict[str, Any] = {"now": timezone.now(), "actor_id": actor(request)}
    try:
        if do == "show":
            moderating.show(question=question, **who)
        elif do == "hide":
            moderating.hide(question=question, reason=request.POST.get("reason", ""), **who)
        elif do == "merge":
            into = _other(session, request.POST.get("into", ""))
            moderating.merge(question=question, into=into, **who)
        elif do == "shorten":
            moderating.shorten(question=question, text=request.POST.get("shortened", ""), **who)
        elif do in {"live", "open"}:
            _tick(request, question, done=do == "live", **who)
        elif do == "answer":
            _answer(request, question, **who)
    except UserError as refused:
        say_refusal(request, refused)
    return _after(request, session)


def _tick(request: HttpRequest, question: Question, *, done: bool, **who: Any) -> None:
    form = LiveForm(request.POST)
    if not form.is_valid():
        raise UserError({"second": str(form.errors["second"][0])})
    moderating.tick_live(question=question, done=done, second=form.cleaned_data["second"], **who)


def _answer(request: HttpRequest, question: Question, **who: Any) -> None:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise UserError({"text": str(form.errors["text"][0])})
    given = answer(question=question, person=None, text=form.cleaned_data["text"], **who)
    messages.success(request, _("The answer is out.") if given else _("The answer is taken back."))


def _other(session: Session, number: str) -> Question:
    """The question that the list names. Raises UserError."""
    rows = Question.objects.filter(session=session).shown()
    found = rows.filter(pk=row_number(number)).first()
    if found is None:
        raise UserError({"into": _("Choose another question of this session.")})
    return found


@for_organisers
@require_POST
def door(request: HttpRequest, slug: str) -> HttpResponse:
    """Close the session for questions, open it again, or leave it to the hours."""
    session = hosted_of(request, slug)
    word = {"open": True, "close": False}.get(request.POST.get("do", ""))
    opening.set_door(session=session, opened=word)
    return redirect("organise_questions", slug)


@for_organisers
@require_POST
def rule(request: HttpRequest, slug: str) -> HttpResponse:
    """How the series takes questions: for who plans it."""
    series = organised_series_or_404(slug, visitor_of(request))
    form = RuleForm(request.POST)
    if form.is_valid():
        opening.set_rule(series=series, approval=form.cleaned_data["approval"])
        messages.success(request, _("Saved. It counts for questions from now on."))
    session = series.sessions.filter(slug=request.POST.get("session", "")).first()
    return redirect("organise_questions", session.slug) if session else redirect("organise_series", slug)


def _after(request: HttpRequest, session: Session) -> HttpResponse:
    """The part that changed for the script, the page it came from for everybody else."""
    if getattr(request, "htmx", False):
        context = _live(request, session, timezone.now())
        return render(request, "seminars/organise/_questions_live.html", context)
    if request.POST.get("back") == "run-sheet":
        return redirect(reverse("run_sheet", args=[session.slug]) + "#asked")
    return redirect("organise_questions", session.slug)


BASE = "organise/sessions/<slug:slug>/asked/"
urlpatterns = [
    path(BASE, show, name="organise_questions"),
    path(f"{BASE}now/", live, name="questions_now"),
    path(f"{BASE}phone/", note_phone, name="note_phone_question"),
    path(f"{BASE}door/", door, name="question_door"),
    path(f"{BASE}questions/<int:pk>/promote/", promote, name="promote_question"),
    path(f"{BASE}<uuid:uuid>/", decide, name="decide_question"),
    path("organise/series/<slug:slug>/questions/", rule, name="question_rule"),
]
