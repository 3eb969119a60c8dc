"""Verification shown in public: when each file was last read, its hash and copies; of one recording, and of all."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from recordings.catalogue.models import Recording
from recordings.preservation.events import Happening, events_of
from recordings.preservation.fixity.telling import Figures, FileFacts, facts_of, figures_of
from recordings.publishing.tombstones import tombstone_of
from recordings.web.looking import recording_or_404
from seminars.calendars.wording import address as whole
from seminars.web.visitors import visitor_of


@require_safe
def recording_verification(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the files of a recording with their hashes, when each was last read, and what happened to them."""
    recording = recording_or_404(request, slug)
    files = facts_of(recording)
    shown = [each for each in files if each.kind != "slide"]
    pages = [each for each in files if each.kind == "slide"]
    context = {
        "recording": recording,
        "files": shown,
        "pages": pages,
        "pages_oldest": min((each.asset.verified_at for each in pages), default=None),
        "damaged": [each for each in files if each.asset.damaged_at],
        "events": events_of(recording),
        "stone": tombstone_of(recording),
    }
    return render(request, "recordings/verification.html", context)


@require_safe
def recording_verification_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Say the same as JSON."""
    recording = recording_or_404(request, slug)
    stone = tombstone_of(recording)
    body = {
        "recording": recording.slug,
        "title": recording.session.heading if recording.session else recording.title,
        "page": whole(reverse("archive_item", args=[recording.slug])),
        "withdrawn_at": stone.at.isoformat() if stone else None,
        "files": [told(each) for each in facts_of(recording)],
        "events": [happened(each) for each in events_of(recording)],
    }
    return JsonResponse(body)


def told(file: FileFacts) -> dict[str, Any]:
    """Return one file as JSON values."""
    return {
        "name": file.name,
        "kind": file.kind,
        "address": whole(file.href) if file.href else None,
        "media_type": file.asset.media_type,
        "size": file.asset.size,
        "sha256": file.asset.sha256,
        "kept_at": file.asset.kept_at.isoformat(),
        "verified_at": None if file.asset.absent else file.asset.verified_at.isoformat(),
        "damaged_at": moment(file.asset.damaged_at),
        "copies": file.copies,
        "copy_verified_at": moment(file.copied_at),
        "current": file.current,
        "made_from_another": file.made,
    }


def happened(event: Happening) -> dict[str, Any]:
    """Return one event as JSON values."""
    return {"kind": event.kind.value, "at": event.at.isoformat(), "facts": event.facts}


def moment(at: datetime | None) -> str | None:
    """Return a moment as text, None for none."""
    return at.isoformat() if at else None


def figures(request: HttpRequest) -> Figures:
    """Return the figures of what this visitor may see."""
    seen = Recording.objects.published().visible_to(visitor_of(request))
    return figures_of(seen, now=timezone.now())


@require_safe
def archive_verification(request: HttpRequest) -> HttpResponse:
    """Show how the files of the archive are, all together."""
    return render(request, "recordings/archive_verification.html", {"figures": figures(request)})


@require_safe
def archive_verification_json(request: HttpRequest) -> HttpResponse:
    """Say the same as JSON."""
    found = figures(request)
    body = {
        "files": found.files,
        "bytes": found.bytes,
        "verified_within_90_days": found.fresh,
        "oldest_verification": moment(found.oldest),
        "with_second_copy": found.copied,
        "damaged": found.damaged,
        "repaired_this_year": found.repaired,
        "recordings_with_damage": [
            whole(reverse("recording_verification", args=[each.slug])) for each in found.recordings
        ],
    }
    return JsonResponse(body)


urlpatterns = [
    path("archive/verification/", archive_verification, name="archive_verification"),
    path("archive/verification.json", archive_verification_json, name="archive_verification_json"),
    path("archive/<slug:slug>/verification/", recording_verification, name="recording_verification"),
    path(
        "archive/<slug:slug>/verification.json",
        recording_verification_json,
        name="recording_verification_json",
    ),
]
