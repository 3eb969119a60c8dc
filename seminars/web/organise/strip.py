"""The heat strip as a page shows it: clocks that agree as one row, figures as text, a shade for each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from seminars import clock
from seminars.series.fairness import SLOT_MINUTES, SLOTS, Season
from seminars.series.suggesting import hour_of
from seminars.web.forms.zones import city_of

NAMED = 3
_SHADES = (0.05, 0.15, 0.3, 0.7)  # of the night's weight: where the next shade begins


@dataclass(frozen=True)
class Box:
    """One cell of the strip: its figure, the shade it stands on (0 to 4), the local hour where it has one."""

    figure: str
    shade: int
    local: str = ""


@dataclass(frozen=True)
class Row:
    """Zones that keep the same hours all season: their names, their members, 48 boxes."""

    name: str
    zones: tuple[str, ...]
    members: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Column:
    """One half-hour for everybody."""

    slot: int
    hour: str
    awake: Box
    office: Box
    burden: Box
    worst: str
    in_corridor: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class Half:
    """Twelve hours of the strip: a table that fits a wide screen."""

    first: str
    last: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Local:
    """What one hour means in a row's zones: the local hours over the season, who is there, what they bear."""

    row: Row
    hours: str
    box: Box


class Words:
    """Figures and places in the page's language."""

    def __init__(self, season: Season, *, language: str, locale: str) -> None:
        self.season, self.language, self.locale = season, language, locale
        self._figures: dict[float, str] = {}

    def figure(self, value: float) -> str:
        """Return a burden with at most one decimal: "0", "2.5"."""
        known = round(value, 1)
        if known not in self._figures:
            self._figures[known] = str(format_decimal(known, "0.#", locale=self.locale))
        return self._figures[known]

    def percent(self, share: float) -> str:
        """Return a share as a whole number of hundredths; only all is 100."""
        whole = round(100 * share)
        return str(99 if whole == 100 and share < 1 - 1e-9 else whole)

    def shade(self, burden: float) -> int:
        """Return how heavy an hour is, 0 to 4, by the weight of the night."""
        part = burden / (self.season.weights.night or 1)
        return sum(part >= limit for limit in _SHADES)

    def city(self, zone: str) -> str:
        """Name a zone's city."""
        return city_of(zone, self.language)

    def names(self, zones: Sequence[str]) -> str:
        """Name the first cities of several: "Lagos, Algiers, Tunis and 2 more"."""
        words = ", ".join(self.city(zone) for zone in zones[:NAMED])
        more = len(zones) - NAMED
        return words if more < 1 else _("%(cities)s and %(n)d more") % {"cities": words, "n": more}


def rows_of(season: Season, words: Words) -> list[Row]:
    """Return a row for each clock, the most members first."""
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for zone, cells in season.rows.items():
        groups[tuple(cell.local for cell in cells), tuple(map(tuple, season.burdens[zone]))].append(zone)
    found = []
    for zones in groups.values():
        boxes = tuple(
            Box(words.figure(cell.burden), words.shade(cell.burden), hour_words(cell.local))
            for cell in season.rows[zones[0]]
        )
        found.append(Row(words.names(zones), tuple(zones), sum(season.counts[zone] for zone in zones), boxes))
    return sorted(found, key=lambda row: (-row.members, row.name))


def columns_of(season: Season, words: Words, *, corridor: Sequence[int], chosen: int | None) -> list[Column]:
    """Return the 48 half-hours for everybody."""
    return [
        Column(
            slot=index,
            hour=hour_of(index),
            awake=Box(words.percent(slot.awake), _share_shade(slot.awake)),
            office=Box(words.percent(slot.office), _share_shade(slot.office)),
            burden=Box(words.figure(slot.burden), words.shade(slot.burden)),
            worst=words.city(slot.worst),
            in_corridor=index in corridor,
            chosen=index == chosen,
        )
        for index, slot in enumerate(season.slots)
    ]


def halves_of(columns: Sequence[Column], rows: Sequence[Row]) -> list[Half]:
    """Return the strip as two tables, before and after noon."""
    half = SLOTS // 2
    return [
        Half(
            columns[start].hour,
            "12:00" if not start else "24:00",
            tuple(columns[start : start + half]),
            tuple(Row(row.name, row.zones, row.members, row.boxes[start : start + half]) for row in rows),
        )
        for start in (0, half)
    ]


def locals_of(season: Season, rows: Sequence[Row], words: Words, slot: int) -> list[Local]:
    """Return what a slot means by each clock, and where its local hour changes in the season."""
    wall = timedelta(minutes=slot * SLOT_MINUTES)
    instants = [clock.to_instant(datetime.combine(day, time()) + wall, season.anchor) for day in season.days]
    return [Local(row, _hours(row.zones[0], instants, season, words), row.boxes[slot]) for row in rows]


def hour_words(minutes: int) -> str:
    """Return minutes after midnight as "15:30"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _hours(zone: str, instants: Sequence[datetime], season: Season, words: Words) -> str:
    """The local hours of a season: "09:00; from 14 March 10:00"."""
    parts: list[str] = []
    before = ""
    for instant, day in zip(instants, season.days, strict=True):
        wall = clock.to_wall(instant, zone)
        hour = f"{wall:%H:%M}"
        if wall.date() != day:
            apart = _("%(hour)s the day after") if wall.date() > day else _("%(hour)s the day before")
            hour = apart % {"hour": hour}
        if hour != before:
            date = format_date(day, "d MMM", locale=words.locale)
            parts.append(_("from %(date)s %(hour)s") % {"date": date, "hour": hour} if parts else hour)
        before = hour
    return "; ".join(parts)


def _share_shade(share: float) -> int:
    """The shade of a share: none where everybody is well, the darkest where hardly anybody is."""
    return sum(share < limit for limit in (0.95, 0.8, 0.6, 0.4))
