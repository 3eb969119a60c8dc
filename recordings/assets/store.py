"""The store: every file once, under the SHA-256 of its bytes, never changed.

A file arrives in `staging` beside the store (same file system, so the last step is one atomic rename), is hashed while
it is written, forced to disk, and only then gets its address and its row. Whatever fails, nothing half done stays.
"""

import fcntl
import hashlib
import os
import shutil
import stat
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from recordings.assets.models import Asset
from seminars.queue.enqueue import nudge

BLOCK = 64 * 1024
PULSE = 64  # MiB between two words on how far it is
LOOK_DOOR = "recordings.tasks.look_at_file"
ASIDE = "damaged"
"""The folder of the store in which damaged files lie that were replaced by good ones."""
MOST = 2**63 - 1  # bytes: any file
SPARE_BYTES = 64 * 1024**2  # left free on the disk, so that the database can still write


class Empty(Exception):
    """The file has no bytes."""


class TooLarge(Exception):
    """The file has more bytes than may be taken in; the message says the limit."""


class DiskFull(Exception):
    """The disk has no room for the file."""


@dataclass(frozen=True)
class Staged:
    """A file that is whole and on disk, but not yet in the store.

    path: where it lies. sha256: lower-case hexadecimal. size: bytes.
    """

    path: Path
    sha256: str
    size: int


def path_of(sha256: str) -> Path:
    """Return where the file with this hash lies, or would lie."""
    return place_in(Path(settings.STORE), sha256)


def place_in(folder: Path, sha256: str) -> Path:
    """Return where a file lies below `folder`: of the store, of its second copies, of the backups."""
    return folder / sha256[:2] / sha256[2:4] / sha256


def staging_folder() -> Path:
    """Return the folder of files on their way in, made if need be."""
    folder = Path(settings.STORE) / "staging"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def draft_path(suffix: str = "") -> Iterator[Path]:
    """Give a path in the staging folder for a program to write to; whatever lies there is removed at the end."""
    path = staging_folder() / f"{uuid.uuid4().hex}{suffix}"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def staging(source: IO[bytes] | Path | Iterable[bytes], *, limit: int | None = None) -> Iterator[Staged]:
    """Give the bytes of `source` as a staged file, hashed and forced to disk; it is gone at the end unless it was kept.

    limit: bytes, the site's own when None. Raises Empty, TooLarge, DiskFull.
    """
    limit = settings.MAX_FILE_BYTES if limit is None else limit
    with draft_path() as path:
        staged = written(blocks_of(source), path, limit=limit)
        if not staged.size:
            raise Empty(_("The file is empty. Choose the file again; it may still have been copying."))
        yield staged


def written(blocks: Iterable[bytes], path: Path, *, limit: int = MOST) -> Staged:
    """Return the new file at `path`: hashed while it was written, read-only, forced to disk. Every copy is made here.

    limit: bytes. Raises TooLarge, DiskFull, OSError; what lies at `path` then is the caller's to remove.
    """
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        for block in blocks:
            size += len(block)
            if size > limit:
                raise TooLarge(_("The file is larger than %(limit)s bytes.") % {"limit": f"{limit:,}"})
            if not has_room(path.parent, len(block)):
                raise DiskFull(_("The server's disk is full. Tell its administrator, then try again."))
            file.write(block)
            digest.update(block)
        os.fchmod(file.fileno(), 0o444)
        file.flush()
        os.fsync(file.fileno())
    return Staged(path, digest.hexdigest(), size)


def has_room(folder: Path, size: int) -> bool:
    """Return whether the disk of a folder takes `size` bytes more, with some left for the database."""
    return shutil.disk_usage(folder).free >= size + SPARE_BYTES


def in_place(path: Path, *, progress: Callable[[int, int], None] = lambda done, total: None) -> Staged:
    """Return a whole file of the staging folder as staged, hashed where it lies; a fault leaves it there.

    progress: called with bytes hashed and in all, now and then. Raises Empty, FileNotFoundError.
    """
    size = path.stat().st_size
    if not size:
        raise Empty(_("The file is empty. Choose the file again; it may still have been copying."))
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        for number, block in enumerate(iter(lambda: file.read(1024**2), b"")):
            digest.update(block)
            done += len(block)
            if number % PULSE == PULSE - 1:
                progress(done, size)
        os.fchmod(file.fileno(), 0o444)
        os.fsync(file.fileno())
    return Staged(path, digest.hexdigest(), done)


