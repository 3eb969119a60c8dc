"""A recording's place in the archive, for its organisers: its address; withdrawing it, and bringing it back.

Of what never was a session the administrators are the organisers: `alone`.
"""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recordings.catalogue.models import Decider, Recording
from recordings.preservation.events import events_of
from recordings.publishing import moving, releasing, returning
from recordings.publishing.tombstones import tombstone_of
from recordings.web.doubtful import NEAREST, begun
from recordings.web.files import BASE, session_of
from recordings.web.settling_forms import AddressForm, OwnWordsForm, PlaceForm, WithdrawForm
from seminars.changes.refusing import UserError
from seminars.web.organise.gate import actor, for_organisers, say_refusal
from seminars.web.organise.stale import Versions
from seminars.web.visitors import visitor_of


def recording_or_404(request: HttpRequest, slug: str, *, alone: bool) -> Recording:
    """Return the recording of the session `slug`, if this visitor may change it; else 404.

    alone: the recording `slug` that is of no session, which administrators may change.
    """
    rows = Recording.objects.select_related("session__series")
    if not alone:
        rows = rows.filter(session=session_of(request, slug))
    elif visitor_of(request).is_admin:
        rows = rows.filter(session=None, slug=slug)
    else:
        raise Http404
    recording = rows.first()
    if recording is None:
        raise Http404
    return recording


def desk_of(recording: Recording) -> str:
    """Return the address of the page where a recording is settled."""
    if recording.session:
        return reverse("session_kept", args=[recording.session.slug])
    return reverse("alone_kept", args=[recording.slug])


def office_of(request: HttpRequest) -> Decider:
    """Return in which office this visitor, who may change the recording, decides about it."""
    return Decider.ADMINISTRATOR if visitor_of(request).is_admin else Decider.ORGANISER


def page(
    request: HttpRequest,
    recording: Recording,
    *,
    status: int = 200,
    versions: Versions | None = None,
    **sent: forms.Form,
) -> HttpResponse:
    """Return the page, with forms as they were sent or fresh ones. sent: by the names in the template.

    versions: where somebody else changed its words meanwhile.
    """
    office, withdrawn = office_of(request), recording.withdrawn_at is not None
    fresh: dict[str, forms.Form] = {
        "address": AddressForm(initial={"slug": recording.slug}),
        "withdraw": WithdrawForm(),
    }
    if recording.session is None:
        fresh |= {"words": OwnWordsForm.of(recording), "place": PlaceForm(visitor=visitor_of(request))}
    context = {
        **fresh,
        **sent,
        "sessions": [] if recording.session else begun(visitor_of(request)).filter(archived=None)[:NEAREST],
        "session": recording.session,
        "recording": recording,
        "desk": desk_of(recording),
        "stone": tombstone_of(recording),
        "versions": versions,
        "may_withdraw": recording.published_at and releasing.may_withdraw(recording, by=office),
        "hindrance": returning.hindrance(recording, by=office) if withdrawn else "",
        "former": list(recording.former_addresses.values_list("slug", flat=True)),
        "events": events_of(recording),
    }
    return render(request, "recordings/organise_kept.html", context, status=status)


@for_organisers
@require_safe
def kept(request: HttpRequest, slug: str, *, alone: bool = False) -> HttpResponse:
    """Show where a recording is in the archive and what happened to it."""
    return page(request, recording_or_404(request, slug, alone=alone))


@for_organisers
@require_POST
def move(request: HttpRequest, slug: str, *, alone: bool = False) -> HttpResponse:
    """Give a recording another address."""
    recording = recording_or_404(request, slug, alone=alone)
    form = AddressForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["slug"].strip().strip("/").lower()
        try:
            moved = moving.move(recording=recording, slug=wanted, now=timezone.now(), actor_id=actor(request))
        except moving.CannotMove as wrong:
            form.add_error("slug", str(wrong))
    if not form.is_valid():
        return page(request, recording, address=form, status=422)
    messages.success(request, _("The recording has its new address. The earlier one leads there."))
    return redirect(desk_of(moved))


@for_organisers
@require_POST
def withdraw(request: HttpRequest, slug: str, *, alone: bool = False) -> HttpResponse:
    """Take a recording back: its addresses say why from now on."""
    recording = recording_or_404(request, slug, alone=alone)
    if recording.published_at is None:
        raise Http404
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return page(request, recording, withdraw=form, status=422)
    releasing.withdraw(
        recording=recording,
        reason=form.cleaned_data["reason"],
        now=timezone.now(),
        actor_id=actor(request),
        by=office_of(request),
    )
    messages.success(request, _("The recording is withdrawn. Its addresses say why."))
    return redirect(desk_of(recording))


@for_organisers
@require_POST
def bring_back(request: HttpRequest, slug: str, *, alone: bool = False) -> HttpResponse:
    """Give back what was withdrawn."""
    recording = recording_or_404(request, slug, alone=alone)
    by = office_of(request)
    try:
        returning.bring_back(recording=recording, now=timezone.now(), actor_id=actor(request), by=by)
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, _("The recording is back at all its addresses."))
    return redirect(desk_of(recording))


def paths(base: str, page_name: str, what: str, **given: bool) -> list[URLPattern]:
    """Return the addresses of the page at `base`, and of what it sends. what: the end of their names."""
    return [
        path(base, kept, given, name=page_name),
        path(f"{base}address/", move, given, name=f"move_{what}"),
        path(f"{base}withdraw/", withdraw, given, name=f"withdraw_{what}"),
        path(f"{base}return/", bring_back, given, name=f"bring_back_{what}"),
    ]


ALONE = "organise/archive/recordings/"
urlpatterns = [
    *paths(f"{BASE}archive/", "session_kept", "recording"),
    *paths(f"{ALONE}<slug:slug>/", "alone_kept", "alone", alone=True),
]
