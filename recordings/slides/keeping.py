"""Writes slide times down: those that were found, and those that a person put right, which no machine replaces."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from recordings.catalogue.models import Original, Recording
from recordings.slides import chaptering
from recordings.slides.matching import Run
from recordings.slides.models import Origin, SlideTime, Timeline

VERSION = 1  # of what finds them


class Stale(Exception):
    """Somebody else has put the times right meanwhile; nothing was written."""


def keep_found(*, video: Original, slides: Original, runs: Sequence[Run], now: datetime) -> Timeline:
    """Return the timeline of a video and a deck with what was found. Times put right by hand stay as they are."""
    with transaction.atomic():
        Original.objects.select_for_update().get(pk=video.pk)  # two workers: one after the other
        # Nor may somebody put them right between our look and our word.
        there = Timeline.objects.select_for_update().filter(video=video, slides=slides).first()
        if there and there.corrected_at:
            Timeline.objects.filter(pk=there.pk).update(found_version=VERSION)
            return there
        if there is None:
            there = Timeline(video=video, slides=slides, revision=0)
        there.revision += 1
        there.found_at, there.found_version = now, VERSION
        there.save()
        _write(there, [SlideTime(start=r.start, page=r.page, confidence=r.confidence) for r in runs])
        chaptering.follow(video.recording, now=now)
    return there


def correct(
    *, timeline: Timeline, times: Sequence[tuple[float, int | None]], revision: int, now: datetime, by_id: int
) -> Timeline:
    """Return the timeline with these times, by start: what is as it was found stays so, the rest is by hand.

    revision: of the timeline that the person saw. by_id: the account of who did it. Raises Stale.
    """
    with transaction.atomic():
        there = Timeline.objects.select_for_update().get(pk=timeline.pk)
        if there.revision != revision:
            raise Stale
        before = {(row.start, row.page): row for row in there.times.all()}
        rows = []
        for start, page in times:
            row = before.get((start, page))
            same = (row.confidence, row.origin) if row else (1.0, Origin.HAND.value)
            rows.append(SlideTime(start=start, page=page, confidence=same[0], origin=same[1]))
        there.revision += 1
        there.corrected_at, there.corrected_by_id = now, by_id
        there.save()
        _write(there, rows)
        chaptering.follow(there.video.recording, now=now)
    return there


def _write(timeline: Timeline, rows: Sequence[SlideTime]) -> None:
    timeline.times.all().delete()
    for row in rows:
        row.timeline = timeline
    SlideTime.objects.bulk_create(rows)
    # Search says at which second a slide is shown: it reads them again.
    Recording.objects.filter(pk=timeline.video.recording_id).update(indexed_revision=0)
