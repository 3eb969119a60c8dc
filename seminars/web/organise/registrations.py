"""Who registered for a session: lists by where they stand, a table, a list for the door; yes, no, move, add, remove."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from seminars.changes.refusing import UserError
from seminars.notifications.attending import mail_again
from seminars.notifications.posting import language_of
from seminars.sessions.models import Session
from seminars.sessions.registration import registering, seating
from seminars.sessions.registration.models import (
    Coming,
    Partstat,
    Registration,
    RegistrationQuerySet,
    Seat,
    Terms,
)
from seminars.sessions.registration.questions import PROVINCE, questions_for, words_of
from seminars.sessions.registration.terms import terms_of, ways_of
from seminars.web.forms.registration_terms import AddForm, WordsForm, chosen_of, nobody_chosen
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.organise.sessions import session_of
from seminars.web.tables import csv_answer
from seminars.web.times import city
from seminars.web.zones import reader_of

ON_A_PAGE = 100
LISTS = {
    Seat.PLACE.value: gettext_lazy("Coming"),
    Seat.ASKED.value: gettext_lazy("Wait for your yes"),
    Seat.OFFERED.value: gettext_lazy("Asked to confirm a place"),
    Seat.WAITING.value: gettext_lazy("Waiting list"),
    Seat.DECLINED.value: gettext_lazy("Not accepted"),
    Seat.LAPSED.value: gettext_lazy("Let a place lapse"),
    Seat.FULL.value: gettext_lazy("Came too late"),
    "unconfirmed": gettext_lazy("Not confirmed"),
    "withdrawn": gettext_lazy("Withdrew, or taken off"),
}
WAYS = {Coming.ONLINE.value: gettext_lazy("Online"), Coming.ROOM.value: gettext_lazy("In the room")}
OVER = "over"
MOVES = (
    (Seat.PLACE.value, gettext_lazy("a place")),
    (Seat.WAITING.value, gettext_lazy("the waiting list")),
    (Seat.DECLINED.value, gettext_lazy("not accepted")),
)


def of(session: Session) -> RegistrationQuerySet:
    """Return all registrations of `session`."""
    return Registration.objects.filter(session=session)


def listed(session: Session, name: str) -> RegistrationQuerySet:
    """Return one of the `LISTS`: the waiting ones in line, the others by name."""
    if name == "unconfirmed":
        return of(session).filter(confirmed_at=None, withdrawn_at=None).order_by("name", "pk")
    if name == "withdrawn":
        return of(session).filter(withdrawn_at__isnull=False).order_by("name", "pk")
    order = ("number", "pk") if name in {Seat.WAITING, Seat.ASKED, Seat.OFFERED} else ("name", "pk")
    return of(session).counting().filter(seat=name).order_by(*order)


@for_organisers
@require_safe
def registrations(request: HttpRequest, slug: str) -> HttpResponse:
    """Count by list and way of coming; show one list, some at a time."""
    return _show(request, session_of(request, slug))


def _show(request: HttpRequest, session: Session, *, status: int = 200, **given: Any) -> HttpResponse:
    terms, counts = terms_of(session), counted(session)
    shown = request.GET.get("list", "")
    shown = shown if shown in LISTS else _first(counts)
    way = request.GET.get("coming", "")
    rows = listed(session, shown)
    rows = rows.filter(coming=way) if way in WAYS else rows
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    answers = Counter(dict(_answers(session)))
    figures = _figures(session, terms, counts)
    full = any(places is not None and taken >= places for _way, taken, places, *_rest in figures)
    context = {
        "session": session,
        "series": session.series,
        "community": session.series.community,
        "terms": terms,
        "figures": figures,
        "tabs": [(name, words, sum(counts[name].values())) for name, words in LISTS.items() if counts[name]],
        "ways": [(name, words, counts[shown][name]) for name, words in WAYS.items()],
        "shown": shown,
        "shown_words": LISTS[shown],
        "way": way if way in WAYS else "",
        "page": page,
        "rows": list(_rows(page, session, reader_of(request).locale)),
        "moves": [*MOVES, (OVER, _("a place, though none is free"))] if full else MOVES,
        "answers": [(Partstat(word).label, answers[word]) for word in Partstat.values if answers[word]],
        "count": sum(counts[Seat.PLACE.value].values()),
        "anybody": any(counts.values()),
        "coming": session.ends_at is None or session.ends_at > timezone.now(),
        "decision": WordsForm(),
        "add": _add_form(session, terms, initial={"zone": session.zone}),
    }
    return render(request, "seminars/organise/registrations.html", context | given, status=status)


def counted(session: Session) -> dict[str, Counter[str]]:
    """Return by list, then by way of coming, how many there are; two queries."""
    found: dict[str, Counter[str]] = {name: Counter() for name in LISTS}
    standing = of(session).counting().order_by().values_list("seat", "coming").annotate(n=Count("pk"))
    for seat, coming, count in standing:
        found[seat][coming] = count
    rest = of(session).filter(Q(withdrawn_at__isnull=False) | Q(confirmed_at=None)).order_by()
    by_way = rest.values("coming").annotate(gone=Count("withdrawn_at"), n=Count("pk"))
    for coming, gone, count in by_way.values_list("coming", "gone", "n"):
        found["withdrawn"] += Counter({coming: gone})
        found["unconfirmed"] += Counter({coming: count - gone})
    return found


def _first(counts: dict[str, Counter[str]]) -> str:
    """The list that is shown first: those who wait for a yes, else those who come."""
    return Seat.ASKED.value if counts[Seat.ASKED.value] else Seat.PLACE.value


def _answers(session: Session) -> Iterable[tuple[str, int]]:
    rows = of(session).standing().order_by().values_list("partstat")
    return rows.annotate(n=Count("pk"))


def _add_form(session: Session, terms: Terms, *args: Any, **options: Any) -> AddForm:
    ways = ways_of(session)
    counted = any(terms.capacity(way) is not None for way in ways)
    return AddForm(*args, ways=ways, counted=counted, **options)


def _figures(
    session: Session, terms: Terms, counts: dict[str, Counter[str]]
) -> list[tuple[Any, int, int | None, int, int]]:
    """(Way of coming, how many take a place, of how many, how many are over, how many wait), for each way it has."""
    waiting, found = counts[Seat.WAITING.value], []
    for way in ways_of(session):
        taken, places = sum(counts[seat.value][way] for seat in Seat.taking()), terms.capacity(way)
        over = max(0, taken - places) if places is not None else 0
        found.append((WAYS[way], taken, places, over, waiting[way]))
    return found


def _rows(page: Page[Registration], session: Session, locale: str) -> Iterator[tuple[Registration, str, Any]]:
    for each in page:
        said = [(answer["asked"], words_of(answer)) for answer in each.answers]
        yield each, city(each.zone or session.zone, locale), said


@for_organisers
@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Give everybody who counts as CSV, with addresses and answers: for organisers only."""
    session = session_of(request, slug)
    found = list(of(session).counting().order_by("seat", "number", "name", "pk"))
    asked = _columns(found, session, terms_of(session))
    rows = []
    for each in found:
        words = (
            each.name,
            each.email,
            str(Seat(each.seat).label),
            str(Coming(each.coming).label),
            each.number,
        )
        rest = (each.zone, each.language, str(Partstat(each.partstat).label))
        wants = _("yes") if each.wants_invitation and session.series.invites else _("feed only")
        at = each.confirmed_at.strftime("%Y-%m-%d %H:%M") if each.confirmed_at else ""
        said = {answer["name"]: _with_words(answer, asked) for answer in each.answers}
        rows.append([*words, *rest, wants, at, *(said.get(name, "") for name in asked)])
    heads = (_("Name"), _("E-mail address"), _("Stands"), _("Comes"), _("Number in line"), _("Zone"))
    more = (_("Language"), _("Answer"), _("Invitation"), _("Registered (UTC)"), *asked.values())
    return csv_answer(f"{session.slug}-registrations.csv", [*heads, *more], rows)


