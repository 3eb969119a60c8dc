"""A store with files, and a second disk."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.preservation.fixity.copies import FolderCopies, begin

Keep = Callable[..., Asset]


@pytest.fixture
def keep(db: None, now: datetime) -> Keep:
    """Keep bytes in the store; `at` is when."""

    def keep(body: bytes, *, at: datetime = now) -> Asset:
        with store.staging(BytesIO(body)) as staged:
            return store.keep(staged, media_type="text/plain", now=at)

    return keep


@pytest.fixture
def disk(tmp_path: Path, settings: Any) -> Path:
    """The folder of the second disk, set."""
    folder = tmp_path / "second"
    folder.mkdir()
    settings.SECOND_COPY = str(folder)
    return folder


@pytest.fixture
def copies(disk: Path) -> FolderCopies:
    """The second copies, begun."""
    return FolderCopies(disk, begin(disk))


def path_of(asset: Asset) -> Path:
    return store.path_of(asset.sha256)


def flip(path: Path, at: int = 0) -> None:
    """Turn one bit of a file over, as a dying disk does: its length and times stay."""
    body = bytearray(path.read_bytes())
    body[at] ^= 1
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.write(body)


def aside(folder: Path) -> list[bytes]:
    """What was set aside in a place."""
    found = folder / store.ASIDE
    return [each.read_bytes() for each in sorted(found.iterdir())] if found.is_dir() else []
