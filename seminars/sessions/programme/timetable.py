"""The timetable of an event as plain data: by day, a column for each room, a row for each hour at which one begins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Block:
    """A part as the timetable sees it. first, last: naive wall times of the event's clock; key: what it stands for."""

    key: int
    room: str
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Cell:
    """Blocks that stand in one cell, `span` rows high: mostly one; several only where people let them overlap."""

    blocks: tuple[Block, ...]
    span: int = 1


@dataclass(frozen=True)
class Hours:
    """A row: when it begins, and a cell for each room; None where a cell above reaches into it."""

    first: datetime
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Day:
    """One day: its rooms in the order of their names, its rows by hour."""

    day: date
    rooms: tuple[str, ...]
    rows: tuple[Hours, ...]


def days_of(blocks: Iterable[Block]) -> list[Day]:
    """Return the days on which something begins, in order. Rooms are told apart as written, but for case and spaces."""
    by_day: dict[date, list[Block]] = {}
    for each in sorted(blocks, key=lambda block: (block.first, block.room, block.key)):
        by_day.setdefault(each.first.date(), []).append(each)
    return [_day(day, theirs) for day, theirs in sorted(by_day.items())]


def beside(block: Block, blocks: Iterable[Block]) -> list[Block]:
    """Return what runs at the same time as `block`, in order."""
    found = (
        each
        for each in blocks
        if each.key != block.key and each.first < block.last and block.first < each.last
    )
    return sorted(found, key=lambda each: (each.first, each.room, each.key))


# Below: how it is done.


def _day(day: date, blocks: Sequence[Block]) -> Day:
    rooms: dict[str, str] = {}
    for each in blocks:
        rooms.setdefault(_door(each), each.room)
    doors = sorted(rooms)
    starts = sorted({each.first for each in blocks})
    columns = [_column([each for each in blocks if _door(each) == door], starts) for door in doors]
    rows = tuple(Hours(start, tuple(column[at] for column in columns)) for at, start in enumerate(starts))
    return Day(day, tuple(rooms[door] for door in doors), rows)


def _column(blocks: Sequence[Block], starts: Sequence[datetime]) -> list[Cell | None]:
    """One room: a block reaches down over the rows that begin before it ends, until the next one there."""
    mine = {start: tuple(each for each in blocks if each.first == start) for start in starts}
    cells: list[Cell | None] = []
    at = 0
    while at < len(starts):
        here = mine[starts[at]]
        span, last = 1, max((each.last for each in here), default=starts[at])
        while at + span < len(starts) and starts[at + span] < last and not mine[starts[at + span]]:
            span += 1
        cells += [Cell(here, span), *([None] * (span - 1))]
        at += span
    return cells


def _door(block: Block) -> str:
    return " ".join(block.room.split()).casefold()
