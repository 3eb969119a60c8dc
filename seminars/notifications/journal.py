"""What a worker has begun to send and what was answered, mail by mail, in a small file beside the database.

The database says "sending" of a group of mails before the first of them leaves: that survives a power cut, after which
the whole group is uncertain. A worker that is killed leaves its file behind, which is exact: one mail at most was under
way. A file is believed only on the same boot of the same machine (what was written may not have reached the disk
otherwise) and only when nobody holds its lock any more, which the kernel gives back when a process ends.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_BEGUN, _ANSWERED = b">", b"<"


@dataclass
class Left:
    """What a dead worker wrote. begun, answered: primary keys. believed: whether nothing can be missing."""

    name: str
    believed: bool
    begun: set[int] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)


class Journal:
    """The file of one worker while it sends. `name` is also what its mails are leased by."""

    def __init__(self, name: str) -> None:
        folder = _folder()
        draft = folder / f".{name}"
        self.name, self._path = name, folder / name
        self._file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._write(_boot() + b"\n")
        draft.rename(self._path)  # nobody meets it without its lock

    def begin(self, key: int) -> None:
        """Write down that a mail is about to leave: before its first byte."""
        self._write(b"%s%d\n" % (_BEGUN, key))

    def answer(self, key: int) -> None:
        """Write down that the mail server has taken it."""
        self._write(b"%s%d\n" % (_ANSWERED, key))

    def close(self, *, settled: bool) -> None:
        """Give the lock back. settled: all is in the database, so that the file can go."""
        if settled:
            self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _write(self, line: bytes) -> None:
        if os.write(self._file, line) != len(line):  # a full disk: then nothing may leave
            raise OSError(f"{self._path} could not be written.")


@contextlib.contextmanager
def of_dead() -> Iterator[Iterator[Left]]:
    """Give what workers left that are dead, each under its lock; on leaving without an error those files go."""
    held: list[tuple[int, Path]] = []
    try:
        yield _taken(held)
        for _descriptor, path in held:
            path.unlink(missing_ok=True)
    finally:
        for descriptor, _path in held:
            os.close(descriptor)


def _taken(held: list[tuple[int, Path]]) -> Iterator[Left]:
    for path in sorted(_folder().glob("[!.]*")):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # it was done with meanwhile
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        held.append((descriptor, path))
        yield _read(path)


def _read(path: Path) -> Left:
    boot, *lines = path.read_bytes().split(b"\n")
    left = Left(path.name, bool(boot) and boot == _boot())
    for line in lines:
        if line[1:].isdigit():
            (left.begun if line[:1] == _BEGUN else left.answered).add(int(line[1:]))
    return left


def _folder() -> Path:
    folder = Path(settings.DATA) / "outbox"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _boot() -> bytes:
    """Which boot of which machine this is; empty where the system does not say."""
    with contextlib.suppress(OSError):
        return _BOOT.read_bytes().strip()
    return b""
