"""/speak/<token>/: the page of somebody who appears at a session, by their secret link, without an account."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars import clock
from seminars.calendars.speaking import arrival_of, speaker_file
from seminars.changes.refusing import UserError
from seminars.sessions.models import MaterialKind, MaterialState, Session, SpeakerRole
from seminars.sessions.questions.answering import answer as answer_question
from seminars.sessions.questions.answering import with_answers
from seminars.sessions.questions.models import Question
from seminars.sessions.revising import Stale
from seminars.sessions.speaking import answering
from seminars.sessions.speaking.asking import LinkEnded, opened
from seminars.sessions.speaking.models import Answer, SpeakerLink
from seminars.sessions.speaking.stages import stages_of
from seminars.web.forms.questions import AnswerForm as InWriting
from seminars.web.forms.speaking import YES, AnswerForm, ConsentForm, OwnZoneForm, TalkForm
from seminars.web.numbers import row_number
from seminars.web.organise.gate import say_refusal, show_refusal
from seminars.web.organise.stale import Versions, again, differences
from seminars.web.secret_links import behind_link
from seminars.web.times import Reader, span_words, when_of
from seminars.web.zones import reader_of

MOST_ASKED = 200
BROUGHT = (MaterialKind.SLIDES, MaterialKind.HANDOUT)
"""What they bring, and see here."""
NOTING = (SpeakerRole.NOTE_TAKER, SpeakerRole.HOST, SpeakerRole.MODERATOR)
"""Who writes the report by their link."""


def _opened(request: HttpRequest, token: str) -> SpeakerLink | HttpResponse:
    """A link that works; of one that ended it says so (410)."""
    try:
        return opened(token, now=timezone.now())
    except LinkEnded as ended:
        return render(request, "seminars/speak_ended.html", {"ended": ended}, status=410)


for_speakers = behind_link(_opened)


def page(request: HttpRequest, link: SpeakerLink, *, status: int = 200, **given: Any) -> HttpResponse:
    """Return the page. given: forms as they were sent in place of fresh ones, and other things it names."""
    engagement, now = link.engagement, timezone.now()
    session = engagement.session
    reader = _reader(request, link)
    request.reader = reader  # type: ignore[attr-defined]  # the page's script asks it too
    mine = list(session.speakers.filter(person=engagement.person).select_related("person"))
    stages = stages_of(session, mine)
    stage = max(stages, key=lambda each: len(each.steps))
    context = {
        "now": now,
        "link": link,
        "engagement": engagement,
        "session": session,
        "community": session.series.community,
        "stage": stage,
        "notes": any(each.role in NOTING for each in mine),
        "talks": any(step.name == "slides" for step in stage.steps),
        "spoken": when_of(session, reader, now),
        "arrival": _needed(session, reader),
        "over": bool(session.ends_at and session.ends_at <= now),
        "cues": session.cues.all(),
        "asked": _asked(session, now),
        "slides": session.materials.filter(kind__in=BROUGHT, state=MaterialState.PUBLISHED),
        "answer": AnswerForm(initial=AnswerForm.initial_of(engagement)),
        "talk": TalkForm(initial=TalkForm.initial_of(session)),
        "consent": ConsentForm(initial=ConsentForm.initial_of(engagement)),
        "zone": OwnZoneForm(initial={"zone": reader.zone or session.zone}),
        "limit": settings.MAX_FILE_BYTES,
    }
    return render(request, "seminars/speak.html", context | given, status=status)


def _asked(session: Session, now: datetime) -> list[Question]:
    """The questions that were asked, the most wanted first, once they can be answered in writing."""
    if not session.ends_at or (session.closed_at or session.ends_at) > now:
        return []
    return list(with_answers(Question.objects.filter(session=session).shown().by_votes())[:MOST_ASKED])


def _reader(request: HttpRequest, link: SpeakerLink) -> Reader:
    """By the person's own clock where it is known: theirs, their account's, else the browser's."""
    person, found = link.engagement.person, reader_of(request)
    zone = person.zone or (person.user.zone if person.user else "")
    return Reader(zone, "profile", found.locale) if zone else found


def _needed(session: Session, reader: Reader) -> dict[str, str]:
    """From arrival to the end, in words and as ISO instants; nothing for what has no hour."""
    arrives, ends = arrival_of(session), session.ends_at
    if arrives is None or ends is None:
        return {}
    first, last = (clock.to_wall(each, reader.zone or session.zone) for each in (arrives, ends))
    instants = {"starts": arrives.isoformat(), "ends": ends.isoformat()}
    return instants | {"words": span_words(first, last, reader.locale, short=True)}


