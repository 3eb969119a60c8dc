"""Who registered for a session, by zone and by answer; take one off the list, invite once more, take all away."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.notifications.attending import mail_again
from seminars.sessions.models import Session
from seminars.sessions.registration import registering
from seminars.sessions.registration.models import Partstat, Registration, RegistrationQuerySet
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.organise.sessions import session_of
from seminars.web.tables import csv_answer
from seminars.web.times import city
from seminars.web.zones import reader_of


@dataclass
class InZone:
    """Those by one clock."""

    city: str = ""
    people: list[Registration] = field(default_factory=list)


@for_organisers
@require_safe
def registrations(request: HttpRequest, slug: str) -> HttpResponse:
    """List who is registered by zone, with the answers; those who are not confirmed are counted only."""
    session = session_of(request, slug)
    found = list(of(session).order_by("name", "pk"))
    standing = [each for each in found if each.stands]
    locale = reader_of(request).locale
    zones: dict[str, InZone] = defaultdict(InZone)
    for each in standing:
        zone = each.zone or session.zone
        zones[zone].city = city(zone, locale)
        zones[zone].people.append(each)
    answers = Counter(each.partstat for each in standing)
    context = {
        "session": session,
        "series": session.series,
        "community": session.series.community,
        "zones": sorted(zones.values(), key=lambda each: (-len(each.people), each.city)),
        "answers": [(Partstat(word).label, answers[word]) for word in Partstat.values if answers[word]],
        "count": len(standing),
        "waiting": sum(each.confirmed_at is None for each in found),
        "withdrawn": sum(each.withdrawn_at is not None for each in found),
        "coming": session.ends_at is None or session.ends_at > timezone.now(),
    }
    return render(request, "seminars/organise/registrations.html", context)


@for_organisers
@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the same as CSV, with addresses: for organisers only."""
    session = session_of(request, slug)
    rows = []
    for each in of(session).standing().order_by("name", "pk"):
        words = (each.name, each.email, each.zone, each.language, str(Partstat(each.partstat).label))
        wants = _("yes") if each.wants_invitation and session.series.invites else _("feed only")
        at = each.confirmed_at.strftime("%Y-%m-%d %H:%M") if each.confirmed_at else ""
        rows.append([*words, wants, at])
    heads = (_("Name"), _("E-mail address"), _("Zone"), _("Language"), _("Answer"), _("Invitation"))
    return csv_answer(f"{session.slug}-registrations.csv", [*heads, _("Registered (UTC)")], rows)


@for_organisers
@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take somebody off the list."""
    session = session_of(request, slug)
    found = _one(session, pk)
    registering.remove(registration=found, now=timezone.now(), actor_id=actor(request))
    messages.success(request, _("Taken off the list. What their calendar holds is taken back by mail."))
    return redirect("organise_registrations", slug)


@for_organisers
@require_POST
def again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Mail the invitation once more."""
    session = session_of(request, slug)
    if mail_again(_one(session, pk), now=timezone.now()):
        messages.success(request, _("The invitation leaves within a minute."))
    else:
        messages.error(request, _("There is nothing to invite to any more."))
    return redirect("organise_registrations", slug)


def _one(session: Session, pk: int) -> Registration:
    return get_object_or_404(of(session).select_related("session"), pk=pk)


def of(session: Session) -> RegistrationQuerySet:
    """Return all registrations of `session`."""
    return Registration.objects.filter(session=session)


BASE = "organise/sessions/<slug:slug>/registrations"
urlpatterns = [
    path(f"{BASE}/", registrations, name="organise_registrations"),
    path(f"{BASE}.csv", table, name="registrations_table"),
    path(f"{BASE}/<int:pk>/remove/", remove, name="remove_registration"),
    path(f"{BASE}/<int:pk>/again/", again, name="invite_again"),
]
