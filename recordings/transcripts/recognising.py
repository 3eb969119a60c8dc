"""A speech recogniser of the operator's own makes automatic captions: a program named by MERIDIAN_RECOGNISER.

It runs as a confined child, with limits, gets the sound as WAV (16 kHz, mono, 16 bit) and writes WebVTT or SubRip. What
it writes is never shown in place of captions that people wrote or corrected.
"""

import os
import shlex
import shutil
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from recordings.assets import store
from recordings.assets.decoding import NotText, decode
from recordings.catalogue.models import Origin, Original, OriginalKind
from recordings.catalogue.taking import CannotTake, Facts, take
from recordings.renditions import children, ffmpeg
from recordings.renditions.making import subject_of
from recordings.renditions.recipes import DEMUXERS
from recordings.transcripts.converting import as_vtt
from recordings.transcripts.reading import MOST_BYTES
from recordings.transcripts.vtt import CaptionError, parse
from seminars.changes.refusing import UserError
from seminars.queue import jobs
from seminars.queue.models import Job, JobState

KIND, DOOR, VERSION = "captions.recognise", "recordings.tasks.recognise", 1
SPEED = 0.1  # of real time: a large model on a small machine
LEAST_SECONDS = 600
MEMORY = 64 * 1024**3  # bytes of address space: models are mapped, and libraries of theirs reserve much
# As it is kept with jobs, which are taken up by it: translated when shown.
ABSENT = gettext_noop("The recogniser of this site is not there. Tell its administrator.")
Progress = Callable[[int, int], None]


class CannotRecognise(Exception):
    """No captions came of it; the message is for the organiser, `last_words` is what the program said last."""

    def __init__(self, why: str, last_words: str = "") -> None:
        super().__init__(why)
        self.last_words = last_words


def is_set() -> bool:
    """Return whether this site has a recogniser."""
    return bool(settings.RECOGNISER.strip())


def is_heard(original: Original) -> bool:
    """Return whether a file is one whose words can be recognised."""
    asset = original.asset
    media = original.kind in (OriginalKind.VIDEO, OriginalKind.AUDIO)
    return media and asset.media_type in DEMUXERS and "audio_codec" in asset.probe


def language_of(original: Original) -> str:
    """Return the language that is spoken in a file: its own, else its recording's."""
    return original.language or original.recording.language


def ensure(originals: Iterable[Original], *, now: datetime) -> Job | None:
    """Return the job that makes captions for a recording that has none in its language; None where none is needed.

    originals: the current ones of one recording, with recordings and assets.
    """
    current = [each for each in originals if each.superseded_at is None]
    heard = sorted(filter(is_heard, current), key=lambda each: each.kind == OriginalKind.VIDEO)
    if not is_set() or not heard:
        return None
    source = heard[0]
    if any(_is_captions(each, language_of(source)) for each in current):
        return None
    return _order(source, now, source.added_by_id)


def ask(*, original: Original, now: datetime, actor_id: int | None) -> Job:
    """Return the job that makes captions of a file, done again if it was done. Raises UserError, saying why not."""
    if not is_set():
        raise UserError(
            {"": _("This site has no recogniser. Its administrator can set MERIDIAN_RECOGNISER.")}
        )
    if original.superseded_at or not is_heard(original):
        raise UserError({"": _("There is nothing to hear in this file.")})
    if by_people(original):
        raise UserError({"": _("People wrote or corrected captions in this language. They stay.")})
    job = _order(original, now, actor_id)
    jobs.try_again(job, now, by_id=actor_id)
    jobs.once_more(job, now)
    return job


def by_people(original: Original) -> bool:
    """Return whether there are captions in a file's language that no machine may replace."""
    rows = Original.objects.filter(
        recording=original.recording_id, kind=OriginalKind.CAPTIONS, superseded_at=None
    )
    return rows.filter(language=language_of(original)).exclude(origin=Origin.AUTOMATIC).exists()


def settle(*, now: datetime) -> int:
    """Return how many jobs were let go, as skipped by nobody, or taken up again. now: aware UTC.

    Let go: people's captions have come, or there is nothing to hear any more, or the site has no recogniser. Taken up:
    what lacked nothing but the program, once that is there.
    """
    there = bool(program())
    waits = Q(state=JobState.HELD)
    if there:
        waits |= Q(state=JobState.SKIPPED, decided_by=None, reason=ABSENT)
    found = jobs.in_steps(Job.objects.filter(waits, kind=KIND))
    return sum(_settle(some, there, now) for some in found)


def _settle(some: Collection[Job], there: bool, now: datetime) -> int:
    """Do so for some of them. there: whether there is a program."""
    needed, count = _needed(some), 0
    for job in some:
        if there and job.reason == ABSENT and job.subject in needed:
            count += jobs.try_again(job, now)
        elif job.state == JobState.SKIPPED:
            _remember(job, "")  # or it would be looked at for ever
        elif not is_set():
            with transaction.atomic():
                count += jobs.skip(job, now, by_id=None)
                _remember(job, ABSENT)
        elif job.subject not in needed:
            count += jobs.skip(job, now, by_id=None)
    return count


def _remember(job: Job, reason: str) -> None:
    """Write down why a job that nobody gave up was let go."""
    Job.objects.filter(pk=job.pk, state=JobState.SKIPPED, decided_by=None).update(reason=reason)


def _needed(those: Iterable[Job]) -> set[str]:
    """Return the subjects of those jobs whose file is there still, without captions that people wrote."""
    rows = _heard().filter(pk__in=[int(job.subject.partition(":")[2]) for job in those])
    spoken = {
        subject_of(each): (each.recording_id, language_of(each)) for each in rows.select_related("recording")
    }
    captions = Original.objects.filter(kind=OriginalKind.CAPTIONS, superseded_at=None)
    written = captions.filter(recording__in={key for key, _language in spoken.values()})
    places = set(written.exclude(origin=Origin.AUTOMATIC).values_list("recording", "language"))
    return {subject for subject, place in spoken.items() if place not in places}


