"""Questions to a session: ask, vote and read, signed in, by a registration's link, or by a confirmed address."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from seminars.access import lean_session_or_404
from seminars.changes.refusing import UserError
from seminars.notifications.posting import language_of
from seminars.notifications.questions import mail_link, sees
from seminars.people.joining import person_of
from seminars.people.models import User
from seminars.sessions.models import Session
from seminars.sessions.questions import asking, opening
from seminars.sessions.questions.answering import with_answers
from seminars.sessions.questions.asking import Voter
from seminars.sessions.questions.models import Asker, Question, QuestionVote, Standing
from seminars.sessions.registration.models import Registration
from seminars.web.forms.questions import AskForm
from seminars.web.forms.suggestions import AddressForm
from seminars.web.limits import within
from seminars.web.organise.gate import say_refusal, show_refusal
from seminars.web.registration import by_link
from seminars.web.secret_links import behind_link
from seminars.web.times import moment_words
from seminars.web.visitors import organises_in, visitor_of
from seminars.web.zones import reader_of

QUESTIONS_AN_HOUR, VOTES_AN_HOUR = 30, 1000  # from one address: an office, or a school, can share it
ON_A_PAGE = 50
READ = ["GET", "HEAD", "POST"]


@dataclass
class Door:
    """How somebody came in. voter: who they surely are, None for a stranger. asker: their row, once there is one."""

    session: Session
    address: str
    voter: Voter | None = None
    asker: Asker | None = None
    name: str = ""


@never_cache
@require_http_methods(READ)
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions of a session, for everybody who may see it."""
    session = lean_session_or_404(slug, visitor_of(request))
    if session.withdrawn_at or not session.published_at:
        return redirect("session", session.slug)
    door = Door(session, reverse("questions", args=[session.slug]))
    if isinstance(request.user, User):
        person = person_of(request.user)
        language, zone = _reads(request, session)
        door.voter = Voter(request.user.email, person, None, language, zone, proved=True)
        door.asker, door.name = asking.asker_of(session, door.voter), person.name
    return _board(request, door)


@require_http_methods(READ)
@by_link
def by_registration(request: HttpRequest, found: Registration) -> HttpResponse:
    """The same for who is registered, by the secret link of the registration: also of a closed session."""
    if not found.counts or found.removed_at:
        return redirect("registration", found.token)
    voter = Voter(found.email, found.person, found, found.language, found.zone, proved=True)
    address = reverse("questions_by_registration", args=[found.token])
    asker = asking.asker_of(found.session, voter)
    return _board(request, Door(found.session, address, voter, asker, found.name))


def _opened(request: HttpRequest, token: str) -> Asker | HttpResponse:
    """Who asks; of a session that was withdrawn its page says why."""
    asker = asking.opened(token)
    if asker.session.withdrawn_at:
        return redirect("session", asker.session.slug)
    if not sees(asker):
        raise Http404
    return asker


@csrf_exempt  # a mail program posts here by itself when its reader presses "unsubscribe" (RFC 8058)
@require_http_methods(READ)
@behind_link(_opened)
def own(request: HttpRequest, asker: Asker) -> HttpResponse:
    """The same by the secret link of an asker; before their address is proved, the button that does so."""
    door = Door(asker.session, reverse("own_questions", args=[asker.token]), asker=asker)
    if asker.confirmed_at:
        given = (asker.person, asker.registration, asker.language, asker.zone)
        door.voter = Voter(asker.email, *given, proved=True)
    if request.method == "POST" and not request.POST.get("do"):
        asking.set_word(asker=asker, wants=False)
        return redirect(door.address)
    return _board(request, door)


def _board(request: HttpRequest, door: Door) -> HttpResponse:
    if request.method != "POST":
        return _page(request, door, _ask_form(door, initial={"name": door.name}))
    do = request.POST.get("do", "")
    verb = {"ask": _ask, "address": _address, "report": _report}.get(do)
    if verb is None and do in {"vote", "back"}:
        verb = _vote
    if verb is None and door.asker and do in {"confirm", "discard", "word", "quiet"}:
        verb = _own
    return verb(request, door) if verb else redirect(door.address)


def _ask_form(door: Door, *args: Any, **options: Any) -> AskForm:
    options["initial"] = {"language": door.session.language} | options.get("initial", {})
    return AskForm(*args, signed_in=door.voter is not None or door.asker is not None, **options)


def _ask(request: HttpRequest, door: Door) -> HttpResponse:
    form, now = _ask_form(door, request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, door, form, status=422)
    if not within(request, "question", most=QUESTIONS_AN_HOUR):
        form.add_error(None, _("Too many came from your address. Try again in an hour."))
        return _page(request, door, form, status=429)
    voter = door.voter or _typed(request, door, form)
    try:
        with transaction.atomic():
            asked = asking.ask(session=door.session, voter=voter, now=now, **form.given())
            if asked and asked.asker and not voter.proved:
                mail_link(asked.asker, now=now)
    except UserError as refused:
        show_refusal(form, refused)
        return _page(request, door, form, status=422)
    if not voter.proved:
        messages.success(request, _("Look into your mail: it counts once you have confirmed your address."))
    elif asked and asked.standing == Standing.SHOWN:
        messages.success(request, _("Thank you. Your question is below, and others can vote for it."))
    else:
        messages.success(request, _("Thank you. The moderators have your question; they show it soon."))
    return redirect(door.address)


