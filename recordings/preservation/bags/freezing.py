"""The rows of a bag, taken once before its first file: what comes or goes while it is made changes nothing of it.

The archive goes on meanwhile, for hours where a line is slow, and no question to the database stays open so long. So
the rows wait on disk, the files that they name are the files that go along, and the bag is described from both.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from hashlib import sha256
from sys import intern
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Self

from recordings.preservation.bags.choosing import Chosen
from recordings.preservation.bags.rows import Row, key_in, mark_of
from recordings.preservation.bags.schema import TABLES, Table

SPOOLED = 64 * 1024  # bytes that stay in memory
LINKED = frozenset(other for table in TABLES for other in (*table.links.values(), *table.many.values()))


@dataclass(frozen=True)
class Going:
    """A file that goes along. slug: of its recording. kind: an OriginalKind, a recipe, or `slide`.

    original: the uuid of the original that it is; "" for what was made of one. number: of a slide. size: bytes.
    """

    slug: str
    kind: str
    language: str
    sha256: str
    original: str = ""
    number: int = 0
    size: int = 0
    media_type: str = ""


class Frozen(AbstractContextManager["Frozen"]):
    """The rows of a bag, each of which names only rows that are there too. Take it as a context.

    going: sizes in bytes and media types of the files that go along, by their hashes; none of what was withdrawn.
    recordings: their uuids, in order. withheld: those of which only the tombstone goes along. items: what sessions and
    recordings are known by. Raises choosing.Nothing.
    """

    def __init__(self, chosen: Chosen) -> None:
        chosen.check()
        self.chosen = chosen
        self.going: dict[bytes, tuple[int, str]] = {}
        self.recordings: list[str] = []
        self.withheld = {str(each) for each in chosen.withheld.values_list("uuid", flat=True)}
        self.items: set[str] = set()
        self._counts: dict[str, int] = {}
        self._known: dict[str, set[bytes]] = {name: set() for name in LINKED}
        self._rows = _spool()
        self._files = _spool()
        try:
            self._take(chosen)
        except BaseException:
            self.__exit__()
            raise
        self._known.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._rows.close()
        self._files.close()

    def tables(self) -> Iterator[tuple[Table, Iterator[Row]]]:
        """Yield each table with its rows, as `Chosen.tables` did. Take the rows of one before the next."""
        self._rows.seek(0)
        for table in TABLES:
            yield table, (json.loads(self._rows.readline()) for _row in range(self._counts[table.name]))

    def files(self) -> Iterator[Going]:
        """Yield the files that go along, superseded ones last. One may come twice, where two rows name it."""
        self._files.seek(0)
        for line in self._files:
            found = Going(*json.loads(line))
            size, media_type = self.going[bytes.fromhex(found.sha256)]
            yield replace(found, size=size, media_type=media_type)

    def _take(self, chosen: Chosen) -> None:
        assets: dict[bytes, tuple[int, str]] = {}
        slugs: dict[str, str] = {}
        originals: dict[str, tuple[str, str]] = {}  # of those whose files go: slug, language
        later: list[Going] = []

        def goes(file: Going) -> None:
            key = bytes.fromhex(file.sha256)
            self.going[key] = assets[key]
            self._write(
                self._files, [file.slug, file.kind, file.language, file.sha256, file.original, file.number]
            )

        for table, rows in chosen.tables():
            for row in self._closed(table, rows):
                match table.name:
                    case "assets":
                        assets[bytes.fromhex(row["sha256"])] = (row["size"], intern(row["media_type"]))
                    case "sessions":
                        self.items.add(row["uid"])
                    case "recordings":
                        self.recordings.append(row["uuid"])
                        self.items.add(row["uuid"])
                        slugs |= {} if row["uuid"] in self.withheld else {row["uuid"]: row["slug"]}
                    case "originals" if row["recording"] in slugs:
                        slug, language = slugs[row["recording"]], row["language"]
                        originals[row["uuid"]] = (slug, language)
                        file = Going(slug, row["kind"], language, row["asset"], row["uuid"])
                        later.append(file) if row["superseded_at"] else goes(file)
                    case "editions" if row["original"] in originals:
                        slug, language = originals[row["original"]]
                        goes(Going(slug, row["recipe"], language, row["asset"]))
                    case "slide_pages" if row["asset"] and row["slides"] in originals:
                        slug, _language = originals[row["slides"]]
                        goes(Going(slug, "slide", "", row["asset"], number=row["number"]))
        for file in later:
            goes(file)

    def _closed(self, table: Table, rows: Iterable[Row]) -> Iterator[Row]:
        """Note down and yield the rows whose links lead to rows that were noted down: others came just now."""
        self._counts[table.name] = 0
        for row in rows:
            links = {name: other for name, other in table.links.items() if name not in table.later}
            if not all(row[name] is None or self._knows(other, row[name]) for name, other in links.items()):
                continue
            for name, other in table.many.items():
                row[name] = [each for each in row[name] if self._knows(other, each)]
            if table.name in LINKED:
                self._known[table.name].add(_digest(key_in(table, row)))
            self._write(self._rows, row)
            self._counts[table.name] += 1
            yield row

    def _knows(self, table: str, key: Any) -> bool:
        return _digest(mark_of(key)) in self._known[table]

    @staticmethod
    def _write(file: IO[bytes], told: Any) -> None:
        file.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")


def _spool() -> IO[bytes]:
    return SpooledTemporaryFile(max_size=SPOOLED)  # closed by __exit__


def _digest(mark: str) -> bytes:
    """A key in few bytes."""
    return sha256(mark.encode()).digest()[:12]
