"""A whole database into one file and back, while others use it: SQLite's online backup, PostgreSQL's own tools."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

LAST_WORDS = 400
KEPT_APART = ("django_migrations", "django_content_type", "auth_permission")
"""Tables that an empty Meridian has rows in."""


class Failed(Exception):
    """The database could not be saved or brought back; the message says why and what to do."""


class Database(Protocol):
    """One kind of database. engine: what a manifest calls it; file: what its file in a backup is called."""

    engine: str
    file: str

    def dump(self, target: Path) -> None:
        """Write all of it, as it is at one moment, to a new file. Raises Failed."""

    def check(self, path: Path) -> None:
        """Raise Failed where such a file is not whole."""

    def restore(self, path: Path) -> None:
        """Put a file that was checked in place of what is there, all or nothing. Raises Failed."""


def ours() -> Database:
    """Return the database that the settings name."""
    return Postgres() if connection.vendor == "postgresql" else Sqlite()


class Sqlite:
    """A file, copied by SQLite itself: writers go on meanwhile, and the copy is of one moment."""

    engine, file = "sqlite", "database.sqlite3"

    def dump(self, target: Path) -> None:
        """Write a copy, and check it. Raises Failed."""
        source = str(settings.DATABASES["default"]["NAME"])
        try:
            with (
                closing(sqlite3.connect(source, timeout=60)) as live,
                closing(sqlite3.connect(target)) as copy,
            ):
                live.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as wrong:
            raise Failed(_("The database could not be copied: %(why)s") % {"why": wrong}) from wrong
        self.check(target)

    def check(self, path: Path) -> None:
        """Raise Failed where SQLite finds anything wrong with the file, or a row that points to nothing."""
        try:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
                said = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
                lost = copy.execute("PRAGMA foreign_key_check").fetchmany(5)
        except sqlite3.Error as wrong:
            raise Failed(_("The database's copy is not whole: %(why)s") % {"why": wrong}) from wrong
        if said != ["ok"] or lost:
            words = "; ".join([*(each for each in said if each != "ok"), *map(str, lost)])
            raise Failed(_("The database's copy is not whole: %(why)s") % {"why": words})

    def restore(self, path: Path) -> None:
        """Move a copy of the file to where the database lies."""
        target = Path(settings.DATABASES["default"]["NAME"])
        connection.close()
        draft = target.with_name(f"{target.name}.restoring")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        for beside in ("-wal", "-shm"):  # of the empty one: they are not the new file's
            target.with_name(target.name + beside).unlink(missing_ok=True)
        os.replace(draft, target)


class Postgres:
    """A server, asked by `pg_dump` and `pg_restore`, which have to be of its version or a later one."""

    engine, file = "postgresql", "database.dump"

    def dump(self, target: Path) -> None:
        """Write a dump in PostgreSQL's own form. Raises Failed."""
        _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", _name()])
        self.check(target)

    def check(self, path: Path) -> None:
        """Raise Failed where the dump cannot be listed."""
        _run(["pg_restore", "--list", str(path)])

    def restore(self, path: Path) -> None:
        """Replace every table, in one transaction. Raises Failed."""
        connection.close()
        quiet = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error"]
        _run(["pg_restore", *quiet, "--single-transaction", f"--dbname={_name()}", str(path)])


def _name() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _run(command: list[str]) -> None:
    """Run one of PostgreSQL's programs; its password is in its environment, never in its command line."""
    given = settings.DATABASES["default"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    place = {name: str(given[key]) for name, key in names.items() if given.get(key)}
    program = tool(command[0])
    done = subprocess.run([program, *command[1:]], capture_output=True, env=os.environ | place, check=False)  # noqa: S603 — no shell, our own arguments
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-LAST_WORDS:]
        raise Failed(f"{command[0]}: {said or done.returncode}")


def tool(name: str) -> str:
    """Return where one of PostgreSQL's programs lies: on PATH, or the newest that Debian's packages bring."""
    found = shutil.which(name)
    if found:
        return found
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = sorted(versions, key=lambda each: (len(each.parts[4]), each.parts[4]))
    if not newest:
        words = _(
            "%(name)s is not here. Install PostgreSQL's client programs, of the server's version or later."
        )
        raise Failed(words % {"name": name})
    return str(newest[-1])
