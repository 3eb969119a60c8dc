"""Lists of people as others keep them: pasted lines in any usual shape, or a table saved as CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from seminars.people.addresses import is_address

MOST = 10_000
MOST_BYTES = 4 * 1024 * 1024
LONGEST_NAME = 200
_ADDRESS = re.compile(r"<?\s*(?P<email>[^\s<>,;\"()]+@[^\s<>,;\"()]+)\s*>?")
_PIECES = re.compile(r'"[^"]*"|<[^<>]*>|[^,;\t"<>]+|[,;\t"<>]')
_MAIL_HEADS = ("e-mail", "email", "mail", "e-post", "epost", "courriel", "correo", "address", "adress")
_NAME_HEADS = ("name", "namn", "nom", "nombre", "nome")
_FIRST_HEADS = ("first", "given", "förnamn", "prénom", "forename")
_LAST_HEADS = ("last", "family", "efternamn", "surname")
_ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")


class Why(StrEnum):
    """What is wrong with a row."""

    NO_ADDRESS = "no-address"
    NOT_ONE = "not-one"
    WRONG = "wrong"


@dataclass(frozen=True)
class Bad:
    """A row that cannot be used. number: of its line, from 1."""

    number: int
    text: str
    why: Why


@dataclass
class Listed:
    """What was read: names by address in small letters, in their order, and the rows that cannot be used."""

    good: dict[str, str] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)

    def keep(self, name: str, email: str) -> None:
        """Take one more; the first name given for an address counts."""
        known = self.good.get(email, "")
        self.good[email] = known or " ".join(name.split()).strip(" \"'")[:LONGEST_NAME]


def read_text(text: str) -> Listed:
    """Return the people of lines: `Name <address>`, `address, Name`, `Last, First <address>`, several in one."""
    found = Listed()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip().strip(",;")
        if words:
            _read_line(found, number, words)
    return found


def read_csv(content: bytes) -> Listed:
    """Return the people of a CSV file: by its heads where it has any, else by where the address stands.

    Commas, semicolons and tabs part the cells; UTF-8, UTF-16 and the Windows code page are read.
    """
    text = _decoded(content)
    rows = _rows(text)
    found, columns = Listed(), None
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if columns is None:
            columns = _columns(cells)
            if columns.is_head:
                continue
        _read_row(found, number, cells, columns)
    return found


# Below: how it is done.


@dataclass(frozen=True)
class _Columns:
    email: int | None = None
    names: tuple[int, ...] = ()
    is_head: bool = False


def _read_line(found: Listed, number: int, line: str) -> None:
    """Parts collect until one holds an address: `Diallo, Amina <a@x>; b@x` are two people."""
    people, collected = [], list[str]()
    for piece in _PIECES.findall(line):
        if piece in {",", ";", "\t"}:
            if any("@" in each for each in collected):
                people.append(" ".join(collected))
                collected = []
            elif collected:
                collected.append(",")
        elif piece.strip():
            collected.append(piece.strip())
    people.append(" ".join(collected))
    people = [each for each in people if each.strip(" ,")]
    bare = [each for each in people if "@" not in each]
    if len(people) - len(bare) == 1 and bare:  # `address, Name`: what stands beside one address is its name
        address = next(each for each in people if "@" in each)
        people = [f"{' '.join(bare)} {address}"]
    read = [_person(each) for each in people]
    if wrong := next((each for each in read if isinstance(each, Why)), None):
        found.bad.append(Bad(number, line, wrong))
        return
    for each in read:
        assert not isinstance(each, Why)
        found.keep(*each)


def _person(words: str) -> tuple[str, str] | Why:
    matches = list(_ADDRESS.finditer(words))
    if not matches:
        return Why.WRONG if "@" in words else Why.NO_ADDRESS
    if len(matches) > 1:
        return Why.NOT_ONE
    email = matches[0]["email"].lower().removeprefix("mailto:")
    if not is_address(email):
        return Why.WRONG
    rest = (words[: matches[0].start()] + words[matches[0].end() :]).replace('"', "").strip(" ,<>()")
    last, comma, first = rest.partition(",")
    name = f"{first.strip()} {last.strip()}" if comma and "," not in first else rest
    return ("", email) if "@" in name else (name, email)


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    head = text[:4000]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    last = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except (
            csv.Error
        ):  # a cell without an end, or one as long as a book: the row is named, the rest is read
            row = ["…"]
        yield last + 1, row
        last = max(reader.line_num, last + 1)


def _columns(cells: list[str]) -> _Columns:
    """Where the address and the name stand. The first row is a head where no cell of it holds an address."""
    if any("@" in cell for cell in cells):
        place = next(at for at, cell in enumerate(cells) if "@" in cell)
        return _Columns(place, tuple(at for at in range(len(cells)) if at != place)[:2])
    heads = [cell.casefold() for cell in cells]
    email = _first(heads, _MAIL_HEADS)
    if email is None:
        return _Columns()
    parts = [at for at in (_first(heads, _FIRST_HEADS), _first(heads, _LAST_HEADS)) if at is not None]
    whole = next((at for at, head in enumerate(heads) if at != email and head.startswith(_NAME_HEADS)), None)
    names = tuple(parts) or (() if whole is None else (whole,))
    return _Columns(email, names, is_head=True)


def _first(heads: list[str], wanted: Iterable[str]) -> int | None:
    return next((at for word in wanted for at, head in enumerate(heads) if word in head), None)


def _read_row(found: Listed, number: int, cells: list[str], columns: _Columns) -> None:
    cell = cells[columns.email] if columns.email is not None and columns.email < len(cells) else ""
    read = _person(cell) if cell else Why.NO_ADDRESS
    if isinstance(read, Why):
        found.bad.append(Bad(number, ", ".join(filter(None, cells)), read))
        return
    name, email = read
    given = " ".join(cells[at] for at in columns.names if at < len(cells))
    found.keep(given or name, email)
