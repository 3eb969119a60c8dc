"""From a file's bytes to the people in it, each once, with the hours they were there. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from seminars import clock
from seminars.sessions.attendance.merging import union
from seminars.sessions.attendance.names import bare, is_phone, turned
from seminars.sessions.attendance.reading.hours import Calendar, seconds_of
from seminars.sessions.attendance.reading.layouts import Table, table_of
from seminars.sessions.attendance.reading.sheets import MOST_LINES, TooMuch, Unreadable, rows_of, text_of

LONGEST_NAME = 200
AGREES = timedelta(seconds=90)  # between the hours of a line and its length: programs round to minutes
NO = ("no", "nej", "nein", "non", "não", "false", "0")
YES = ("yes", "ja", "oui", "sí", "si", "sim", "true", "1")
JOINED = ("joined", "joined before", "anslöt", "beigetreten", "a rejoint", "se unió", "entrou")


@dataclass
class Somebody:
    """One person of a file. number: of their first line. aside: what stood in brackets behind the name."""

    number: int
    name: str
    aside: str = ""
    email: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)
    seconds: int | None = None
    lines: int = 1

    @property
    def key(self) -> str:
        """By what they are one: the address, else the name."""
        return self.email or turned(self.name) or self.name


@dataclass(frozen=True)
class Wrong:
    """A line that cannot be taken, and why: "name", "hours", "length" or "email"."""

    number: int
    why: str
    text: str


@dataclass(frozen=True)
class Reading:
    """What a file says. zoneless: whether it gives hours at all, which need somebody's clock."""

    program: str
    people: Sequence[Somebody]
    wrong: Sequence[Wrong]
    has_hours: bool


class NoPeople(Unreadable):
    """There is no heading that names people."""


def read(content: bytes, *, zone: str, near: datetime | None) -> Reading:
    """Return the people of a list.

    zone: IANA name, whose clock its hours are of. near: when the session began by that clock (naive), which tells
    3 November from 11 March. Raises Unreadable, NoPeople, TooMuch.
    """
    table = table_of(rows_of(text_of(content)))
    if table is None or not table.people:
        raise NoPeople("heading")
    if len(table.people) > MOST_LINES:
        raise TooMuch("lines")
    hours = [
        cells[what] for _n, cells in table.people for what in ("joined", "left", "stamp") if cells.get(what)
    ]
    calendar = Calendar(hours, near=near)
    found: dict[str, Somebody] = {}
    open_since: dict[str, int] = {}
    wrong = []
    for number, cells in table.people:
        if _is_elsewhere(cells):
            continue
        try:
            one = _somebody(number, cells, table, calendar, zone)
        except _Bad as bad:
            wrong.append(Wrong(number, bad.why, " · ".join(filter(None, cells.values()))[:120]))
            continue
        if "action" in cells and one.spans:
            _come_and_go(one, cells["action"], open_since)
        known = found.get(one.key)
        if known is None:
            found[one.key] = one
        else:
            _add(known, one)
    return Reading(table.program, list(found.values()), wrong, bool(hours))


# Below: how it is done.


class _Bad(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _is_elsewhere(cells: dict[str, str]) -> bool:
    """A stay in the waiting room is none in the meeting; who registered for a webinar need not have come."""
    waited = cells.get("waiting", "").casefold() in YES
    return waited or cells.get("attended", "").casefold() in NO


def _somebody(number: int, cells: dict[str, str], table: Table, calendar: Calendar, zone: str) -> Somebody:
    given = cells.get("name") or " ".join(filter(None, (cells.get("first"), cells.get("family"))))
    name, aside = (given, "") if is_phone(given) else bare(given)
    email = cells.get("email", "").casefold().removeprefix("mailto:")
    if email and ("@" not in email or len(email) > 254 or " " in email):
        email = ""  # Teams writes other names there
    if not name and not email:
        raise _Bad("name")
    if len(name) > LONGEST_NAME:
        raise _Bad("name")
    start, end = (_moment(cells.get(what, ""), calendar, zone) for what in ("joined", "left"))
    stamp = _moment(cells.get("stamp", ""), calendar, zone)
    said = [cells.get(what, "") for what in ("joined", "left", "stamp")]
    length = _length(cells.get("duration", ""), minutes=table.minutes)
    if start is not None and end is not None and end < start:
        raise _Bad("hours")
    if any(_says(each) for each in said) and start is end is stamp is length is None:
        raise _Bad("hours")
    return Somebody(
        number, name, aside, email, *_stay(start or stamp if start is None else start, end, length)
    )


def _stay(start: int | None, end: int | None, length: int | None) -> tuple[list[tuple[int, int]], int | None]:
    """The spans, and the length where they do not say it: who left and came back was not there all the while."""
    if start is None or end is None:
        moments = [each for each in (start, end) if each is not None]
        return [(each, each) for each in moments], length
    if length is not None and abs(end - start - length) > AGREES.total_seconds():
        return [(start, start), (end, end)], length
    return [(start, end)], None


def _moment(text: str, calendar: Calendar, zone: str) -> int | None:
    wall = calendar.moment(text) if _says(text) else None
    if wall is None or not 2000 <= wall.year < 2200:
        return None
    return int(clock.to_instant(wall, zone).timestamp())


def _says(text: str) -> bool:
    return bool(text) and text not in ("-", "–", "N/A", "--")


def _length(text: str, *, minutes: bool) -> int | None:
    if not _says(text):
        return None
    found = seconds_of(text, minutes=minutes)
    if found is None or found > 14 * 24 * 3600:
        raise _Bad("length")
    return found


def _come_and_go(one: Somebody, action: str, open_since: dict[str, int]) -> None:
    """A list of who joined and left: the two lines of a stay make its span."""
    moment = one.spans[0][0]
    if action.casefold().startswith(JOINED):
        open_since[one.key] = moment
    elif (since := open_since.pop(one.key, None)) is not None and since <= moment:
        one.spans = [(since, moment)]


def _add(known: Somebody, one: Somebody) -> None:
    """Another line of the same person: they came back, or came with two devices."""
    known.spans = union([*known.spans, *one.spans])
    if one.seconds is not None:
        known.seconds = (known.seconds or 0) + one.seconds
    known.lines += 1
    known.aside = known.aside or one.aside
