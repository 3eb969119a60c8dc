"""One session, everything about it; its words, links, audience and speakers."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_session_or_404
from seminars.changes.recording import history
from seminars.changes.refusing import UserError
from seminars.followups.opening import is_to_open
from seminars.people.joining import person_with
from seminars.people.models import Person
from seminars.series.suiting import moved_words
from seminars.sessions import moving
from seminars.sessions.models import LawChange, Precision, Session, Speaker
from seminars.sessions.revising import Stale, subject_of
from seminars.sessions.speakers import set_speakers
from seminars.sessions.speaking.stages import refusing, stages_of
from seminars.sessions.swapping import swappable
from seminars.web.forms.sessions import EditForm, NamedForm, SpeakerForm
from seminars.web.forms.ways import rooms_for
from seminars.web.listing import rows_of
from seminars.web.numbers import row_numbers
from seminars.web.organise.checklist import items_with_forms
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.organise.history import told
from seminars.web.organise.stale import Versions, again, versions_of
from seminars.web.organise.undoing import offer
from seminars.web.visitors import organises_in, visitor_of

SHOWN_CHANGES = 30
OFFERED = 100


def session_of(request: HttpRequest, slug: str) -> Session:
    """Return the session `slug` if this visitor may change it; else 404."""
    return organised_session_or_404(slug, visitor_of(request))


@for_organisers
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The session's page for those who run it."""
    session, now = session_of(request, slug), timezone.now()
    row = rows_of([session], now)[0]
    changes = history(subject=subject_of(session))
    visitor, community = visitor_of(request), session.series.community
    items, over = items_with_forms(session, visitor), is_over(session, now)
    context = {
        "now": now,
        "session": session,
        "community": community,
        "row": row,
        "over": over,
        "opens": over and not items and is_to_open(session),
        "can": what_can_be_done(session, now) | {"paper": over and organises_in(request, community.pk)},
        "new_laws": LawChange.objects.filter(session=session).undecided().standing(now=now).exists(),
        "items": items,
        "parts": session.parts.count(),
        "echoes": list(session.echoes.select_related("series").order_by("starts_at", "id")),
        "stages": stages_of(session, session.speakers.all()),
        "refusing": refusing(session),
        "invited": list(session.named.order_by("name")),
        "changes": [told(change) for change in changes[:SHOWN_CHANGES]],
        "more_changes": max(0, len(changes) - SHOWN_CHANGES),
        "undo": offer(session.series, now, session),
        "moved_by_rule": moved_words(
            session.ruled, session.local_date, get_language() or "en", open_names=True
        ),
    }
    return render(request, "seminars/organise/session.html", context)


def is_over(session: Session, now: datetime) -> bool:
    """Whether it has ended, by the clock or by its host."""
    over_at = session.closed_at or session.ends_at
    return bool(over_at and over_at <= now)


def what_can_be_done(session: Session, now: datetime) -> dict[str, bool]:
    """Which buttons make sense now; the verbs decide again when one is pressed."""
    over, off = is_over(session, now), bool(session.cancelled_at)
    under_way = bool(session.starts_at and session.starts_at <= now)
    return {
        "move": not off and (not over or bool(session.postponed_at)),
        "swap": swappable(session, now),
        "postpone": not off and not over and not session.postponed_at,
        "cancel": not off and (not over or bool(session.postponed_at)),
        "reinstate": not over and bool(session.cancelled_at or session.postponed_at),
        "programme": not off and not session.within_id and not session.lead_id and bool(session.starts_at),
        "repeat": not (off or over or session.postponed_at or session.lead_id or session.all_day)
        and session.precision == Precision.DAY
        and bool(session.starts_at),
        "close": under_way and not over and not off and not session.postponed_at,
    }


