"""The door of a room: find a name and tap, read a ticket, count heads, add a name, print the poster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from seminars.changes.refusing import UserError
from seminars.sessions.attendance import doors, noting
from seminars.sessions.attendance.models import Attendance, Headcount, Way
from seminars.sessions.attendance.names import folded
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.web.following import qr_of
from seminars.web.forms.attendance import HeadsForm, NameForm
from seminars.web.numbers import row_number
from seminars.web.organise.attendance import around, of
from seminars.web.organise.gate import for_organisers, show_refusal
from seminars.web.organise.parts import hosted_of

MOST_FOUND = 30


@dataclass(frozen=True)
class Found:
    """Somebody who is registered, whether they are here, and what tells two of one name apart."""

    registration: Registration
    here: bool
    beside: str = ""


@for_organisers
@never_cache
def door(request: HttpRequest, slug: str) -> HttpResponse:
    """Find a registered person by name or ticket; the button says that they are here."""
    session, now = hosted_of(request, slug), timezone.now()
    if request.method == "POST":
        return _here(request, session, now)
    return _page(request, session, now)


def _here(request: HttpRequest, session: Session, now: datetime) -> HttpResponse:
    rows = Registration.objects.standing().filter(session=session).select_related("person__user")
    found = get_object_or_404(rows, pk=row_number(request.POST.get("registration")))
    if not doors.has_begun(session, now):
        messages.error(request, _("The door opens twelve hours before the start."))
    else:
        noting.note(session=session, registration=found, way=Way.ROOM, source=noting.DOOR, now=now)
        messages.success(request, _("%(name)s is here.") % {"name": found.name})
    return redirect("door", session.slug)


@for_organisers
@never_cache
def ticket(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """What the code on a ticket leads to, for the host's own phone."""
    session = hosted_of(request, slug)
    return _page(request, session, timezone.now(), code=code)


def _page(
    request: HttpRequest,
    session: Session,
    now: datetime,
    *,
    code: str = "",
    status: int = 200,
    **forms: object,
) -> HttpResponse:
    wanted = code or request.GET.get("q", "").strip()[:100]
    held = doors.with_code(session, wanted)
    registered = Registration.objects.standing().filter(session=session)
    heads = Headcount.objects.filter(session=session).first()
    context = {
        **around(request, session),
        "begun": doors.has_begun(session, now),
        "q": wanted,
        "found": _found(session, held or _named(session, wanted)) if wanted else [],
        "by_code": bool(held),
        "registered": registered.count(),
        "n_here": of(session).in_room().count(),
        "heads": HeadsForm(initial={"room": heads.room, "phone": heads.phone} if heads else {}),
        "name_form": NameForm(initial={"way": Way.ROOM}),
    }
    return render(request, "seminars/organise/door.html", context | forms, status=status)


def _named(session: Session, wanted: str) -> list[Registration]:
    """Those with these letters in their names, whatever case and accents."""
    letters = folded(wanted)
    if not letters:
        return []
    rows = Registration.objects.standing().filter(session=session)
    ids = [
        pk for pk, name in rows.order_by("name", "pk").values_list("pk", "name") if letters in folded(name)
    ]
    return list(rows.filter(pk__in=ids[: MOST_FOUND + 1]).order_by("name", "pk"))


def _found(session: Session, some: Sequence[Registration]) -> list[Found]:
    rows = of(session).came().filter(registration__in=[each.pk for each in some], way=Way.ROOM)
    here = set(rows.values_list("registration_id", flat=True))
    names = [folded(each.name) for each in some]
    return [
        Found(each, each.pk in here, masked(each.email) if names.count(folded(each.name)) > 1 else "")
        for each in some[:MOST_FOUND]
    ]


def masked(email: str) -> str:
    """Return as much of an address as tells two people of one name apart."""
    name, _at, host = email.partition("@")
    return f"{name[:2]}…@{host[:1]}…"


@for_organisers
@require_POST
def heads(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the numbers without names."""
    session, form = hosted_of(request, slug), HeadsForm(request.POST)
    if not form.is_valid():
        return _page(request, session, timezone.now(), status=422, heads=form)
    noting.set_heads(session=session, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("door", slug)


@for_organisers
@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add somebody who is on no list."""
    session, form, now = hosted_of(request, slug), NameForm(request.POST), timezone.now()
    if form.is_valid():
        try:
            made: Attendance = noting.add_by_hand(session=session, now=now, **form.cleaned_data)
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("%(name)s is on the list.") % {"name": made.name})
            return redirect("door", slug)
    return _page(request, session, now, status=422, name_form=form)


@for_organisers
@never_cache
def poster(request: HttpRequest, slug: str) -> HttpResponse:
    """The poster for the door; with the button a new one, and those from before lead nowhere."""
    session = hosted_of(request, slug)
    if request.method == "POST":
        doors.turn(session)
        messages.success(request, _("This is a new poster. Those from before lead nowhere."))
        return redirect("door_poster", slug)
    address = settings.MERIDIAN_URL + reverse("check_in", args=[noting.headcount_of(session).poster])
    context = {**around(request, session), "address": address, "qr": qr_of(address)}
    return render(request, "seminars/organise/poster.html", context)


BASE = "organise/sessions/<slug:slug>/door/"
urlpatterns = [
    path(BASE, door, name="door"),
    path(f"{BASE}heads/", heads, name="door_heads"),
    path(f"{BASE}add/", add, name="door_add"),
    path(f"{BASE}poster/", poster, name="door_poster"),
    path(f"{BASE}ticket/<str:code>/", ticket, name="door_ticket"),
]