def ordered(job: Job) -> Original | None:
    """Return the file that a job is about; None when it is gone, was replaced or withdrawn."""
    rows = _heard().select_related("asset", "recording__session")
    return rows.filter(pk=int(job.subject.partition(":")[2])).first()


def recognise(*, original: Original, clock: Callable[[], datetime], progress: Progress) -> Original | None:
    """Return the captions that were made of a file; None where people's have come meanwhile.

    progress: called now and then, so that the lease is kept. Raises CannotRecognise, ffmpeg.NoFfmpeg, store.DiskFull.
    """
    if by_people(original):
        return None
    language = language_of(original)
    with store.draft_path(".wav") as sound, store.draft_path(".vtt") as written:
        listen(original, sound, progress)
        command = command_of(sound, written, language)
        seconds = float(original.asset.probe.get("seconds") or 0)
        said = run(command, timeout=max(LEAST_SECONDS, seconds / SPEED), progress=progress)
        text = words_in(written, language, said)
    with store.staging([text.encode()]) as staged:
        facts = Facts(OriginalKind.CAPTIONS, language, "automatic.vtt", None, origin=Origin.AUTOMATIC)
        try:
            return take(
                source=staged, into=lambda: original.recording, facts=facts, now=clock(), read_captions=as_vtt
            ).original
        except CannotTake as wrong:
            raise CannotRecognise(str(wrong)) from wrong


def listen(original: Original, target: Path, progress: Progress) -> None:
    """Write the sound of a file as WAV: 16 kHz, mono, 16 bit. Raises as `recognise`."""
    source, seconds = store.path_of(original.asset.sha256), float(original.asset.probe.get("seconds") or 0)
    arguments = ["-protocol_whitelist", "file,pipe", "-f", DEMUXERS[original.asset.media_type]]
    arguments += ["-i", f"file:{source}", "-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "1", "-ar", "16000"]
    arguments += ["-c:a", "pcm_s16le", "-f", "wav", f"file:{target}"]
    longest = max(LEAST_SECONDS, seconds)
    try:
        ffmpeg.run(
            arguments, timeout=longest, cpu_seconds=int(longest * 2), progress=lambda _done: progress(0, 0)
        )
    except ffmpeg.Failed as wrong:
        why = _("The sound of the file could not be read, so no captions were made.")
        raise CannotRecognise(why, f"{wrong}\n{wrong.last_words}") from wrong


def command_of(sound: Path, written: Path, language: str) -> list[str]:
    """Return the program with its arguments, an absolute path first. Raises CannotRecognise where it is not there."""
    parts = program()
    if not parts:
        raise CannotRecognise(ABSENT)
    names = {
        "{input}": str(sound),
        "{output}": str(written),
        "{language}": language.partition("-")[0] or "en",
    }
    for name, value in names.items():
        parts[1:] = [part.replace(name, value) for part in parts[1:]]
    return parts


def program() -> list[str]:
    """Return the setting as a program, an absolute path, and its arguments; nothing where there is no such program."""
    try:
        parts = shlex.split(settings.RECOGNISER)
    except ValueError:  # a quotation mark that is not closed
        return []
    found = shutil.which(parts[0]) if parts else None
    return [os.path.abspath(found), *parts[1:]] if found else []


def run(command: list[str], *, timeout: float, progress: Progress) -> str:
    """Run the recogniser and return the end of what it said. timeout: seconds on the wall. Raises CannotRecognise.

    It sees no secret: only PATH, HOME (where models lie) and a language for its messages.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    try:
        return children.run(
            command,
            seconds=timeout,
            waiting=lambda: progress(0, 0),
            cpu_seconds=int(timeout * (os.cpu_count() or 1)),
            memory=MEMORY,
            environment={**kept, "LC_ALL": "C.UTF-8"},
            leads=True,
        )
    except children.Failed as wrong:
        if wrong.code is None:
            why = _("The recogniser was stopped: it took longer than %(minutes)d minutes.")
            said = why % {"minutes": max(1, round(timeout / 60))}
        else:
            said = _("The recogniser ended with the error %(code)d.") % {"code": wrong.code}
        raise CannotRecognise(said, wrong.last_words) from wrong


def words_in(written: Path, language: str, said: str) -> str:
    """Return what the recogniser wrote, as WebVTT. Raises CannotRecognise where that is nothing, or no captions."""
    if not written.exists() or not written.stat().st_size:
        raise CannotRecognise(_("The recogniser wrote nothing."), said)
    why = _("The recogniser did not write captions as WebVTT or SubRip.")
    if written.stat().st_size > MOST_BYTES:
        raise CannotRecognise(why, said)
    try:
        text = decode(written.read_bytes(), language)
        parse(text)
        return as_vtt(text)
    except (NotText, CaptionError) as wrong:
        raise CannotRecognise(why, f"{wrong}\n{said}") from wrong


def _heard() -> QuerySet[Original]:
    return Original.objects.filter(superseded_at=None, recording__withdrawn_at=None)


def _is_captions(original: Original, language: str) -> bool:
    return original.kind == OriginalKind.CAPTIONS and original.language == language


def _order(original: Original, now: datetime, actor_id: int | None) -> Job:
    return jobs.ensure(
        kind=KIND,
        subject=subject_of(original),
        input_sha256=original.asset.sha256,
        recipe_version=VERSION,
        door=DOOR,
        cluster="media",
        now=now,
        asked_by_id=actor_id,
    )
