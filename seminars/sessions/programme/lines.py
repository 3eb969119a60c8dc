"""A programme as people type it, a part a line: `09:30-10:15 | room 1.205 | title | speaker, speaker`.

A line with a day alone (`2027-05-08`, or `Day 2`) says on which day the following are. Pure: text in, lines out.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from seminars.sessions.fitting import Taken

MOST = 200
_HOURS = re.compile(r"(\d{1,2})[:.h](\d{2})\s*(?:-|–|—|to)\s*(\d{1,2})[:.h](\d{2})")
_DAY = re.compile(r"(?:day|dag)\s*(\d{1,2})\s*:?", re.IGNORECASE)
_ROOM = re.compile(r"^(?:room|rum|sal)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One line that says a part, or what is wrong with it. wall: naive, in the event's zone."""

    number: int
    text: str
    wall: datetime | None = None
    minutes: int = 0
    room: str = ""
    title: str = ""
    speakers: tuple[str, ...] = ()
    wrong: str = ""


def read(text: str, *, first: date, days: int, known: tuple[Taken, ...] = ()) -> list[Line]:
    """Return a Line for each part in `text`, in order, each with what is wrong with it.

    first, days: of the event. known: naive spans (as if UTC) of the parts there are; a line may clash with those and
    with earlier lines. Blank lines and those that begin with # are left out.
    """
    day, lines, taken = first, list[Line](), list(known)
    for number, raw in enumerate(text.splitlines(), start=1):
        words = raw.strip()
        if not words or words.startswith("#"):
            continue
        if len(lines) >= MOST:
            lines.append(Line(number, words, wrong=_("More than %(n)d lines at once.") % {"n": MOST}))
            break
        said = _day_of(words, first)
        if said is not None:
            day = said
            if not first <= day < first + timedelta(days=days):
                lines.append(Line(number, words, wrong=_("This day is not one of the event.")))
            continue
        line = _part_of(number, words, day)
        if not line.wrong and line.wall:
            held = Taken(line.room, line.wall, line.wall + timedelta(minutes=line.minutes), line.title)
            if other := next((each for each in taken if each.meets(held)), None):
                wrong = _("“%(name)s” is in this room at that time.") % {"name": other.name}
                line = Line(
                    number, words, line.wall, line.minutes, line.room, line.title, line.speakers, wrong
                )
            taken.append(held)
        lines.append(line)
    return lines


# Below: how it is done.


def _day_of(words: str, first: date) -> date | None:
    if found := _DAY.fullmatch(words):
        return first + timedelta(days=int(found[1]) - 1)
    try:
        return date.fromisoformat(words.rstrip(":"))
    except ValueError:
        return None


def _part_of(number: int, words: str, day: date) -> Line:
    fields = [each.strip() for each in words.split("|")]
    if len(fields) not in (3, 4):
        return Line(number, words, wrong=_("Write: hours | room | title | speaker."))
    hours, room, title = fields[:3]
    speakers = tuple(
        name.strip() for name in (fields[3] if len(fields) > 3 else "").split(",") if name.strip()
    )
    found = _HOURS.fullmatch(hours)
    try:
        start, end = (time(int(found[at]), int(found[at + 1])) for at in (1, 3)) if found else (None, None)
    except ValueError:
        start = end = None
    if start is None or end is None:
        return Line(number, words, wrong=_("Write the hours as 09:30-10:15."))
    if end <= start:
        return Line(number, words, wrong=_("The end must be after the start."))
    if not title:
        return Line(number, words, wrong=_("Give a title."))
    if len(title) > 200 or any(len(name) > 200 for name in speakers):
        return Line(number, words, wrong=_("Use at most 200 characters for a title or a name."))
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    return Line(number, words, datetime.combine(day, start), minutes, _ROOM.sub("", room), title, speakers)
