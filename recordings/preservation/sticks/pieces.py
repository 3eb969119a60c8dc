"""A piece: one file that goes into a folder, a ZIP or a bag, with its bytes still where they are."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256 as sha256_of

from django.utils.translation import gettext as _

from recordings.assets import store

BLOCK = 256 * 1024


class Damaged(Exception):
    """A file of the store is not what it was; the message names it and says what to do."""


@dataclass(frozen=True)
class Piece:
    """One file. path: safe names with `/` between. Either `content` makes its bytes, or it is a file of the store.

    size: bytes; None where nobody knows before it is made. sha256: of a file of the store, "" for others.
    """

    path: str
    content: Callable[[], Iterable[bytes]] | None = None
    size: int | None = None
    sha256: str = ""

    def blocks(self) -> Iterator[bytes]:
        """Yield its bytes, at most 256 KiB at a time. Raises Damaged for a file of the store that is not as it was."""
        if self.content is not None:
            for block in self.content():
                for at in range(0, len(block), BLOCK):
                    yield block[at : at + BLOCK]
            return
        digest, left = sha256_of(), self.size or 0
        try:
            with store.path_of(self.sha256).open("rb", buffering=0) as file:
                for block in iter(lambda: file.read(BLOCK), b""):
                    digest.update(block)
                    left -= len(block)
                    if left < 0:
                        break
                    yield block
        except OSError as wrong:
            raise Damaged(_damaged(self.path, self.sha256)) from wrong
        if left or digest.hexdigest() != self.sha256:
            raise Damaged(_damaged(self.path, self.sha256))


def text_piece(path: str, make: Callable[[], str]) -> Piece:
    """Return a piece whose text (in UTF-8) is made when it is written, and not kept."""
    return Piece(path, lambda: [make().encode()])


def lost(pieces: Iterable[Piece]) -> list[str]:
    """Return a sentence for each file of the store that is gone or cut, told without reading them."""
    return [_damaged(each.path, each.sha256) for each in pieces if each.sha256 and not _is_whole(each)]


def _is_whole(piece: Piece) -> bool:
    try:
        return store.path_of(piece.sha256).stat().st_size == piece.size
    except OSError:
        return False


def _damaged(path: str, sha256: str) -> str:
    words = _(
        "%(path)s is damaged or gone in the store (%(sha256)s). Run “manage.py verify”, which repairs it from the "
        "second copy, or bring it back from the backup; then try again."
    )
    return words % {"path": path, "sha256": sha256[:12]}