def _address(request: HttpRequest, door: Door) -> HttpResponse:
    """Send the link by which a stranger votes: the same answer for every address."""
    form, now = AddressForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, door, _ask_form(door), status=422, votes_with=form)
    if not within(request, "question-link", most=QUESTIONS_AN_HOUR):
        form.add_error(None, _("Too many came from your address. Try again in an hour."))
        return _page(request, door, _ask_form(door), status=429, votes_with=form)
    try:
        with transaction.atomic():
            asker = asking.admit(session=door.session, voter=_typed(request, door, form), now=now)
            mail_link(asker, now=now)
    except UserError as refused:
        show_refusal(form, refused)
        return _page(request, door, _ask_form(door), status=422, votes_with=form)
    messages.success(request, _("Look into your mail: with the link in it you vote."))
    return redirect(door.address)


def _typed(request: HttpRequest, door: Door, form: AddressForm) -> Voter:
    """A stranger with the address they typed, or who opened a link whose address is not yet proved."""
    language, zone = _reads(request, door.session)
    email = door.asker.email if door.asker else form.cleaned_data["email"]
    return Voter(email, None, None, language, zone)


def _vote(request: HttpRequest, door: Door) -> HttpResponse:
    question = _question(request, door)
    back = f"{door.address}#question-{question.uuid}"
    if door.voter is None:
        messages.error(request, _("Confirm your address first: then you vote with one click."))
        return redirect(door.address)
    if not within(request, "question-vote", most=VOTES_AN_HOUR):
        messages.error(request, _("Too many came from your address. Try again in an hour."))
        return redirect(back)
    now, wants = timezone.now(), request.POST.get("do") == "vote"
    try:
        with transaction.atomic():
            if not opening.is_open(door.session, now):
                raise UserError({"": _("Questions are not taken now.")})
            asker = asking.admit(session=door.session, voter=door.voter, now=now)
            asking.vote(question=question, asker=asker, wants=wants, now=now)
    except UserError as refused:
        say_refusal(request, refused)
    return redirect(back)


def _report(request: HttpRequest, door: Door) -> HttpResponse:
    question = _question(request, door)
    if within(request, "question-report", most=QUESTIONS_AN_HOUR):
        asking.report(question=question)
    messages.success(request, _("Thank you. The moderators look at it."))
    return redirect(door.address)


def _question(request: HttpRequest, door: Door) -> Question:
    rows = Question.objects.filter(session=door.session).shown().select_related("session__series")
    return get_object_or_404(rows, uuid=_uuid(request))


def _uuid(request: HttpRequest) -> UUID:
    """The question that a button names. Raises Http404."""
    try:
        return UUID(request.POST.get("question", ""))
    except ValueError as wrong:
        raise Http404 from wrong


def _own(request: HttpRequest, door: Door) -> HttpResponse:
    """Confirm or take back what stands under one's address, and choose mails."""
    asker, do, now = door.asker, request.POST.get("do"), timezone.now()
    if asker is None:
        raise Http404
    if do in {"word", "quiet"}:
        asking.set_word(asker=asker, wants=do == "word")
        return redirect(door.address)
    mine = Question.objects.filter(asker=asker).select_related("asker", "session")
    if not request.POST.get("question") and do == "confirm":
        voter = Voter(asker.email, asker.person, asker.registration, asker.language, asker.zone, proved=True)
        asking.admit(session=door.session, voter=voter, now=now)
        messages.success(request, _("Your address is confirmed. You can vote now."))
        return redirect(door.address)
    question = get_object_or_404(mine, uuid=_uuid(request))
    if do == "confirm":
        found = asking.confirm(question=question, now=now)
        shown = found.standing == Standing.SHOWN
        messages.success(
            request,
            _("Thank you. Your question is below, and others can vote for it.")
            if shown
            else _("Thank you. The moderators have your question; they show it soon."),
        )
    else:
        asking.discard(question=question)
        messages.success(request, _("Taken back."))
    return redirect(door.address)


def _reads(request: HttpRequest, session: Session) -> tuple[str, str]:
    """The language and the zone of mails to who looks."""
    return language_of(get_language() or "", session.language), reader_of(request).zone


def _page(request: HttpRequest, door: Door, form: AskForm, status: int = 200, **given: Any) -> HttpResponse:
    session, now, asker = door.session, timezone.now(), door.asker
    rows = with_answers(Question.objects.filter(session=session).shown().by_votes())
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    mine = (
        list(Question.objects.filter(asker=asker).order_by("made_at", "pk")) if asker and door.voter else []
    )
    pending = list(Question.objects.filter(asker=asker, confirmed_at=None)) if asker else []
    voted: set[int] = set()
    if asker:
        votes = QuestionVote.objects.filter(asker=asker, question__in=[each.pk for each in page])
        voted = set(votes.values_list("question_id", flat=True))
    hours = opening.hours_of(session)
    reader = reader_of(request)
    context = {
        "session": session,
        "community": session.series.community,
        "now": now,
        "door": door,
        "form": form,
        "votes_with": AddressForm(auto_id="vote-%s"),
        "page": page,
        "mine": [each for each in mine if each.confirmed_at],
        "pending": pending,
        "own_keys": {each.pk for each in mine},
        "voted": voted,
        "open": opening.is_open(session, now),
        "early": bool(hours and now < hours[0]),
        "opens": moment_words(hours[0], session, reader) if hours else "",
        "closes": moment_words(hours[1], session, reader)
        if hours and opening.word_on(session) is None
        else "",
        "over": opening.is_over(session, now),
        "approval": opening.rule_of(session.series).approval,
        "own_link": settings.MERIDIAN_URL + reverse("own_questions", args=[asker.token])
        if asker and door.voter and not isinstance(request.user, User)
        else "",
        "moderates": organises_in(request, session.series.community_id),
    }
    return render(request, "seminars/questions.html", context | given, status=status)


urlpatterns = [
    path("sessions/<slug:slug>/questions/", questions, name="questions"),
    path("registration/<str:token>/questions/", by_registration, name="questions_by_registration"),
    path("questions/<str:token>/", own, name="own_questions"),
]
