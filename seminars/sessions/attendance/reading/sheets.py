"""Bytes of a table to rows of cells, whatever encoding and separator a program chose. Plain Python."""

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

MOST_BYTES = 5 * 1024**2
MOST_LINES = 10_000
LONGEST_CELL = 1000
SEPARATORS = "\t,;|"


class Unreadable(Exception):
    """The bytes are no list of people. Its words say what to do; they are marked for translation by who shows it."""


class TooMuch(Unreadable):
    """It has more lines than one session's list can have."""


def text_of(content: bytes) -> str:
    """Return the text of a file. Raises Unreadable for what is no text."""
    for bom, name in ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16")):
        if content.startswith(bom):
            return _decoded(content, name)
    if content[:200].count(0) > len(content[:200]) // 4:  # UTF-16 that does not say so
        ends = content[1:200:2].count(0) >= content[:200:2].count(0)
        return _decoded(content, "utf-16-le" if ends else "utf-16-be")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # spreadsheets in Western Europe save so
    if "\x00" in text or content.startswith((b"PK\x03\x04", b"%PDF")):
        raise Unreadable("binary")
    return text


def rows_of(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that have something in them, each with the number of its line, cells trimmed.

    Raises TooMuch.
    """
    found = []
    separator = separator_of(text)
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=separator)
    try:
        for cells in reader:
            row = [" ".join(cell.split())[:LONGEST_CELL] for cell in cells]
            if any(row):
                found.append((reader.line_num, row))
            if len(found) > MOST_LINES + 60:  # headings and summaries come before the people
                raise TooMuch("lines")
    except csv.Error as wrong:
        raise Unreadable("csv") from wrong
    return found


def separator_of(text: str) -> str:
    """Return the sign that cuts most lines into the same number of cells."""
    lines = [line for line in text.splitlines()[:60] if line.strip()]
    return max(SEPARATORS, key=lambda sign: (sum(line.count(sign) > 0 for line in lines), _most(lines, sign)))


def _most(lines: list[str], sign: str) -> int:
    return max((line.count(sign) for line in lines), default=0)


def _decoded(content: bytes, name: str) -> str:
    return content.decode(name, "replace").replace("\ufeff", "")
