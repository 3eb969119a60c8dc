"""What a bag's manifests say, gathered while its files pass by. Kept on disk, for a bag may have a million files."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Self

from django.conf import settings

from recordings.preservation.bags.paths import coded

ALGORITHMS = ("sha256", "sha512")
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
IN_MEMORY = 64 * 1024
BLOCK = 256 * 1024


class Ledger(AbstractContextManager["Ledger"]):
    """Counts and sums up payload files. Take it as a context, so that its temporary files go."""

    def __init__(self) -> None:
        self.bytes, self.files = 0, 0
        self._lines: dict[str, IO[bytes]] = {
            name: SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed by __exit__
            for name in ALGORITHMS
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        for each in self._lines.values():
            each.close()

    def watch(self, path: str, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the blocks of a payload file (path: within the bag) unchanged; note it when they end."""
        sums = {name: hashlib.new(name) for name in ALGORITHMS}
        size = 0
        for block in blocks:
            for each in sums.values():
                each.update(block)
            size += len(block)
            yield block
        self.note(path, size, {name: each.hexdigest() for name, each in sums.items()})

    def note(self, path: str, size: int, sums: dict[str, str]) -> None:
        """Note a payload file. sums: by algorithm, in hexadecimal."""
        self.bytes, self.files = self.bytes + size, self.files + 1
        for name, lines in self._lines.items():
            lines.write(f"{sums[name]}  {coded(path)}\n".encode())

    def manifest(self, algorithm: str) -> Iterator[bytes]:
        """Yield a manifest, as RFC 8493 §2.1.3 says."""
        lines = self._lines[algorithm]
        lines.seek(0)
        yield from iter(lambda: lines.read(BLOCK), b"")

    def manifest_size(self, algorithm: str) -> int:
        """Return the bytes of a manifest."""
        return self._lines[algorithm].seek(0, 2)


def bag_info(ledger: Ledger, *, identifier: str, description: str, now: datetime) -> bytes:
    """Return bag-info.txt (RFC 8493 §2.2.2). now: aware, its date is the Bagging-Date."""
    said = {
        "Source-Organization": settings.SITE_NAME,
        "External-Identifier": identifier,
        "External-Description": description,
        "Bagging-Date": now.date().isoformat(),
        "Bag-Software-Agent": "Meridian",
        "Payload-Oxum": f"{ledger.bytes}.{ledger.files}",
    }
    # A line break in a value would begin another element.
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in said.items()).encode()


@dataclass(frozen=True)
class TagFile:
    """A file that makes a folder a bag. size: bytes."""

    name: str
    size: int
    blocks: Callable[[], Iterable[bytes]]


def tag_files(ledger: Ledger, info: bytes) -> list[TagFile]:
    """Return the files that make a folder a bag, in the order to write them: `bagit.txt` is the last."""
    manifests = [
        TagFile(f"manifest-{name}.txt", ledger.manifest_size(name), partial(ledger.manifest, name))
        for name in ALGORITHMS
    ]
    files = [*manifests, _whole("bag-info.txt", info)]
    last = _whole("bagit.txt", BAGIT)
    lines: dict[str, list[str]] = {name: [] for name in ALGORITHMS}
    for file in [*files, last]:
        sums = {name: hashlib.new(name) for name in ALGORITHMS}
        for block in file.blocks():
            for each in sums.values():
                each.update(block)
        for name, each in sums.items():
            lines[name].append(f"{each.hexdigest()}  {file.name}\n")
    sealed = [_whole(f"tagmanifest-{name}.txt", "".join(lines[name]).encode()) for name in ALGORITHMS]
    return [*files, *sealed, last]


def _whole(name: str, content: bytes) -> TagFile:
    return TagFile(name, len(content), lambda: [content])
