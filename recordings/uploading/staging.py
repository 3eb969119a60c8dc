"""Where the bytes of an upload lie until they are whole: beside the store, so that the last step is one rename."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recordings.assets import store
from recordings.uploading.models import Upload

SUFFIX = ".upload"


def part_of(upload: Upload) -> Path:
    """Return where the part of the file that is here lies."""
    return store.staging_folder() / f"{upload.pk}-{upload.token[:16]}{SUFFIX}"


def begin(upload: Upload) -> None:
    """Make the empty file, there for sure."""
    part = part_of(upload)
    part.touch(exist_ok=True)
    store.sync_folder(part.parent)


def here(upload: Upload) -> int:
    """Return how many bytes are here for sure: what the row says, or what the disk kept if that is less."""
    try:
        return min(upload.offset, os.stat(part_of(upload)).st_size)
    except FileNotFoundError:
        return 0


@contextmanager
def room_held() -> Iterator[None]:
    """Hold the disk's room across processes of this host: until it ends, nobody else counts what is promised of it."""
    with (store.staging_folder() / "room.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def drop(upload: Upload) -> None:
    """Remove the bytes."""
    part_of(upload).unlink(missing_ok=True)
