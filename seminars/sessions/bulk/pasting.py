"""A column of titles from somebody's spreadsheet: read line by line, matched to sessions, nothing dropped in silence.

A line is a title; or a date and a title, with a tab, semicolon or comma between them; a third cell names speakers. With
dates a line goes to the session of that day, without to the next in order. Pure: text and sessions in, pairs out.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MOST = 500
"""Lines that are read at once."""
LONGEST = 200
DATED = re.compile(r"\s*\"?(?P<day>\d{1,4}[-./]\d{1,2}[-./]\d{1,4})\"?\s*(?P<mark>[\t;,])")


class Why(StrEnum):
    """Why a line has no session."""

    NO_DATE = "no-date"
    NO_SESSION = "no-session"
    TAKEN = "taken"
    TOO_MANY = "too-many"
    TOO_LONG = "too-long"
    NO_TITLE = "no-title"


@dataclass(frozen=True)
class Line:
    """A line that says something. number: as an editor counts, from 1. day: as it was written, "" for none."""

    number: int
    title: str
    day: str = ""
    speakers: str = ""


@dataclass(frozen=True)
class Unmatched:
    """A line without a session, and why."""

    line: Line
    why: Why


@dataclass(frozen=True)
class Matched:
    """titles: by primary key. speakers: names that came with a title; they are not taken from here."""

    titles: Mapping[int, str]
    unmatched: tuple[Unmatched, ...] = ()
    speakers: tuple[Line, ...] = ()


def read(text: str) -> list[Line]:
    """Return the lines of `text` that say something, at most `MOST` and one more."""
    found = []
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if raw.strip():
            found.append(_line(number, raw))
        if len(found) > MOST:
            break
    return found


def match(lines: Iterable[Line], *, in_order: Iterable[int], by_day: Mapping[date, list[int]]) -> Matched:
    """Return each title with its session. in_order: for lines without a date. by_day: all that may be titled."""
    free = list(dict.fromkeys(in_order))
    titles: dict[int, str] = {}
    unmatched, speakers = [], []
    for line in lines:
        found = _session(line, free, by_day, titles)
        if isinstance(found, Why):
            unmatched.append(Unmatched(line, found))
            continue
        titles[found] = line.title
        if line.speakers:
            speakers.append(line)
    return Matched(titles, tuple(unmatched), tuple(speakers))


def day_of(text: str) -> date | None:
    """Return the date that is written, 2027-09-08 or 8.9.2027; None for what reads in two ways, or not at all."""
    numbers = re.split(r"[-./]", text)
    order = (0, 1, 2) if len(numbers[0]) == 4 else (2, 1, 0) if "." in text else None
    if order is None or len(numbers[order[0]]) != 4:
        return None
    try:
        return date(*(int(numbers[place]) for place in order))
    except ValueError:
        return None


# Below: how it is done.


def _line(number: int, raw: str) -> Line:
    mark, day = "\t", ""
    if dated := DATED.match(raw):
        mark, day = dated["mark"], dated["day"]
        raw = raw[dated.end() :]
    elif "\t" not in raw:
        return Line(number, raw.strip())
    cells = [cell.strip() for cell in next(csv.reader([raw], delimiter=mark), [])]
    title = cells[0] if cells else ""
    return Line(number, title, day, ", ".join(cell for cell in cells[1:] if cell))


def _session(
    line: Line, free: list[int], by_day: Mapping[date, list[int]], titles: Mapping[int, str]
) -> int | Why:
    if not line.title:
        return Why.NO_TITLE
    if len(line.title) > LONGEST:
        return Why.TOO_LONG
    if line.day:
        day = day_of(line.day)
        there = by_day.get(day, []) if day else None
        if there is None:
            return Why.NO_DATE
        open_ones = [pk for pk in there if pk not in titles]
        return open_ones[0] if open_ones else Why.TAKEN if there else Why.NO_SESSION
    while free:
        if (pk := free.pop(0)) not in titles:
            return pk
    return Why.TOO_MANY
