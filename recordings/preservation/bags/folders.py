"""A bag as a folder. Begun and not finished, it is finished later: what is whole stays, what is not is written again.

`bagit.txt` comes last, so a folder without it is no bag yet; a file of our own says whose half-written bag it is.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from recordings.preservation.bags.ledger import ALGORITHMS, Ledger, bag_info, tag_files
from recordings.preservation.bags.streaming import Label
from recordings.preservation.sticks.pieces import Piece

UNFINISHED = "unfinished-bag.txt"
PART = ".part"
BLOCK = 256 * 1024
Progress = Callable[[int], None]


class CannotPack(Exception):
    """The folder cannot become this bag; the message says why, and what to do."""


def write_folder(
    pieces: Iterable[Piece],
    label: Label,
    target: Path,
    *,
    now: datetime,
    progress: Progress = lambda _bytes: None,
) -> int:
    """Make the folder `target` a bag of `pieces`; return how many files of its payload were there and whole already.

    now: aware UTC. progress: told the bytes of payload that are done. Raises CannotPack for a folder that is something
    else, pieces.Damaged for a file of the store that is not as it was; what was written by then stays.
    """
    begin(target, label.identifier)
    wanted: set[str] = set()
    found = 0
    with Ledger() as ledger:
        for piece in pieces:
            path = target / "data" / piece.path
            wanted.add(piece.path)
            if piece.sha256 and _keep(piece, path, ledger, progress):
                found += 1
            else:
                write_file(path, _told(ledger.watch(f"data/{piece.path}", piece.blocks()), progress))
        _remove_others(target / "data", wanted)
        info = bag_info(ledger, identifier=label.identifier, description=label.description, now=now)
        for file in tag_files(ledger, info):
            write_file(target / file.name, file.blocks())
        (target / UNFINISHED).unlink()  # last: whatever ends us before, the same command goes on
    return found


def begin(target: Path, identifier: str) -> None:
    """Make the folder, or take up the one that was begun with the same content. Raises CannotPack."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise CannotPack(_("%(path)s is not a folder. Choose another place.") % {"path": target})
    mark = target / UNFINISHED
    if (target / "bagit.txt").exists():
        mark.unlink(missing_ok=True)  # of one that was killed just after its last file
        words = _("There is a finished bag in %(path)s. Verify it with --verify, or choose another folder.")
        raise CannotPack(words % {"path": target})
    if mark.exists():
        if mark.read_text(encoding="utf-8").strip() != identifier:
            words = _(
                "%(path)s holds a half-written bag of something else. Finish that, or choose another folder."
            )
            raise CannotPack(words % {"path": target})
        return
    if target.exists() and any(target.iterdir()):
        words = _("%(path)s is not empty. Choose an empty folder, or a new one.")
        raise CannotPack(words % {"path": target})
    try:
        target.mkdir(parents=True, exist_ok=True)
        mark.write_text(f"{identifier}\n", encoding="utf-8")
    except OSError as wrong:
        words = _("%(path)s cannot be written: %(reason)s.")
        raise CannotPack(words % {"path": target, "reason": wrong.strerror}) from wrong


def write_file(path: Path, blocks: Iterable[bytes], *, goes_on: bool = True) -> None:
    """Write a file whole or not at all. goes_on: whether the same command would not begin it anew.

    Raises CannotPack when the disk refuses. What was written of it by then makes room again, whatever ended it.
    """
    part = path.with_name(path.name + PART)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            for block in blocks:
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as wrong:
        words = (
            _(
                "%(path)s cannot be written: %(reason)s. Make room, then run the same command again: it goes on."
            )
            if goes_on
            else _("%(path)s cannot be written: %(reason)s.")
        )
        raise CannotPack(words % {"path": path, "reason": wrong.strerror or wrong}) from wrong
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _keep(piece: Piece, path: Path, ledger: Ledger, progress: Progress) -> bool:
    """Whether the file lies there whole, by its hash; then it is noted."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != piece.size:
        return False
    sums = {name: hashlib.new(name) for name in ALGORITHMS}
    with path.open("rb", buffering=0) as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            for each in sums.values():
                each.update(block)
    if sums["sha256"].hexdigest() != piece.sha256:
        return False
    progress(piece.size or 0)
    ledger.note(
        f"data/{piece.path}", piece.size or 0, {name: each.hexdigest() for name, each in sums.items()}
    )
    return True


def _remove_others(folder: Path, wanted: set[str]) -> None:
    """Take away what an earlier, half-written state left that is not part of the bag any more."""
    for path in folder.rglob("*"):
        if (path.is_file() or path.is_symlink()) and path.relative_to(folder).as_posix() not in wanted:
            path.unlink()


def _told(blocks: Iterable[bytes], progress: Progress) -> Iterable[bytes]:
    for block in blocks:
        progress(len(block))
        yield block
