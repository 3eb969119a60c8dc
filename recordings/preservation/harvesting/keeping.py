"""Keep up what harvesters are told: what came into the archive, what changed, what is for everybody no more."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation

from recordings.catalogue.models import Recording
from recordings.preservation.describing import describe_all
from recordings.preservation.description import Description
from recordings.preservation.dublin_core import dublin_core
from recordings.preservation.harvesting.models import HarvestRecord
from seminars.people.visitors import NOBODY
from seminars.series.models import Series

MOST, ROUND = 200, 50
"""Recordings described in one go: new and changed ones, and those that were compared longest ago."""
AGAIN_AFTER = timedelta(minutes=30)
AHEAD = timedelta(seconds=10)
"""So much later than it is written a record is dated. Who harvests meanwhile does not see it yet, and asks from that
moment on the next time: dated by then, it would be missed for ever; like this, at worst it is told twice."""
Clock = Callable[[], datetime]


def keep_up(*, clock: Clock) -> int:
    """Return how many records are told anew: came, changed, or went. Again, it changes nothing. clock: aware UTC.

    What a session's revision does not count, such as a community's new name, is found by comparing all, a few at a
    time.
    """
    now = clock()
    public = Recording.objects.kept(now=now).visible_to(NOBODY)
    live = HarvestRecord.objects.filter(deleted=False)
    went = live.exclude(recording__in=public.order_by().values("pk"))
    told = went.update(deleted=True, datestamp=_stamp(clock), looked_at=now, digest="")
    came = public.filter(Q(harvest=None) | Q(harvest__deleted=True)).order_by("pk")[:MOST]
    changed = ~Q(revision=F("recording__session__revision")) & Q(recording__session__isnull=False)
    due = live.filter(changed).order_by("pk").values_list("recording_id", flat=True)[:MOST]
    old = live.filter(looked_at__lte=now - AGAIN_AFTER).order_by("looked_at", "pk")
    keys = {*came.values_list("pk", flat=True), *due, *old.values_list("recording_id", flat=True)[:ROUND]}
    told += _bury(now, clock)
    return told + _tell(public.filter(pk__in=keys).order_by("pk"), now, clock) if keys else told


def _bury(now: datetime, clock: Clock) -> int:
    """Return how many tombstones that nobody was told of are told now: what a bag brought had been told elsewhere."""
    gone = Q(withdrawn_at__isnull=False) | Q(session__withdrawn_at__isnull=False)
    untold = Recording.objects.visible_to(NOBODY).filter(gone, harvest=None).order_by("pk")
    found = list(untold.select_related("session__series__community")[:MOST])
    theirs = {each.session.series_id for each in found if each.session}
    shown = set(Series.objects.visible_to(NOBODY).filter(pk__in=theirs).values_list("pk", flat=True))
    with transaction.atomic():
        told: dict[str, Any] = {"deleted": True, "datestamp": _stamp(clock), "looked_at": now, "digest": ""}
        rows = [HarvestRecord(recording=each, set_spec=_spec_of(each, shown), **told) for each in found]
        HarvestRecord.objects.bulk_create(rows, ignore_conflicts=True)  # another sweep may be at it
    return len(rows)


def _spec_of(recording: Recording, shown: set[int]) -> str:
    """Return the place of a tombstone among the sets. shown: keys of the series that everybody sees."""
    if recording.session is None:
        return ""
    series = recording.session.series
    return _set_spec(series.community.uuid, series.uuid if series.pk in shown else None)


def _stamp(clock: Clock) -> datetime:
    """Return how records are dated that are written now."""
    return (clock() + AHEAD).replace(microsecond=0)


def _tell(recordings: Iterable[Recording], now: datetime, clock: Clock) -> int:
    """Return how many of these say something else than when they were last told. All are dated when all is read."""
    found = list(recordings)
    with translation.override(settings.LANGUAGE_CODE):
        described = [(each, digest_of(each)) for each in describe_all(found)]
    with transaction.atomic():
        known = {each.recording_id: each for each in HarvestRecord.objects.filter(recording__in=found)}
        stamp = _stamp(clock)
        told = 0
        new: list[HarvestRecord] = []
        for recording, (description, digest) in zip(found, described, strict=True):
            record = known.get(recording.pk)
            if record is None:
                record = HarvestRecord(recording=recording, deleted=True)
                new.append(record)
            said = (digest, set_spec_of(description))
            if record.deleted or (record.digest, record.set_spec) != said:
                record.datestamp, record.deleted = stamp, False
                record.digest, record.set_spec = said
                told += 1
            record.revision = recording.session.revision if recording.session else 0
            record.looked_at = now
        names = ["datestamp", "deleted", "digest", "set_spec", "revision", "looked_at"]
        HarvestRecord.objects.bulk_update(known.values(), names, batch_size=100)
        HarvestRecord.objects.bulk_create(new, ignore_conflicts=True)  # another sweep may be at it
    return told


def digest_of(description: Description) -> str:
    """Return the SHA-256 of what harvesters are told of it."""
    return sha256(dublin_core(description)).hexdigest()


def set_spec_of(description: Description) -> str:
    """Return its place among the sets: its community, and below that its series; "" for what belongs to none."""
    if description.community is None:
        return ""
    series = description.related("series")
    return _set_spec(description.community, series[0].uuid if series else None)


def _set_spec(community: UUID, series: UUID | None) -> str:
    return f"{community}:{series}" if series else str(community)
