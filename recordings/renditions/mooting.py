"""Jobs that wait for a person but that nobody needs any more: another file took the place of theirs, or it was removed.

So "Replace" is settled by fact, whichever way the other file came in.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from recordings.catalogue.arriving import FETCH_KIND
from recordings.catalogue.models import Arrival, Original, OriginalKind
from recordings.renditions.making import KIND
from recordings.uploading.models import Upload
from recordings.uploading.receiving import FINISH_KIND
from seminars.queue import jobs
from seminars.queue.models import Job, JobState

AT_ONCE = 200


def let_go(*, now: datetime) -> int:
    """Return how many held jobs were let go, as skipped by nobody. Four questions at most. now: aware UTC."""
    ours = (
        Q(kind__in=[FETCH_KIND, FINISH_KIND]) | Q(kind__startswith=f"{KIND}.") | Q(kind__startswith="slides.")
    )
    held = list(Job.objects.filter(ours, state=JobState.HELD).order_by("-id")[:AT_ONCE])
    if not held:
        return 0
    needed = _needed(held)
    return sum(jobs.skip(job, now, by_id=None) for job in held if job.subject not in needed)


def _needed(held: Iterable[Job]) -> set[str]:
    """Return those subjects of the jobs that are there still, and whose place no newer file has taken."""
    keys: dict[str, list[int]] = {}
    for job in held:
        what, _colon, key = job.subject.partition(":")
        keys.setdefault(what, []).append(int(key))
    current = Original.objects.filter(pk__in=keys.get("original", []), superseded_at=None)
    needed = {f"original:{key}" for key in current.values_list("pk", flat=True)}
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
            needed.add(name)
    return needed
