"""Calendars compressed piece by piece, so that one edit does not compress a thousand entries again. Plain Python.

A calendar is cut before some of its entries, chosen by what they say and not by where they stand, so that an entry more
or less moves no other cut. Each piece is compressed by itself and ends on a whole byte (Z_FULL_FLUSH): pieces that were
packed before are taken as they are. The same bytes always give the same result.
"""

import hashlib
import struct
import zlib
from itertools import pairwise
from threading import Lock

LEVEL = 3  # half the time of 6 for a tenth more bytes: the first poll after every change waits for it
EVERY = 32  # entries of a piece, on average: fewer compress worse, more cost more after an edit
MOST = 2048  # pieces that are remembered, of some 5 kB each
_OPENING = b"BEGIN:VEVENT\r\nUID:"
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # gzip, deflate, no name, no time, no system (RFC 1952)
_END = b"\x03\x00"  # an empty last block
_packed: dict[bytes, bytes] = {}
_lock = Lock()


def gzipped(body: bytes) -> bytes:
    """Return `body` as one gzip member."""
    pieces = [_piece(body[start:end]) for start, end in pairwise(cuts(body))]
    tail = struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return b"".join([_HEAD, *pieces, _END, tail])


def cuts(body: bytes) -> list[int]:
    """Return where pieces begin, and the end."""
    inner, at = [0], body.find(_OPENING)
    while at > 0:
        start = at + len(_OPENING)
        if zlib.crc32(body[start : start + 36]) % EVERY == 0:
            inner.append(at)
        at = body.find(_OPENING, start)
    return [*inner, len(body)] if body else [0]


def _piece(body: bytes) -> bytes:
    """By its digest, so that only what is small is remembered."""
    name = hashlib.sha256(body).digest()
    found = _packed.get(name)
    if found is None:
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        found = packer.compress(body) + packer.flush(zlib.Z_FULL_FLUSH)
        with _lock:
            while len(_packed) >= MOST:
                del _packed[next(iter(_packed))]
            _packed[name] = found
    return found
