"""Reads a file again and says whether it still is what was kept. Knows paths and bytes, no rows."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop

from recordings.preservation.fixity.models import Outcome

BLOCK = 1024**2
PULSE = 64  # blocks between two words on how far it is
BROKEN = {errno.EIO, errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENXIO, errno.EBADMSG, errno.EUCLEAN}
"""What the disk says of a file that cannot be read. Anything else is the machine's trouble, and no word on the file."""

# Shown to people: translate when showing.
GONE = gettext_noop("There is no file.")
NO_FILE = gettext_noop("What lies there is not a file.")
CUT = gettext_noop("The file has another length.")
CHANGED = gettext_noop("The file’s bytes have changed.")
UNREADABLE = gettext_noop("The file cannot be read.")

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Reading:
    """What a file turned out to be. note: why, marked for translation; "" for a good one."""

    outcome: Outcome
    note: str = ""

    @property
    def good(self) -> bool:
        """Whether every byte is as it was."""
        return self.outcome == Outcome.GOOD


GOOD = Reading(Outcome.GOOD)


def read(path: Path, *, sha256: str, size: int, progress: Progress = lambda more: None) -> Reading:
    """Return whether the file at `path` has these bytes: from the disk, not from what memory remembers of it.

    progress: called now and then with how many bytes more were read. Raises OSError where the machine, not the file,
    is in trouble.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return Reading(Outcome.MISSING, GONE)
    except OSError as wrong:
        return unreadable(wrong)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            return Reading(Outcome.DAMAGED, NO_FILE)
        if found.st_size != size:
            return Reading(Outcome.DAMAGED, CUT)
        same = digest_of(handle, progress) == sha256
    except OSError as wrong:
        return unreadable(wrong)
    finally:
        os.close(handle)
    return GOOD if same else Reading(Outcome.DAMAGED, CHANGED)


def unreadable(wrong: OSError) -> Reading:
    """Return what an error of the disk says of the file. Raises it again where it says nothing."""
    if wrong.errno not in BROKEN:
        raise wrong
    return Reading(Outcome.DAMAGED, NO_FILE if wrong.errno == errno.ELOOP else UNREADABLE)


def digest_of(handle: int, progress: Progress) -> str:
    """Return the SHA-256 of an open file, lower-case hexadecimal."""
    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)  # else memory would answer, and never the disk
    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_SEQUENTIAL)
    digest, buffer = hashlib.sha256(), memoryview(bytearray(BLOCK))
    told = done = 0
    while count := os.readv(handle, [buffer]):
        digest.update(buffer[:count])
        done += count
        if done - told >= PULSE * BLOCK:
            progress(done - told)
            told = done
    progress(done - told)
    return digest.hexdigest()
