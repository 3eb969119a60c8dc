"""Bring a backup back into a Meridian that is empty: its database all or nothing, then its files, each checked."""

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from recordings.assets import presence, store
from recordings.preservation.backups import manifest
from recordings.preservation.backups.databases import Failed, ours
from recordings.preservation.backups.making import Progress, Told, bring_all, hash_of
from recordings.preservation.backups.manifest import Manifest, NoBackup
from seminars.notifications import restored
from seminars.queue import enqueue

HOLDS = ("seminars_user", "seminars_community", "seminars_session", "recordings_recording")
"""Whoever has a row in one of these has a Meridian that is not empty."""


class NotEmpty(Exception):
    """There is something already, which would be lost; the message says what to do."""


def check(folder: Path) -> Manifest:
    """Return what the backup says of itself, its database's file checked. Raises NoBackup, Failed."""
    found = manifest.read(folder)
    database = ours()
    if found.engine != database.engine:
        words = _(
            "This backup is of %(theirs)s, and MERIDIAN_DATABASE names %(ours)s. Restore into the same kind."
        )
        raise NoBackup(words % {"theirs": found.engine, "ours": database.engine})
    path = folder / found.database
    if not path.is_file() or path.stat().st_size != found.size or hash_of(path) != found.sha256:
        words = _("%(path)s is not the file that was saved. Take an earlier backup.")
        raise NoBackup(words % {"path": path})
    database.check(path)
    return found


def refuse_full() -> None:
    """Raise NotEmpty where the database holds anything of anybody."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for table in HOLDS:
            if table not in tables:
                continue
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 — our own names
            if cursor.fetchone():
                words = _(
                    "This Meridian is not empty. Restore into an empty one: set MERIDIAN_DATA to a new folder, and "
                    "MERIDIAN_DATABASE to an empty database where it is PostgreSQL."
                )
                raise NotEmpty(words)


def database(folder: Path, found: Manifest, *, now: datetime) -> int:
    """Bring the database back, and to this version; return how many mails are held that may have gone out since.

    now: aware UTC. Raises NotEmpty, Failed. What only remembers (feeds on disk, caches, wake-ups) is dropped. Broken
    off after the rows came back, it goes on there: nothing is written over.
    """
    what = f"{found.made_at} {found.sha256}"
    try:
        refuse_full()
    except NotEmpty:
        if not (begun := restored.begun()):
            raise
        if begun != what:
            words = _(
                "Another backup is half brought back here, that of %(made)s. Run restore with that one."
            )
            raise NotEmpty(words % {"made": begun.partition(" ")[0]}) from None
    else:
        restored.begin(what)
        ours().restore(folder / found.database)
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as wrong:
        raise Failed(
            _("The database is back, but not brought to this version: %(why)s") % {"why": wrong}
        ) from wrong
    for remembered in (settings.FEEDS, Path(settings.DATA) / "cache"):
        shutil.rmtree(remembered, ignore_errors=True)
    enqueue.forget_all()
    held = restored.hold_due(now=now)
    restored.note().unlink()
    return held


def newer(found: Manifest, known: Iterable[tuple[str, str]]) -> list[str]:
    """Return the backup's last migrations that this Meridian does not know. known: app and name of all there are."""
    ours_ = set(known)
    last = ((app, name) for app, name in found.migrations.items() if name)
    return [f"{app}.{name}" for app, name in last if (app, name) not in ours_]


def media(
    folder: Path, copies: Path, *, now: datetime, progress: Progress = lambda done, total: None
) -> list[str]:
    """Return the hashes of files that could not be brought back; the others are in the store, each checked.

    copies: the folder of the backups' files. now: aware UTC. Again, it goes on where it was. progress: bytes done, and
    in all.
    """
    wanted = listed(folder)

    def bring(sha256: str, size: int, told: Told) -> bool:
        return _bring(sha256, store.place_in(copies, sha256), now, told)

    lost = bring_all(wanted, Path(settings.STORE), bring, progress)
    if len(lost) < len(wanted):
        presence.check()
    return lost


def _bring(sha256: str, source: Path, now: datetime, told: Told) -> bool:
    try:
        with store.staging(store.counted(store.blocks_of(source), told), limit=store.MOST) as staged:
            if staged.sha256 != sha256:
                return False
            with store.locked(sha256):
                store.place(staged, now=now)
    except (FileNotFoundError, store.Empty):
        return False
    return True


def listed(folder: Path) -> list[tuple[str, int]]:
    """Return hash and size of each file that the backup's database names. Raises NoBackup."""
    try:
        rows = [line.split() for line in (folder / manifest.LIST).read_text().splitlines()]
        return [(sha256, int(size)) for sha256, size in rows if len(sha256) == 64 and sha256.isalnum()]
    except (OSError, ValueError) as wrong:
        raise NoBackup(
            _("%(path)s cannot be read: %(why)s") % {"path": folder / manifest.LIST, "why": wrong}
        ) from wrong
