"""A year and its months as tables of weeks, for one reader. Pure: rows and dates in, tables out."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from babel import Locale
from babel.dates import format_date, format_time, get_day_names

from seminars import clock
from seminars.sessions.models import Precision
from seminars.web.listing import Row
from seminars.web.times import WEEKS, Reader

MOST_DAYS = 60  # of one session: nothing that is planned here is longer


@dataclass(frozen=True)
class Entry:
    """A session on its days. hour: its start by the reader's clock, "" for whole days; fixed: its days are known."""

    row: Row
    first: date
    last: date
    hour: str
    fixed: bool


@dataclass(frozen=True)
class Day:
    """A cell of a month's table, with what happens on it; `number` is 0 for a cell of another month."""

    day: date
    number: int
    is_today: bool
    entries: list[Entry]
    words: str


@dataclass(frozen=True)
class Month:
    """A month: its name, the weekdays at the head (short, whole), its weeks, and what begins in it."""

    first: date
    name: str
    heads: list[tuple[str, str]]
    weeks: list[tuple[str, list[Day]]]
    entries: list[Entry]

    @cached_property
    def unfixed(self) -> list[Entry]:
        """What is in this month on no known day."""
        return [entry for entry in self.entries if not entry.fixed]


def entry_of(row: Row, reader: Reader) -> Entry | None:
    """Return a session on its days by the reader's clock; None while it has no date."""
    session = row.session
    if session.local_date is None or session.precision == Precision.NONE:
        return None
    fixed = session.precision == Precision.DAY
    if session.all_day or session.starts_at is None or session.ends_at is None:
        last = session.local_date + timedelta(days=max(session.days, 1) - 1)
        return Entry(row, session.local_date, last, "", fixed)
    zone = reader.zone or session.zone
    start = clock.to_wall(session.starts_at, zone)
    end = clock.to_wall(session.ends_at - timedelta(microseconds=1), zone)
    hour = str(format_time(start.time(), "short", locale=reader.locale)) if fixed else ""
    return Entry(row, start.date(), max(start.date(), end.date()), hour, fixed)


def entries_of(rows: Iterable[Row], reader: Reader) -> list[Entry]:
    """Return the sessions that have a date, in its order."""
    found = [entry for row in rows if (entry := entry_of(row, reader))]
    return sorted(found, key=lambda each: (each.first, bool(each.hour), each.row.session.starts_at is None))


def months_of(
    entries: Iterable[Entry], year: int, locale: str, today: date, numbers: Iterable[int] = range(1, 13)
) -> list[Month]:
    """Return the months of a year (all, or those of `numbers`); weeks begin and are counted as the locale does."""
    found = Locale.parse(locale)
    there = list(entries)
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in there:
        length = min((entry.last - entry.first).days + 1, MOST_DAYS) if entry.fixed else 0
        for number in range(length):
            by_day[entry.first + timedelta(days=number)].append(entry)
    return [_month(date(year, number, 1), found, today, there, by_day) for number in numbers]


def _month(
    first: date, locale: Locale, today: date, entries: list[Entry], by_day: dict[date, list[Entry]]
) -> Month:
    table = Calendar(locale.first_week_day)
    short, wide = (get_day_names(width, "stand-alone", locale) for width in ("short", "wide"))
    label = WEEKS.get(locale.language)

    def cell(day: date) -> Day:
        inside = day.month == first.month
        return Day(
            day=day,
            number=day.day if inside else 0,
            is_today=inside and day == today,
            entries=by_day.get(day, []) if inside else [],
            words=format_date(day, "EEE d MMM", locale=locale) if inside else "",
        )

    weeks = table.monthdatescalendar(first.year, first.month)
    return Month(
        first=first,
        name=format_date(first, "LLLL", locale=locale).capitalize(),
        heads=[(short[number], wide[number].capitalize()) for number in table.iterweekdays()],
        weeks=[
            (label.format(_thursday(week).isocalendar().week) if label else "", [cell(day) for day in week])
            for week in weeks
        ],
        entries=[
            each
            for each in entries
            if (each.first.year, each.first.month) == (first.year, first.month)
            or (each.last >= first and each.first < first and first.month == 1)
        ],
    )


def _thursday(week: list[date]) -> date:
    """The day that decides the ISO number of a week, wherever the week begins."""
    return next(day for day in week if day.weekday() == 3)
