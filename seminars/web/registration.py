"""Register for a session; by a secret link confirm, change, answer the invitation, withdraw. No account is needed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seminars.access import lean_session_or_404, session_or_404
from seminars.changes.refusing import UserError
from seminars.notifications.attending import ANSWERS
from seminars.notifications.posting import language_of
from seminars.notifications.registrations import mail_link
from seminars.people.joining import person_of
from seminars.people.models import Community, Form, Person, User
from seminars.sessions.models import Session
from seminars.sessions.registration import registering
from seminars.sessions.registration.models import Coming, Mode, Partstat, Registration, Seat, Terms
from seminars.sessions.registration.places import counts_of
from seminars.sessions.registration.questions import PROVINCE, Question, questions_for, words_of
from seminars.sessions.registration.seating import AGAIN, accept, place_in_line, stand_again
from seminars.sessions.registration.terms import needs_place, registers, terms_of, terms_of_series, ways_of
from seminars.sessions.state import State
from seminars.web.forms.registration import DetailsForm, RegisterForm
from seminars.web.limits import within
from seminars.web.listing import Row, rows_of
from seminars.web.organise.gate import say_refusal, show_refusal
from seminars.web.places import map_of
from seminars.web.secret_links import behind_link
from seminars.web.times import moment_words
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

MOST_AN_HOUR = 30  # from one address: an office, or a school, can share it
SAID = dict(zip(ANSWERS, (Partstat.ACCEPTED, Partstat.TENTATIVE, Partstat.DECLINED), strict=True))
JOINING = {State.SOON, State.DOORS_OPEN, State.LIVE}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Register for the session; who may see the session may do it. The answer is the same for every address."""
    visitor = visitor_of(request)
    if request.method == "POST":
        return _register(request, lean_session_or_404(slug, visitor))
    session = session_or_404(slug, visitor)
    if session.withdrawn_at:
        return redirect("session", session.slug)
    row, terms = rows_of([session], timezone.now())[0], terms_of(session)
    if not registering.is_open(session, row.state, terms):
        return _page(request, row, None, terms)
    if own := own_registration(request, session):
        return redirect("registration", own.token)
    return _page(request, row, _form(session, terms, initial=_fresh(request, session)), terms)


def _form(session: Session, terms: Terms, *args: Any, **options: Any) -> RegisterForm:
    questions, invites = asked_in(session, terms), session.series.invites
    return RegisterForm(*args, invites=invites, ways=ways_of(session), questions=questions, **options)


def asked_in(session: Session, terms: Terms) -> list[Question]:
    """Return what who registers for `session` is asked beside name and address."""
    return questions_for(session.series.community, terms.questions)


def _register(request: HttpRequest, session: Session) -> HttpResponse:
    """Take the form: few queries, since many come at once when places are few."""
    now, terms = timezone.now(), terms_of(session)
    if session.withdrawn_at:
        return redirect("session", session.slug)

    def page(form: RegisterForm | None, status: int) -> HttpResponse:
        return _page(request, rows_of([session], now)[0], form, terms, status)

    if not registers(session, terms, now):
        return page(None, 409)
    form = _form(session, terms, request.POST)
    if not form.is_valid():
        return page(form, 422)
    if not within(request, "register", most=MOST_AN_HOUR):
        form.add_error(None, _("Too many people registered from your address. Try again in an hour."))
        return page(form, 429)
    try:
        found = _registered(request, session, terms, form, now)
    except UserError as refused:
        show_refusal(form, refused)
        return page(form, 422)
    if found:
        return redirect("registration", found.token)  # which says where they stand
    return redirect("registration_sent", session.slug)


def _registered(
    request: HttpRequest, session: Session, terms: Terms, form: RegisterForm, now: datetime
) -> Registration | None:
    """The registration of who is signed in with this address; else None, and a mail with its link is written down."""
    email, person = form.cleaned_data["email"].strip().lower(), signed_in_with(request, form)
    language = language_of(get_language() or "", session.language)
    with transaction.atomic():
        found, _new = registering.register(
            session=session,
            email=email,
            person=person,
            terms=terms,
            now=now,
            language=language,
            **form.columns(),
        )
        if person is None and not found.removed_at:
            found.session = session
            mail_link(found, now=now)
    return found if person else None


def signed_in_with(request: HttpRequest, form: RegisterForm) -> Person | None:
    """Return who is signed in with the address that was typed; None where it has to prove itself."""
    user = request.user
    typed = form.cleaned_data["email"].strip().lower()
    return person_of(user) if isinstance(user, User) and user.email == typed else None


