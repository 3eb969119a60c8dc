"""Bytes of an upload arrive: written, forced to disk, and only then counted, each time in one short transaction.

Whoever writes holds a lease on the row, taken and kept by conditional updates. No transaction stays open while bytes
come: on SQLite it would hold up every other writer.
"""

import errno
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.uploading import staging
from recordings.uploading.creating import KEPT
from recordings.uploading.models import Upload, UploadState
from seminars.queue import jobs

FINISH_DOOR, FINISH_KIND = "recordings.tasks.finish_upload", "upload"
BLOCK, LARGE_BLOCK = 64 * 1024, 1024**2
QUICK_SECONDS = 0.02
"""A line that fills a block so soon gets larger ones; over a slow one a drop must cost a small one only."""
LEASE = timedelta(seconds=20)
RENEW_SECONDS = (
    5.0  # a line may be silent for less than the lease; READ_SECONDS of the web server is less, too
)
COMMIT_BYTES, COMMIT_SECONDS = 32 * 1024**2, 2.0
QUICK_BYTES = 256 * 1024**2  # more is checked by the media workers, whose jobs may take long

Clock = Callable[[], datetime]
Read = Callable[[int], bytes]


class Locked(Exception):
    """Somebody else sends to this upload just now; or did, and its line dropped some seconds ago."""


class WrongOffset(Exception):
    """What is sent does not begin where what is here ends."""


class TooMuch(Exception):
    """More bytes are sent than were announced."""


class Mismatch(Exception):
    """What came is not what the checksum says; it is thrown away."""


class Gone(Exception):
    """The upload was removed meanwhile."""


class Digest(Protocol):
    """What hashlib gives."""

    def update(self, data: bytes, /) -> None:
        """Take in more."""

    def digest(self) -> bytes:
        """The hash so far."""


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one request must hash to."""

    digest: Digest
    expected: bytes


@dataclass
class Hold:
    """A lease on an upload that is ours, as far as we know."""

    upload: Upload
    key: str
    clock: Clock
    renewed: float = field(default_factory=time.monotonic)

    def write_down(self, **columns: object) -> None:
        """Store `columns` and keep the lease. Raises Gone, or Locked where somebody else took over."""
        until = self.clock() + LEASE
        if not Upload.objects.filter(pk=self.upload.pk, lease=self.key).update(lease_until=until, **columns):
            if not Upload.objects.filter(pk=self.upload.pk).exists():
                raise Gone
            raise Locked
        self.renewed = time.monotonic()

    def keep(self) -> None:
        """Keep the lease, asked before each write: who lost it must not touch the file any more."""
        if time.monotonic() - self.renewed > RENEW_SECONDS:
            self.write_down()


@contextmanager
def held(upload: Upload, clock: Clock) -> Iterator[Hold]:
    """Hold the upload's lease. Raises Locked."""
    key, now = uuid.uuid4().hex, clock()
    free = Q(lease="") | Q(lease_until__lt=now)
    won = Upload.objects.filter(free, pk=upload.pk, state=UploadState.ARRIVING)
    if not won.update(lease=key, lease_until=now + LEASE):
        raise Locked
    try:
        yield Hold(upload, key, clock)
    finally:
        Upload.objects.filter(pk=upload.pk, lease=key).update(lease="", lease_until=None)


def receive(
    *, upload: Upload, offset: int, size: int, read: Read, clock: Clock, checksum: Checksum | None = None
) -> int:
    """Return how many bytes of the upload are on disk, after taking in what `read` gives: at most `size` bytes.

    offset: where the sender believes to be. read: gives up to so many bytes, nothing at the end; an OSError is a line
    that dropped. With a checksum all of it counts, or nothing. Once all is here, a job checks and keeps the file.
    Raises Locked, Gone, WrongOffset, TooMuch, Mismatch, store.DiskFull.
    """
    if upload.state != UploadState.ARRIVING:
        if offset != upload.length or size:
            raise WrongOffset
        return upload.length
    with held(upload, clock) as hold:
        try:
            upload.refresh_from_db()
        except Upload.DoesNotExist as wrong:
            raise Gone from wrong
        start = staging.here(upload)
        if offset != start:
            raise WrongOffset
        if offset + size > upload.length:
            raise TooMuch
        return _Writer(hold, start, size, checksum).take(read)


