"""What a file turns out to be when it is read again, whatever lies at its address."""

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from recordings.preservation.fixity import reading
from recordings.preservation.fixity.models import Outcome

BODY = b"words that were said" * 1000
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "file"
    found.write_bytes(BODY)
    return found


def outcome(path: Path) -> tuple[Outcome, str]:
    found = reading.read(path, sha256=SHA, size=len(BODY))
    return found.outcome, found.note


def test_a_good_one_is_read_to_its_end(path: Path) -> None:
    told: list[int] = []
    found = reading.read(path, sha256=SHA, size=len(BODY), progress=told.append)
    assert found.good
    assert sum(told) == len(BODY)


def test_one_bit_is_enough(path: Path) -> None:
    path.write_bytes(BODY[:-1] + bytes([BODY[-1] ^ 1]))
    assert outcome(path) == (Outcome.DAMAGED, reading.CHANGED)


def test_a_file_that_grew_or_was_cut(path: Path) -> None:
    path.write_bytes(BODY[:-1])
    assert outcome(path) == (Outcome.DAMAGED, reading.CUT)
    path.write_bytes(BODY + b"!")
    assert outcome(path) == (Outcome.DAMAGED, reading.CUT)


def test_no_file_a_folder_a_link_a_pipe(path: Path, tmp_path: Path) -> None:
    path.rename(tmp_path / "elsewhere")
    assert outcome(path) == (Outcome.MISSING, reading.GONE)
    assert outcome(tmp_path / "elsewhere" / "below") == (Outcome.MISSING, reading.GONE)
    path.symlink_to(tmp_path / "elsewhere")  # its bytes are right, but they are not here
    assert outcome(path) == (Outcome.DAMAGED, reading.NO_FILE)
    path.unlink()
    path.mkdir()
    assert outcome(path) == (Outcome.DAMAGED, reading.NO_FILE)
    path.rmdir()
    os.mkfifo(path)
    assert outcome(path) == (Outcome.DAMAGED, reading.NO_FILE)


@pytest.mark.parametrize("code", sorted(reading.BROKEN - {errno.ELOOP}))
def test_a_disk_that_cannot_read_it(path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def readv(*_: Any) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(reading.os, "readv", readv)
    assert outcome(path) == (Outcome.DAMAGED, reading.UNREADABLE)


def test_trouble_of_the_machine_says_nothing_of_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def readv(*_: Any) -> int:
        raise OSError(errno.ESTALE, "the server is away")

    monkeypatch.setattr(reading.os, "readv", readv)
    with pytest.raises(OSError, match="the server is away"):
        outcome(path)
