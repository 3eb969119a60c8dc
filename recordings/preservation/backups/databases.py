"""A whole database into one file and back, while others use it: SQLite's online backup, PostgreSQL's own tools."""

import errno
import os
import resource
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event
from typing import IO, Protocol

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from recordings.assets.confined import confined

LAST_WORDS = 400
LOOK_SECONDS = 0.5
PULSE_SECONDS = 20.0
QUIET_SECONDS = 30 * 60.0
"""One of PostgreSQL's programs that shows no progress for so long hangs, and is stopped, unless the server works."""
CPU_SECONDS = 24 * 3600
CONNECT_SECONDS = 30
LOCKED_SECONDS = 10 * 60  # for which a dump waits for a table that somebody is changing
PAGES = 2000  # of SQLite's that are copied between two looks whether it goes on: 8 MB
Pulse = Callable[[], None]
"""Called now and then. What it raises ends the work at once: a worker whose lease is lost must not go on for hours."""


class Failed(Exception):
    """The database could not be saved or brought back; the message says why and what to do."""


class Database(Protocol):
    """One kind of database. engine: what a manifest calls it; file: what its file in a backup is called."""

    engine: str
    file: str

    def dump(self, target: Path, pulse: Pulse) -> None:
        """Write all of it, as it is at one moment, to a new file. Raises Failed, and what `pulse` raises."""

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

    def dump(self, target: Path, pulse: Pulse) -> None:
        """Write a copy, and check it. Raises Failed, and what `pulse` raises."""
        ended = Event()
        _meanwhile(partial(self.copy, target, ended), pulse, ended.set)
        with _opened(target) as copy:
            _meanwhile(partial(look_through, copy), pulse, copy.interrupt)

    def copy(self, target: Path, ended: Event) -> None:
        """Write a copy to a new file. ended: set where nobody needs it any more. Raises Failed."""
        source = str(settings.DATABASES["default"]["NAME"])

        def goes_on(status: int, remaining: int, total: int) -> None:
            if ended.is_set():
                raise sqlite3.OperationalError("stopped")

        try:
            with (
                closing(sqlite3.connect(source, timeout=60)) as live,
                closing(sqlite3.connect(target)) as copy,
            ):
                live.execute("BEGIN")
                live.execute("SELECT 1 FROM sqlite_master").fetchone()  # all steps read what is there now
                live.backup(copy, pages=PAGES, progress=goes_on)
                copy.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as wrong:
            raise Failed(_("The database could not be copied: %(why)s") % {"why": wrong}) from wrong

    def check(self, path: Path) -> None:
        """Raise Failed where SQLite finds anything wrong with the file, or a row that points to nothing."""
        with _opened(path) as copy:
            look_through(copy)

    def restore(self, path: Path) -> None:
        """Move a copy of the file to where the database lies. Raises Failed where the disk is full, OSError."""
        target = Path(settings.DATABASES["default"]["NAME"])
        connection.close()
        draft = target.with_name(f"{target.name}.restoring")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, draft)
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            for beside in ("-wal", "-shm"):  # of the empty one: they are not the new file's
                target.with_name(target.name + beside).unlink(missing_ok=True)
            os.replace(draft, target)
        except OSError as wrong:
            if wrong.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            words = _(
                "%(path)s cannot be written: %(reason)s. Make room, then run the same command again: it goes on."
            )
            raise Failed(words % {"path": target.parent, "reason": wrong.strerror}) from wrong
        finally:
            draft.unlink(missing_ok=True)


class Postgres:
    """A server, asked by `pg_dump` and `pg_restore`, which have to be of its version or a later one."""

    engine, file = "postgresql", "database.dump"

    def dump(self, target: Path, pulse: Pulse) -> None:
        """Write a dump in PostgreSQL's own form. Raises Failed."""
        wait = f"--lock-wait-timeout={LOCKED_SECONDS * 1000}"
        quiet = ["--format=custom", "--no-owner", "--no-privileges", "--no-password", wait]
        _run(["pg_dump", *quiet, f"--file={target}", _name()], grows=target, pulse=pulse)
        self.check(target)

    def check(self, path: Path) -> None:
        """Raise Failed where the dump cannot be listed."""
        _run(["pg_restore", "--list", str(path)])

    def restore(self, path: Path) -> None:
        """Replace every table, in one transaction. Raises Failed."""
        connection.close()
        quiet = [
            "--clean",
            "--if-exists",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            "--exit-on-error",
        ]
        told = ["--verbose", "--single-transaction"]  # each table it comes to is a sign of life
        _run(["pg_restore", *quiet, *told, f"--dbname={_name()}", str(path)], works=restores)


