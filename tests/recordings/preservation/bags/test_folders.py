"""Files of a bag's folder, on a disk that refuses them."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from recordings.preservation.bags import folders
from recordings.preservation.bags.folders import CannotPack


@pytest.mark.parametrize("goes_on", [True, False])
def test_a_full_disk_gets_the_room_of_a_half_file_back(tmp_path: Path, goes_on: bool) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CannotPack, match="No space left") as raised:
        folders.write_file(tmp_path / "disk" / "bag.zip", blocks(), goes_on=goes_on)
    assert ("it goes on" in str(raised.value)) is goes_on
    assert list((tmp_path / "disk").iterdir()) == []


def test_whatever_ends_it_no_half_file_stays(tmp_path: Path) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        folders.write_file(tmp_path / "disk" / "bag.zip", blocks(), goes_on=False)
    assert list((tmp_path / "disk").iterdir()) == []
