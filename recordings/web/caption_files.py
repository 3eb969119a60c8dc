"""Captions out in each form, at addresses that never change: /archive/<slug>/captions/<uuid>/captions.srt …"""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recordings.catalogue.models import Original, OriginalKind
from recordings.publishing.tombstones import tombstone_of
from recordings.transcripts.giving import FORMS, Form
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import CaptionError
from recordings.web.media import PRIVATE, PUBLIC, TEXT, find, gone
from seminars.people.visitors import Visitor

VERSION = 1
"""Of how the forms are written: raised when the same captions come out otherwise."""


def given_as(form: Form) -> Callable[..., HttpResponseBase]:
    """Return the view that gives captions in one form to whoever may see the recording."""

    @require_safe
    def give(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponseBase:
        visitor: Visitor = request.visitor  # type: ignore[attr-defined]  # put there by the middleware
        found = find(slug, uuid, visitor)
        if found is None or found[2] != OriginalKind.CAPTIONS:
            raise Http404
        original = found[1]
        if stone := tombstone_of(original.recording):
            return gone(stone, original.asset.sha256)
        etag = f'"{original.asset.sha256[:32]}-{form.name}-{VERSION}"'
        unchanged = get_conditional_response(request, etag=etag)
        return with_headers(
            unchanged or _written(original, form), original, form, etag, public=found[0].public
        )

    give.__module__ = __name__
    return give


def with_headers(
    response: HttpResponseBase, original: Original, form: Form, etag: str, *, public: bool
) -> HttpResponseBase:
    """Return the answer with what every answer about this file says. Text is never run, nor guessed at."""
    if response.status_code == 503:
        return response
    if response.status_code == 200:
        inline = form.media_type != "application/x-subrip"
        disposition = "inline" if inline else "attachment"
        response.headers["Content-Type"] = f"{form.media_type}; charset=utf-8"
        response.headers["Content-Disposition"] = f'{disposition}; filename="{name_of(original, form)}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = PUBLIC if public else PRIVATE
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def name_of(original: Original, form: Form) -> str:
    """Return under what name it is saved: `after-hours-44-captions-sv.srt`."""
    stem, _dot, ending = form.file.partition(".")
    return f"{'-'.join(part for part in (original.recording.slug, stem, original.language) if part)}.{ending}"


def _written(original: Original, form: Form) -> HttpResponse:
    try:
        return HttpResponse(form.give(cues(original, keep_lines=True)))
    except (CaptionError, OSError):
        return HttpResponse(_("The file cannot be read just now."), status=503, content_type=TEXT)


BASE = "archive/<slug:slug>/captions/<uuid:uuid>/"
urlpatterns = [
    path(BASE + form.file, given_as(form), name=f"captions_as_{name}") for name, form in FORMS.items()
]