@never_cache
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Look into your mail: what everybody sees after the form, whether their address was known or not."""
    session = session_or_404(slug, visitor_of(request))
    if session.withdrawn_at:
        return redirect("session", session.slug)
    row = rows_of([session], timezone.now())[0]
    context, terms = _around(row), terms_of(session)
    joins = context["joins"] and not needs_place(session, terms)  # else nobody goes in before the mail
    context |= {"limited": terms.limited, "joins": joins}
    return render(request, "seminars/registration_sent.html", context)


def own_registration(request: HttpRequest, session: Session) -> Registration | None:
    """Return the registration of who is signed in, with a place or without; one query for them, none for others."""
    visitor = visitor_of(request)
    if visitor.user_id is None:
        return None
    return Registration.objects.own(visitor).filter(session=session).first()


def _fresh(request: HttpRequest, session: Session) -> dict[str, Any]:
    """What is known of who is signed in, and the visitor's clock."""
    known = who_asks(request, reader_of(request).zone or session.zone)
    return {"coming": Coming.ONLINE, **known, **province_of(request, session.series.community)}


def province_of(request: HttpRequest, community: Community) -> dict[str, Any]:
    """Return what somebody signed in said last of their province, where the community counts them; one query then."""
    visitor = visitor_of(request)
    if not community.provinces or visitor.user_id is None:
        return {}
    mine = Registration.objects.filter(person__user_id=visitor.user_id, session__series__community=community)
    for answers in mine.exclude(answers=[]).order_by("-made_at", "-pk").values_list("answers", flat=True)[:9]:
        for each in answers:
            if each["name"] == PROVINCE:
                return {f"answer_{PROVINCE}": each["said"]}
    return {}


def who_asks(request: HttpRequest, zone: str) -> dict[str, Any]:
    """Return what a form knows of who is signed in, and a clock."""
    found: dict[str, Any] = {"zone": zone}
    user = request.user
    if isinstance(user, User):
        person = Person.objects.filter(user=user).first()
        found |= {"email": user.email, "name": person.name if person else ""}
    return found


def _around(row: Row) -> dict[str, Any]:
    """What each of these pages shows of the session."""
    session = row.session
    return {
        "now": timezone.now(),
        "session": session,
        "community": session.series.community,
        "row": row,
        "joins": row.state in JOINING and row.facts.joinable,
    }


def _page(
    request: HttpRequest, row: Row, form: RegisterForm | None, terms: Terms, status: int = 200
) -> HttpResponse:
    session = row.session
    context = _around(row) | {
        "form": form,
        "over": row.is_over,
        "terms": terms,
        "needs_none": terms.mode == Mode.NONE,
    }
    if form:
        context["left"] = left_of(session, terms)
        context["whole"] = terms_of_series(session.series) if session.series.rrule else None
    return render(request, "seminars/register.html", context, status=status)


def left_of(session: Session, terms: Terms) -> list[tuple[str, int, int]]:
    """Return (way of coming, free places, people who wait) where places are counted; one query, else none."""
    ways = [each for each in ways_of(session) if terms.capacity(each) is not None]
    if not ways:
        return []
    counted = counts_of(session)
    return [
        (way, max(0, (terms.capacity(way) or 0) - counted.taken[way]), counted.waiting[way]) for way in ways
    ]


def places_words(session: Session, state: State, registered: Registration | None, terms: Terms) -> str:
    """Return what a session's page says of its places before it: that none is needed, how many are left; else ""."""
    if not registering.is_open(session, state):
        return ""
    if terms.mode != Mode.ASKED:
        return _("No registration needed: just come.")
    if registered and not registered.stands:
        return str(registered.get_seat_display()).capitalize() + "."
    said = []
    for way, free, waiting in left_of(session, terms):
        where = _("In the room:") if way == Coming.ROOM else _("Online:")
        words = ngettext("%(n)d place is free.", "%(n)d places are free.", free) % {"n": free}
        taken = _("all places are taken.")
        said.append(f"{where} {words if free and not waiting else taken}")
    return " ".join(said)


def _opened(_request: HttpRequest, token: str) -> Registration | HttpResponse:
    """What the secret link opens; of a session that was withdrawn its page says why."""
    found = registering.opened(token)
    return redirect("session", found.session.slug) if found.session.withdrawn_at else found


by_link = behind_link(_opened)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def registration(request: HttpRequest, found: Registration) -> HttpResponse:
    """What is registered, and where it stands; the form to change it; until it is confirmed, the button that does."""
    if request.method != "POST" or not found.counts:
        return show(request, found)
    form = _details(found, terms_of(found.session), request.POST)
    if not form.is_valid():
        return show(request, found, status=422, form=form)
    try:
        registering.change(registration=found, now=timezone.now(), **form.columns(found.answers))
    except UserError as refused:
        show_refusal(form, refused)
        return show(request, found, status=422, form=form)
    messages.success(request, _("Saved."))
    return redirect("registration", found.token)


def _details(found: Registration, terms: Terms, *args: Any, **options: Any) -> DetailsForm:
    session = found.session
    ways = ways_of(session)
    asked = asked_in(session, terms)
    return DetailsForm(*args, invites=session.series.invites, ways=ways, questions=asked, **options)


