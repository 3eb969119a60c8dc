"""The store keeps each file once and leaves nothing half done."""

import hashlib
import io
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from recordings.assets import store
from recordings.assets.models import Asset

pytestmark = pytest.mark.django_db
BYTES = b"every second Tuesday" * 10_000


def files_in(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock")


def kept(now: datetime, data: bytes = BYTES) -> Asset:
    with store.staging(io.BytesIO(data)) as staged:
        return store.keep(staged, media_type="text/plain", now=now)


def test_a_file_lies_at_the_address_of_its_bytes(now: datetime, data: Path) -> None:
    asset = kept(now)
    sha256 = hashlib.sha256(BYTES).hexdigest()
    path = data / "store" / sha256[:2] / sha256[2:4] / sha256
    assert (asset.sha256, asset.size, path.read_bytes()) == (sha256, len(BYTES), BYTES)
    assert oct(path.stat().st_mode & 0o777) == "0o444"
    assert files_in(data / "store") == [sha256]


def test_the_same_bytes_twice_are_one_file_and_one_row(now: datetime, data: Path) -> None:
    assert kept(now).pk == kept(now).pk
    assert Asset.objects.count() == 1
    assert len(files_in(data / "store")) == 1


def test_a_damaged_copy_is_replaced_by_whole_bytes(now: datetime) -> None:
    asset = kept(now)
    path = store.path_of(asset.sha256)
    path.chmod(0o644)
    path.write_bytes(BYTES[:100])
    kept(now)
    assert path.read_bytes() == BYTES


def test_it_takes_a_path_an_open_file_or_blocks(now: datetime, tmp_path: Path) -> None:
    file = tmp_path / "given"
    file.write_bytes(BYTES)
    hashes = set()
    for source in (file, io.BytesIO(BYTES), iter([BYTES[:7], BYTES[7:]])):
        with store.staging(source) as staged:
            hashes.add((staged.sha256, staged.size))
    assert hashes == {(hashlib.sha256(BYTES).hexdigest(), len(BYTES))}
    assert file.exists()


def test_what_is_staged_and_not_kept_goes(data: Path) -> None:
    with store.staging(io.BytesIO(BYTES)) as staged:
        assert staged.path.exists()
    assert files_in(data / "store") == []


@pytest.mark.parametrize(("given", "error"), [(b"", store.Empty), (b"x" * 101, store.TooLarge)])
def test_an_empty_or_too_large_file_is_refused(given: bytes, error: type[Exception], data: Path) -> None:
    with pytest.raises(error), store.staging(io.BytesIO(given), limit=100):
        pass
    assert files_in(data / "store") == []


def test_a_file_of_just_the_limit_is_taken() -> None:
    with store.staging(io.BytesIO(b"x" * 100), limit=100) as staged:
        assert staged.size == 100


def test_a_full_disk_is_said_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setattr(store.shutil, "disk_usage", lambda _path: os.terminal_size((0, 0)) and _Usage())
    with pytest.raises(store.DiskFull), store.staging(io.BytesIO(BYTES)):
        pass
    assert files_in(data / "store") == []


class _Usage:
    free = 1000


class Crash(Exception):
    """What the tests make happen in the middle."""


def boom(*_args: Any, **_named: Any) -> Any:
    raise Crash


@pytest.mark.parametrize(
    "step",
    ["os.fsync", "os.replace", "sync_folder", "os.fchmod", "Asset.objects.get_or_create"],
)
def test_a_failure_at_any_step_leaves_no_row_and_no_file(
    step: str, monkeypatch: pytest.MonkeyPatch, now: datetime, data: Path
) -> None:
    *owner, name = step.split(".")
    target: Any = store
    for part in owner:
        target = getattr(target, part)
    monkeypatch.setattr(target, name, boom if name != "sync_folder" else fails_on_disk)
    with pytest.raises((Crash, OSError)):
        kept(now)
    monkeypatch.undo()
    assert not Asset.objects.exists()
    assert not [p for p in (data / "store").rglob("*") if p.is_file() and p.suffix != ".lock"]


def fails_on_disk(_folder: Path) -> None:
    raise OSError(5, "Input/output error")


def test_a_failure_of_what_belongs_to_the_row_takes_row_and_file_back(now: datetime, data: Path) -> None:
    with (
        pytest.raises(Crash),
        store.staging(io.BytesIO(BYTES)) as staged,
        store.keeping(staged, media_type="text/plain", now=now),
    ):
        raise Crash
    assert not Asset.objects.exists()
    assert files_in(data / "store") == []


def test_such_a_failure_leaves_a_file_that_was_kept_before(now: datetime) -> None:
    asset = kept(now)
    with (
        pytest.raises(Crash),
        store.staging(io.BytesIO(BYTES)) as staged,
        store.keeping(staged, media_type="text/plain", now=now),
    ):
        raise Crash
    assert store.path_of(asset.sha256).read_bytes() == BYTES
    assert Asset.objects.get() == asset
