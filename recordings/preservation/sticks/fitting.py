"""What a size leaves out: first originals, then the small video; the largest first. Pure.

Never voice, slides, captions and text: who has a slow line lives of those. Files that FAT32 cannot hold stay out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from recordings.preservation.sticks.choosing import LEAVES, File

FAT32_MOST = 2**32 - 1
"""Bytes of one file on a stick as they are sold."""
CLUSTER = 32 * 1024
"""Every file takes whole blocks of so many bytes there."""
ROOM = 0.97
"""The part of a stick's size that files can have; the rest is its table of contents."""
TOO_LARGE, NO_ROOM, NOT_WANTED = "too-large", "no-room", "not-wanted"


class TooSmall(Exception):
    """Even without any video it does not fit. `needed`: bytes that it takes."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


@dataclass
class Fit:
    """What goes along. total: bytes on a stick, with what pages and search take. left: by hash, why it stays out."""

    total: int = 0
    files: int = 0
    left: dict[str, str] = field(default_factory=dict)
    left_bytes: int = 0


def room_on(stick: int) -> int:
    """Return how many bytes of files a stick of so many bytes holds."""
    return int(stick * ROOM)


def on_stick(size: int) -> int:
    """Return the bytes that a file of `size` bytes takes on FAT32."""
    return -(-size // CLUSTER) * CLUSTER


def fit(files: Iterable[File], *, editions: frozenset[str], limit: int | None, pages: int) -> Fit:
    """Return what goes along of the files. limit: bytes of the stick, None for any. pages: bytes of pages and search.

    Raises TooSmall where what must stay does not fit.
    """
    unique = {
        each.sha256: each for each in sorted(files, key=lambda each: -_rank(each))
    }  # the most needed use counts
    found = Fit(total=pages)
    for sha256, each in unique.items():
        if each.edition and each.edition not in editions:
            found.left[sha256] = NOT_WANTED
        elif each.size > FAT32_MOST:
            found.left[sha256] = TOO_LARGE
        else:
            found.total += on_stick(each.size)
    going = sorted(
        (each for each in unique.values() if each.sha256 not in found.left and _rank(each)),
        key=lambda each: (-_rank(each), -each.size, each.sha256),
    )
    for each in going:
        if limit is None or found.total <= limit:
            break
        found.left[each.sha256] = NO_ROOM
        found.total -= on_stick(each.size)
    if limit is not None and found.total > limit:
        raise TooSmall(found.total)
    found.files = len(unique) - len(found.left)
    found.left_bytes = sum(unique[sha256].size for sha256, why in found.left.items() if why != NOT_WANTED)
    return found


def _rank(file: File) -> int:
    return LEAVES.get(file.edition, 0)
