"""Date polls of a community: propose hours, see who can when, make the session of one with one click."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from babel.dates import format_time
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from seminars import clock
from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.notifications import asking
from seminars.notifications.models import Message
from seminars.people.models import Community
from seminars.sessions.polls import polling
from seminars.sessions.polls.models import DatePoll, Suits, Voice
from seminars.sessions.polls.polling import Tally
from seminars.web.forms.inviting import AddressesForm
from seminars.web.forms.polls import HourForms, PollForm
from seminars.web.hours import time_of
from seminars.web.numbers import row_number
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.times import Reader, When, city
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

MOST_MAILS = 50  # that are listed


@dataclass(frozen=True)
class Cell:
    """What one person said to one hour, and which hour it is for them."""

    suits: str
    words: str
    hour: str


@dataclass(frozen=True)
class Row:
    """One hour: its time for the organiser, the figures, a cell for each person."""

    tally: Tally
    when: When
    cells: list[Cell]
    past: bool


def _community(request: HttpRequest, slug: str) -> Community:
    return organised_community_or_404(slug, visitor_of(request))


@for_organisers
@require_safe
def polls(request: HttpRequest, slug: str) -> HttpResponse:
    """The community's polls, the newest first."""
    community, now = _community(request, slug), timezone.now()
    rows = [(poll, poll.is_open(now)) for poll in community.polls.all()]
    return render(request, "seminars/organise/polls.html", {"community": community, "rows": rows})


@for_organisers
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose hours."""
    community = _community(request, slug)
    if request.method != "POST":
        initial = {"zone": community.home_zone, "minutes": 60, "series": request.GET.get("series")}
        return _new_page(request, community, PollForm(initial=initial, community=community), HourForms())
    form, hours = PollForm(request.POST, community=community), HourForms(request.POST)
    if not (form.is_valid() and hours.is_valid()):
        return _new_page(request, community, form, hours, status=422)
    data = form.cleaned_data
    lines = [(each, wall) for each in hours if (wall := each.wall())]
    try:
        made = polling.open_poll(
            community=community,
            series=data["series"],
            title=data["title"],
            note=data["note"],
            zone=data["zone"],
            minutes=data["minutes"],
            walls=[wall for _line, wall in lines],
            closes_at=_end_of(data["closes"], data["zone"]),
            now=timezone.now(),
            actor_id=actor(request),
        )
    except UserError as refused:
        beside = {f"wall{number}": line for number, (line, _wall) in enumerate(lines)}
        for name in beside.keys() & refused.fields.keys():
            beside[name].add_error("date", refused.fields[name])
        rest = {name: words for name, words in refused.fields.items() if name not in beside}
        show_refusal(form, UserError(rest))
        return _new_page(request, community, form, hours, status=422)
    messages.success(request, _("The poll is open. Send its link to those whom you ask."))
    return redirect("organise_poll", slug, made.pk)


def _end_of(day: Any, zone: str) -> datetime | None:
    """The midnight after a day, by that clock (UTC)."""
    return clock.to_instant(datetime.combine(day + timedelta(days=1), time()), zone) if day else None


def _new_page(
    request: HttpRequest, community: Community, form: PollForm, hours: Any, status: int = 200
) -> HttpResponse:
    context = {"community": community, "form": form, "hours": hours}
    return render(request, "seminars/organise/new_poll.html", context, status=status)


@for_organisers
@require_safe
def show(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Who can when."""
    community = _community(request, slug)
    return _show(request, community, _poll(community, pk), AddressesForm())


def _show(
    request: HttpRequest, community: Community, poll: DatePoll, form: AddressesForm, status: int = 200
) -> HttpResponse:
    reader, now = reader_of(request), timezone.now()
    voices = list(poll.voices.all())
    context = {
        "community": community,
        "poll": poll,
        "is_open": poll.is_open(now),
        "address": settings.MERIDIAN_URL + reverse("poll", args=[poll.token]),
        "form": form,
        "mails": Message.objects.about(kind=asking.POLL, subject=asking.poll_subject(poll))[:MOST_MAILS],
        "voices": [(voice, city(voice.zone, reader.locale) if voice.zone else "") for voice in voices],
        "rows": [
            Row(
                tally,
                time_of(tally.slot, reader),
                [_cell(tally, voice, poll, reader) for voice in voices],
                tally.slot.starts_at <= now,
            )
            for tally in polling.tallies(poll)
        ],
    }
    return render(request, "seminars/organise/poll.html", context, status=status)


@for_organisers
@require_POST
def mail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Mail the link to pasted addresses, or to all members."""
    community = _community(request, slug)
    poll, form, now = _poll(community, pk), AddressesForm(request.POST), timezone.now()
    if not poll.is_open(now):
        messages.error(request, _("The poll is closed. Open it again first."))
        return redirect("organise_poll", slug, pk)
    if "members" in request.POST:
        emails = [
            each.person.user.email if each.person.user else each.person.email
            for each in community.memberships.select_related("person__user")
        ]
    elif form.is_valid():
        emails = [email for _name, email in form.cleaned_data["people"]]
    else:
        return _show(request, community, poll, form, 400)
    with transaction.atomic():
        count = asking.mail_poll(poll, [each for each in emails if each], now=now)
    if count:
        said = ngettext("%(n)d mail goes out now.", "%(n)d mails go out now.", count) % {"n": count}
        messages.success(request, said)
    else:
        messages.info(request, _("No mail was added: to each of them one is on its way already."))
    return redirect("organise_poll", slug, pk)


def _cell(tally: Tally, voice: Voice, poll: DatePoll, reader: Reader) -> Cell:
    suits = tally.said.get(voice.pk, "")
    wall = clock.to_wall(tally.slot.starts_at, voice.zone or poll.zone)
    hour = format_time(wall.time(), "short", locale=reader.locale) if voice.zone else ""
    return Cell(suits, str(Suits(suits).label) if suits else "–", str(hour))


def _poll(community: Community, pk: int) -> DatePoll:
    rows = DatePoll.objects.select_related("series", "session__series", "community")
    return get_object_or_404(rows, pk=pk, community=community)


@for_organisers
@require_POST
def choose(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Make the session of one of the hours."""
    poll = _poll(_community(request, slug), pk)
    slot = get_object_or_404(poll.slots, pk=row_number(request.POST.get("slot")))
    try:
        session = polling.choose(poll=poll, slot=slot, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
        return redirect("organise_poll", slug, pk)
    if session.published_at:
        messages.success(request, _("The session is made, and out. The poll is closed."))
    else:
        messages.success(request, _("The session is made, as a draft. Publish its series when all is there."))
    return redirect("organise_session", session.slug)


@for_organisers
@require_POST
def close(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Close the poll, or open it again."""
    poll = _poll(_community(request, slug), pk)
    try:
        polling.set_open(poll=poll, is_open=request.POST.get("open") == "yes", now=timezone.now())
    except UserError as refused:
        say_refusal(request, refused)
    return redirect("organise_poll", slug, pk)


BASE = "organise/communities/<slug:slug>/polls/"
urlpatterns = [
    path(BASE, polls, name="polls"),
    path(f"{BASE}new/", new, name="new_poll"),
    path(f"{BASE}<int:pk>/", show, name="organise_poll"),
    path(f"{BASE}<int:pk>/choose/", choose, name="choose_hour"),
    path(f"{BASE}<int:pk>/mail/", mail, name="mail_poll"),
    path(f"{BASE}<int:pk>/close/", close, name="close_poll"),
]
