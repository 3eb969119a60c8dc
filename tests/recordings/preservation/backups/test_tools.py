"""PostgreSQL's programs: they are given up where they hang, and what went wrong is told in their own words.

And SQLite, which tells nothing while it copies and checks.
"""

import errno
import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from recordings.preservation.backups import databases
from seminars.queue import jobs


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    """A program of ours in the place of each of theirs; what it does is written into it."""
    path = tmp_path / "program"
    monkeypatch.setattr(databases, "tool", lambda _name: str(path))
    monkeypatch.setattr(databases, "LOOK_SECONDS", 0.02)
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "s3cret")
    return path


def becomes(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)


def test_one_that_hangs_is_stopped(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "QUIET_SECONDS", 0.3)
    becomes(program, f"echo $$ > {tmp_path}/pid; exec sleep 600")
    began = time.monotonic()
    with pytest.raises(databases.Failed, match="made no progress"):
        databases.Postgres().dump(tmp_path / "dump", lambda: None)
    assert time.monotonic() - began < 60
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_one_that_writes_is_waited_for_and_tells(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes far longer than it may be quiet, and is never quiet so long."""
    monkeypatch.setattr(databases, "QUIET_SECONDS", 5)
    monkeypatch.setattr(databases, "PULSE_SECONDS", 0.05)
    becomes(program, f"for each in 1 2 3 4; do sleep 0.2; echo $each >> {tmp_path}/dump; done")
    pulses: list[int] = []
    databases.Postgres().dump(tmp_path / "dump", lambda: pulses.append(1))
    assert pulses


def test_a_restore_in_silence_is_waited_for_while_the_server_works(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index of a large table is built for hours, and nothing is said."""
    monkeypatch.setattr(databases, "QUIET_SECONDS", 0.1)
    monkeypatch.setattr(databases, "connection", SimpleNamespace(close=lambda: None))
    asked: list[int] = []

    def works() -> bool:
        asked.append(1)
        if len(asked) == 3:
            (tmp_path / "built").touch()
        return len(asked) < 4 or "hangs" not in program.read_text()

    monkeypatch.setattr(databases, "restores", works)
    becomes(program, f"until [ -e {tmp_path}/built ]; do sleep 0.05; done")
    databases.Postgres().restore(tmp_path / "dump")
    assert len(asked) >= 3
    becomes(program, "exec sleep 600 # hangs")
    with pytest.raises(databases.Failed, match="made no progress"):
        databases.Postgres().restore(tmp_path / "dump")


def test_what_it_says_is_told_without_what_went_well(program: Path, tmp_path: Path) -> None:
    becomes(program, "echo creating TABLE public.a >&2; echo 'pg_restore: error: no room' >&2; exit 1")
    with pytest.raises(databases.Failed, match=r"^pg_restore: pg_restore: error: no room$"):
        databases.Postgres().check(tmp_path / "dump")


def test_no_password_stands_in_a_command_line_and_none_is_asked_for(program: Path, tmp_path: Path) -> None:
    said = tmp_path / "said"
    becomes(
        program, f'echo "$@" >> {said}; echo "$PGPASSWORD $PGCONNECT_TIMEOUT" >> {said}.env; cat >> {said}.in'
    )
    databases.Postgres().dump(tmp_path / "dump", lambda: None)
    assert "s3cret" not in said.read_text()
    assert "--no-password" in said.read_text()
    assert (tmp_path / "said.env").read_text().split()[:2] == ["s3cret", "30"]
    assert (tmp_path / "said.in").read_text() == ""


def make_database(path: Path, *, pages: int = 1) -> None:
    with closing(sqlite3.connect(path)) as live:
        live.executescript("CREATE TABLE kept (word); INSERT INTO kept VALUES ('one')")
        live.executemany("INSERT INTO kept VALUES (?)", [("." * 4096,)] * pages)
        live.commit()


@pytest.mark.parametrize("step", ["copy", "look_through"])
def test_sqlite_pulses_while_it_copies_and_while_it_checks(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    make_database(tmp_path / "live.sqlite3")
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "live.sqlite3"))
    monkeypatch.setattr(databases, "PULSE_SECONDS", 0.01)
    owner = databases.Sqlite if step == "copy" else databases
    pulsed, real = threading.Event(), getattr(owner, step)

    def slowly(*given: Any) -> None:
        pulsed.clear()
        assert pulsed.wait(60)
        real(*given)

    monkeypatch.setattr(owner, step, slowly)
    databases.Sqlite().dump(tmp_path / "copy.sqlite3", pulsed.set)
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        assert copy.execute("SELECT word FROM kept LIMIT 1").fetchall() == [("one",)]
    (tmp_path / "live.sqlite3").write_bytes(b"no database, however long " * 100)
    with pytest.raises(databases.Failed, match="could not be copied"):
        databases.Sqlite().dump(tmp_path / "another.sqlite3", pulsed.set)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        (errno.ENOSPC, databases.Failed, "{folder} cannot be written: No space left"),
        (errno.EIO, OSError, "Input/output error"),
    ],
)
def test_a_disk_that_refuses_the_database_keeps_no_half_of_it(
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    error: type[Exception],
    words: str,
) -> None:
    folder = tmp_path / "disk"
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(folder / "live.sqlite3"))
    monkeypatch.setattr(databases, "connection", SimpleNamespace(close=lambda: None))

    def copyfile(_source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(databases.shutil, "copyfile", copyfile)
    with pytest.raises(error, match=words.format(folder=folder)):
        databases.Sqlite().restore(tmp_path / "database.sqlite3")
    assert list(folder.iterdir()) == []


class TestALostLease:
    """Whose job is somebody else's by now, stops at once, and not when a copy of hours is whole."""

    @staticmethod
    def lost() -> None:
        raise jobs.LeaseLost

    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(databases, "PULSE_SECONDS", 0.01)
        monkeypatch.setattr(databases, "LOOK_SECONDS", 0.01)

    def test_a_copy_ends_after_some_pages(
        self, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_database(tmp_path / "live.sqlite3", pages=50)
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "live.sqlite3"))
        monkeypatch.setattr(databases, "PAGES", 1)
        steps, real = [], databases.Sqlite.copy

        class Watched(threading.Event):
            def is_set(self) -> bool:
                steps.append(1)
                return self.wait(60)

        monkeypatch.setattr(databases, "Event", Watched)
        with pytest.raises(jobs.LeaseLost):
            databases.Sqlite().dump(tmp_path / "copy.sqlite3", self.lost)
        assert len(steps) == 1
        monkeypatch.setattr(databases, "Event", threading.Event)
        real(databases.Sqlite(), tmp_path / "whole.sqlite3", threading.Event())
        databases.Sqlite().check(tmp_path / "whole.sqlite3")

    def test_a_check_ends_in_the_midst_of_a_question(
        self, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_database(tmp_path / "live.sqlite3")
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "live.sqlite3"))
        checking = threading.Event()

        def for_ever(copy: sqlite3.Connection) -> None:
            checking.set()
            endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
            copy.execute(endless).fetchone()

        monkeypatch.setattr(databases, "look_through", for_ever)
        with pytest.raises(jobs.LeaseLost):
            databases.Sqlite().dump(
                tmp_path / "copy.sqlite3", lambda: self.lost() if checking.is_set() else None
            )


def test_a_copy_is_of_one_moment_whoever_writes_meanwhile(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_database(tmp_path / "live.sqlite3", pages=20)
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "live.sqlite3"))
    monkeypatch.setattr(databases, "PAGES", 1)
    steps = []
    with closing(sqlite3.connect(tmp_path / "live.sqlite3", check_same_thread=False)) as other:
        other.execute("PRAGMA journal_mode=WAL")

        class Writes(threading.Event):
            def is_set(self) -> bool:
                steps.append(other.execute("INSERT INTO kept VALUES ('later')"))
                other.commit()
                return False

        databases.Sqlite().copy(tmp_path / "copy.sqlite3", Writes())
        assert other.execute("SELECT count(*) FROM kept WHERE word = 'later'").fetchone() == (len(steps),)
    assert 20 < len(steps) < 100
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM kept").fetchone() == (21,)
