"""A run over every file, by hand: begun once, gone on with after a break, however it broke off."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from recordings.assets import presence
from recordings.assets.models import Asset
from recordings.preservation.fixity import nightly, verifying
from recordings.preservation.fixity.copies import Copies
from recordings.preservation.fixity.models import Copy, Outcome, Where
from recordings.preservation.fixity.reading import Reading

AT_ONCE = 500


@dataclass(frozen=True)
class Seen:
    """What a run found of one file in one place."""

    asset: Asset
    place: Where
    reading: Reading


@dataclass
class Plan:
    """What a run is to read: files whose last good reading is before `before`. bytes: of what is left."""

    before: datetime
    copies: Copies | None = None
    parts: list[tuple[Where, "QuerySet[Asset]"]] = field(default_factory=list)

    def __post_init__(self) -> None:
        stale = Q(verified_at__lt=self.before) | Q(damaged_at__isnull=False)
        self.parts.append((Where.STORE, Asset.objects.here().filter(stale)))
        if self.copies is not None:
            fresh = Copy.objects.filter(
                disk=self.copies.disk, verified_at__gte=self.before, damaged_at=None
            ).values("asset")
            self.parts.append((Where.COPY, Asset.objects.here().exclude(pk__in=fresh)))

    @property
    def bytes(self) -> int:
        """How many bytes are to be read."""
        return sum(nightly.bytes_of(rows) for _place, rows in self.parts)


def run(plan: Plan, *, clock: Callable[[], datetime], progress: Callable[[int], None]) -> Iterator[Seen]:
    """Yield each file as it was found, the oldest first, mended where that was possible.

    progress: called with how many bytes more were read. Raises what `verifying` raises.
    """
    presence.check()
    for place, rows in plan.parts:
        order = ("verified_at", "pk") if place == Where.STORE else ("pk",)
        for key in list(rows.order_by(*order).values_list("pk", flat=True)):
            asset = Asset.objects.filter(pk=key).first()
            if asset is None:
                continue
            if place == Where.STORE:
                reading = verifying.verify_file(asset, copies=plan.copies, clock=clock, progress=progress)
            elif plan.copies is not None:
                reading = verifying.verify_copy(asset, copies=plan.copies, clock=clock, progress=progress)
            if reading.outcome not in (Outcome.GOOD, Outcome.REPAIRED):
                nightly.order_mending(asset, now=clock())
            yield Seen(asset, place, reading)


def note_file() -> Path:
    """Return where it is noted that a run has begun."""
    return Path(settings.DATA) / "verify.json"


def begun(*, now: datetime, afresh: bool) -> tuple[datetime, bool]:
    """Return when the run began that is gone on with, and True; or `now` and False for a new one, noted down.

    A note older than 90 days is of a run that nobody remembers. afresh: forget an earlier run.
    """
    path = note_file()
    try:
        at = datetime.fromisoformat(json.loads(path.read_text())["begun"])
        if not afresh and now - timedelta(days=90) < at <= now:
            return at, True
    except (OSError, ValueError, KeyError, TypeError):
        pass  # none, or one that cannot be read: a new run
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"begun": now.isoformat()}))
    os.replace(draft, path)
    return now, False


def ended() -> None:
    """Forget the run: it came to its end."""
    note_file().unlink(missing_ok=True)
