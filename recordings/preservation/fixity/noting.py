"""Writes down what came of reading a file: a row of the reading, what is true of the file now, events of recordings."""

from datetime import datetime

from django.db import transaction

from recordings.assets.models import Asset
from recordings.catalogue.history.models import EventKind
from recordings.catalogue.history.telling import happened
from recordings.preservation.fixity.belonging import recordings_with
from recordings.preservation.fixity.models import Copy, Outcome, Verification, Where
from recordings.preservation.fixity.reading import Reading


def found_good(asset: Asset, place: Where, *, now: datetime, disk: str = "", note: str = "") -> None:
    """Write down that a file was read and is good; where it was not before, that it is repaired.

    now: aware UTC. disk: which second copy. note: how it was repaired.
    """
    with transaction.atomic():
        row = locked_row(asset, place, disk)
        if row is None:
            return
        outcome = Outcome.REPAIRED if row.damaged_at else Outcome.GOOD
        row.verified_at, row.damaged_at = now, None
        row.save(update_fields=["verified_at", "damaged_at"])
        rows = Verification.objects.filter(asset=asset, place=place)
        if outcome == Outcome.GOOD:
            rows.filter(outcome=outcome).delete()  # the last good one is enough; what was bad stays
        rows.create(asset=asset, place=place, outcome=outcome, at=now, note=note)
        if outcome == Outcome.REPAIRED:
            tell(asset, EventKind.REPAIRED, place, now, note)


def found_bad(asset: Asset, place: Where, reading: Reading, *, now: datetime, disk: str = "") -> bool:
    """Return whether it is news that a file is damaged or gone; written down once, until it is good again."""
    with transaction.atomic():
        row = locked_row(asset, place, disk)
        if row is None or row.damaged_at:
            return False
        row.damaged_at = now
        row.save(update_fields=["damaged_at"])
        Verification.objects.create(
            asset=asset, place=place, outcome=reading.outcome, at=now, note=reading.note
        )
        tell(asset, EventKind.DAMAGED, place, now, reading.note)
    return True


def copied(asset: Asset, *, disk: str, now: datetime, note: str = "") -> None:
    """Write down that a second copy was made, read while it was written. note: that it was made again."""
    with transaction.atomic():
        Copy.objects.get_or_create(asset=asset, disk=disk, defaults={"made_at": now, "verified_at": now})
        found_good(asset, Where.COPY, now=now, disk=disk, note=note)


def locked_row(asset: Asset, place: Where, disk: str) -> Asset | Copy | None:
    """Return the row that says how a file in that place is, ours until the transaction ends."""
    if place == Where.STORE:
        return Asset.objects.select_for_update().filter(pk=asset.pk).first()
    return Copy.objects.select_for_update().filter(asset=asset, disk=disk).first()


def tell(asset: Asset, kind: EventKind, place: Where, now: datetime, note: str) -> None:
    """Write it into the history of each recording."""
    for recording in recordings_with(asset):
        happened(recording, kind, now=now, sha256=asset.sha256, place=place.value, note=note)
