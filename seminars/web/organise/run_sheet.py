"""The run-sheet of a session: for a phone in the hand, a printer, or a second screen. It works without a script."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_time
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars import clock
from seminars.changes.refusing import UserError
from seminars.sessions.day import running
from seminars.sessions.day.models import Cue, CueKind, PhoneQuestion
from seminars.sessions.models import Session
from seminars.sessions.questions.models import Question, Standing
from seminars.sessions.speaking.stages import refusing, stages_of
from seminars.web.forms.day import LineForms, QuestionForm
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.organise.parts import hosted_of, may_change
from seminars.web.organise.sessions import is_over, what_can_be_done
from seminars.web.times import Reader, city
from seminars.web.zones import reader_of

MOST_ASKED = 50


@dataclass(frozen=True)
class Row:
    """A line with the hour it falls on, and the hour it was ticked, by the reader's clock; "" where there is none."""

    cue: Cue
    hour: str
    done: str
    late: bool


@dataclass(frozen=True)
class Asked:
    """A question with the hour it came, and the hour it was put."""

    question: PhoneQuestion
    hour: str
    put: str


def _live(request: HttpRequest, session: Session, now: datetime) -> dict[str, Any]:
    """What changes while the session runs: ticks and questions."""
    reader = reader_of(request)
    cues = list(session.cues.select_related("done_by"))
    questions = session.phone_questions.filter(question=None).select_related("put_by")
    asked = Question.objects.filter(session=session)
    under_way = bool(session.starts_at and session.starts_at <= now and not is_over(session, now))
    recorded = [cue for cue in cues if cue.kind == CueKind.RECORDING]
    return {
        "now": now,
        "session": session,
        "rows": [_row(cue, session, reader, now) for cue in cues],
        "questions": [
            Asked(each, _hour(each.noted_at, session, reader), _hour(each.put_at, session, reader))
            for each in questions
        ],
        "asked": list(asked.shown().unanswered().by_votes()[:MOST_ASKED]),
        "to_approve": asked.asked().filter(standing=Standing.WAITING).count(),
        "not_recording": under_way and recorded and not any(cue.done_at for cue in recorded),
        "at": _hour(now, session, reader),
        "polls": not is_over(session, now),
    }


def _row(cue: Cue, session: Session, reader: Reader, now: datetime) -> Row:
    due = session.starts_at + timedelta(minutes=cue.minute) if session.starts_at else None
    if session.all_day:
        due = None
    late = bool(due and due <= now and not cue.done_at and not is_over(session, now))
    return Row(cue, _hour(due, session, reader), _hour(cue.done_at, session, reader), late)


def _hour(moment: datetime | None, session: Session, reader: Reader) -> str:
    if moment is None:
        return ""
    return str(
        format_time(clock.to_wall(moment, reader.zone or session.zone).time(), "short", locale=reader.locale)
    )


def _page(request: HttpRequest, session: Session, form: QuestionForm, status: int = 200) -> HttpResponse:
    now, reader = timezone.now(), reader_of(request)
    context = _live(request, session, now) | {
        "community": session.series.community,
        "stages": stages_of(session, session.speakers.all()),
        "refusing": refusing(session),
        "can_close": what_can_be_done(session, now)["close"],
        "city": city(reader.zone or session.zone, reader.locale),
        "form": form,
        "only_part": not may_change(request, session),
    }
    return render(request, "seminars/organise/run_sheet.html", context, status=status)


@for_organisers
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole sheet."""
    return _page(request, hosted_of(request, slug), QuestionForm())


@for_organisers
@require_safe
def live(request: HttpRequest, slug: str) -> HttpResponse:
    """The part that changes; the script asks for it every ten seconds."""
    session = hosted_of(request, slug)
    return render(request, "seminars/organise/_run_sheet_live.html", _live(request, session, timezone.now()))


@for_organisers
@require_POST
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin with the usual programme."""
    running.begin(session=hosted_of(request, slug))
    return redirect("programme", slug)


@for_organisers
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the lines; where somebody else did meanwhile, what was typed stays, to be saved over it."""
    session = hosted_of(request, slug)
    if request.method != "POST":
        initial = [
            {
                "pk": cue.pk,
                "minute": cue.minute,
                "what": cue.what,
                "who": cue.who,
                "recording": cue.kind == CueKind.RECORDING,
            }
            for cue in session.cues.all()
        ]
        return _programme_page(request, session, LineForms(initial=initial))
    forms = LineForms(request.POST)
    if not forms.is_valid():
        return _programme_page(request, session, forms, status=422)
    lines = [line for form in forms if (line := form.line())]
    try:
        running.set_programme(session=session, lines=lines, seen=request.POST.get("seen", ""))
    except running.ProgrammeChanged:
        return _programme_page(request, session, forms, changed=True, status=409)
    except UserError as refused:
        return _programme_page(request, session, forms, wrong=str(refused), status=422)
    messages.success(request, _("The programme is saved."))
    return redirect("run_sheet", slug)


def _programme_page(
    request: HttpRequest, session: Session, forms: Any, *, status: int = 200, **given: Any
) -> HttpResponse:
    context = {
        "session": session,
        "community": session.series.community,
        "forms": forms,
        "seen": running.version_of(session),
        "there": session.cues.all(),
        "only_part": not may_change(request, session),
    }
    return render(request, "seminars/organise/programme.html", context | given, status=status)


@for_organisers
@require_POST
def tick(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Tick a line, or take the tick back."""
    session = hosted_of(request, slug)
    cue = get_object_or_404(Cue, pk=pk, session=session)
    running.tick(cue=cue, done=_is_done(request), now=timezone.now(), actor_id=actor(request))
    return _after(request, session)


@for_organisers
@require_POST
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """Note a question that came by phone."""
    session = hosted_of(request, slug)
    form = noted(request, session)
    if not form.is_valid():
        return _page(request, session, form, status=422)
    return redirect(reverse("run_sheet", args=[slug]) + "#by-phone")


def noted(request: HttpRequest, session: Session) -> QuestionForm:
    """Return the form of a question that came by phone; what it holds is noted, or it says what is wrong."""
    form = QuestionForm(request.POST)
    if form.is_valid():
        try:
            running.note_question(
                session=session, now=timezone.now(), actor_id=actor(request), **form.cleaned_data
            )
        except UserError as refused:
            show_refusal(form, refused)
    return form


@for_organisers
@require_POST
def put(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Mark a question as asked, or put it back."""
    session = hosted_of(request, slug)
    asked = get_object_or_404(PhoneQuestion, pk=pk, session=session)
    running.put(question=asked, done=_is_done(request), now=timezone.now(), actor_id=actor(request))
    return _after(request, session)


def _is_done(request: HttpRequest) -> bool:
    return request.POST.get("done") != "no"


def _after(request: HttpRequest, session: Session) -> HttpResponse:
    """The part that changed for the script, the page for everybody else."""
    if getattr(request, "htmx", False):
        return render(
            request, "seminars/organise/_run_sheet_live.html", _live(request, session, timezone.now())
        )
    return redirect("run_sheet", session.slug)


BASE = "organise/sessions/<slug:slug>/run-sheet/"
urlpatterns = [
    path(BASE, show, name="run_sheet"),
    path(f"{BASE}now/", live, name="run_sheet_now"),
    path(f"{BASE}begin/", begin, name="begin_programme"),
    path(f"{BASE}programme/", programme, name="programme"),
    path(f"{BASE}cues/<int:pk>/", tick, name="tick"),
    path(f"{BASE}questions/", question, name="note_question"),
    path(f"{BASE}questions/<int:pk>/", put, name="put_question"),
]