def _columns(found: Iterable[Registration], session: Session, terms: Terms) -> dict[str, str]:
    """The questions, by name: those that are asked now, then those that somebody answered before."""
    asked = {each.name: each.words for each in questions_for(session.series.community, terms.questions)}
    for each in found:
        for answer in each.answers:
            asked.setdefault(answer["name"], answer["asked"])
    return asked


def _with_words(answer: Any, asked: dict[str, str]) -> str:
    """An answer; where it was asked in other words, with them."""
    said = words_of(answer)
    same = answer["name"] == PROVINCE or asked[answer["name"]] == answer["asked"]
    return said if same else f"{said} ({answer['asked']})"


@for_organisers
@require_safe
def door(request: HttpRequest, slug: str) -> HttpResponse:
    """Who comes, to print for the door: those in the room, else all."""
    session = session_of(request, slug)
    way = Coming.ROOM if Coming.ROOM in ways_of(session) else Coming.ONLINE
    people = of(session).standing().filter(coming=way).order_by("name", "pk")
    context = {"session": session, "series": session.series, "people": people, "way": WAYS[way.value]}
    return render(request, "seminars/organise/door_list.html", context)


@for_organisers
@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take somebody off the list."""
    session = session_of(request, slug)
    registering.remove(registration=_one(session, pk), now=timezone.now(), actor_id=actor(request))
    messages.success(request, _("Taken off the list. What their calendar holds is taken back by mail."))
    return _back(request, slug)


@for_organisers
@require_POST
def again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Mail the invitation once more."""
    session = session_of(request, slug)
    if mail_again(_one(session, pk), now=timezone.now()):
        messages.success(request, _("The invitation leaves within a minute."))
    else:
        messages.error(request, _("There is nothing to invite to any more."))
    return _back(request, slug)