@for_speakers
@require_safe
def speak(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """What is asked of them, and what they need to know."""
    return page(request, link)


@for_speakers
def answer(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """Come, or not."""
    if request.method != "POST":
        return _back(link)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return page(request, link, answer=form, status=422)
    comes = form.cleaned_data["comes"] == YES
    try:
        answering.answer(
            engagement=link.engagement, comes=comes, words=form.cleaned_data["words"], now=timezone.now()
        )
    except UserError as refused:
        return _refused(request, link, "answer", form, refused)
    messages.success(
        request,
        _("Thank you. The organisers see that you come.")
        if comes
        else _("Thank you for saying so. The organisers see it."),
    )
    return _back(link)


@for_speakers
def talk(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """Title and abstract; where somebody else changed them meanwhile, both versions."""
    if request.method != "POST":
        return _back(link)
    form, session = TalkForm(request.POST), link.engagement.session
    if not form.is_valid():
        return page(request, link, talk=form, status=422)
    try:
        answering.write(engagement=link.engagement, now=timezone.now(), **form.cleaned_data)
    except Stale as stale:
        there = TalkForm.initial_of(stale.current)
        again(form, stale.current.revision)
        link.engagement.session = _current(session)
        return page(request, link, talk=form, versions=Versions([], differences(form, there)), status=409)
    except UserError as refused:
        return _refused(request, link, "talk", form, refused)
    messages.success(request, _("Saved. The session's page shows it now."))
    return _back(link, "talk")


@for_speakers
def consent(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """What may be done with what they say and show."""
    if request.method != "POST":
        return _back(link)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return page(request, link, consent=form, status=422)
    try:
        answering.consent(engagement=link.engagement, now=timezone.now(), **form.arguments())
    except UserError as refused:
        return _refused(request, link, "consent", form, refused)
    messages.success(request, _("Saved. You can change it here at any time."))
    return _back(link, "consent")


@for_speakers
def in_writing(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """Answer a question that was asked, in their own name; empty words take the answer back."""
    if request.method != "POST":
        return _back(link, "asked")
    session, form, number = link.engagement.session, InWriting(request.POST), request.POST.get("question", "")
    rows = Question.objects.filter(session=session).shown()
    question = rows.filter(pk=row_number(number)).first()
    if question is None:
        messages.error(request, _("This question is not shown any more."))
    elif not form.is_valid():
        messages.error(request, str(form.errors["text"][0]))
    else:
        text, person = form.cleaned_data["text"], link.engagement.person
        try:
            given = answer_question(question=question, person=person, text=text, now=timezone.now())
        except UserError as refused:
            say_refusal(request, refused)
        else:
            messages.success(request, _("The answer is out.") if given else _("The answer is taken back."))
    return _back(link, "asked")


@for_speakers
def zone(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """By whose clock this page, and mail to them, tells times."""
    if request.method != "POST":
        return _back(link)
    form = OwnZoneForm(request.POST)
    if not form.is_valid():
        return page(request, link, zone=form, status=422)
    answering.set_zone(person=link.engagement.person, zone=form.cleaned_data["zone"])
    messages.success(request, _("Times are shown by your clock now."))
    return _back(link)


@for_speakers
@require_safe
def join(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """Into the meeting, as early as they like: to test the sound."""
    session = link.engagement.session
    if session.join_url and not session.cancelled_at and not session.postponed_at:
        return redirect(session.join_url)
    return _back(link)


@for_speakers
@require_safe
def calendar(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """One entry for their calendar, from their arrival on."""
    session = link.engagement.session
    base = settings.MERIDIAN_URL
    home = base + reverse("speak", args=[link.token])
    door = base + reverse("speak_join", args=[link.token]) if session.join_url else ""
    try:
        body = speaker_file(link, page=home, join=door, language=get_language() or settings.LANGUAGE_CODE)
    except ValueError:
        messages.info(request, _("The date is not yet fixed. Take the file when it is."))
        return _back(link)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{session.slug}.ics"'
    return response


def declined(link: SpeakerLink) -> bool:
    """Whether they said that they do not come."""
    return bool(link.engagement.answer == Answer.DECLINED)


def _current(session: Session) -> Session:
    return Session.objects.select_related("series__community").get(pk=session.pk)


def _refused(
    request: HttpRequest, link: SpeakerLink, name: str, form: Form, refused: UserError
) -> HttpResponse:
    show_refusal(form, refused)
    return page(request, link, status=422, **{name: form})


def _back(link: SpeakerLink, part: str = "") -> HttpResponse:
    return redirect(reverse("speak", args=[link.token]) + (f"#{part}" if part else ""))


urlpatterns = [
    path("speak/<str:token>/", speak, name="speak"),
    path("speak/<str:token>/answer/", answer, name="speak_answer"),
    path("speak/<str:token>/talk/", talk, name="speak_talk"),
    path("speak/<str:token>/consent/", consent, name="speak_consent"),
    path("speak/<str:token>/questions/", in_writing, name="speak_question"),
    path("speak/<str:token>/zone/", zone, name="speak_zone"),
    path("speak/<str:token>/join", join, name="speak_join"),
    path("speak/<str:token>/session.ics", calendar, name="speak_calendar"),
]
