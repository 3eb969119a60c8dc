"""Looks at one file in one place, and mends it from the other where it can.

What is wrong is written down before anything is mended, and that it is mended after; a worker that dies between finds
the rest at the next look. The damaged bytes are set aside, never overwritten.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO

from django.utils.translation import gettext_noop

from recordings.assets import presence, store
from recordings.assets.models import Asset
from recordings.preservation.fixity.copies import Copies, Unequal
from recordings.preservation.fixity.models import Copy, Outcome, Where
from recordings.preservation.fixity.noting import copied, found_bad, found_good
from recordings.preservation.fixity.reading import BLOCK, BROKEN, PULSE, Progress, Reading, read

FROM_COPY = gettext_noop("Brought back from the second copy.")
FROM_STORE = gettext_noop("Made again from the store.")
Clock = Callable[[], datetime]


def silent(more: int) -> None:
    """Say nothing of how far it is."""


def verify_file(asset: Asset, *, copies: Copies | None, clock: Clock, progress: Progress = silent) -> Reading:
    """Return how the file in the store was found; one that is damaged or gone is brought back from its second copy.

    progress: called with how many bytes more were read. A repaired one is Outcome.REPAIRED. Raises store.DiskFull,
    presence.Away, OSError where the machine is in trouble.
    """
    reading = look(asset, progress)
    if reading.good:
        found_good(asset, Where.STORE, now=clock())
        return reading
    presence.check()
    found_bad(asset, Where.STORE, reading, now=clock())
    if copies is not None and bring_back(asset, copies, clock, progress):
        found_good(asset, Where.STORE, now=clock(), note=FROM_COPY)
        return Reading(Outcome.REPAIRED, FROM_COPY)
    return reading


def look(asset: Asset, progress: Progress = silent) -> Reading:
    """Return how the file in the store is."""
    return read(store.path_of(asset.sha256), sha256=asset.sha256, size=asset.size, progress=progress)


def bring_back(asset: Asset, copies: Copies, clock: Clock, progress: Progress) -> bool:
    """Return whether the second copy was good and lies in the store now, hashed on the way. Raises store.DiskFull."""
    try:
        with (
            copies.fetch(asset.sha256) as source,
            store.staging(blocks_of(source, progress), limit=asset.size) as staged,
        ):
            if staged.sha256 == asset.sha256:
                with store.locked(asset.sha256):
                    # It may have been brought again meanwhile; then it is good, and no harm is done to it.
                    store.place(staged, now=clock(), damaged=not look(asset).good)
                return True
    except (FileNotFoundError, store.Empty, store.TooLarge):
        pass
    except OSError as wrong:
        if wrong.errno not in BROKEN:
            raise
    reading = copies.read(asset.sha256, asset.size, silent)
    if not reading.good:
        found_bad(asset, Where.COPY, reading, now=clock(), disk=copies.disk)
    return False


def blocks_of(source: IO[bytes], progress: Progress) -> Iterator[bytes]:
    """Yield the bytes of an open file; progress: as in `verify_file`."""
    since = 0
    while block := source.read(BLOCK):
        yield block
        since += len(block)
        if since >= PULSE * BLOCK:
            progress(since)
            since = 0


def verify_copy(asset: Asset, *, copies: Copies, clock: Clock, progress: Progress = silent) -> Reading:
    """Return how the second copy was found; one that is damaged or gone is made again from the store.

    Raises Full, presence.Away, store.DiskFull, OSError as `verify_file` does.
    """
    reading = copies.read(asset.sha256, asset.size, progress)
    if reading.good:
        copied(asset, disk=copies.disk, now=clock())
        return reading
    if Copy.objects.filter(asset=asset, disk=copies.disk).exists():
        found_bad(asset, Where.COPY, reading, now=clock(), disk=copies.disk)
    # Told, so that a job keeps its lease while a large file is written; not counted, for these bytes were.
    if not copy_file(asset, copies=copies, clock=clock, progress=lambda more: progress(0)):
        return reading
    return Reading(Outcome.REPAIRED, FROM_STORE)


def copy_file(asset: Asset, *, copies: Copies, clock: Clock, progress: Progress = silent) -> bool:
    """Return whether there is a good second copy now, made from the store; False where the store's file is damaged.

    Raises Full, presence.Away, OSError.
    """
    again = Copy.objects.filter(asset=asset, disk=copies.disk, damaged_at__isnull=False).exists()
    try:
        if not store.is_file(
            store.path_of(asset.sha256), asset.size
        ):  # what is no file may not even be opened
            raise Unequal(asset.sha256)
        copies.put(asset.sha256, store.path_of(asset.sha256), progress, clock())
    except (Unequal, FileNotFoundError):
        verify_file(asset, copies=None, clock=clock)
        return False
    except OSError as wrong:
        if wrong.errno not in BROKEN or look(asset).good:
            raise
        verify_file(asset, copies=None, clock=clock)
        return False
    copied(asset, disk=copies.disk, now=clock(), note=FROM_STORE if again else "")
    return True
