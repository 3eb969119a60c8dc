"""Names that every file system takes: FAT32 of a stick, Windows, a ZIP, an old unpacker. Pure.

ASCII letters, digits, dots, hyphens and underscores; no name of a Windows device; capitals tell no two apart.
"""

import re
import unicodedata
from hashlib import sha256

LONGEST = 100
"""Characters of one name; a path of ours has at most five."""
LONGEST_PATH = 240
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "clock$"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")
_SAFE = re.compile(r"[A-Za-z0-9_-](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")


def is_safe(name: str) -> bool:
    """Return whether one name (no path) can lie on any file system as it is."""
    stem = name.partition(".")[0].lower()
    return len(name) <= LONGEST and _SAFE.fullmatch(name) is not None and stem not in DEVICES


def safe(name: str) -> str:
    """Return `name` as one that any file system takes; what has to be left out becomes a hyphen. Never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    kept = _STRANGE.sub("-", plain).strip(".-")
    stem, dot, ending = kept.rpartition(".")
    if not dot or not stem or len(ending) > 10:
        stem, dot, ending = kept, "", ""
    stem = stem[: LONGEST - len(dot + ending)].rstrip(".-") or "file"
    if stem.partition(".")[0].lower() in DEVICES:
        stem = f"x-{stem}"[: LONGEST - len(dot + ending)]
    return stem + dot + ending


class Names:
    """Hands out paths, none twice, even where capitals do not count."""

    def __init__(self) -> None:
        self._taken: set[bytes] = set()
        self._last: dict[bytes, int] = {}
        """Of a name that was wanted again: the last number that it got."""

    def take(self, folder: str, name: str) -> str:
        """Return the path of a new file `name` below `folder` (as "files/talk"; "" for the top)."""
        wanted = safe(name)
        stem, dot, ending = wanted.rpartition(".")
        if not dot:
            stem, ending = wanted, ""
        path = first = f"{folder}/{wanted}" if folder else wanted
        number = self._last.get(_mark(first), 1)
        while not self._is_new(path):
            number += 1
            again = f"{stem[: LONGEST - len(dot + ending) - 7]}-{number}{dot}{ending}"
            path = f"{folder}/{again}" if folder else again
            self._last[_mark(first)] = number
        return path

    def is_taken(self, path: str) -> bool:
        """Return whether a file has this path."""
        return _mark(path) in self._taken

    def _is_new(self, path: str) -> bool:
        mark = _mark(path)
        if mark in self._taken:
            return False
        self._taken.add(mark)
        return True


def _mark(path: str) -> bytes:
    """A path in few bytes: a bag of a hundred thousand files stays small in memory."""
    return sha256(path.lower().encode()).digest()[:12]
