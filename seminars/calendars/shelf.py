"""The bytes of feeds on disk: the last good ones are there even when the database is not.

A feed's folder is found from its key alone. Each file is named by the version it was made from and the digest of its
bytes, and never changes. What is kept is compressed; the plain one lies beside it once somebody asked for that.
"""

import gzip
import hashlib
import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from seminars.calendars.packing import Packed

MARK = "used"  # the file whose time says when somebody last came
PRUNE_AFTER = 600  # seconds: somebody may be about to read or to point at a younger file


def folder(key: str) -> Path:
    """Return the folder of a feed's key. The key may hold a secret, so its name does not."""
    return _folder(str(settings.FEEDS), key)


@lru_cache(maxsize=4096)
def _folder(root: str, key: str) -> Path:
    name = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    return Path(root) / name[:2] / name


def digest(body: bytes) -> str:
    """Return the name of these bytes."""
    return hashlib.sha256(body).hexdigest()[:32]


def write(key: str, version: str, made: Packed, changed_at: datetime) -> str:
    """Keep a calendar and return its file's name. changed_at (aware UTC) becomes the file's time. Raises OSError."""
    place = folder(key)
    place.mkdir(parents=True, exist_ok=True)
    name = f"{version}-{made.digest}.ics"
    _put(place / f"{name}.gz", made.zipped, changed_at.timestamp())
    return name


def read(key: str, name: str, *, compressed: bool = False) -> bytes:
    """Return the bytes of a file. Raises OSError."""
    path = folder(key) / name
    if compressed:
        return path.with_name(f"{name}.gz").read_bytes()
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _unpacked(path)


def _unpacked(path: Path) -> bytes:
    """Few ask for it: almost all programs take gzip."""
    zipped = path.with_name(f"{path.name}.gz")
    plain = gzip.decompress(zipped.read_bytes())
    with suppress(OSError):  # a full disk, or removed meanwhile
        _put(path, plain, zipped.stat().st_mtime)
    return plain


def holds(key: str, name: str) -> bool:
    """Return whether a file is there."""
    return os.path.isfile(f"{folder(key) / name}.gz")


def latest(key: str) -> tuple[str, datetime] | None:
    """Return the name of the newest good file and when it changed (aware UTC); None if there is none."""
    found = list(folder(key).glob("*.ics.gz"))
    if not found:
        return None
    newest = max(found, key=lambda path: (_version(path.name), path.stat().st_mtime))
    return newest.name.removesuffix(".gz"), datetime.fromtimestamp(newest.stat().st_mtime, UTC)


def prune(key: str, keep: set[str], now: datetime) -> None:
    """Remove earlier versions and unfinished files, but for those in `keep` and any from the last ten minutes.

    A file that somebody else removes or renames meanwhile is left alone. Raises OSError where the disk refuses.
    """
    with os.scandir(folder(key)) as found:
        others = [each for each in found if each.name != MARK and each.name.removesuffix(".gz") not in keep]
    for each in others:
        with suppress(FileNotFoundError):  # another worker prunes too
            if each.stat().st_ctime < now.timestamp() - PRUNE_AFTER:
                os.unlink(each)


def remove(key: str) -> None:
    """Remove everything of a key, at once and for good: it was revoked, or may no longer be seen."""
    shutil.rmtree(folder(key), ignore_errors=True)


def touched_at(key: str) -> datetime | None:
    """Return when `touch` was last called for the key (aware UTC)."""
    try:
        return datetime.fromtimestamp((folder(key) / MARK).stat().st_mtime, UTC)
    except OSError:
        return None


def touched_by(key: str) -> str:
    """Return what `touch` was last told; "" if nothing."""
    try:
        return (folder(key) / MARK).read_text()
    except OSError:
        return ""


def touch(key: str, now: datetime, said: str = "") -> None:
    """Remember that the feed was used at `now`, by whom in a word: without a query, so that a poll costs one only."""
    mark = folder(key) / MARK
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(said)
    os.utime(mark, (now.timestamp(), now.timestamp()))


def _put(path: Path, content: bytes, changed: float) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fdatasync(file.fileno())  # else a power cut could leave an empty calendar under the right name
        os.utime(draft, (changed, changed))
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _version(name: str) -> list[int]:
    return [int(part) for part in name.split("-")[0].split(".") if part.isdigit()]
