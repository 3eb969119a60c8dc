"""A bag as a ZIP that is sent while it is made."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from recordings.preservation.bags.ledger import Ledger, bag_info, tag_files
from recordings.preservation.bags.zipping import ZipStream
from recordings.preservation.sticks.pieces import Piece

SMALL = 1024**2
"""Bytes of a file that is made in memory and so may be deflated; a larger one is stored as it comes."""
MOST = 2**63 - 1
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Label:
    """What a bag is called. name: of its folder. identifier, description: for bag-info.txt."""

    name: str
    identifier: str
    description: str


def zip_of(
    pieces: Iterable[Piece], label: Label, *, now: datetime, progress: Progress = lambda _bytes: None
) -> Iterator[bytes]:
    """Yield the ZIP of a bag whose payload are `pieces`, at most some hundred KiB at a time.

    now: aware UTC. progress: told the bytes of payload that went by. Raises pieces.Damaged in the middle, so that what
    was received is no ZIP: half an archive must not look like one.
    """
    packed = ZipStream(now)
    with closing(packed), Ledger() as ledger:
        for piece in pieces:
            path = f"data/{piece.path}"
            name = f"{label.name}/{path}"
            blocks = _counted(ledger.watch(path, piece.blocks()), progress)
            if piece.sha256:
                yield from packed.large(name, blocks, most=piece.size or MOST)
            else:
                yield from _made(packed, name, blocks)
        info = bag_info(ledger, identifier=label.identifier, description=label.description, now=now)
        for file in tag_files(ledger, info):
            yield from packed.large(f"{label.name}/{file.name}", file.blocks(), most=file.size)
        yield from packed.end()


def plain_zip_of(pieces: Iterable[Piece], name: str, *, now: datetime) -> Iterator[bytes]:
    """Yield a ZIP of the pieces below the folder `name` and nothing else: a stick, to be unpacked onto one."""
    packed = ZipStream(now)
    with closing(packed):
        for piece in pieces:
            if piece.sha256:
                yield from packed.large(f"{name}/{piece.path}", piece.blocks(), most=piece.size or MOST)
            else:
                yield from _made(packed, f"{name}/{piece.path}", piece.blocks())
        yield from packed.end()


def _made(packed: ZipStream, name: str, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """A file that is made now: deflated if it is small, which nobody knows before it is there."""
    held, size = [], 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size > SMALL:
            yield from packed.large(name, _chain(held, blocks), most=MOST)
            return
    yield from packed.small(name, b"".join(held))


def _chain(held: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    while held:
        yield held.pop(0)
    yield from rest


def _counted(blocks: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    for block in blocks:
        progress(len(block))
        yield block