@for_organisers
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change words, links, room and audience."""
    session = session_of(request, slug)
    rooms = rooms_for(session, session.series.community_id)
    offered: dict[str, Any] = {"languages": EditForm.languages_of(session), "rooms": rooms}
    offered["cohorts"] = [session.series.cohort] if session.series.cohort else []
    if request.method != "POST":
        return edit_page(request, session, EditForm(initial=EditForm.initial_of(session), **offered))
    form = EditForm(request.POST, **offered)
    if not form.is_valid():
        return edit_page(request, session, form)
    try:
        moving.edit(
            session=session,
            now=timezone.now(),
            actor_id=actor(request),
            seen=form.cleaned_data["seen"],
            **form.arguments(),
        )
    except Stale as stale:
        versions = versions_of(
            stale.current, form.cleaned_data["seen"], form, EditForm.initial_of(stale.current)
        )
        again(form, stale.current.revision)
        return edit_page(request, stale.current, form, versions)
    except UserError as refused:
        language = session.language
        show_refusal(form, refused, {name: f"{name}_{language}" for name in ("title", "abstract")})
        return edit_page(request, session, form)
    messages.success(request, _("Saved. Calendars show it when they read the feed again."))
    return redirect("organise_session", slug)


def edit_page(
    request: HttpRequest, session: Session, form: EditForm, versions: Versions | None = None
) -> HttpResponse:
    """Return the form with what was typed; 400 with mistakes, 409 with another version in the way."""
    context = {"session": session, "community": session.series.community, "form": form, "versions": versions}
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/edit_session.html", context, status=status)


@for_organisers
def named(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose who is invited to a session that only invited people see; `?q=` finds members of a large community."""
    session = session_of(request, slug)
    invited = [person.pk for person in session.named.all()]
    allowed = Q(memberships__community=session.series.community) | Q(pk__in=invited)
    people = Person.objects.filter(allowed).distinct().order_by("name", "id")
    wanted = request.GET.get("q", "").strip()
    found = people.filter(name__icontains=wanted) if wanted else people
    shown = {*invited, *found.values_list("pk", flat=True)[:OFFERED]}
    versions, status = None, 200
    if request.method == "POST":
        form = NamedForm(request.POST, members=people)
        if form.is_valid():
            try:
                return _invite(request, session, form)
            except Stale as stale:
                there = {"persons": list(stale.current.named.values_list("pk", flat=True))}
                versions = versions_of(stale.current, form.cleaned_data["seen"], form, there)
                again(form, stale.current.revision)
            except UserError as refused:  # such as more people than the room holds
                show_refusal(form, refused)
        status = 409 if versions else 400
        shown |= set(row_numbers(request.POST.getlist("persons")))
        form.offer(people.filter(pk__in=shown))
    else:
        form = NamedForm(initial={"persons": invited, "seen": session.revision}, members=people)
        form.offer(people.filter(pk__in=shown))
    context = {"session": session, "community": session.series.community, "form": form, "versions": versions}
    context |= {"wanted": wanted, "hidden": people.count() - len(shown)}
    return render(request, "seminars/organise/named.html", context, status=status)


def _invite(request: HttpRequest, session: Session, form: NamedForm) -> HttpResponse:
    data = form.cleaned_data
    moving.set_named(
        session=session,
        persons=data["persons"],
        now=timezone.now(),
        actor_id=actor(request),
        seen=data["seen"],
    )
    messages.success(request, _("Saved. The session is in the personal calendar of those who are invited."))
    return redirect("organise_session", session.slug)


@for_organisers
def add_speaker(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a person who appears at the session."""
    session = session_of(request, slug)
    form = SpeakerForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            person = person_for(session, data["name"], data["email"])
            listed = [*_listed(session), (person, data["role"], data["affiliation"])]
            return _set_speakers(request, session, listed)
        status = 400
    known = Person.objects.filter(known_to(session)).distinct().order_by("name")[:200]
    context = {"session": session, "community": session.series.community, "form": form, "known": known}
    return render(request, "seminars/organise/speaker.html", context, status=status)


@for_organisers
@require_POST
def remove_speaker(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a person off the session's list."""
    session = session_of(request, slug)
    gone = get_object_or_404(Speaker, pk=number, session=session)
    listed = [each for each in _listed(session) if (each[0].pk, each[1]) != (gone.person_id, gone.role)]
    return _set_speakers(request, session, listed)


def person_for(session: Session, name: str, email: str) -> Person:
    """Return who is meant: by address, else by name among those this community knows, else a new person."""
    if email:
        return person_with(email=email, name=name)
    found = Person.objects.filter(known_to(session), name__iexact=name.strip()).order_by("id").first()
    return found or Person.objects.create(name=name.strip())


def known_to(session: Session) -> Q:
    """Return whom the session's community knows: its members, and who appeared in it."""
    community = session.series.community_id
    return Q(memberships__community=community) | Q(appearances__session__series__community=community)


def _listed(session: Session) -> list[tuple[Person, str, str]]:
    found = session.speakers.select_related("person")
    return [(each.person, each.role, each.affiliation) for each in found]


def _set_speakers(
    request: HttpRequest, session: Session, listed: list[tuple[Person, str, str]]
) -> HttpResponse:
    try:
        set_speakers(session=session, speakers=listed, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
    except Stale:
        messages.error(request, _("Somebody else changed this session just now. Look at it, and try again."))
    return redirect("organise_session", session.slug)


urlpatterns = [
    path("organise/sessions/<slug:slug>/", show, name="organise_session"),
    path("organise/sessions/<slug:slug>/edit/", edit, name="edit_session"),
    path("organise/sessions/<slug:slug>/invited/", named, name="invite"),
    path("organise/sessions/<slug:slug>/speakers/add/", add_speaker, name="add_speaker"),
    path(
        "organise/sessions/<slug:slug>/speakers/<int:number>/remove/", remove_speaker, name="remove_speaker"
    ),
]
