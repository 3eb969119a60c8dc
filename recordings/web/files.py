"""Files of a session, for its organisers: upload, paste an address, see how far everything is, try again, remove."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recordings.catalogue import arriving
from recordings.catalogue.models import Arrival, Origin, Original, OriginalKind
from recordings.providers import linking
from recordings.publishing import releasing
from recordings.transcripts.converting import as_vtt
from recordings.web.panel import panel_of
from seminars.access import organised_session_or_404
from seminars.sessions.models import Session
from seminars.sessions.speaking.stages import refusing
from seminars.templatetags.meridian import size
from seminars.web.forms.inputs import LanguageChoice
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.visitors import visitor_of

SOURCES = [
    (Origin.HUMAN.value, gettext_lazy("People wrote or checked them")),
    (Origin.AUTOMATIC.value, gettext_lazy("Automatic: a machine wrote them, nobody checked")),
]
"""Where captions come from, for who brings them."""


class WhatForm(forms.Form):
    """What a file is."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"), choices=OriginalKind.choices, initial=OriginalKind.VIDEO
    )
    language = LanguageChoice(label=gettext_lazy("Language"))
    origin = forms.ChoiceField(
        label=gettext_lazy("Where the captions come from"),
        choices=SOURCES,
        initial=Origin.HUMAN,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_origin(self) -> str:
        """Captions are people's unless somebody says otherwise; of other files it is not asked."""
        is_captions = self.cleaned_data.get("kind") == OriginalKind.CAPTIONS
        return (self.cleaned_data["origin"] if is_captions else "") or Origin.HUMAN.value


class UploadForm(WhatForm):
    """A file from the organiser's own disk."""

    prefix = "upload"
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "missing": gettext_lazy("Choose a file."),
            "invalid": gettext_lazy("The file did not arrive. Choose it again."),
        },
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        kinds = _(
            "Videos as MP4, MOV, WebM or MKV; sound as MP3, M4A, OGG or WAV; slides as PDF or PPTX, papers as PDF; "
            "captions as WebVTT or SRT. At most %(limit)s."
        )
        self.fields["file"].help_text = kinds % {"limit": size(settings.MAX_FILE_BYTES)}


class FetchForm(WhatForm):
    """A file that lies somewhere on the web."""

    prefix = "fetch"
    url = forms.CharField(
        label=gettext_lazy("Address of the file"),
        max_length=1000,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages={"required": gettext_lazy("Paste the address of a file.")},
        help_text=gettext_lazy(
            "Of the file itself, open to everybody: it is copied here, and you can leave this page. Or of the "
            "video's page at YouTube, Vimeo, PeerTube or Zoom: it is linked until you upload the file."
        ),
    )


def session_of(request: HttpRequest, slug: str) -> Session:
    """Return the session `slug` if this visitor may change it; else 404."""
    return organised_session_or_404(slug, visitor_of(request))


