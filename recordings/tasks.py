"""The queue's second door. Names here are frozen: they are stored in the database. Keyword ids in, one verb."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from recordings.assets import orphans, store
from recordings.catalogue import arriving, finding, mailed
from recordings.catalogue.bringing import bring
from recordings.catalogue.models import Arrival, ArrivalState, Found, FoundState
from recordings.preservation.backups import nightly as backups
from recordings.preservation.fixity import working as fixing
from recordings.preservation.harvesting import keeping as harvest
from recordings.providers import linking, looking
from recordings.providers.line import Trouble
from recordings.providers.sealing import Unreadable
from recordings.publishing import adopting, mooting, releasing
from recordings.renditions import ffmpeg, making
from recordings.search import indexing
from recordings.slides import ordering
from recordings.transcripts import recognising
from recordings.transcripts.converting import as_vtt
from recordings.uploading import finishing, staging
from recordings.uploading.models import Upload, UploadState
from seminars.elsewhere import asking
from seminars.notifications import files
from seminars.queue import jobs
from seminars.queue.enqueue import nudge
from seminars.queue.models import Job

STALE = timedelta(days=1)
log = logging.getLogger(__name__)


def fetch(job_id: int) -> None:
    """Fetch a pasted address's file, and release it."""
    jobs.work(job_id, _fetch_one)


def _fetch_one(job: Job) -> None:
    """Fetch what a job is about. Raises Transient, Permanent."""
    arrival = arriving.arrival_of(job)
    if arrival is None:
        return
    language = (arrival.asked_by.language if arrival.asked_by else "") or settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            headers = looking.headers_of(arrival)
            taken = bring(
                arrival=arrival,
                clock=timezone.now,
                progress=_teller(job),
                headers=headers,
                read_captions=as_vtt,
            )
        except (asking.Interrupted, Trouble, Unreadable) as wrong:
            raise jobs.Transient(str(wrong)) from wrong
        except arriving.CannotTake as wrong:
            raise jobs.Permanent(str(wrong)) from wrong
    releasing.release(recording=taken.original.recording, now=timezone.now(), actor_id=arrival.asked_by_id)


def look_at_providers() -> None:
    """Every ten minutes: order a look at each account, and each linked page, that is due; each is a job of its own."""
    looking.order_due(now=timezone.now())
    linking.order_due(now=timezone.now())


def look_at_provider(job_id: int) -> None:
    """See what is new at one account."""
    jobs.work(job_id, _look_at_one)


def _look_at_one(job: Job) -> None:
    """Look at what a job is about. What is wrong is said on the account's page, and the next look comes by itself."""
    account = looking.account_of(job)
    if account is None:
        return
    with translation.override(account.community.language):
        try:
            looking.look(account, now=timezone.now)
        except (Trouble, Unreadable) as wrong:
            log.info("Account %s gave nothing: %s", account.pk, wrong)


def look_at_link(job_id: int) -> None:
    """See whether a recording can still be watched elsewhere."""
    jobs.work(job_id, _look_at_page)


def _look_at_page(job: Job) -> None:
    """Look at the page that a job is about. What is wrong is said on the files page; the next look comes by itself."""
    link = linking.link_of(job)
    if link is not None:
        with translation.override(link.session.series.community.language):
            linking.look(link, now=timezone.now)


def back_up() -> None:
    """Each night: order a backup."""
    backups.order(now=timezone.now())


def back_up_one(job_id: int) -> None:
    """Make the backup."""
    jobs.work(job_id, partial(backups.make, clock=timezone.now))


def finish_upload(job_id: int) -> None:
    """Check and keep a file that was sent in pieces, and release it."""
    jobs.work(job_id, _finish_one)


def _finish_one(job: Job) -> None:
    """Finish what a job is about. Raises Transient, Permanent."""
    upload = finishing.upload_of(job)
    if upload is None or upload.state in (UploadState.KEPT, UploadState.REFUSED):
        return
    language = (upload.actor.language if upload.actor else "") or settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            taken = finishing.finish(
                upload=upload, clock=timezone.now, progress=_teller(job), read_captions=as_vtt
            )
        except store.DiskFull as wrong:
            raise jobs.Transient(str(wrong)) from wrong
        except arriving.CannotTake as wrong:
            log.info("Upload %s was refused: %s", upload.pk, wrong)
            return
    releasing.release(recording=taken.original.recording, now=timezone.now(), actor_id=upload.actor_id)


