"""Where second copies lie. A place is anything that keeps the promises of `Copies`; a folder is one.

A disk says who it is by a marker file. Without it nothing is read and nothing written: an unmounted disk is an empty
folder, and would look like the loss of everything, or fill the wrong disk.
"""

import errno
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from recordings.assets import presence, store
from recordings.preservation.fixity.models import Copy
from recordings.preservation.fixity.reading import Progress, Reading, read

MARKER = "meridian-second-copy.json"
STALE_SECONDS = 24 * 3600


class Full(Exception):
    """The place has no room for the file; the message says what to do."""


class Unequal(Exception):
    """What was to be copied is not the file that was asked for: nothing was kept."""


class Copies(Protocol):
    """A place of second copies. disk: which one it is, the same for ever.

    Every method raises presence.Away where the place cannot be reached.
    """

    disk: str

    def read(self, sha256: str, size: int, progress: Progress) -> Reading:
        """Return whether the copy is there and good."""

    def put(self, sha256: str, source: Path, progress: Progress, now: datetime) -> None:
        """Keep what lies at `source` as the copy; an earlier one is set aside. Raises Unequal, Full."""

    def fetch(self, sha256: str) -> AbstractContextManager[IO[bytes]]:
        """Give the copy's bytes as a file that is open. Raises FileNotFoundError, OSError."""

    def drop(self, sha256: str) -> None:
        """Remove the copy, if there is one. Raises OSError."""

    def tidy(self, now: datetime) -> int:
        """Remove what a worker left that died while it copied."""


class FolderCopies:
    """Second copies in a folder of another disk, laid out like the store."""

    def __init__(self, folder: Path, disk: str) -> None:
        self.folder, self.disk = folder, disk

    def path_of(self, sha256: str) -> Path:
        """Return where the copy lies, or would lie."""
        return store.place_in(self.folder, sha256)

    def read(self, sha256: str, size: int, progress: Progress = lambda more: None) -> Reading:
        """Return whether the copy is there and good. Raises presence.Away."""
        self.check()
        reading = read(self.path_of(sha256), sha256=sha256, size=size, progress=progress)
        if not reading.good:
            self.check()  # the disk may have gone while it was read
        return reading

    def put(self, sha256: str, source: Path, progress: Progress, now: datetime) -> None:
        """Keep what lies at `source` as the copy; an earlier one is set aside. Raises Unequal, Full, presence.Away."""
        self.check()
        draft = self.folder / "staging" / uuid.uuid4().hex
        try:
            draft.parent.mkdir(exist_ok=True)
            if not store.has_room(self.folder, source.stat().st_size):
                raise Full(full(self.folder))
            if store.written(store.counted(store.blocks_of(source), progress), draft).sha256 != sha256:
                raise Unequal(sha256)
            target = self.path_of(sha256)
            if os.path.lexists(target):
                store.set_aside(target, self.folder / store.ASIDE, now)
            store.settle(draft, target)
        except store.DiskFull as wrong:
            raise Full(full(self.folder)) from wrong
        except OSError as wrong:
            if wrong.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Full(full(self.folder)) from wrong
            self.check()
            raise
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    @contextmanager
    def fetch(self, sha256: str) -> Iterator[IO[bytes]]:
        """Give the copy's bytes as a file that is open. Raises FileNotFoundError, OSError, presence.Away."""
        self.check()
        handle = os.open(self.path_of(sha256), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            yield file

    def drop(self, sha256: str) -> None:
        """Remove the copy, if there is one. Raises presence.Away, OSError."""
        self.check()
        self.path_of(sha256).unlink(missing_ok=True)

    def tidy(self, now: datetime) -> int:
        """Return how many drafts were removed that a worker left a day ago or longer. Raises presence.Away."""
        self.check()
        old = now.timestamp() - STALE_SECONDS
        stale = [each for each in (self.folder / "staging").glob("*") if each.stat().st_mtime < old]
        for each in stale:
            each.unlink(missing_ok=True)
        return len(stale)

    def check(self) -> None:
        """Raise presence.Away where the disk is not there, or another one is."""
        if disk_of(self.folder) != self.disk:
            raise presence.Away(away(self.folder))


def disk_of(folder: Path) -> str:
    """Return what the marker file of a folder says; "" where there is none that can be read."""
    try:
        found = json.loads((folder / MARKER).read_text())
    except (OSError, ValueError):
        return ""
    return str(found.get("disk", ""))[:36] if isinstance(found, dict) else ""


def begin(folder: Path) -> str:
    """Return the name of a disk that is to hold second copies, its marker written if need be. Raises presence.Away."""
    if not folder.is_dir():
        raise presence.Away(away(folder))
    known = disk_of(folder)
    if known:
        return known
    disk = str(uuid.uuid4())
    presence.write_marker(folder / MARKER, json.dumps({"disk": disk, "of": settings.MERIDIAN_URL}) + "\n")
    return disk


def second_copies() -> FolderCopies | None:
    """Return where second copies lie; None where none are kept. Raises presence.Away.

    The first time the folder is taken as it is. From then on only a disk with a marker is: a new one is begun by
    `manage.py verify --new-copy`.
    """
    if not settings.SECOND_COPY:
        return None
    folder = Path(settings.SECOND_COPY)
    disk = disk_of(folder)
    if not disk and not Copy.objects.exists():
        disk = begin(folder)
    if not disk:
        raise presence.Away(away(folder))
    return FolderCopies(folder, disk)


def away(folder: Path) -> str:
    """Return what to say of a disk that is not there."""
    words = _(
        "The disk of the second copies is not there: %(folder)s has no file %(marker)s. Mount it. If it is a new disk, "
        "run: manage.py verify --new-copy"
    )
    return words % {"folder": folder, "marker": MARKER}


def full(folder: Path) -> str:
    """Return what to say of a disk without room."""
    return _("The disk of the second copies is full: %(folder)s. Make room, or give it a larger disk.") % {
        "folder": folder
    }
