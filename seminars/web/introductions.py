"""Introductions: one's own, and the page behind the secret link by which each of the two answers, writes and stops."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seminars.access import member_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.directory.models import DirectoryEntry
from seminars.people.introducing import introducing
from seminars.people.introducing.models import Answer, Introduction, Note, Party
from seminars.web.forms.directory import NoteForm, ReportForm
from seminars.web.organise.gate import say_refusal, show_refusal
from seminars.web.secret_links import behind_link
from seminars.web.visitors import organises_in, visitor_of

MOST = 100


@dataclass(frozen=True)
class Row:
    """One of my introductions: my side, the other's name, and where it stands."""

    party: Party
    name: str
    state: str


@login_required
@never_cache
@require_safe
def introductions(request: HttpRequest, slug: str) -> HttpResponse:
    """My introductions and messages in this community, the latest first."""
    community = member_community_or_404(slug, visitor_of(request))
    mine = Introduction.objects.of_person(visitor_of(request)).filter(community=community)
    met = list(mine.with_parties()[:MOST])
    people = {side.person_id for each in met for side in each.parties.all()}
    listed = DirectoryEntry.objects.filter(membership__community=community, membership__person__in=people)
    entries = dict(listed.values_list("membership__person_id", "name"))
    rows = []
    for each in met:
        sides = list(each.parties.all())
        own = next(side for side in sides if side.person.user_id == visitor_of(request).user_id)
        other = next((side for side in sides if side.pk != own.pk), None)
        both = other is not None and other.said == own.said == Answer.YES
        known = both and each.met_at is not None
        named = known or (other is not None and other.person_id not in entries)
        name = (other.person.name if named else entries[other.person_id]) if other else ""
        name = name or _("A member")
        rows.append(Row(own, name, state_words(each, own, other, name)))
    context = {"community": community, "rows": rows, "organises_this": organises_in(request, community.pk)}
    return render(request, "seminars/introductions.html", context)


def shown_name(party: Party) -> str:
    """Return the name that the other one sees before both agreed, or "A member" for who leaves it out."""
    return introducing.name_of(party) or _("A member")


def state_words(meeting: Introduction, mine: Party, other: Party | None, name: str) -> str:
    """Say where an introduction stands, as one of the two sees it. Who said no is not told."""
    if other is None or meeting.ended_at:
        return _("Ended.") if meeting.met_at else _("It did not come about.")
    if mine.said == Answer.NONE:
        return _("Waits for your answer.")
    if other.said == Answer.NONE:
        return _("Waits for %(name)s.") % {"name": name}
    return _("You know each other.")


by_link = behind_link(lambda _request, token: introducing.opened(token))


@require_safe
@by_link
def introduction(request: HttpRequest, mine: Party) -> HttpResponse:
    """The question, or what was said since both agreed."""
    return show(request, mine)


def show(request: HttpRequest, mine: Party, *, status: int = 200, **given: Any) -> HttpResponse:
    """Return the page of one side. given: a form as it was sent in place of a fresh one."""
    meeting, other = mine.introduction, introducing.other_of(mine)
    known = bool(other and meeting.met_at and other.said == Answer.YES and mine.said == Answer.YES)
    name = other.person.name if other and known else shown_name(other) if other else _("A member")
    shares = bool(other and known and other.shares_address)
    context = {
        "community": meeting.community,
        "meeting": meeting,
        "mine": mine,
        "other": other,
        "known": known,
        "name": name,
        "about": introducing.entry_for(mine, other) if other else None,
        "state": state_words(meeting, mine, other, name),
        "asks": meeting.met_at is None and meeting.ended_at is None and mine.said == Answer.NONE,
        "open": meeting.met_at is not None and meeting.ended_at is None and other is not None,
        "address": address_of(other) if other and shares else "",
        "notes": introducing.thread_of(mine),
        "form": NoteForm(),
        "reporting": ReportForm(),
    }
    return render(request, "seminars/introduction.html", context | given, status=status)


def address_of(party: Party) -> str:
    """Return the address that somebody chose to share."""
    user = party.person.user
    return (user.email if user else "") or party.person.email


@require_POST
@by_link
def answer(request: HttpRequest, mine: Party) -> HttpResponse:
    """Yes or no to being introduced."""
    try:
        introducing.answer(party=mine, said=request.POST.get("said", ""), now=timezone.now())
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, _("Thank you."))
    return redirect("introduction", mine.token)


@require_POST
@by_link
def write(request: HttpRequest, mine: Party) -> HttpResponse:
    """A message to the other, passed on by mail."""
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            introducing.add_note(party=mine, text=form.cleaned_data["text"], now=timezone.now())
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Passed on."))
            return redirect("introduction", mine.token)
    return show(request, mine, status=422, form=form)


@require_POST
@by_link
def share(request: HttpRequest, mine: Party) -> HttpResponse:
    """Show the other my address, or hide it again."""
    introducing.share_address(party=mine, shares=request.POST.get("do") == "show")
    messages.success(request, _("Saved."))
    return redirect("introduction", mine.token)


@csrf_exempt  # a mail program posts here by itself when its reader presses "unsubscribe" (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def stop(request: HttpRequest, mine: Party) -> HttpResponse:
    """Nothing more from this person, when the button is pressed."""
    if request.method == "POST":
        introducing.stop(party=mine, now=timezone.now())
        mine = introducing.opened(mine.token)
    other = introducing.other_of(mine)
    context = {
        "community": mine.introduction.community,
        "mine": mine,
        "name": shown_name(other) if other else _("A member"),
    }
    return render(request, "seminars/stop_introduction.html", context)


@require_POST
@by_link
def report(request: HttpRequest, mine: Party, pk: int) -> HttpResponse:
    """Show a message of the other to the organisers; it ends the exchange, too."""
    form = ReportForm(request.POST)
    note = get_object_or_404(Note, pk=pk, writer__introduction=mine.introduction_id)
    if not form.is_valid() or note.writer_id == mine.pk:
        return show(request, mine, status=422, reporting=form)
    introducing.report(party=mine, note=note, why=form.cleaned_data["why"], now=timezone.now())
    messages.success(request, _("The organisers see this message now. Nothing more is passed on to you."))
    return redirect("introduction", mine.token)


urlpatterns = [
    path("communities/<slug:slug>/introductions/", introductions, name="introductions"),
    path("introductions/<str:token>/", introduction, name="introduction"),
    path("introductions/<str:token>/answer/", answer, name="answer_introduction"),
    path("introductions/<str:token>/write/", write, name="write_note"),
    path("introductions/<str:token>/share/", share, name="share_address"),
    path("introductions/<str:token>/stop/", stop, name="stop_introduction"),
    path("introductions/<str:token>/report/<int:pk>/", report, name="report_note"),
]
