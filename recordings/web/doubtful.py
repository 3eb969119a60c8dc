"""/organise/found/: files that machines found and could not place; a person says whose they are, or leaves them out."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recordings.catalogue import finding
from recordings.catalogue.models import Found, FoundState, OriginalKind
from recordings.catalogue.taking import CannotTake
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session, SessionQuerySet
from seminars.web.forms.inputs import LanguageChoice
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.visitors import visitor_of

A_PAGE, NEAREST = 20, 200


class SessionForm(forms.Form):
    """A session that the visitor may change, by its short name."""

    session = forms.CharField(
        label=gettext_lazy("Session"),
        widget=forms.TextInput(attrs={"list": "sessions", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Say of which session it is.")},
    )

    def __init__(self, *args: Any, visitor: Visitor, **named: Any) -> None:
        super().__init__(*args, **named)
        self.visitor = visitor

    def clean_session(self) -> Session:
        """The session of this short name, if the visitor may change it."""
        slug = self.cleaned_data["session"].strip()
        session = (
            Session.objects.organised_by(self.visitor).select_related("series").filter(slug=slug).first()
        )
        if session is None:
            raise forms.ValidationError(_("There is no session of this short name. Choose one of the list."))
        return session


class WhoseForm(SessionForm):
    """Whose a file is, and what."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=OriginalKind.choices)
    language = LanguageChoice(label=gettext_lazy("Language"))


def begun(visitor: Visitor) -> SessionQuerySet:
    """Return sessions to choose from: the latest that have begun, of those that the visitor may change."""
    rows = Session.objects.organised_by(visitor).filter(starts_at__lte=timezone.now())
    return rows.select_related("series").order_by("-starts_at", "pk")


def form_of(found: Found, visitor: Visitor) -> WhoseForm:
    """Return the form with what is known of the file."""
    session = found.session
    initial = {
        "session": session.slug if session else "",
        "kind": found.kind,
        "language": found.language or (session.language if session else "en"),
    }
    return WhoseForm(initial=initial, prefix=str(found.uuid), visitor=visitor)


def page(
    request: HttpRequest, *, sent: tuple[Found, WhoseForm] | None = None, status: int = 200
) -> HttpResponse:
    """Return the page; sent: a file whose form came back with mistakes."""
    visitor = visitor_of(request)
    rows = Found.objects.doubtful().decided_by(visitor).select_related("session", "community")
    shown = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    forms_ = [(found, form_of(found, visitor)) for found in shown if not sent or sent[0] != found]
    if (
        sent and sent[0].state == FoundState.DOUBTFUL
    ):  # first, whichever page it was on: its mistakes must be seen
        forms_.insert(0, sent)
    context = {"found": forms_, "shown": shown, "sessions": begun(visitor)[:NEAREST] if forms_ else []}
    return render(request, "recordings/organise_found.html", context, status=status)


@for_organisers
@require_safe
def found_files(request: HttpRequest) -> HttpResponse:
    """What waits for a person."""
    return page(request)


def found_or_404(request: HttpRequest, uuid: UUID) -> Found:
    """Return the file if the visitor decides about it. Raises Http404."""
    return get_object_or_404(Found.objects.decided_by(visitor_of(request)), uuid=uuid)


@for_organisers
@require_POST
def take_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the file to a session."""
    found = found_or_404(request, uuid)
    form = WhoseForm(request.POST, prefix=str(found.uuid), visitor=visitor_of(request))
    if not form.is_valid():
        return page(request, sent=(found, form), status=422)
    try:
        decided = finding.decide(
            found=found, now=timezone.now(), actor_id=actor(request), **form.cleaned_data
        )
    except CannotTake as wrong:
        form.add_error("session", str(wrong))
        return page(request, sent=(found, form), status=422)
    if decided:
        messages.success(request, _("The file is taken in. It appears on the session's files in a moment."))
    else:
        messages.info(request, _("Somebody has decided about it already."))
    return redirect("found_files")


@for_organisers
@require_POST
def leave_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Leave the file out."""
    found = found_or_404(request, uuid)
    if finding.leave(found=found, now=timezone.now(), actor_id=actor(request)):
        messages.success(request, _("The file is left out."))
    else:
        messages.info(request, _("Somebody has decided about it already."))
    return redirect("found_files")


urlpatterns = [
    path("organise/found/", found_files, name="found_files"),
    path("organise/found/<uuid:uuid>/take/", take_file, name="take_found"),
    path("organise/found/<uuid:uuid>/leave/", leave_file, name="leave_found"),
]
