"""The store: every file once, under the SHA-256 of its bytes, never changed.

A file arrives in `staging` beside the store (same file system, so the last step is one atomic rename), is hashed while
it is written, forced to disk, and only then gets its address and its row. Whatever fails, nothing half done stays.
"""

import fcntl
import hashlib
import os
import shutil
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

BLOCK = 64 * 1024
PULSE = 64  # MiB between two words on how far it is
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
    return Path(settings.STORE) / sha256[:2] / sha256[2:4] / sha256


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
        digest, size = hashlib.sha256(), 0
        with path.open("xb") as file:
            for block in blocks_of(source):
                size += len(block)
                if size > limit:
                    raise TooLarge(_("The file is larger than %(limit)s bytes.") % {"limit": f"{limit:,}"})
                if shutil.disk_usage(path.parent).free < len(block) + SPARE_BYTES:
                    raise DiskFull(_("The server's disk is full. Tell its administrator, then try again."))
                file.write(block)
                digest.update(block)
            os.fchmod(file.fileno(), 0o444)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise Empty(_("The file is empty. Choose the file again; it may still have been copying."))
        yield Staged(path, digest.hexdigest(), size)


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
        with source.open("rb") as file:
            yield from iter(lambda: file.read(BLOCK), b"")
    elif hasattr(source, "read"):
        yield from iter(lambda: source.read(BLOCK), b"")
    else:
        yield from source


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
        fresh = place(staged)
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
                yield asset
        except BaseException:  # also a worker being stopped: the file must not outlive its row
            if fresh:
                put_back(staged)
            raise


def keep(staged: Staged, *, media_type: str, probe: dict[str, Any] | None = None, now: datetime) -> Asset:
    """Return the Asset of a staged file, now in the store. The same bytes again: the same row, one file."""
    with keeping(staged, media_type=media_type, probe=probe, now=now) as asset:
        return asset


def place(staged: Staged) -> bool:
    """Move a staged file to its address; return whether it was not there before. A damaged one there is replaced."""
    target = path_of(staged.sha256)
    if target.exists() and target.stat().st_size == staged.size:
        staged.path.unlink()
        return False
    fresh = not target.exists()
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staged.path, target)
    try:
        for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
            sync_folder(folder)
    except OSError:
        if fresh:
            put_back(staged)
        raise
    return fresh


def put_back(staged: Staged) -> None:
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


@contextmanager
def locked(sha256: str) -> Iterator[None]:
    """Hold the lock of an address's first folder, across processes of this host."""
    with (staging_folder() / f"{sha256[:2]}.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
