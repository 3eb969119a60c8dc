"""The rooms of a community: list, add, change with what follows, no longer offer."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.series.rooms import keeping
from seminars.series.rooms.models import Room
from seminars.sessions.rehousing import RoomStale, change_room, reach_of
from seminars.web.forms.rooms import RoomForm
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.organise.stale import Versions, again, versions_since
from seminars.web.visitors import visitor_of

ELSEWHERE = {"latitude": "position", "longitude": "position"}


@for_organisers
@require_safe
def rooms(request: HttpRequest, slug: str) -> HttpResponse:
    """List the community's rooms, those that are no longer offered last."""
    community = organised_community_or_404(slug, visitor_of(request))
    coming = Q(sessions__ends_at__gt=timezone.now(), sessions__withdrawn_at=None)
    found = community.rooms.annotate(coming=Count("sessions", filter=coming))
    listed = sorted(found.order_by("name", "id"), key=lambda room: room.closed_at is not None)
    return render(request, "seminars/organise/rooms.html", {"community": community, "rooms": listed})


@for_organisers
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a room."""
    community = organised_community_or_404(slug, visitor_of(request))
    form = RoomForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            keeping.add_room(
                community=community, now=timezone.now(), actor_id=actor(request), **form.columns()
            )
        except UserError as refused:
            show_refusal(form, refused, ELSEWHERE)
        else:
            messages.success(request, _("Added. Series and sessions can choose it now."))
            return redirect("rooms", slug)
    return _page(request, community, form, None)


@for_organisers
def edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change a room; sessions to come that use it follow, and the page says how many before it is saved."""
    room = _room_or_404(request, slug, number)
    if request.method != "POST":
        return _page(request, room.community, RoomForm(initial=RoomForm.initial_of(room)), room)
    form = RoomForm(request.POST)
    if not form.is_valid():
        return _page(request, room.community, form, room)
    now, seen = timezone.now(), form.cleaned_data["seen"]
    reach = reach_of(room, now=now)
    try:
        changed = change_room(room=room, seen=seen, now=now, actor_id=actor(request), **form.columns())
    except RoomStale as stale:
        there = RoomForm.initial_of(stale.current)
        versions = versions_since(f"room:{room.uuid}", stale.current.revision, seen, form, there)
        again(form, stale.current.revision)
        return _page(request, room.community, form, stale.current, versions)
    except UserError as refused:
        show_refusal(form, refused, ELSEWHERE)
        return _page(request, room.community, form, room)
    messages.success(request, _saved(room, changed, reach.sessions))
    return redirect("rooms", slug)


def _saved(room: Room, changed: Room, sessions: int) -> str:
    moved = (room.label, room.position) != (changed.label, changed.position)
    if not moved or not sessions:
        return _("Saved.")
    words = ngettext(
        "Saved. %(n)d session to come says it too.", "Saved. %(n)d sessions to come say it too.", sessions
    )
    return words % {"n": sessions}


@for_organisers
@require_POST
def offer(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Offer a room for new sessions, or no longer."""
    room = _room_or_404(request, slug, number)
    offered = request.POST.get("offered") == "yes"
    try:
        keeping.set_offered(room=room, offered=offered, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
    else:
        words = _("It is offered again.") if offered else _("It is no longer offered. What is there stays.")
        messages.success(request, words)
    return redirect("rooms", slug)


def _room_or_404(request: HttpRequest, slug: str, number: int) -> Room:
    community = organised_community_or_404(slug, visitor_of(request))
    return get_object_or_404(Room.objects.select_related("community"), community=community, pk=number)


def _page(
    request: HttpRequest,
    community: Community,
    form: RoomForm,
    room: Room | None,
    versions: Versions | None = None,
) -> HttpResponse:
    context = {"community": community, "form": form, "room": room, "versions": versions}
    context["reach"] = reach_of(room, now=timezone.now()) if room else None
    status = 409 if versions else 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/room.html", context, status=status)


urlpatterns = [
    path("organise/communities/<slug:slug>/rooms/", rooms, name="rooms"),
    path("organise/communities/<slug:slug>/rooms/add/", add, name="add_room"),
    path("organise/communities/<slug:slug>/rooms/<int:number>/", edit, name="edit_room"),
    path("organise/communities/<slug:slug>/rooms/<int:number>/offer/", offer, name="offer_room"),
]