class _Writer:
    """One request's bytes on their way to disk."""

    def __init__(self, hold: Hold, start: int, size: int, checksum: Checksum | None) -> None:
        self.hold, self.at, self.left, self.checksum = hold, start, size, checksum
        self.counted, self.counted_at = start, time.monotonic()

    def take(self, read: Read) -> int:
        """Return how many bytes are on disk now."""
        part = staging.part_of(self.hold.upload)
        part.touch(exist_ok=True)
        with part.open("r+b", buffering=0) as file:
            file.truncate(self.at)  # what a killed server wrote but did not count
            file.seek(self.at)
            handle = file.fileno()
            try:
                self.copy(read, handle)
            except store.DiskFull:
                if self.checksum is None:
                    self.count(handle)
                raise
            if self.checksum is not None and not self.fits(self.checksum):
                raise Mismatch
            self.count(handle)
        return self.at

    def fits(self, checksum: Checksum) -> bool:
        """Return whether all of it came, and is what the checksum says."""
        return not self.left and checksum.digest.digest() == checksum.expected

    def copy(self, read: Read, handle: int) -> None:
        """Write what comes until it ends, or the line does."""
        roomy(part_folder_of(self.hold.upload))
        size = BLOCK
        while self.left:
            asked = time.monotonic()
            try:
                block = read(min(size, self.left))
            except OSError:
                return
            if not block:
                return
            size = min(size * 2, LARGE_BLOCK) if time.monotonic() - asked < QUICK_SECONDS else BLOCK
            self.hold.keep()
            write_all(handle, block)
            self.at += len(block)
            self.left -= len(block)
            if self.checksum is not None:
                self.checksum.digest.update(block)
            elif (
                self.at - self.counted >= COMMIT_BYTES or time.monotonic() - self.counted_at >= COMMIT_SECONDS
            ):
                self.count(handle)
                roomy(part_folder_of(self.hold.upload))

    def count(self, handle: int) -> None:
        """Force what is written to disk, then say so in the row; with the last byte, have it checked."""
        os.fdatasync(handle)
        upload, now = self.hold.upload, self.hold.clock()
        whole = self.at == upload.length
        if self.at == self.counted and not whole:
            return
        with transaction.atomic():
            state = UploadState.CHECKING if whole else UploadState.ARRIVING
            self.hold.write_down(offset=self.at, expires_at=now + KEPT, state=state)
            if whole:
                order_check(upload, now)
        upload.offset, upload.state, upload.expires_at = self.at, state, now + KEPT
        self.counted, self.counted_at = self.at, time.monotonic()


def order_check(upload: Upload, now: datetime) -> None:
    """Have a whole upload checked and kept."""
    cluster = "media" if upload.length > QUICK_BYTES else ""
    jobs.ensure(
        kind=FINISH_KIND,
        subject=f"upload:{upload.pk}",
        door=FINISH_DOOR,
        cluster=cluster,
        now=now,
        asked_by_id=upload.actor_id,
    )


def part_folder_of(upload: Upload) -> str:
    """Return the folder whose disk the upload fills."""
    return str(staging.part_of(upload).parent)


def roomy(folder: str) -> None:
    """Raise DiskFull where the disk is so full that the database might not be able to write."""
    if shutil.disk_usage(folder).free < store.SPARE_BYTES:
        raise store.DiskFull(full())


def full() -> str:
    """Return what to say of a full disk in the middle of a file."""
    return _("The server's disk is full. What came so far stays: tell the administrator, then go on.")


def write_all(handle: int, block: bytes) -> None:
    """Write the whole block. Raises DiskFull."""
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
    except OSError as wrong:
        if wrong.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise store.DiskFull(full()) from wrong
        raise
