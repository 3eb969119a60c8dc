"""An event's programme as a timetable, and what a part's page says of it: whose hour it is, what runs beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_time

from seminars import clock
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.sessions.programme.timetable import Block, beside, days_of
from seminars.web.listing import Row, rows_of
from seminars.web.times import Reader, city, day_words, hours_words


@dataclass(frozen=True)
class Part:
    """A part in the timetable: its row (state, speakers), its hours by the reader's clock and by the event's."""

    row: Row
    hours: str
    there: str = ""


@dataclass(frozen=True)
class Box:
    """A cell: its parts, how many rows high; none reaches into what a cell above fills."""

    parts: list[Part]
    span: int
    room: str


@dataclass(frozen=True)
class Line:
    """A row of the timetable: when it begins by the reader's clock, and by the event's where that differs."""

    hour: str
    there: str
    boxes: list[Box]


@dataclass(frozen=True)
class Day:
    """A day of the timetable, by the reader's clock."""

    words: str
    rooms: tuple[str, ...]
    lines: list[Line]


@dataclass(frozen=True)
class Timetable:
    """All days; `undated` has the parts without an hour. own, there: the cities whose clocks are shown, or one."""

    days: list[Day]
    own: str
    there: str = ""
    undated: list[Row] = field(default_factory=list)

    @property
    def parts(self) -> int:
        """How many parts it shows."""
        return sum(len(box.parts) for day in self.days for line in day.lines for box in line.boxes) + len(
            self.undated
        )


def parts_of(event: Session, visitor: Visitor) -> list[Session]:
    """Return the parts that the visitor may see, by hour; a withdrawn one is named nowhere. One query."""
    shown = Session.objects.visible_to(visitor).filter(within=event, withdrawn_at=None)
    return list(shown.select_related("series__community", "checklist").order_by("starts_at", "id"))


def timetable_of(event: Session, parts: Sequence[Session], reader: Reader, now: datetime) -> Timetable | None:
    """Return the timetable of `event`, None without parts. The number of queries does not grow with the parts."""
    rows = {row.session.pk: row for row in rows_of(parts, now)}
    if not rows:
        return None
    zone = reader.zone or event.zone
    dated = [each for each in parts if each.starts_at and each.ends_at and each.local_time]
    differs = any(
        clock.offset(each.starts_at, zone) != clock.offset(each.starts_at, event.zone)
        for each in dated
        if each.starts_at
    )
    there = event.zone if differs else ""
    days = [
        Day(
            day_words(day.day, reader.locale),
            day.rooms,
            [_line(hours.first, hours.cells, day.rooms, rows, zone, there, reader) for hours in day.rows],
        )
        for day in days_of(_blocks(dated, zone))
    ]
    undated = [rows[each.pk] for each in parts if each not in dated]
    return Timetable(days, city(zone, reader.locale), city(there, reader.locale) if there else "", undated)


def beside_part(part: Session, kin: Sequence[Session]) -> list[Session]:
    """Return the other parts of its event that run beside `part`. kin: as `echoes.kin_of`, with the event."""
    if all(each.pk != part.within_id for each in kin):  # the event may not be seen, or was withdrawn
        return []
    others = {each.pk: each for each in kin if each.within_id == part.within_id}
    blocks = {block.key: block for block in _blocks([part, *others.values()], part.zone)}
    found = beside(blocks[part.pk], blocks.values()) if part.pk in blocks else []
    return [others[block.key] for block in found]


# Below: how it is done.


def _blocks(parts: Sequence[Session], zone: str) -> list[Block]:
    return [
        Block(each.pk, each.room, _wall(each.starts_at, zone), _wall(each.ends_at, zone))
        for each in parts
        if each.starts_at and each.ends_at
    ]


def _wall(at: datetime, zone: str) -> datetime:
    return clock.to_wall(at, zone).replace(fold=0)


def _line(
    first: datetime,
    cells: Sequence[Any],
    rooms: Sequence[str],
    rows: dict[int, Row],
    zone: str,
    there: str,
    reader: Reader,
) -> Line:
    boxes = [
        Box([_part(rows[block.key], zone, there, reader) for block in cell.blocks], cell.span, room)
        for cell, room in zip(cells, rooms, strict=True)
        if cell is not None
    ]
    other = ""
    if there:
        begins = next(rows[block.key].session.starts_at for cell in cells if cell for block in cell.blocks)
        other = _hour(clock.to_wall(begins, there), first.date(), reader) if begins else ""
    return Line(str(format_time(first, "short", locale=reader.locale)), other, boxes)


def _hour(wall: datetime, day: date, reader: Reader) -> str:
    hour = str(format_time(wall, "short", locale=reader.locale))
    return hour if wall.date() == day else f"{hour} {format_date(wall.date(), 'EEE', locale=reader.locale)}"


def _part(row: Row, zone: str, there: str, reader: Reader) -> Part:
    session = row.session
    assert session.starts_at is not None
    assert session.ends_at is not None
    spans = [
        hours_words(
            clock.to_wall(session.starts_at, each), clock.to_wall(session.ends_at, each), reader.locale
        )
        for each in (zone, there)
        if each
    ]
    return Part(row, spans[0], spans[1] if there else "")
