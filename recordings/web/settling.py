"""A recording's place in the archive, for its organisers: its address, and taking it back for good."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recordings.catalogue.models import Decider, Recording
from recordings.preservation.events import events_of
from recordings.publishing import moving, releasing
from recordings.publishing.tombstones import tombstone_of
from recordings.web.files import BASE, session_of
from seminars.sessions.models import Session
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.visitors import visitor_of


class AddressForm(forms.Form):
    """The last part of a recording's address."""

    slug = forms.CharField(
        label=gettext_lazy("Address in the archive"),
        max_length=60,
        error_messages={"required": gettext_lazy("Write the last part of the address.")},
        help_text=gettext_lazy(
            "The earlier address goes on leading here, for ever. No other recording gets it."
        ),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )


class WithdrawForm(forms.Form):
    """Why a recording goes."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it withdrawn?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why: it is read at every address of the recording.")},
        help_text=gettext_lazy("Everybody reads this where the recording was."),
    )


def recording_or_404(request: HttpRequest, slug: str) -> tuple[Session, Recording]:
    """Return the session `slug` and its recording, if this visitor may change them; else 404."""
    session = session_of(request, slug)
    recording = Recording.objects.select_related("session__series").filter(session=session).first()
    if recording is None:
        raise Http404
    return session, recording


def page(
    request: HttpRequest,
    slug: str,
    *,
    address: AddressForm | None = None,
    withdraw: WithdrawForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page, with forms as they were sent or fresh ones."""
    session, recording = recording_or_404(request, slug)
    context = {
        "session": session,
        "recording": recording,
        "stone": tombstone_of(recording),
        "address": address or AddressForm(initial={"slug": recording.slug}),
        "withdraw": withdraw or WithdrawForm(),
        "former": list(recording.former_addresses.values_list("slug", flat=True)),
        "events": events_of(recording),
    }
    return render(request, "recordings/organise_kept.html", context, status=status)


@for_organisers
@require_safe
def session_kept(request: HttpRequest, slug: str) -> HttpResponse:
    """Show where a session's recording is in the archive and what happened to it."""
    return page(request, slug)


@for_organisers
@require_POST
def move_recording(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a recording another address."""
    _session, recording = recording_or_404(request, slug)
    form = AddressForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["slug"].strip().strip("/").lower()
        try:
            moving.move(recording=recording, slug=wanted, now=timezone.now(), actor_id=actor(request))
        except moving.CannotMove as wrong:
            form.add_error("slug", str(wrong))
    if not form.is_valid():
        return page(request, slug, address=form, status=422)
    messages.success(request, _("The recording has its new address. The earlier one leads there."))
    return redirect("session_kept", slug)


@for_organisers
@require_POST
def withdraw_recording(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a recording back: its addresses say why from now on."""
    _session, recording = recording_or_404(request, slug)
    if recording.published_at is None:
        raise Http404
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return page(request, slug, withdraw=form, status=422)
    by = Decider.ADMINISTRATOR if visitor_of(request).is_admin else Decider.ORGANISER
    releasing.withdraw(
        recording=recording,
        reason=form.cleaned_data["reason"],
        now=timezone.now(),
        actor_id=actor(request),
        by=by,
    )
    messages.success(request, _("The recording is withdrawn. Its addresses say why."))
    return redirect("session_kept", slug)


urlpatterns = [
    path(f"{BASE}archive/", session_kept, name="session_kept"),
    path(f"{BASE}archive/address/", move_recording, name="move_recording"),
    path(f"{BASE}archive/withdraw/", withdraw_recording, name="withdraw_recording"),
]
