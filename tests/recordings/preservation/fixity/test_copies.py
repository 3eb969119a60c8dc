"""The contract of a place of second copies. Another implementation is one more line in `PLACES`."""

import errno
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recordings.assets import presence, store
from recordings.assets.models import Asset
from recordings.preservation.fixity import copies as places
from recordings.preservation.fixity.copies import Copies, FolderCopies, Full, Unequal, begin, second_copies
from recordings.preservation.fixity.models import Copy, Outcome
from tests.recordings.preservation.fixity.conftest import Keep, aside, flip, path_of

pytestmark = pytest.mark.django_db
BODY = b"what was said"


def folder(tmp_path: Path) -> FolderCopies:
    place = tmp_path / "place"
    place.mkdir()
    return FolderCopies(place, begin(place))


PLACES: dict[str, Callable[[Path], Copies]] = {"folder": folder}


@pytest.fixture
def asset(keep: Keep) -> Asset:
    return keep(BODY)


def silent(more: int) -> None:
    pass


@pytest.mark.parametrize("make", PLACES.values(), ids=PLACES.keys())
class TestContract:
    """What every place keeps its word about."""

    def test_what_is_put_is_there_good_and_given_back(
        self, make: Callable[[Path], Copies], tmp_path: Path, asset: Asset, now: datetime
    ) -> None:
        place = make(tmp_path)
        assert place.read(asset.sha256, asset.size, silent).outcome == Outcome.MISSING
        told: list[int] = []
        place.put(asset.sha256, path_of(asset), told.append, now)
        assert sum(told) == len(BODY)
        assert place.read(asset.sha256, asset.size, silent).good
        with place.fetch(asset.sha256) as file:
            assert file.read() == BODY

    def test_what_is_dropped_is_gone_and_may_be_put_again(
        self, make: Callable[[Path], Copies], tmp_path: Path, asset: Asset, now: datetime
    ) -> None:
        place = make(tmp_path)
        place.drop(asset.sha256)  # there is none
        place.put(asset.sha256, path_of(asset), silent, now)
        place.drop(asset.sha256)
        assert place.read(asset.sha256, asset.size, silent).outcome == Outcome.MISSING
        place.put(asset.sha256, path_of(asset), silent, now)
        assert place.read(asset.sha256, asset.size, silent).good

    def test_what_is_not_the_file_is_not_kept(
        self, make: Callable[[Path], Copies], tmp_path: Path, asset: Asset, now: datetime
    ) -> None:
        place = make(tmp_path)
        flip(path_of(asset))
        with pytest.raises(Unequal):
            place.put(asset.sha256, path_of(asset), silent, now)
        assert place.read(asset.sha256, asset.size, silent).outcome == Outcome.MISSING

    def test_what_is_not_there_is_not_given(
        self, make: Callable[[Path], Copies], tmp_path: Path, asset: Asset
    ) -> None:
        place = make(tmp_path)
        with pytest.raises(FileNotFoundError), place.fetch(asset.sha256):
            pass


@pytest.fixture
def place(tmp_path: Path) -> FolderCopies:
    return folder(tmp_path)


def test_a_damaged_copy_is_set_aside_not_overwritten(
    place: FolderCopies, asset: Asset, now: datetime
) -> None:
    place.put(asset.sha256, path_of(asset), silent, now)
    flip(place.path_of(asset.sha256))
    damaged = place.path_of(asset.sha256).read_bytes()
    place.put(asset.sha256, path_of(asset), silent, now)
    assert aside(place.folder) == [damaged]
    assert place.path_of(asset.sha256).read_bytes() == BODY


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_so_and_keeps_nothing(
    place: FolderCopies, asset: Asset, now: datetime, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fails(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(places.os, "fsync", fails)
    with pytest.raises(Full, match="is full"):
        place.put(asset.sha256, path_of(asset), silent, now)
    monkeypatch.undo()
    assert list((place.folder / "staging").iterdir()) == []
    assert not place.path_of(asset.sha256).exists()
    monkeypatch.setattr(store, "SPARE_BYTES", 2**62)  # room for the file, but not for it and the rest
    with pytest.raises(Full):
        place.put(asset.sha256, path_of(asset), silent, now)


def test_a_disk_that_is_not_mounted_is_no_loss(place: FolderCopies, asset: Asset, now: datetime) -> None:
    """Nothing is read as lost, and nothing is written into the empty folder under the mount point."""
    place.put(asset.sha256, path_of(asset), silent, now)
    place.folder.rename(place.folder.with_name("unplugged"))
    place.folder.mkdir()
    for deed in (
        lambda: place.read(asset.sha256, asset.size, silent),
        lambda: place.put(asset.sha256, path_of(asset), silent, now),
        lambda: place.fetch(asset.sha256).__enter__(),
        lambda: place.tidy(now),
    ):
        with pytest.raises(presence.Away, match="Mount it"):
            deed()
    assert list(place.folder.iterdir()) == []


def test_another_disk_is_not_this_one(place: FolderCopies, asset: Asset, now: datetime) -> None:
    (place.folder / places.MARKER).write_text('{"disk": "another"}')
    with pytest.raises(presence.Away):
        place.read(asset.sha256, asset.size, silent)


@pytest.mark.parametrize("text", ["", "[]", "{}", "not json", '{"disk": ""}'])
def test_a_marker_that_cannot_be_read_is_none(place: FolderCopies, text: str) -> None:
    (place.folder / places.MARKER).write_text(text)
    assert places.disk_of(place.folder) == ""


def test_the_first_disk_is_taken_as_it_is_and_later_ones_are_begun(
    disk: Path, asset: Asset, now: datetime, settings: Any
) -> None:
    found = second_copies()
    assert found is not None
    again = second_copies()
    assert again is not None
    assert again.disk == found.disk == begin(disk)
    Copy.objects.create(asset=asset, disk=found.disk, made_at=now, verified_at=now)
    (disk / places.MARKER).unlink()
    with pytest.raises(presence.Away, match="verify --new-copy"):
        second_copies()
    settings.SECOND_COPY = ""
    assert second_copies() is None
    settings.SECOND_COPY = str(disk / "nowhere")
    with pytest.raises(presence.Away):
        begin(disk / "nowhere")


def test_what_a_dead_worker_left_goes_after_a_day(place: FolderCopies, now: datetime) -> None:
    draft = place.folder / "staging" / "half"
    draft.parent.mkdir()
    draft.write_bytes(b"half")
    os.utime(draft, (now.timestamp(), now.timestamp()))
    assert place.tidy(now) == 0
    assert place.tidy(now + timedelta(days=2)) == 1
    assert not draft.exists()
