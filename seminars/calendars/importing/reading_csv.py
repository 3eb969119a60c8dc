"""Tables (CSV, TSV, whatever stands between the cells) to incoming entries. No database.

Columns are guessed by their headers and can be put right. Dates that could be read in two ways are said.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from seminars.calendars.importing.incoming import (
    MOST_SESSIONS,
    Incoming,
    Reading,
    Unclear,
    Unreadable,
    derived_uid,
)
from seminars.calendars.importing.lines import decoded
from seminars.calendars.importing.moments import (
    MOST_DAYS,
    MOST_MINUTES,
    Moment,
    NotUnderstood,
    in_zone,
)
from seminars.calendars.importing.places import is_room
from seminars.calendars.importing.table_words import COLUMNS, column_of, day_in, is_day_first, times_in
from seminars.calendars.importing.zones import by_name
from seminars.people.models import Form
from seminars.sessions.checking import ABSTRACT, TITLE
from seminars.sessions.spans import YEARS

MOST_COLUMNS = 100
WIDEST = 200_000  # characters of one cell
_DELIMITERS = ",;\t|"


def read(
    data: bytes,
    *,
    zone: str,
    language: str,
    columns: Mapping[str, int] | None = None,
    day_first: bool | None = None,
) -> Reading:
    """Return what a table says. columns: which of ours stands where; None guesses. Raises Unreadable.

    zone: of times that name none. day_first: what 03/04 means where the table itself does not show it.
    """
    text, notes = decoded(data)
    rows = _rows(text)
    if not rows:
        raise Unreadable(_("The table is empty."))
    headers = tuple(cell.strip()[:80] or _("Column %(n)d") % {"n": n} for n, cell in enumerate(rows[0][1], 1))
    if columns is None:
        columns = _guessed(rows[0][1])
    columns = {name: at for name, at in columns.items() if name in COLUMNS and 0 <= at < len(headers)}
    if "date" not in columns and "start" in columns and _holds_dates(rows[1:], columns["start"]):
        columns["date"] = columns.pop("start")
    if "date" not in columns:
        said = _("No column is called “date”. Choose which one holds the date.")
        return Reading((), (), (*notes, said), headers=headers, columns=columns)
    table = _Table(columns, zone, language, *_order(rows[1:], columns["date"], day_first, notes))
    found: list[Incoming] = []
    unclear: list[Unclear] = []
    times: dict[str, int] = {}
    for number, cells in rows[1:]:
        where = _("row %(number)d") % {"number": number}
        title = table.cell(cells, "title")[:TITLE]
        try:
            each = table.entry(cells, where)
        except NotUnderstood as wrong:
            unclear.append(Unclear(where, title, str(wrong)))
            continue
        times[each.uid] = times.get(each.uid, 0) + 1
        if times[each.uid] > 1:
            unclear.append(Unclear(where, title, _("The same stands in the table twice.")))
        else:
            found.append(each)
    return Reading(tuple(found), tuple(unclear), tuple(notes), headers=headers, columns=columns)


# Below: how it is done.


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Rows that hold anything, each with its number. Raises Unreadable."""
    first = text.lstrip("\r\n").partition("\n")[0]
    named = re.match(r"sep=(.)\s*$", first)
    if named:
        text = text.lstrip("\r\n").partition("\n")[2]
        first = text.partition("\n")[0]
    delimiter = named[1] if named else max(_DELIMITERS, key=lambda each: (first.count(each), each == ","))
    csv.field_size_limit(WIDEST)
    found: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            if any(cell.strip() for cell in cells):
                found.append((number, cells))
            if len(found) > MOST_SESSIONS + 1:
                said = _("The table has more than %(most)s rows. Divide it, and import the parts.")
                raise Unreadable(said % {"most": f"{MOST_SESSIONS:,}"})
    except csv.Error as error:
        raise Unreadable(_("The table cannot be read: one of its cells never ends.")) from error
    if found and len(found[0][1]) > MOST_COLUMNS:
        raise Unreadable(_("The table has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    return found


def _guessed(headers: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, header in enumerate(headers):
        name = column_of(header)
        if name and name not in found:
            found[name] = at
    return found


def _holds_dates(rows: list[tuple[int, list[str]]], at: int) -> bool:
    """Whether a column called "Start" holds dates with their times."""
    cells = [cells[at] for _number, cells in rows[:20] if at < len(cells) and cells[at].strip()]
    return bool(cells) and all(day_in(cell, True)[0] is not None for cell in cells)


def _order(
    rows: list[tuple[int, list[str]]], at: int, asked: bool | None, notes: list[str]
) -> tuple[bool, bool]:
    """Whether the day comes before the month, and whether nobody can know."""
    shown = is_day_first([cells[at] for _number, cells in rows if at < len(cells)])
    if shown is not None:
        return shown, False
    if asked is None and any(re.search(r"\d/\d", cells[at]) for _number, cells in rows if at < len(cells)):
        said = _("03/04 could be 3 April or March 4: it is read as 3 April. Choose below if that is wrong.")
        notes.append(said)
        return True, True
    return asked is not False, False


@dataclass(frozen=True)
class _Table:
    columns: Mapping[str, int]
    zone: str
    language: str
    day_first: bool
    unsure: bool

    def cell(self, cells: Sequence[str], name: str) -> str:
        at = self.columns.get(name, -1)
        return cells[at].strip() if 0 <= at < len(cells) else ""

    def entry(self, cells: Sequence[str], where: str) -> Incoming:
        zone = self.zone_of(cells)
        day, hour = self.when(cells, zone)
        title, remarks = " ".join(self.cell(cells, "title").split()), []
        values: dict[str, Any] = {"precision": "day", "local_date": day.day, "local_time": day.time}
        values |= {"fold": 0, "zone": day.zone, "days": 1}
        if day.time is None:
            values["days"] = self.days(cells, day.day)
        else:
            minutes = self.minutes(cells, day, hour)
            if minutes is None:
                remarks.append(_("No end is given: an hour is assumed."))
            values["minutes"] = minutes or 60
        values["title"] = {self.language: title[:TITLE]} if title else {}
        if "abstract" in self.columns and (text := self.cell(cells, "abstract")):
            values["abstract"] = {self.language: text[:ABSTRACT]}
        values |= self.places(cells)
        status = self.cell(cells, "status").casefold()
        values["cancelled"] = any(word in status for word in ("cancel", "inställ", "annul", "abgesagt"))
        uid = self.cell(cells, "uid")[:255] or derived_uid(str(day.day), title or str(day.time))
        return Incoming(uid, "", where, values, remarks=tuple(remarks))

    def zone_of(self, cells: Sequence[str]) -> str:
        said = self.cell(cells, "zone")
        if said and not (found := by_name(said)):
            raise NotUnderstood(_("Its time zone “%(name)s” is not known.") % {"name": said[:60]})
        return found if said else self.zone

    def when(self, cells: Sequence[str], zone: str) -> tuple[Moment, time | None]:
        """The start, and the end where it stands in the same cell (09h00–11h00)."""
        text = self.cell(cells, "date")
        if not text:
            raise NotUnderstood(_("It has no date."))
        day, rest, offset = day_in(text, self.day_first)
        if day is None or day.year not in YEARS:
            raise NotUnderstood(_("“%(text)s” is no date that can be read.") % {"text": text[:40]})
        said = self.cell(cells, "start") or rest
        hours = times_in(said)
        if said and not hours:
            raise NotUnderstood(_("“%(text)s” is no time that can be read.") % {"text": said[:40]})
        if not hours:
            return Moment(day, None, zone), None
        start = Moment(day, hours[0], "UTC" if offset is not None else zone)
        if offset is not None:
            wall = datetime.combine(day, hours[0]) - offset
            start = in_zone(Moment(wall.date(), wall.time(), "UTC"), zone)
        return start, hours[1] if len(hours) > 1 else None

    def minutes(self, cells: Sequence[str], start: Moment, hour: time | None) -> int | None:
        said, length = self.cell(cells, "end"), self.cell(cells, "length")
        hours = times_in(said) if said else [hour] if hour else []
        if said and not hours:
            raise NotUnderstood(_("“%(text)s” is no time that can be read.") % {"text": said[:40]})
        if hours and hours[-1] is not None and start.time is not None:
            last, _rest, _offset = day_in(self.cell(cells, "end_date") or said, self.day_first)
            end = Moment(last or start.day, hours[-1], start.zone)
            if end.wall <= start.wall and last is None:
                end = Moment(start.day + timedelta(days=1), hours[-1], start.zone)
            return self.checked(round((end.instant - start.instant) / timedelta(minutes=1)))
        if length:
            found = re.fullmatch(r"(?:(\d{1,3})[:h.])?\s*(\d{1,4})\s*(?:m|min|minutes)?", length.casefold())
            if not found:
                raise NotUnderstood(_("“%(text)s” is no length. Write 90 or 1:30.") % {"text": length[:40]})
            return self.checked(int(found[1] or 0) * 60 + int(found[2]))
        return None

    def checked(self, minutes: int) -> int:
        if minutes < 1:
            raise NotUnderstood(_("It ends before it starts."))
        if minutes > MOST_MINUTES:
            raise NotUnderstood(_("It lasts longer than 14 days."))
        return minutes

    def days(self, cells: Sequence[str], first: date) -> int:
        last, _rest, _offset = day_in(self.cell(cells, "end_date") or self.cell(cells, "end"), self.day_first)
        days = (last - first).days + 1 if last else 1
        if not 1 <= days <= MOST_DAYS:
            raise NotUnderstood(_("Its last day is before its first, or more than 60 days later."))
        return days

    def places(self, cells: Sequence[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        room, link = self.cell(cells, "room"), self.cell(cells, "join_url")
        online = bool(room) and not is_room(room)
        if "room" in self.columns:
            found["room"] = room = "" if online else room[:300]
        for name in ("join_url", "source_url"):
            if name in self.columns:
                text = self.cell(cells, name)
                if text and not re.fullmatch(r"https?://\S{1,480}", text):
                    raise NotUnderstood(_("“%(text)s” is no link.") % {"text": text[:60]})
                found[name] = text
        if room or link or online:
            found["form"] = str(Form.HYBRID if room and link else Form.IN_PERSON if room else Form.VIRTUAL)
        return found
