"""Which recording an address of the archive means, for whoever asks."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from recordings.catalogue.models import Recording
from recordings.publishing.tombstones import tombstone_of
from recordings.web.media import gone
from seminars.people.models import Joining
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Audience
from seminars.sessions.models import Session


def recording_or_404(request: HttpRequest, slug: str, *, for_everybody: bool = False) -> Recording:
    """Return the recording with this short name, with session, series and community. Raises Http404.

    It must be out, or the visitor plan it. for_everybody: only what everybody may see, whoever asks: what is shown
    within other sites must not depend on who looks.
    """
    visitor: Visitor = NOBODY if for_everybody else request.visitor  # type: ignore[attr-defined]
    rows = Recording.objects.visible_to(visitor).select_related("session__series__community")
    found = rows.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def of_one_that_stands(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the recording of its address; what is gone is answered with what stands in its place."""

    @wraps(view)
    def of_address(request: HttpRequest, slug: str, **named: str) -> HttpResponse:
        recording = recording_or_404(request, slug)
        return tombstone(request, recording) if is_gone(recording) else view(request, recording, **named)

    return of_address


def of_one_for_everybody(
    view: Callable[[HttpRequest, Recording], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give a view, whoever asks, a recording that everybody may see; its document is the same for all programs.

    404 for all else, 410 with the reason as plain text for what was withdrawn.
    """

    @wraps(view)
    def of_address(request: HttpRequest, slug: str) -> HttpResponse:
        seen = Recording.objects.visible_to(NOBODY).select_related("session__series__community")
        recording = seen.kept(now=timezone.now()).filter(slug=slug).first()
        if recording is not None:
            return view(request, recording)
        once = seen.filter(slug=slug).first()
        stone = tombstone_of(once) if once else None
        if stone is None:
            raise Http404
        return gone(stone)

    return of_address


def is_gone(recording: Recording) -> bool:
    """Return whether it was withdrawn, by itself or with its session."""
    return bool(recording.withdrawn_at or (recording.session and recording.session.withdrawn_at))


def tombstone(request: HttpRequest, recording: Recording) -> HttpResponse:
    """Return what stands in the place of one that is gone: 410 with its reason; of a whole session, the way there."""
    if recording.withdrawn_at is None and recording.session:
        return redirect("session", recording.session.slug)
    return render(request, "recordings/tombstone.html", {"recording": recording}, status=410)


def is_public(recording: Recording) -> bool:
    """Return whether everybody may see it. Load `session__series__community` with it."""
    if recording.published_at is None or recording.session is None:
        return recording.published_at is not None
    return is_open(recording.session)


def is_open(session: Session) -> bool:
    """Return whether everybody may see the session. Load `series__community` with it."""
    closed = session.series.community.joining == Joining.CLOSED
    return bool(session.published_at and session.audience == Audience.EVERYONE and not closed)