def page(
    request: HttpRequest,
    session: Session,
    *,
    upload: UploadForm | None = None,
    fetch: FetchForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page, with forms as they were sent or fresh ones."""
    initial = {"language": session.language}
    if request.GET.get("kind") in OriginalKind.values:
        initial["kind"] = request.GET["kind"]
    context = {
        "session": session,
        "panel": panel_of(session, now=timezone.now()),
        "upload": upload or UploadForm(initial=initial),
        "fetch": fetch or FetchForm(initial=initial),
        "limit": settings.MAX_FILE_BYTES,
        "too_large": too_large(),
        "refusing": refusing(session),
    }
    return render(request, "recordings/organise_files.html", context, status=status)


def set_aside() -> str:
    """Return what to say of automatic captions where there are better ones."""
    return _(
        "The file is kept, but not shown: people wrote or corrected the captions in this language that are here."
    )


def too_large() -> str:
    """Return what to say of a file above the limit."""
    words = _("The file is too large. At most %(limit)s are taken here.")
    return words % {"limit": size(settings.MAX_FILE_BYTES)}


@for_organisers
@require_safe
def session_files(request: HttpRequest, slug: str) -> HttpResponse:
    """The files of a session."""
    return page(request, session_of(request, slug))


@for_organisers
@require_safe
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of the page that changes by itself; htmx asks for it every two seconds while it does."""
    session = session_of(request, slug)
    context = {"session": session, "panel": panel_of(session, now=timezone.now())}
    return render(request, "recordings/organise_files_panel.html", context)


@for_organisers
@require_POST
def upload_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Take in an uploaded file; what is wrong with it stands beside its field."""
    session, now = session_of(request, slug), timezone.now()
    form = UploadForm(request.POST, request.FILES)
    if getattr(request, "too_large", False):
        form.is_valid()
        form.errors.pop("file", None)
        form.add_error("file", too_large())
    if not form.is_valid():
        return page(request, session, upload=form, status=422)
    try:
        taken = arriving.take_upload(
            session=session,
            kind=form.cleaned_data["kind"],
            uploaded=form.cleaned_data["file"],
            language=form.cleaned_data["language"],
            now=now,
            actor_id=actor(request),
            read_captions=as_vtt,
            origin=form.cleaned_data["origin"],
        )
    except arriving.CannotTake as wrong:
        form.add_error("file", str(wrong))
        return page(request, session, upload=form, status=422)
    releasing.release(recording=taken.original.recording, now=now, actor_id=actor(request))
    if taken.again:
        messages.info(request, _("This file is here already. Nothing was added."))
    elif taken.aside:
        messages.warning(request, set_aside())
    else:
        messages.success(request, _("The file is kept. What can be made of it follows by itself."))
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        # A script would follow a redirect unseen, and the message would be spent on it.
        return HttpResponse(status=201, headers={"Location": reverse("session_files", args=[slug])})
    return redirect("session_files", slug)


@for_organisers
@require_POST
def fetch_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Have a file fetched from its address."""
    session = session_of(request, slug)
    form = FetchForm(request.POST)
    if form.is_valid():
        try:
            told = _fetch_or_link(session, form.cleaned_data, actor(request))
        except arriving.CannotTake as wrong:
            form.add_error("url", str(wrong))
    if not form.is_valid():
        return page(request, session, fetch=form, status=422)
    messages.success(request, told)
    return redirect("session_files", slug)


def _fetch_or_link(session: Session, given: dict[str, str], actor_id: int | None) -> str:
    """Fetch a file; a known page of a video is linked until a copy is here. What to say. Raises CannotTake."""
    url, language, now = given["url"].strip(), given["language"], timezone.now()
    if given["kind"] == OriginalKind.VIDEO and linking.video_at(url):
        linking.link(session=session, url=url, language=language, now=now, actor_id=actor_id)
        return _(
            "The page is linked until a copy is here. Upload the file as well: the archive keeps its own copy."
        )
    arriving.ask_fetch(
        session=session,
        kind=given["kind"],
        url=url,
        language=language,
        now=now,
        actor_id=actor_id,
        origin=given["origin"],
    )
    return _("The file is being fetched.")


@for_organisers
@require_POST
def remove_arrival(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Forget an address that was pasted, with the part of the file that came."""
    session = session_of(request, slug)
    arrival = get_object_or_404(Arrival, uuid=uuid, recording__session=session)
    if arriving.remove(arrival=arrival):
        messages.success(request, _("The address is removed."))
    else:
        messages.error(request, _("The file has arrived meanwhile and is kept."))
    return redirect("session_files", slug)


@for_organisers
@require_POST
def retire_file(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Take a file off the pages that was a mistake."""
    session = session_of(request, slug)
    original = get_object_or_404(Original, uuid=uuid, recording__session=session)
    releasing.retire(original=original, now=timezone.now(), actor_id=actor(request))
    messages.success(request, _("No page shows the file any more."))
    return redirect("session_files", slug)


BASE = "organise/sessions/<slug:slug>/files/"
urlpatterns = [
    path(BASE, session_files, name="session_files"),
    path(f"{BASE}progress/", progress, name="session_files_progress"),
    path(f"{BASE}upload/", upload_file, name="upload_file"),
    path(f"{BASE}fetch/", fetch_file, name="fetch_file"),
    path(f"{BASE}arrivals/<uuid:uuid>/remove/", remove_arrival, name="remove_arrival"),
    path(f"{BASE}<uuid:uuid>/retire/", retire_file, name="retire_file"),
]
