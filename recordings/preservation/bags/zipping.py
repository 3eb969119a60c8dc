"""A ZIP that is written while it is sent: never seeks back, keeps no file in memory. Names are ASCII.

PKWARE APPNOTE 6.3.10. Files come as they are (stored), their sums after them in a data descriptor (§4.3.9) since they
are known only then; what is small and whole already has its sums in front and is deflated. ZIP64 (§4.5.3) only where
a size or a place needs it, because old unpackers trip over it.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile

MOST_32, MOST_16 = 0xFFFFFFFF, 0xFFFF
SPOOLED = 64 * 1024  # bytes of the directory that stay in memory
BLOCK = 256 * 1024
STORED, DEFLATED = 0, 8
AFTERWARDS = 0x0008  # sums come after the bytes
PLAIN, WIDE = 20, 45  # version needed to extract
MADE_BY = 3 << 8 | WIDE  # Unix
REGULAR = 0o100644 << 16


class ZipStream:
    """One ZIP. Take the blocks that `small`, `large` and `end` yield, in that order, to the last.

    at: what the files are dated by; naive or aware, its wall time counts.
    """

    def __init__(self, at: datetime) -> None:
        year = max(at.year, 1980)
        self._day = (year - 1980) << 9 | at.month << 5 | at.day
        self._time = at.hour << 11 | at.minute << 5 | at.second // 2
        self._directory = SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115  # closed by `close`
        self._place, self._count = 0, 0

    def small(self, name: str, content: bytes) -> Iterator[bytes]:
        """Yield the entry of a file that is whole in memory."""
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        method = DEFLATED if len(packed) < len(content) else STORED
        packed = packed if method == DEFLATED else content
        place, crc = self._place, zlib.crc32(content)
        head = struct.pack(
            "<4s5H3I2H",
            *(b"PK\x03\x04", PLAIN, 0, method, self._time, self._day),
            *(crc, len(packed), len(content), len(name), 0),
        )
        yield self._passed(head + name.encode("ascii"))
        for at in range(0, len(packed), BLOCK):
            yield self._passed(packed[at : at + BLOCK])
        self._note(name, method, 0, crc, len(packed), len(content), place)

    def large(self, name: str, blocks: Iterable[bytes], *, most: int) -> Iterator[bytes]:
        """Yield the entry of a file as its blocks come. most: bytes it will have at most; more raises ValueError."""
        place, crc, size = self._place, 0, 0
        wide = most >= MOST_32
        extra = struct.pack("<2H2Q", 1, 16, 0, 0) if wide else b""
        sizes = (MOST_32, MOST_32) if wide else (0, 0)
        head = struct.pack(
            "<4s5H3I2H",
            *(b"PK\x03\x04", WIDE if wide else PLAIN, AFTERWARDS, STORED, self._time, self._day),
            *(0, *sizes, len(name), len(extra)),
        )
        yield self._passed(head + name.encode("ascii") + extra)
        for block in blocks:
            crc, size = zlib.crc32(block, crc), size + len(block)
            if size > most:
                raise ValueError(f"{name} has more than the {most:,} bytes it was said to have.")
            yield self._passed(block)
        form = "<4sI2Q" if wide else "<4s3I"
        yield self._passed(struct.pack(form, b"PK\x07\x08", crc, size, size))
        self._note(name, STORED, AFTERWARDS, crc, size, size, place)

    def end(self) -> Iterator[bytes]:
        """Yield the directory; the ZIP is whole after it."""
        first, size = self._place, self._directory.tell()
        self._directory.seek(0)
        yield from (self._passed(block) for block in iter(lambda: self._directory.read(BLOCK), b""))
        self.close()
        count = self._count
        if count >= MOST_16 or first >= MOST_32 or size >= MOST_32:
            where = self._place
            yield struct.pack(
                "<4sQ2H2I4Q", b"PK\x06\x06", 44, MADE_BY, WIDE, 0, 0, count, count, size, first
            ) + struct.pack("<4sIQI", b"PK\x06\x07", 0, where, 1)
        counts = (min(count, MOST_16),) * 2
        yield struct.pack(
            "<4s4H2IH", b"PK\x05\x06", 0, 0, *counts, min(size, MOST_32), min(first, MOST_32), 0
        )

    def close(self) -> None:
        """Let go of the directory's temporary file; at the end, or when nobody takes the rest."""
        self._directory.close()

    def _passed(self, block: bytes) -> bytes:
        self._place += len(block)
        return block

    def _note(self, name: str, method: int, flags: int, crc: int, packed: int, size: int, place: int) -> None:
        """Write the entry of the directory (§4.3.12)."""
        wide = [each for each in (size, packed, place) if each >= MOST_32]
        extra = struct.pack(f"<2H{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
        narrow = [min(each, MOST_32) for each in (packed, size)]
        self._directory.write(
            struct.pack(
                "<4s6H3I5H2I",
                *(b"PK\x01\x02", MADE_BY, WIDE if wide else PLAIN, flags, method, self._time, self._day),
                *(crc, *narrow, len(name), len(extra), 0, 0, 0),
                *(REGULAR, min(place, MOST_32)),
            )
            + name.encode("ascii")
            + extra
        )
        self._count += 1
