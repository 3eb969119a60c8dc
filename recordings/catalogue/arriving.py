"""Files arrive: uploaded, or by an address from which a queued job will fetch them (see `bringing`)."""

from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from recordings.assets.probing import ReadCaptions
from recordings.catalogue.links import NotAFile, refuse_pages
from recordings.catalogue.models import Arrival, ArrivalState, Origin, Recording
from recordings.catalogue.taking import (
    CannotTake,
    Facts,
    Taken,
    check_consent,
    recording_of,
    seconds_of,
    take,
)
from seminars.elsewhere import asking
from seminars.queue import jobs
from seminars.queue.models import Job
from seminars.sessions.models import Session

__all__ = ["CannotTake", "Taken", "arrival_of", "ask_fetch", "job_of", "recording_of", "take_upload"]
FETCH_DOOR = "recordings.tasks.fetch"
FETCH_KIND = "fetch"
LIVE = (ArrivalState.WAITING, ArrivalState.ARRIVING)


def take_upload(
    *,
    session: Session,
    kind: str,
    uploaded: "File[bytes] | IO[bytes]",
    language: str,
    now: datetime,
    actor_id: int | None,
    read_captions: ReadCaptions | None = None,
    origin: str = Origin.HUMAN,
) -> Taken:
    """Return the Original that an uploaded file became. kind: an OriginalKind. language: a tag, or empty.

    origin: of captions, where their words come from. read_captions: see `assets.probing.inspect`. Raises CannotTake.
    """
    check_consent(session, kind)
    uploaded.seek(0)
    name = PurePosixPath((getattr(uploaded, "name", "") or "").replace("\\", "/")).name
    return take(
        source=(uploaded.file or BytesIO()) if isinstance(uploaded, File) else uploaded,
        into=lambda: recording_of(session, now=now),
        facts=Facts(kind, language, name, actor_id, seconds=seconds_of(session), origin=origin),
        now=now,
        read_captions=read_captions,
    )


def ask_fetch(
    *,
    session: Session,
    kind: str,
    url: str,
    language: str,
    now: datetime,
    actor_id: int | None,
    known: bool = False,
    origin: str = Origin.HUMAN,
) -> Arrival:
    """Return the Arrival of a file that a job will fetch; asked twice while under way, it is the same one.

    known: a provider gave the address, so it is a file's, whatever it looks like. origin: where captions come from.
    Raises CannotTake for what cannot be fetched: no web address, a meeting, a video site's page.
    """
    url = url.strip()
    if len(url) > 1000:
        raise CannotTake(_("The address is longer than 1,000 characters."))
    check_consent(session, kind)
    try:
        asking.check_address(url)
        if not known:
            refuse_pages(url)
    except (asking.Refused, NotAFile) as wrong:
        raise CannotTake(str(wrong)) from wrong
    with transaction.atomic():
        recording = Recording.objects.select_for_update().get(pk=recording_of(session, now=now).pk)
        same = recording.arrivals.filter(url=url, kind=kind, language=language, state__in=LIVE).first()
        if same:
            try_again(arrival=same, now=now)
            return same
        arrival = Arrival.objects.create(
            recording=recording,
            kind=kind,
            language=language,
            origin=origin,
            url=url,
            asked_by_id=actor_id,
            asked_at=now,
        )
        jobs.ensure(
            kind=FETCH_KIND,
            subject=subject_of(arrival),
            door=FETCH_DOOR,
            cluster="media",
            now=now,
            asked_by_id=actor_id,
        )
    return arrival


def subject_of(arrival: Arrival) -> str:
    """Return the name under which the arrival's job is kept."""
    return f"arrival:{arrival.pk}"


def arrival_of(job: Job) -> Arrival | None:
    """Return the arrival that a fetch job is about; None when it was removed."""
    rows = Arrival.objects.select_related("recording__session", "asked_by")
    return rows.filter(pk=int(job.subject.partition(":")[2])).first()


def job_of(arrival: Arrival) -> Job | None:
    """Return the job that fetches an arrival."""
    return Job.objects.filter(kind=FETCH_KIND, subject=subject_of(arrival)).first()


def try_again(*, arrival: Arrival, now: datetime, by_id: int | None = None) -> bool:
    """Return whether the job had given up or waited for its next try, and now goes on at once, with what is here."""
    job = job_of(arrival)
    with transaction.atomic():
        again = job is not None and jobs.try_again(job, now, by_id=by_id)
        if again:
            Arrival.objects.filter(pk=arrival.pk).update(state=ArrivalState.WAITING, reason="")
    return again


def remove(*, arrival: Arrival) -> bool:
    """Return whether the arrival is gone, with the part that came; one that was kept stays."""
    with transaction.atomic():
        gone, _rows = Arrival.objects.filter(pk=arrival.pk).exclude(state=ArrivalState.KEPT).delete()
        if gone:
            Job.objects.filter(kind=FETCH_KIND, subject=subject_of(arrival)).delete()
            empty = Recording.objects.filter(pk=arrival.recording_id, published_at=None)
            empty.filter(originals=None, arrivals=None).delete()
    if gone:
        staged_path(arrival).unlink(missing_ok=True)
    return bool(gone)


def staged_path(arrival: Arrival) -> Path:
    """Return where the part of the file that is here lies."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR) / f"{arrival.uuid}.part"
