"""Jobs that wait for a person but that nobody needs any more: another file took the place of theirs, or it was removed,
or an edition is to be made of something else by now.

So "Replace" is settled by fact, whichever way the other file came in. What is made again of a replaced file, since its
bytes were lost, is needed still: its address goes on answering.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q

from recordings.catalogue.arriving import FETCH_KIND
from recordings.catalogue.models import Arrival, Original, OriginalKind
from recordings.renditions.making import KIND, kind_of, subject_of
from recordings.renditions.wanting import STALE, Want, missing, wants_of
from recordings.slides import keeping
from recordings.slides.models import SlidePage
from recordings.slides.ordering import PAGES, TIMES
from recordings.uploading.models import Upload
from recordings.uploading.receiving import FINISH_KIND
from seminars.queue import jobs
from seminars.queue.models import Job, JobState


def let_go(*, now: datetime) -> int:
    """Return how many held jobs were let go, as skipped by nobody. now: aware UTC.

    Some eight questions for each `jobs.STEP` of them, and two more for each that is let go.
    """
    ours = (
        Q(kind__in=[FETCH_KIND, FINISH_KIND]) | Q(kind__startswith=f"{KIND}.") | Q(kind__startswith="slides.")
    )
    held = jobs.in_steps(Job.objects.filter(ours, state=JobState.HELD))
    return sum(jobs.skip(job, now, by_id=None) for some in held for job in _moot(some))


def _moot(held: Collection[Job]) -> list[Job]:
    """Return those that nobody needs any more."""
    keys: dict[str, list[int]] = {}
    for job in held:
        what, _colon, key = job.subject.partition(":")
        keys.setdefault(what, []).append(int(key))
    rows = Original.objects.filter(pk__in=keys.get("original", [])).select_related("asset", "recording")
    current = [each for each in rows if each.superseded_at is None]
    replaced = [each for each in rows if each.superseded_at]
    needed = _coming(keys) | {("slides", subject_of(each)) for each in current}
    needed |= (
        _timed(current)
        | _drawn_again(replaced)
        | {_key(want) for want in [*wants_of(current), *missing(replaced)]}
    )
    return [job for job in held if needed.isdisjoint(_keys(job))]


Key = tuple[str | int, ...]
"""What a job is needed for, as exactly as can be said of its kind."""


def _keys(job: Job) -> set[Key]:
    if job.kind == TIMES or job.kind.startswith(f"{KIND}."):
        return {(job.kind, job.subject, job.recipe_version, job.input_sha256)}
    return {(job.subject,), (job.kind.partition(".")[0], job.subject), (job.kind, job.subject)}


def _key(want: Want) -> Key:
    return kind_of(want.recipe), subject_of(want.original), want.recipe.version, want.job_input


def _timed(current: Collection[Original]) -> set[Key]:
    """Return the keys of the jobs that look for the decks there are in the videos there are. One question."""
    decks: dict[int, set[str]] = {}
    rows = Original.objects.filter(kind=OriginalKind.SLIDES, superseded_at=None)
    rows = rows.filter(recording__in={each.recording_id for each in current})
    for recording, sha256 in rows.values_list("recording", "asset__sha256"):
        decks.setdefault(recording, set()).add(sha256)
    return {
        (TIMES, subject_of(each), keeping.VERSION, sha256)
        for each in current
        for sha256 in decks.get(each.recording_id, ())
    }


def _drawn_again(replaced: Collection[Original]) -> set[Key]:
    """Return the keys of the jobs that draw again what was lost of replaced decks."""
    pages = SlidePage.objects.filter(slides__in=replaced, made_version=STALE)
    drawn = set(pages.values_list("slides_id", flat=True))
    return {(PAGES, subject_of(each)) for each in replaced if each.pk in drawn}


def _coming(keys: Mapping[str, Collection[int]]) -> set[Key]:
    """Return those subjects of files on their way in whose place no newer file has taken. keys: of rows, by what."""
    needed: set[Key] = set()
    arrivals = Arrival.objects.filter(pk__in=keys.get("arrival", []))
    uploads = Upload.objects.filter(pk__in=keys.get("upload", []))
    asked: list[tuple[str, int | None, str, str, datetime]] = [
        (f"arrival:{each.pk}", each.recording_id, each.kind, each.language, each.asked_at)
        for each in arrivals
    ]
    columns = ("pk", "session__archived", "kind", "language", "made_at")
    for key, recording, kind, language, at in uploads.values_list(*columns):
        asked.append((f"upload:{key}", recording, kind, language, at))
    places = {(recording, kind, language) for _name, recording, kind, language, _at in asked}
    newest: dict[tuple[int | None, str, str], datetime] = {}
    if places:
        rows = Original.objects.filter(recording__in={place[0] for place in places}, superseded_at=None)
        for recording, kind, language, at in rows.values_list("recording", "kind", "language", "added_at"):
            place = (recording, kind, language)
            newest[place] = max(at, newest.get(place, at))
    for name, recording, kind, language, at in asked:
        newer = newest.get((recording, kind, language))
        # There may be many handouts, so none takes another's place.
        if newer is None or newer < at or kind == OriginalKind.HANDOUT:
            needed.add((name,))
    return needed
