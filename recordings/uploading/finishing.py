"""A whole upload becomes an Original, or is refused with a reason; and those that nobody finished are forgotten."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.assets.probing import ReadCaptions
from recordings.catalogue.arriving import recording_of
from recordings.catalogue.models import Recording
from recordings.catalogue.taking import CannotTake, Facts, Taken, check_consent, seconds_of, take
from recordings.uploading import staging
from recordings.uploading.creating import KEPT
from recordings.uploading.models import Upload, UploadState
from recordings.uploading.receiving import FINISH_KIND
from seminars.queue.models import Job, JobState


def upload_of(job: Job) -> Upload | None:
    """Return the upload that a finishing job is about; None when it was removed."""
    rows = Upload.objects.select_related("session__series", "actor")
    return rows.filter(pk=int(job.subject.partition(":")[2])).first()


def finish(
    *,
    upload: Upload,
    clock: Callable[[], datetime],
    progress: Callable[[int, int], None] = lambda done, total: None,
    read_captions: ReadCaptions | None = None,
) -> Taken:
    """Return the Original that the upload became; done again after a crash it is the same one.

    progress: called with bytes hashed and in all. Raises CannotTake: its bytes are gone then, the row says why; and
    store.DiskFull: they stay.
    """
    session, now = upload.session, clock()

    def into() -> Recording:
        return recording_of(session, now=now)

    facts = Facts(
        upload.kind,
        upload.language,
        upload.filename,
        upload.actor_id,
        seconds=seconds_of(session),
        origin=upload.origin,
    )
    part = staging.part_of(upload)
    try:
        check_consent(session, upload.kind)
        if part.exists():
            source = store.in_place(part, progress=progress)
            Upload.objects.filter(pk=upload.pk).update(sha256=source.sha256)
            taken = take(source=source, into=into, facts=facts, now=now, read_captions=read_captions)
        else:  # a worker died after the file was moved into the store, before it said so
            kept = store.path_of(upload.sha256 or "missing")
            taken = take(source=kept, into=into, facts=facts, now=now, read_captions=read_captions)
    except FileNotFoundError as wrong:
        reason = CannotTake(_("The file was lost on the way. Upload it again."))
        refuse(upload, str(reason), clock())
        raise reason from wrong
    except CannotTake as wrong:
        if isinstance(wrong.__cause__, store.DiskFull):
            raise wrong.__cause__ from wrong
        refuse(upload, str(wrong), clock())
        raise
    ended = {"state": UploadState.KEPT, "original": taken.original, "expires_at": clock() + KEPT}
    Upload.objects.filter(pk=upload.pk).update(**ended)
    staging.drop(upload)  # where its captions were written anew, or the same file was there already
    return taken


def refuse(upload: Upload, reason: str, now: datetime) -> None:
    """Write down why the file was not taken, and remove it."""
    Upload.objects.filter(pk=upload.pk).update(
        state=UploadState.REFUSED, reason=reason, expires_at=now + KEPT
    )
    staging.drop(upload)


def remove(*, upload: Upload) -> bool:
    """Return whether the upload is gone, with its bytes; one that is being checked, or was kept, stays.

    One whose check waits for a person, or was skipped by one, is not being checked.
    """
    with transaction.atomic():
        jobs = Job.objects.select_for_update().filter(kind=FINISH_KIND, subject=f"upload:{upload.pk}")
        given_up = [job.state in (JobState.HELD, JobState.SKIPPED) for job in jobs]
        states = [UploadState.ARRIVING, UploadState.REFUSED]
        states += [UploadState.CHECKING] if given_up and all(given_up) else []
        gone, _rows = Upload.objects.filter(pk=upload.pk, state__in=states).delete()
    if gone:
        staging.drop(upload)
    return bool(gone)


def sweep(*, now: datetime, limit: int = 200) -> int:
    """Return how many uploads were forgotten: nobody went on with them for a week, or they ended a week ago."""
    skipped = Job.objects.filter(
        kind=FINISH_KIND,
        subject=Concat(Value("upload:"), Cast(OuterRef("pk"), CharField())),
        state=JobState.SKIPPED,
    )
    checked = Q(state=UploadState.CHECKING) & ~Exists(skipped)
    over = Upload.objects.filter(expires_at__lt=now).exclude(checked)
    gone = 0
    for upload in over.order_by("expires_at", "pk")[:limit]:
        with transaction.atomic():
            still = Upload.objects.filter(
                Q(lease="") | Q(lease_until__lt=now), pk=upload.pk, expires_at__lt=now
            )
            count, _rows = still.delete()
        if count:
            staging.drop(upload)
            gone += 1
    return gone
