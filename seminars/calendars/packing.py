"""Calendars compressed piece by piece, so that one edit does not compress a thousand entries again. Plain Python.

A calendar is cut before some of its entries, chosen by what they say and not by where they stand, so that an entry more
or less moves no other cut. Each piece is compressed by itself and ends on a whole byte (Z_FULL_FLUSH): pieces that were
packed before are taken as they are, found by the digests of their entries. The same texts always give the same result.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

LEVEL = 3  # half the time of 6 for a tenth more bytes: the first poll after every change waits for it
EVERY = 32  # entries of a piece, on average: fewer compress worse, more cost more after an edit
MOST = 2048  # pieces that are remembered, of some 5 kB each
_OPENING = b"BEGIN:VEVENT\r\nUID:"
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # gzip, deflate, no name, no time, no system (RFC 1952)
_END = b"\x03\x00"  # an empty last block
_packed: dict[bytes, bytes] = {}
_lock = Lock()


class Part(NamedTuple):
    """An entry as it goes over the wire, or what stands before and behind all entries; whether a piece begins here."""

    plain: bytes
    digest: bytes
    opens: bool


class Packed(NamedTuple):
    """A calendar, the same compressed, and the name of these bytes."""

    plain: bytes
    zipped: bytes
    digest: str


@lru_cache(maxsize=8192)
def part(text: str) -> Part:
    """Return one entry: of a calendar that changed, almost all are those of before."""
    plain = text.encode()
    return Part(plain, hashlib.sha256(plain).digest(), _opens(plain, 0))


def pack(parts: Sequence[Part]) -> Packed:
    """Return the calendar that these make together. What is named is the digests of its parts, not all bytes anew."""
    plain = b"".join([each.plain for each in parts])
    starts = [place for place, each in enumerate(parts) if place == 0 or each.opens]
    zipped = [_piece(parts[start:end]) for start, end in pairwise([*starts, len(parts)])]
    tail = struct.pack("<LL", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
    name = hashlib.sha256(b"".join([each.digest for each in parts])).hexdigest()[:32]
    return Packed(plain, b"".join([_HEAD, *zipped, _END, tail]), name)


def packed(body: bytes) -> Packed:
    """Return a calendar of which the bytes are all that is there."""
    pieces = [body[start:end] for start, end in pairwise(cuts(body))]
    return pack([Part(each, hashlib.sha256(each).digest(), True) for each in pieces])


def cuts(body: bytes) -> list[int]:
    """Return where pieces begin, and the end."""
    inner, at = [0], body.find(_OPENING)
    while at > 0:
        if _opens(body, at):
            inner.append(at)
        at = body.find(_OPENING, at + len(_OPENING))
    return [*inner, len(body)] if body else [0]


def _opens(body: bytes, at: int) -> bool:
    start = at + len(_OPENING)
    return body.startswith(_OPENING, at) and zlib.crc32(body[start : start + 36]) % EVERY == 0


def _piece(parts: Iterable[Part]) -> bytes:
    """By the digests, so that only what is small is remembered."""
    name = b"".join([each.digest for each in parts])
    found = _packed.get(name)
    if found is None:
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        found = packer.compress(b"".join([each.plain for each in parts])) + packer.flush(zlib.Z_FULL_FLUSH)
        with _lock:
            while len(_packed) >= MOST:
                del _packed[next(iter(_packed))]
            _packed[name] = found
    return found