def restores() -> bool:
    """Return whether PostgreSQL works for `pg_restore`, which says nothing while a large index is built.

    Nor does it while another holds a table that it needs: that is no work.
    """
    asked = (
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'pg_restore' AND datname = current_database()"
        " AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock'"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(asked)
            return cursor.fetchone() is not None
    except DatabaseError:
        return False
    finally:
        connection.close()


def look_through(copy: sqlite3.Connection) -> None:
    """Raise Failed where SQLite finds anything wrong, or a row that points to nothing."""
    try:
        said = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
        lost = copy.execute("PRAGMA foreign_key_check").fetchmany(5)
    except sqlite3.Error as wrong:
        raise Failed(_("The database's copy is not whole: %(why)s") % {"why": wrong}) from wrong
    if said != ["ok"] or lost:
        words = "; ".join([*(each for each in said if each != "ok"), *map(str, lost)])
        raise Failed(_("The database's copy is not whole: %(why)s") % {"why": words})


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A file to be read, by any thread. Raises Failed."""
    try:
        copy = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    except sqlite3.Error as wrong:
        raise Failed(_("The database's copy is not whole: %(why)s") % {"why": wrong}) from wrong
    with closing(copy):
        yield copy


def _meanwhile(work: Callable[[], None], pulse: Pulse, stop: Callable[[], None]) -> None:
    """Work in a thread, and pulse until it is done: SQLite tells nothing of a large file until it has all of it.

    stop: ends the work early, called until it has ended.
    """
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(work)
        try:
            while not wait([done], timeout=PULSE_SECONDS).done:
                pulse()
        except BaseException:  # a lost lease, or the worker's own end: nobody needs the copy then
            while not done.done():
                stop()
                wait([done], timeout=LOOK_SECONDS)
            raise
        done.result()


def _name() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _run(
    command: list[str],
    *,
    grows: Path | None = None,
    pulse: Pulse = lambda: None,
    works: Callable[[], bool] = lambda: False,
) -> None:
    """Run one of PostgreSQL's programs; its password is in its environment, never in its command line.

    It is stopped where neither what it says nor the file that `grows` has grown for a long time, nor the server works
    for it, and ends with us.
    """
    given = settings.DATABASES["default"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    place = {name: str(given[key]) for name, key in names.items() if given.get(key)}
    place["PGCONNECT_TIMEOUT"] = str(CONNECT_SECONDS)
    program = confined(
        [tool(command[0]), *command[1:]], cpu_seconds=CPU_SECONDS, memory=resource.RLIM_INFINITY
    )
    with TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 — no shell, our own arguments
            program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env=os.environ | place,
        )
        try:
            _watch(process, command[0], lambda: _bytes(said, grows), pulse, works)
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            raise Failed(f"{command[0]}: {_last_words(said) or process.returncode}")


def _watch(
    process: subprocess.Popen[bytes],
    name: str,
    made: Callable[[], int],
    pulse: Pulse,
    works: Callable[[], bool],
) -> None:
    """Wait for the end of a program. made: bytes it has written so far. Raises Failed where that stays the same.

    works: asked then whether it is at work all the same.
    """
    seen, since = made(), time.monotonic()
    told = since
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_SECONDS)
            return
        now, found = time.monotonic(), made()
        if found != seen:
            seen, since = found, now
        if now - since > QUIET_SECONDS:
            if works():
                since = now
                continue
            words = _(
                "%(name)s made no progress for %(minutes)d minutes, and was stopped. Is the server well?"
            )
            raise Failed(words % {"name": name, "minutes": QUIET_SECONDS // 60})
        if now - told > PULSE_SECONDS:
            told = now
            pulse()


def _bytes(said: IO[bytes], grows: Path | None) -> int:
    """What a program has written, in words and into its file."""
    written = grows.stat().st_size if grows is not None and grows.exists() else 0
    return os.fstat(said.fileno()).st_size + written


def _last_words(said: IO[bytes]) -> str:
    """What went wrong, without the tables that went well before."""
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    first = next((at for at, line in enumerate(lines) if "error:" in line.lower()), 0)
    return "\n".join(lines[first:])[-LAST_WORDS:]


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
