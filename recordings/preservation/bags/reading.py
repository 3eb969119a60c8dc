"""A bag that somebody hands us, as a folder or a ZIP: its files by name. Nothing of it is trusted, nothing unpacked.

Links, devices, encrypted entries, names that lead elsewhere, names twice, and ZIPs that grow when they are unpacked
are refused before a byte of them is read.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Self

from django.utils.translation import gettext as _

from recordings.preservation.bags.paths import BadPath, checked

BLOCK = 256 * 1024
MOST_DEFLATED = 16 * 1024**2
"""Bytes of a deflated file when unpacked. Our own are smaller: a recording is never deflated."""
MOST_FILES = 2_000_000
READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class NotABag(Exception):
    """What was given is no bag that can be read; the message names the file and says what to do."""


class Bag(AbstractContextManager["Bag"]):
    """Files by their path within the bag, with their sizes in bytes."""

    files: dict[str, int]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        pass

    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file. Raises NotABag when they cannot be read."""
        raise NotImplementedError

    def content(self, path: str, *, most: int) -> bytes:
        """Return a file whole. Raises NotABag when it is missing or has more than `most` bytes."""
        if path not in self.files:
            raise NotABag(
                _("%(path)s is missing. This is no bag, or it is not whole: copy it again.") % {"path": path}
            )
        if self.files[path] > most:
            words = _("%(path)s has more than %(most)s bytes, which no bag of Meridian has.")
            raise NotABag(words % {"path": path, "most": f"{most:,}"})
        return b"".join(self.blocks(path))


class FolderBag(Bag):
    """A bag in a folder."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.files = {}
        for path in self._walk(top):
            name = path.relative_to(top).as_posix()
            about = path.lstat()
            if not stat.S_ISREG(about.st_mode):
                raise NotABag(_("%(path)s is a link or no file. Take it out of the bag.") % {"path": name})
            self.files[_safe(name)] = about.st_size

    def _walk(self, top: Path) -> Iterator[Path]:
        for folder, folders, names in os.walk(top, onerror=_refuse):
            for name in [*names, *(each for each in folders if Path(folder, each).is_symlink())]:
                yield Path(folder, name)

    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file, never through a link."""
        try:
            handle = os.open(self.top / path, os.O_RDONLY | os.O_NOFOLLOW)
            with open(handle, "rb", buffering=0) as file:
                yield from iter(lambda: file.read(BLOCK), b"")
        except OSError as wrong:
            raise _unreadable(path, wrong) from wrong


class ZipBag(Bag):
    """A bag in a ZIP, below one folder."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as wrong:
            words = _("%(path)s is not a ZIP, or its end is missing: it was not copied whole. Copy it again.")
            raise NotABag(words % {"path": path.name}) from wrong
        try:
            self._entries = self._checked(path.stat().st_size)
        except BaseException:
            self._zip.close()
            raise
        self.files = {name: each.file_size for name, each in self._entries.items()}

    def __exit__(self, *raised: object) -> None:
        self._zip.close()

    def _checked(self, size: int) -> dict[str, zipfile.ZipInfo]:
        entries = self._zip.infolist()
        if len(entries) > MOST_FILES:
            raise NotABag(_("This ZIP has more than %(most)s files.") % {"most": f"{MOST_FILES:,}"})
        if sum(each.compress_size for each in entries) > size:
            raise NotABag(_("Files of this ZIP lie over each other. It was made to do harm; do not use it."))
        found: dict[str, zipfile.ZipInfo] = {}
        tops, lower = set(), set()
        for each in entries:
            name = _safe(each.orig_filename.rstrip("/") if each.is_dir() else each.orig_filename)
            top, _slash, rest = name.partition("/")
            tops.add(top)
            if each.is_dir():
                continue
            _check_entry(each, name)
            if rest.lower() in lower:
                raise NotABag(_("%(path)s is in this ZIP twice. Make the bag again.") % {"path": name})
            lower.add(rest.lower())
            found[rest] = each
        if len(tops) != 1 or "" in found:
            raise NotABag(
                _(
                    "A bag in a ZIP lies below one folder. Unpack it, and give the folder with bagit.txt in it."
                )
            )
        return found

    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        try:
            with closing(self._zip.open(self._entries[path])) as file:
                yield from iter(lambda: file.read(BLOCK), b"")
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as wrong:
            raise _unreadable(path, wrong) from wrong


def open_bag(path: Path) -> Bag:
    """Return the bag at `path`, a folder or a ZIP; take it as a context. Raises NotABag."""
    if path.is_dir():
        return FolderBag(path)
    if path.is_file():
        return ZipBag(path)
    raise NotABag(_("There is nothing at %(path)s.") % {"path": path})


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    mode = entry.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise NotABag(_("%(path)s is a link or no file. Take it out of the bag.") % {"path": name})
    if entry.flag_bits & 0x1:
        raise NotABag(_("%(path)s is encrypted. Unpack the ZIP, and give the folder.") % {"path": name})
    if entry.compress_type not in READABLE:
        raise NotABag(
            _("%(path)s is packed in a way that is not known here. Unpack the ZIP, and give the folder.")
            % {"path": name}
        )
    grows = entry.compress_type == zipfile.ZIP_DEFLATED and entry.file_size > MOST_DEFLATED
    if grows or (entry.compress_type == zipfile.ZIP_STORED and entry.file_size != entry.compress_size):
        words = _(
            "%(path)s grows to %(size)s bytes when it is unpacked, which files in our bags do not. If you know where "
            "it comes from, unpack the ZIP yourself, and give the folder."
        )
        raise NotABag(words % {"path": name, "size": f"{entry.file_size:,}"})


def _safe(name: str) -> str:
    try:
        return checked(name)
    except BadPath as wrong:
        raise NotABag(str(wrong)) from wrong


def _unreadable(path: str, wrong: Exception) -> NotABag:
    return NotABag(
        _("%(path)s cannot be read: %(reason)s. Copy the bag again.") % {"path": path, "reason": wrong}
    )


def _refuse(wrong: OSError) -> None:
    raise _unreadable(str(wrong.filename), wrong)