def blocks_of(source: IO[bytes] | Path | Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a path, an open file or an iterable, at most 64 KiB at a time where they are read."""
    if isinstance(source, Path):
        with source.open("rb", buffering=0) as file:
            yield from iter(lambda: file.read(BLOCK), b"")
    elif hasattr(source, "read"):
        yield from iter(lambda: source.read(BLOCK), b"")
    else:
        yield from source


def counted(blocks: Iterable[bytes], told: Callable[[int], None]) -> Iterator[bytes]:
    """Yield the blocks unchanged. told: called each 64 MiB, and at their end, with how many bytes more went by."""
    since = 0
    for block in blocks:
        yield block
        since += len(block)
        if since >= PULSE * 1024**2:
            told(since)
            since = 0
    told(since)


@contextmanager
def keeping(
    staged: Staged, *, media_type: str, probe: dict[str, Any] | None = None, now: datetime
) -> Iterator[Asset]:
    """Put the file at its address, then give its Asset in one transaction with everything that the body writes.

    now: aware UTC. When the body or the transaction fails, neither the row nor a file that is new here stays: it lies
    where it was staged again, for another try. A lock on the address keeps two workers with the same bytes from taking
    each other's file away.
    """
    with locked(staged.sha256):
        damaged = Asset.objects.filter(sha256=staged.sha256, damaged_at__isnull=False).exists()
        fresh = place(staged, now=now, damaged=damaged)
        try:
            with transaction.atomic():
                asset, _made = Asset.objects.get_or_create(
                    sha256=staged.sha256,
                    defaults={
                        "size": staged.size,
                        "media_type": media_type,
                        "probe": probe or {},
                        "kept_at": now,
                        "verified_at": now,
                    },
                )
                if asset.absent:
                    Asset.objects.filter(pk=asset.pk).update(absent=False, verified_at=now)
                if damaged:  # what was missing has been brought again: fixity looks, and writes that down
                    nudge(LOOK_DOOR, asset_id=asset.pk)
                yield asset
        except BaseException:  # also a worker being stopped: the file must not outlive its row
            if fresh:
                _put_back(staged)
            raise


def keep(staged: Staged, *, media_type: str, probe: dict[str, Any] | None = None, now: datetime) -> Asset:
    """Return the Asset of a staged file, now in the store. The same bytes again: the same row, one file."""
    with keeping(staged, media_type=media_type, probe=probe, now=now) as asset:
        return asset


def place(staged: Staged, *, now: datetime, damaged: bool = False) -> bool:
    """Move a staged file to its address; return whether nothing was there before. Call it under the address's lock.

    damaged: what lies there is known not to be the file, though it may be as long. It is set aside then, as is what
    is not a file, or of another length. now: aware UTC.
    """
    target = path_of(staged.sha256)
    if not damaged and is_file(target, staged.size):
        staged.path.unlink()
        spare(staged.sha256)  # who brings it again may be long about writing the row that needs it
        return False
    fresh = not os.path.lexists(target)
    if not fresh:
        set_aside(target, Path(settings.STORE) / ASIDE, now)
    try:
        settle(staged.path, target)
    except OSError:
        if fresh:
            _put_back(staged)
        raise
    return fresh


def settle(draft: Path, target: Path) -> None:
    """Move a whole file to its address (see `place_in`), there for sure: after a power cut too."""
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(draft, target)
    for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
        sync_folder(folder)


def is_file(path: Path, size: int) -> bool:
    """Return whether a file of this many bytes lies there: itself, not a link to one."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == size


def set_aside(path: Path, folder: Path, now: datetime) -> Path:
    """Return where in `folder` what lies at `path` lies too from now on: damaged bytes are kept, for who looks why.

    A file stays at its address until something takes its place there; what is no file is moved.
    """
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f"{path.name}-{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:6]}"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise IsADirectoryError
        os.link(path, aside)
    except OSError:  # no file, or a file system without hard links
        os.replace(path, aside)
    sync_folder(folder)
    return aside


def _put_back(staged: Staged) -> None:
    """Move a file from its address to where it was staged: nobody may have another copy of what was sent."""
    with suppress(FileNotFoundError):
        os.replace(path_of(staged.sha256), staged.path)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to disk: after a power cut a renamed file is there under its new name."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def spare(sha256: str) -> None:
    """Begin the time anew for which a file stays that no row needs: a bag, a backup or a reader may be at it."""
    path = path_of(sha256)
    with suppress(FileNotFoundError, PermissionError):  # gone, or brought by another account of the machine
        path.chmod(stat.S_IMODE(path.stat().st_mode))  # its status changes, its bytes and their date do not


@contextmanager
def locked(sha256: str) -> Iterator[None]:
    """Hold the lock of an address's first folder, across processes of this host."""
    with (staging_folder() / f"{sha256[:2]}.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