def show(request: HttpRequest, found: Registration, *, status: int = 200, **given: Any) -> HttpResponse:
    """Return the page. given: a form as it was sent in place of a fresh one."""
    session, now = found.session, timezone.now()
    row, terms = rows_of([session], now)[0], terms_of(session)
    is_open, waits = registering.is_open(session, row.state, terms), found.seat == Seat.WAITING
    context = _around(row) | {
        "registration": found,
        "terms": terms,
        "own": settings.MERIDIAN_URL + reverse("registration", args=[found.token]),
        "open": is_open,
        "late": bool(found.offered_until and found.offered_until <= now),
        "until": moment_words(found.offered_until, session, reader_of(request))
        if found.offered_until
        else "",
        "at": place_in_line(found) if found.counts and waits else 0,
        "left": left_of(session, terms) if is_open and not found.counts else [],
        "again": found.seat in AGAIN,
        "online_free": waits and is_open and _may_come_online(found, terms),
        "invites": session.series.invites and found.wants_invitation,
        "in_room": found.coming == Coming.ROOM and session.form != Form.VIRTUAL,
        "place": session.place,
        "map": map_of(session),
        "form": _details(found, terms, initial=DetailsForm.initial_of(found)),
        "answers": [(word, SAID[word] == found.partstat) for word in ANSWERS],
        "old_answers": _no_longer_asked(found, terms),
    }
    return render(request, "seminars/registration.html", context | given, status=status)


def _may_come_online(found: Registration, terms: Terms) -> bool:
    """Whether who waits for a place in the room can have one online at once, since there is no limit."""
    online = Coming.ONLINE in ways_of(found.session) and terms.capacity_online is None
    return found.coming == Coming.ROOM and online


def _no_longer_asked(found: Registration, terms: Terms) -> list[tuple[str, str]]:
    names = {each.name for each in asked_in(found.session, terms)}
    return [(each["asked"], words_of(each)) for each in found.answers if each["name"] not in names]


@require_POST
@by_link
def confirm(request: HttpRequest, found: Registration) -> HttpResponse:
    """The address is theirs, and they come."""
    return _do(request, found, registering.confirm)


@require_POST
@by_link
def take_place(request: HttpRequest, found: Registration) -> HttpResponse:
    """They confirm the place that came free."""
    return _do(request, found, accept)


@require_POST
@by_link
def line_up(request: HttpRequest, found: Registration) -> HttpResponse:
    """They stand in line again."""
    return _do(request, found, stand_again)


def _do(request: HttpRequest, found: Registration, verb: Callable[..., Registration]) -> HttpResponse:
    if not registers(found.session, terms_of(found.session), timezone.now()):
        messages.error(request, _("Nobody can register for this session any more."))
        return redirect("registration", found.token)
    try:
        verb(registration=found, now=timezone.now())
    except UserError as refused:
        say_refusal(request, refused)
    return redirect("registration", found.token)


@require_POST
@by_link
def withdraw(request: HttpRequest, found: Registration) -> HttpResponse:
    """They do not come."""
    registering.withdraw(registration=found, now=timezone.now())
    return redirect("registration", found.token)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def answer(request: HttpRequest, found: Registration, word: str) -> HttpResponse:
    """Yes, maybe or no, from the mail: a page with a button, since programs open every address they find."""
    if word not in SAID:
        raise Http404
    if request.method != "POST":
        context = _around(rows_of([found.session], timezone.now())[0])
        return render(
            request, "seminars/answer_invitation.html", context | {"registration": found, "word": word}
        )
    try:
        registering.answer(registration=found, partstat=SAID[word], now=timezone.now())
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, _("Thank you. The organisers see your answer."))
    return redirect("registration", found.token)


@csrf_exempt  # a mail program posts here by itself when its reader presses "unsubscribe" (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def stop_reminders(request: HttpRequest, found: Registration) -> HttpResponse:
    """Stop the reminders of this session, or begin them again, when the button is pressed."""
    begun = request.POST.get("do") == "begin"
    if request.method == "POST":
        found = registering.change(registration=found, now=timezone.now(), reminders=begun)
    context = {"registration": found, "session": found.session, "begun": begun}
    return render(request, "seminars/stop_reminders.html", context)


urlpatterns = [
    path("sessions/<slug:slug>/register/", register, name="register"),
    path("sessions/<slug:slug>/register/sent/", sent, name="registration_sent"),
    path("registration/<str:token>/", registration, name="registration"),
    path("registration/<str:token>/confirm/", confirm, name="confirm_registration"),
    path("registration/<str:token>/place/", take_place, name="take_place"),
    path("registration/<str:token>/line/", line_up, name="line_up"),
    path("registration/<str:token>/withdraw/", withdraw, name="withdraw_registration"),
    path("registration/<str:token>/reminders/", stop_reminders, name="stop_reminders"),
    path("registration/<str:token>/<str:word>/", answer, name="answer_invitation"),
]
