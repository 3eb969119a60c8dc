"""Make a backup: first the database as it is at one moment, then every file that it names, each file once for all."""

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.preservation.backups import manifest
from recordings.preservation.backups.databases import ours
from recordings.preservation.backups.manifest import Manifest
from recordings.preservation.backups.told import settings_told

APPS = ("seminars", "recordings")
Progress = Callable[[int, int], None]
Told = Callable[[int], None]
LOOKED_AT = 500  # files that are there already, between two signs of life


class Busy(Exception):
    """Another backup is being made in this folder."""


def make(
    *, into: Path, with_media: bool, now: datetime, progress: Progress = lambda done, total: None
) -> Path:
    """Return the folder of a new backup in `into`. now: aware UTC. progress: bytes of files done, and in all.

    Files that are there already are not copied again, so that a backup that was broken off goes on. Raises Busy,
    databases.Failed, store.DiskFull, OSError; then no new backup is there.
    """
    into.mkdir(parents=True, exist_ok=True)
    into.chmod(0o700)  # it has every address and every sealed secret
    with alone(into):
        draft = into / f"making-{uuid.uuid4().hex}"
        draft.mkdir(mode=0o700)
        try:
            _fill(draft, into, with_media, now, progress)
            target = into / manifest.folder_name(now)
            os.replace(draft, target)
            store.sync_folder(into)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return target


@contextmanager
def alone(into: Path) -> Iterator[None]:
    """Keep others from the folder; a dead process lets go of it by itself. Raises Busy."""
    with (into / "lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as wrong:
            raise Busy(_("Another backup is being made in %(folder)s.") % {"folder": into}) from wrong
        for left in into.glob("making-*"):  # of one that was killed
            shutil.rmtree(left, ignore_errors=True)
        yield


def _fill(draft: Path, into: Path, with_media: bool, now: datetime, progress: Progress) -> None:
    database = ours()
    dump = draft / database.file
    # Before and after: what comes while the database is saved, and what goes, for its copy may name both.
    before = dict(Asset.objects.here().values_list("sha256", "size"))
    expected = sum(before.values())

    def pulse(_more: int = 0) -> None:
        progress(0, expected)

    database.dump(dump, pulse)
    sha256 = hash_of(dump, pulse)
    files = sorted((before | dict(Asset.objects.here().values_list("sha256", "size"))).items())
    missing = _copy(files, into / manifest.MEDIA, draft, progress) if with_media else []
    (draft / manifest.LIST).write_text("".join(f"{sha256} {size}\n" for sha256, size in files))
    (draft / manifest.SETTINGS).write_text(json.dumps(settings_told(), indent=1, ensure_ascii=False) + "\n")
    manifest.write(
        Manifest(
            made_at=now.isoformat(),
            engine=database.engine,
            database=database.file,
            sha256=sha256,
            size=dump.stat().st_size,
            migrations=migrations(),
            files=len(files),
            bytes=sum(size for _sha256, size in files),
            with_media=with_media,
            missing=missing,
        ),
        draft,
    )
    for each in draft.iterdir():
        each.chmod(0o600)
        with each.open("rb") as file:
            os.fsync(file.fileno())
    store.sync_folder(draft)


def migrations() -> dict[str, str]:
    """Return the last migration of each app of ours that the database has."""
    done = MigrationRecorder(connection).applied_migrations()
    return {app: max((name for of, name in done if of == app), default="") for app in APPS}


def _copy(files: list[tuple[str, int]], media: Path, drafts: Path, progress: Progress) -> list[str]:
    """The hashes of files that the store itself has lost; the others are here now."""

    def bring(sha256: str, size: int, told: Told) -> bool:
        return _bring(sha256, size, drafts / sha256, store.place_in(media, sha256), told)

    return bring_all(files, media, bring, progress)


def bring_all(
    files: list[tuple[str, int]], to: Path, bring: Callable[[str, int, Told], bool], progress: Progress
) -> list[str]:
    """Return the hashes of files (each with its size) that `bring` could not bring to their addresses below `to`.

    Those that lie there stay. bring: is given what to tell how many more bytes are done, now and then: a job would lose
    its lease over a large file, or over many that are there. progress: bytes done, and in all.
    """
    total, before, lost = sum(size for _sha256, size in files), 0, []
    for number, (sha256, size) in enumerate(files, 1):
        done = before

        def told(more: int) -> None:
            nonlocal done
            done += more
            progress(done, total)

        if not store.is_file(store.place_in(to, sha256), size) and not bring(sha256, size, told):
            lost.append(sha256)
        before += size
        if number % LOOKED_AT == 0:
            progress(before, total)
    progress(total, total)
    return lost


def _bring(sha256: str, size: int, draft: Path, target: Path, told: Told) -> bool:
    """Whether a file of the store is a copy at `target` now, its bytes being those of its name."""
    full = _("The disk of the backups is full: make room in %(folder)s.") % {"folder": draft.parent.parent}
    if not store.has_room(draft.parent, size):
        raise store.DiskFull(full)
    try:
        found = store.written(store.counted(store.blocks_of(store.path_of(sha256)), told), draft)
        if found.sha256 == sha256:
            store.settle(draft, target)
    except FileNotFoundError:
        return False
    except store.DiskFull as wrong:
        raise store.DiskFull(full) from wrong
    finally:
        draft.unlink(missing_ok=True)
    return found.sha256 == sha256


def hash_of(path: Path, told: Told = lambda more: None) -> str:
    """Return the SHA-256 of a file, in hexadecimal. told: how many more bytes are done, now and then."""
    digest = hashlib.sha256()
    for block in store.counted(store.blocks_of(path), told):
        digest.update(block)
    return digest.hexdigest()


def prune(*, folder: Path, keep: int) -> list[Path]:
    """Return the backups that were removed: all but the latest `keep`, and never the last good one. Files stay."""
    there = manifest.all_of(folder)
    good = [each for each in there if manifest.read(each).is_good]
    old = [each for each in there[: max(len(there) - keep, 0)] if each not in good[-1:]]
    for each in old:
        gone = each.with_name(f"making-{uuid.uuid4().hex}")
        os.replace(each, gone)  # first no backup any more, then gone: never half of one
        shutil.rmtree(gone, ignore_errors=True)
    return old
