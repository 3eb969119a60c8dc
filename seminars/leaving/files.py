"""What lies on the disk about somebody: mails that were kept instead of sent, and calendars rendered before."""

import gzip
import os
import quopri
import re
from pathlib import Path

_END = re.compile(rb"(^-{79}\r?\n)", re.MULTILINE)  # what Django's file backend writes after each mail


def forget_mails(folder: Path, words: list[str]) -> int:
    """Return how many kept mails are gone that hold any of `words`. A folder that is not there has none."""
    gone = 0
    for path in sorted(folder.glob("*.log")):
        parts = _END.split(path.read_bytes())
        mails = [parts[i] + (parts[i + 1] if i + 1 < len(parts) else b"") for i in range(0, len(parts), 2)]
        kept = [mail for mail in mails if not _holds(mail, words)]
        if len(kept) == len(mails):
            continue
        gone += len(mails) - len(kept)
        if any(mail.strip() for mail in kept):
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_bytes(b"".join(kept))
            draft.replace(path)
        else:
            path.unlink(missing_ok=True)
    return gone


def forget_calendars(folder: Path, words: list[str]) -> int:
    """Return how many rendered files are gone that hold any of `words`; whoever asks next has them rendered anew."""
    gone = 0
    for path in sorted(folder.glob("*/*/*")):
        if path.is_file() and _holds(_plain(path), words):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _plain(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if path.suffix == ".gz" else data
    except OSError:  # another process replaced it meanwhile, by one that is rendered anew
        return b""


def _holds(data: bytes, words: list[str]) -> bool:
    """Whether a word stands in it, however its lines were folded or its letters spelled for the mail."""
    joined = re.sub(rb"=\r?\n|\r?\n[ \t]", b"", data)
    spelled = (joined, quopri.decodestring(data))
    texts = [each.decode("utf-8", "replace").casefold().replace("\\", "") for each in spelled]
    return any(word.casefold() in text for word in words for text in texts)
