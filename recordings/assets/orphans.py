"""What lies in the store without a row, and rows whose file is gone: looked for each night.

A file without a row is what a worker left that died between the rename and its transaction. It is swept only when that
is certain: a week old, of no upload that is still to be finished, and looked at again under the lock of its address.
"""

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from recordings.assets import presence, store
from recordings.assets.models import Asset

CERTAIN = timedelta(days=7)
AT_ONCE = 500
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass
class Reconciled:
    """What a night found. lost: hashes of rows without a file. strange: files that are not ours, which stay."""

    orphans: list[Path] = field(default_factory=list)
    swept: list[Path] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    strange: list[Path] = field(default_factory=list)


def reconcile(*, now: datetime, wanted: Collection[str] = ()) -> Reconciled:
    """Compare the store's files with its rows, and sweep what certainly is nobody's.

    wanted: hashes of files whose row is still to come. now: aware UTC.
    """
    found = Reconciled()
    for batch in batches(files(found)):
        known = set(
            Asset.objects.filter(sha256__in=[path.name for path in batch]).values_list("sha256", flat=True)
        )
        for path in batch:
            if path.name in known or path.name in wanted:
                continue
            found.orphans.append(path)
            if sweep(path, now):
                found.swept.append(path)
    rows = Asset.objects.here().order_by("pk").values_list("sha256", "size")
    found.lost = [
        sha256 for sha256, size in rows.iterator() if not store.is_file(store.path_of(sha256), size)
    ]
    return found


def files(found: Reconciled) -> Iterator[Path]:
    """Yield the files of the store at the addresses of their names; others are noted as strange."""
    top = Path(settings.STORE)
    ours = {store.staging_folder(), top / store.ASIDE}
    for folder, folders, names in os.walk(top):
        if Path(folder) in ours:
            folders.clear()
            continue
        for name in names:
            if Path(folder) == top and name == presence.MARKER:
                continue
            path = Path(folder, name)
            if _NAME.fullmatch(name) and store.path_of(name) == path:
                yield path
            else:
                found.strange.append(path)


def batches(paths: Iterator[Path]) -> Iterator[list[Path]]:
    """Yield the paths, some hundreds at a time."""
    batch: list[Path] = []
    for path in paths:
        batch.append(path)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def sweep(path: Path, now: datetime) -> bool:
    """Return whether the file was removed: old, and still without a row now that nobody can be giving it one."""
    with store.locked(path.name):
        try:
            if not rests(path, now) or Asset.objects.filter(sha256=path.name).exists():
                return False
            path.unlink()
        except FileNotFoundError:
            return False
    return True


def rests(path: Path, now: datetime) -> bool:
    """Return whether a file was neither written, brought again nor spared for a week. Raises FileNotFoundError."""
    found = path.stat()
    return now.timestamp() - max(found.st_mtime, found.st_ctime) >= CERTAIN.total_seconds()