@for_organisers
@require_POST
def move(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move somebody to another list; they are told."""
    session, seat = session_of(request, slug), request.POST.get("seat", "")
    try:
        found = seating.move(
            registration=_one(session, pk),
            seat=Seat.PLACE if seat == OVER else seat,
            over=seat == OVER,
            now=timezone.now(),
            actor_id=actor(request),
        )
    except UserError as refused:
        say_refusal(request, refused)
    else:
        _say_where(request, found)
    return _back(request, slug)


@for_organisers
@require_POST
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Say yes or no to those who are ticked."""
    session, form = session_of(request, slug), WordsForm(request.POST)
    chosen, approve = chosen_of(request.POST.getlist("chosen")), "approve" in request.POST
    if not chosen:
        messages.error(request, nobody_chosen())
        return _back(request, slug)
    if not form.is_valid():
        return _show(request, session, status=422, decision=form)
    count = seating.decide(
        session=session,
        chosen=chosen,
        approve=approve,
        words=form.cleaned_data["words"],
        now=timezone.now(),
        actor_id=actor(request),
    )
    if approve:
        words = ngettext("%(n)d person accepted.", "%(n)d people accepted.", count)
    else:
        words = ngettext("%(n)d person not accepted.", "%(n)d people not accepted.", count)
    messages.success(request, words % {"n": count})
    return _back(request, slug)


@for_organisers
@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add somebody by hand: they count at once, and a mail tells them."""
    session = session_of(request, slug)
    form = _add_form(session, terms_of(session), request.POST)
    if not form.is_valid():
        return _show(request, session, status=422, add=form)
    try:
        found = seating.add(
            session=session,
            language=language_of(session.language),
            now=timezone.now(),
            actor_id=actor(request),
            **form.cleaned_data,
        )
    except UserError as refused:
        show_refusal(form, refused)
        return _show(request, session, status=422, add=form)
    _say_where(request, found)
    return _back(request, slug)


def _say_where(request: HttpRequest, found: Registration) -> None:
    """Say where somebody stands now, and warn where that is beyond the places."""
    said = {"name": found.name, "list": LISTS[found.seat]}
    messages.success(request, _("%(name)s: %(list)s. A mail says so.") % said)
    over = seating.over_by(found) if found.seat == Seat.PLACE else 0
    if over:
        words = ngettext(
            "One person more than there are places.", "%(n)d people more than there are places.", over
        )
        messages.warning(request, words % {"n": over})


def _one(session: Session, pk: int) -> Registration:
    return get_object_or_404(of(session).select_related("session"), pk=pk)


def _back(request: HttpRequest, slug: str) -> HttpResponse:
    """To the list that was shown."""
    shown = request.POST.get("list", "")
    return redirect(
        reverse("organise_registrations", args=[slug]) + (f"?list={shown}" if shown in LISTS else "")
    )


BASE = "organise/sessions/<slug:slug>/registrations"
urlpatterns = [
    path(f"{BASE}/", registrations, name="organise_registrations"),
    path(f"{BASE}.csv", table, name="registrations_table"),
    path(f"{BASE}/door/", door, name="door_list"),
    path(f"{BASE}/add/", add, name="add_registration"),
    path(f"{BASE}/decide/", decide, name="decide_registrations"),
    path(f"{BASE}/<int:pk>/move/", move, name="move_registration"),
    path(f"{BASE}/<int:pk>/remove/", remove, name="remove_registration"),
    path(f"{BASE}/<int:pk>/again/", again, name="invite_again"),
]
