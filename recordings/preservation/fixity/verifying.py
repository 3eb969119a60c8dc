"""Looks at one file in one place, and mends it from the other where it can.

What is wrong is written down before anything is mended, and that it is mended after; a worker that dies between finds
the rest at the next look. The damaged bytes are set aside, never overwritten.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.translation import gettext_noop

from recordings.assets import presence, store
from recordings.assets.models import Asset
from recordings.preservation.fixity.copies import Copies, Unequal
from recordings.preservation.fixity.models import Copy, Outcome, Where
from recordings.preservation.fixity.noting import copied, found_bad, found_good
from recordings.preservation.fixity.reading import BROKEN, GOOD, Progress, Reading, read

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
    # Told, so that a job keeps its lease while a large file is written; not counted, for these bytes were.
    if copies is not None and bring_back(asset, copies, clock, lambda more: progress(0)):
        return Reading(Outcome.REPAIRED, FROM_COPY)
    return reading


def look(asset: Asset, progress: Progress = silent) -> Reading:
    """Return how the file in the store is."""
    return read(store.path_of(asset.sha256), sha256=asset.sha256, size=asset.size, progress=progress)


def bring_back(asset: Asset, copies: Copies, clock: Clock, progress: Progress) -> bool:
    """Return whether the second copy was good and lies in the store now, hashed on the way. Raises store.DiskFull."""
    try:
        with copies.fetch(asset.sha256) as source:
            blocks = store.counted(store.blocks_of(source), progress)
            if put_back(asset, blocks, note=FROM_COPY, clock=clock):
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


def put_back(asset: Asset, blocks: Iterable[bytes], *, note: str, clock: Clock) -> bool:
    """Return whether these bytes are the file, and lie in the store now; then that is written down with `note`.

    Raises store.Empty, store.TooLarge, store.DiskFull, OSError.
    """
    with store.staging(blocks, limit=asset.size) as staged:
        if staged.sha256 != asset.sha256:
            return False
        with store.locked(asset.sha256):
            # It may have been brought again meanwhile; then it is good, and no harm is done to it.
            store.place(staged, now=clock(), damaged=not look(asset).good)
    found_good(asset, Where.STORE, now=clock(), note=note)
    return True


def mend_with(asset: Asset, blocks: Iterable[bytes], *, note: str, clock: Clock) -> Reading:
    """Return how the file in the store was found; one that is damaged or gone is mended by bytes that somebody brought.

    Raises presence.Away, and what `put_back` raises.
    """
    reading = look(asset)
    if reading.good:
        return reading
    presence.check()
    found_bad(asset, Where.STORE, reading, now=clock())
    mended = put_back(asset, blocks, note=note, clock=clock)
    return Reading(Outcome.REPAIRED, note) if mended else reading


def verify_copy(asset: Asset, *, copies: Copies, clock: Clock, progress: Progress = silent) -> Reading:
    """Return how the second copy was found; one that is damaged or gone is made again from the store.

    A file's first copy is made likewise, and good: nothing was mended. Raises Full, presence.Away, store.DiskFull,
    OSError as `verify_file` does.
    """
    reading = copies.read(asset.sha256, asset.size, progress)
    if reading.good:
        copied(asset, disk=copies.disk, now=clock())
        return reading
    known = Copy.objects.filter(asset=asset, disk=copies.disk).exists()
    if known:
        found_bad(asset, Where.COPY, reading, now=clock(), disk=copies.disk)
    if not copy_file(asset, copies=copies, clock=clock, progress=lambda more: progress(0)):
        return reading
    if not known and reading.outcome == Outcome.MISSING:
        return GOOD
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