def take_found(job_id: int) -> None:
    """Take in a file that a machine found and a person gave to a session, and release it."""
    refused: list[Found] = []
    jobs.work(job_id, lambda job: _take_found_one(job, refused))
    for found in refused:
        finding.order_again(found=found, now=timezone.now())


def _take_found_one(job: Job, refused: list[Found]) -> None:
    """Take in what a job is about. What is wrong with it stands on the page of doubtful files."""
    found = finding.found_of(job)
    if found is None or found.session is None or found.state != FoundState.TAKEN:
        return
    language = (found.decided_by.language if found.decided_by else "") or settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            taken = finding.take_found(found=found, now=timezone.now(), read_captions=as_vtt)
        except arriving.CannotTake as wrong:
            log.info("Found file %s was refused: %s", found.pk, wrong)
            refused.append(found)
            return
    releasing.release(recording=taken.original.recording, now=timezone.now(), actor_id=found.decided_by_id)


def make_rendition(job_id: int) -> None:
    """Make one edition of one original, and release it; before one that takes long, those that more people need."""
    urgent = making.more_urgent(job_id, now=timezone.now())
    if urgent is None:
        jobs.work(job_id, _make_one)
        return
    jobs.work(urgent, _make_one)
    nudge(making.DOOR, cluster="media", job_id=job_id)


def _make_one(job: Job) -> None:
    """Make what a job is about. Raises Transient, Permanent."""
    order = making.ordered(job)
    if order is None:
        return
    original, recipe = order
    try:
        making.make(original=original, recipe=recipe, clock=timezone.now, progress=_teller(job))
    except making.CannotMake as wrong:
        raise jobs.Permanent(str(wrong), wrong.last_words) from wrong
    except (ffmpeg.NoFfmpeg, store.DiskFull) as wrong:
        raise jobs.Transient(str(wrong)) from wrong
    releasing.release(recording=original.recording, now=timezone.now())


def make_slide_pages(job_id: int) -> None:
    """Draw the pages of a deck."""
    jobs.work(job_id, lambda job: _slides_one(job, ordering.make_pages))


def find_slide_times(job_id: int) -> None:
    """Find when each page of a deck is shown in a video."""
    jobs.work(job_id, lambda job: _slides_one(job, ordering.find_times))


def _slides_one(job: Job, verb: ordering.Verb) -> None:
    """Do what a job is about; what follows from it is ordered, and search hears of it. Raises Transient, Permanent."""
    original = verb(job, timezone.now, _teller(job))
    if original is not None:
        releasing.release(recording=original.recording, now=timezone.now())
        indexing.index(original.recording_id, now=timezone.now())


def recognise(job_id: int) -> None:
    """Have a recording's words recognised by the site's own program."""
    jobs.work(job_id, _recognise_one)


def _recognise_one(job: Job) -> None:
    """Recognise what a job is about. Raises Transient, Permanent."""
    original = recognising.ordered(job)
    if original is None:
        return
    try:
        made = recognising.recognise(original=original, clock=timezone.now, progress=_teller(job))
    except recognising.CannotRecognise as wrong:
        raise jobs.Permanent(str(wrong), wrong.last_words) from wrong
    except (ffmpeg.NoFfmpeg, store.DiskFull) as wrong:
        raise jobs.Transient(str(wrong)) from wrong
    if made is not None:
        releasing.release(recording=original.recording, now=timezone.now())


def _teller(job: Job) -> Callable[[int, int], None]:
    """Return the function that tells the job how far it is, and so keeps its lease."""
    return lambda done, total: jobs.heartbeat(job, progress=done, total=total, now=timezone.now())


def index(recording_id: int) -> None:
    """Bring search up to date with a recording."""
    indexing.index(recording_id, now=timezone.now())


def sweep() -> None:
    """Each minute: release, index and order what a dead worker left undone, remove stale parts; then beat.

    What fails stops nothing else; the log says what it was, and the beat stays away, so that /health/ says so.
    """
    now = timezone.now()
    failed = [what for what, verb in _parts(now) if not _went(what, verb)]
    if not failed:
        jobs.beat("recordings", now)


