"""/archive/<slug>/cite/: how to cite a recording, on which terms to use it, its files in all their versions."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from recordings.catalogue.addresses import original_path
from recordings.catalogue.licences import terms_of
from recordings.catalogue.models import Original, Recording
from recordings.catalogue.standing import stands
from recordings.preservation import citations
from recordings.preservation.describing import describe
from recordings.web.embedding import embed_code, within_frame
from recordings.web.looking import is_public, of_one_that_stands
from seminars.people.visitors import Visitor

SHORT = 12  # of the 64 digits of a checksum: enough to tell two files apart by eye


@dataclass(frozen=True)
class Version:
    """A file as it came. replaced: whether a later one took its place; its address goes on answering."""

    original: Original
    href: str
    replaced: bool

    @property
    def checksum(self) -> str:
        """The first digits of its SHA-256."""
        return str(self.original.asset.sha256[:SHORT])


@require_safe
@of_one_that_stands
def cite(request: HttpRequest, recording: Recording) -> HttpResponse:
    """Show the reference in each form, the licence, the files with their checksums, and how to show it elsewhere."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]  # put there by the middleware
    description = describe(recording, visitor=visitor)
    context: dict[str, Any] = {
        "recording": recording,
        "description": description,
        "session": recording.session,
        "reference": citations.plain(description),
        "bibtex": citations.bibtex(description),
        "terms": terms_of(description.licence),
        "versions": versions_of(recording),
        "made": [each for each in description.formats if not each.is_original],
        "embed": "",
    }
    if is_public(recording) and description.type in {"MovingImage", "Sound"}:
        context["embed"] = embed_code(recording, citations.title_of(description), *within_frame(description))
    return render(request, "recordings/cite.html", context)


@require_safe
@of_one_that_stands
def cite_file(request: HttpRequest, recording: Recording, form: str) -> HttpResponse:
    """Give the reference as a file for a reference manager."""
    visitor: Visitor = request.visitor  # type: ignore[attr-defined]
    body = citations.cited(describe(recording, visitor=visitor), form)
    answer = HttpResponse(body, content_type=citations.TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{recording.slug}.{form}"'
    return answer


def versions_of(recording: Recording) -> list[Version]:
    """Return its files by kind and language, the latest first. One query.

    A file that was taken off, with none in its place, was a mistake: it is not listed, and its address still answers.
    """
    rows = list(recording.originals.select_related("asset").order_by("kind", "language", "-added_at", "-pk"))
    return [
        Version(each, original_path(recording, each), each.superseded_at is not None)
        for each in rows
        if stands(each, rows)
    ]


urlpatterns = [
    path("archive/<slug:slug>/cite/", cite, name="cite"),
    *(
        path(f"archive/<slug:slug>/cite.{form}", cite_file, {"form": form}, name=f"cite_{form}")
        for form in citations.TYPES
    ),
]