def _parts(now: datetime) -> Iterator[tuple[str, Callable[[], object]]]:
    """What a sweep does, in order, each with its name; recordings one by one."""
    for recording in releasing.behind():
        yield f"release of recording {recording.pk}", partial(releasing.release, recording=recording, now=now)
    yield "sessions to adopt", partial(adopting.adopt, now=now)
    yield "links", partial(linking.settle, now=now)
    for recording_id in indexing.due():
        yield f"index of recording {recording_id}", partial(indexing.index, recording_id, now=now)
    yield "editions", lambda: making.ensure(making.unordered(), now=now)
    yield "slides", partial(ordering.order_missing, now=now)
    yield "harvesting", partial(harvest.keep_up, clock=timezone.now)
    yield "uploads", partial(finishing.sweep, now=now)
    yield "answers to mailed files", partial(answer_mails, now)
    yield "jobs that nobody needs", partial(mooting.let_go, now=now)
    yield "recognitions that wait", partial(recognising.settle, now=now)
    yield "second copies", partial(fixing.order_copies, now=now)
    yield "stale files", partial(remove_stale, now)


def _went(what: str, verb: Callable[[], object]) -> bool:
    try:
        verb()
    except Exception:  # broad: whatever one recording meets, the others must still come out this minute
        log.exception("The sweep's part “%s” failed", what)
        return False
    return True


def reconcile() -> None:
    """Each night: files without rows, rows without files; then the oldest files are read again."""
    now = timezone.now()
    coming = Upload.objects.filter(state=UploadState.CHECKING).values_list("sha256", flat=True)
    found = orphans.reconcile(now=now, wanted=set(coming))
    for path in found.orphans:
        log.warning(
            "A file of the store has no row%s: %s", ", and is removed" if path in found.swept else "", path
        )
    for path in found.strange:
        log.warning("This does not belong into the store, and stays: %s", path)
    for sha256 in found.lost:
        log.error("A file of the archive is gone from the store, or cut: %s.", sha256)
    fixing.begin_night(lost=found.lost, now=now)
    jobs.beat("reconcile", now)


def verify_night(job_id: int) -> None:
    """Read files again, a slice of the night at a time."""
    more: list[bool] = []
    if jobs.work(
        job_id, lambda job: more.append(fixing.night(job, clock=timezone.now, progress=_teller(job)))
    ):
        fixing.go_on(job_id, more=any(more), now=timezone.now())


def mend(job_id: int) -> None:
    """Bring a damaged file back from its second copy."""
    jobs.work(job_id, lambda job: fixing.mend(job, clock=timezone.now, progress=_teller(job)))


def copy_files(job_id: int) -> None:
    """Copy new files to the second disk."""
    jobs.work(job_id, lambda job: fixing.copy(job, clock=timezone.now, progress=_teller(job)))


def look_at_file(asset_id: int) -> None:
    """Look at one file now: it was damaged, and was brought again."""
    fixing.look_again(asset_id, clock=timezone.now)


def answer_mails(now: datetime) -> int:
    """Return how many senders of attachments are told what became of them."""
    told = 0
    for each in mailed.unanswered():
        with transaction.atomic():
            told += files.answer(
                session=each.session,
                batch=each.batch,
                email=each.sender,
                kept=each.kept,
                refused=each.refused,
                now=now,
            )
            mailed.answered(each.batch)
    return told


def remove_stale(now: datetime) -> int:
    """Return how many files on their way in were removed: a day old, and no live arrival's."""
    live = {
        arriving.staged_path(arrival).name
        for arrival in Arrival.objects.filter(state__in=[ArrivalState.WAITING, ArrivalState.ARRIVING])
    }
    live |= {staging.part_of(upload).name for upload in Upload.objects.exclude(state=UploadState.KEPT)}
    copies = Found.objects.filter(staged=True).exclude(state=FoundState.LEFT)
    live |= {Path(each).name for each in copies.values_list("path", flat=True)}
    oldest = now.timestamp() - STALE.total_seconds()
    gone = 0
    for folder in (Path(settings.FILE_UPLOAD_TEMP_DIR), store.staging_folder()):
        for path in folder.iterdir():
            stale = path.is_file() and path.suffix != ".lock" and path.stat().st_mtime < oldest
            if stale and path.name not in live:
                path.unlink(missing_ok=True)
                gone += 1
    return gone
