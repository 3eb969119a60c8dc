"""What a rhythm means for the people it is for: the next occurrences in their zones, and where clocks shift."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seminars import clock
from seminars.series.models import Precision, Series
from seminars.series.suiting import outcome_words
from seminars.sessions.expanding import Planned, resolved
from seminars.web.forms.zones import city_of
from seminars.web.rhythms import in_full
from seminars.web.times import day_words, days_words, hours_words, week_span_words

SHOWN = 8
NEAR = 40
COLUMNS = 4


@dataclass(frozen=True)
class Column:
    """A clock on the wall: `zones` keep the same hours over all occurrences shown, the first names the column."""

    zone: str
    city: str
    also: str = ""
    members: int = 0

    @property
    def counted(self) -> str:
        """How many members live by this clock, in words; "" for none."""
        return (
            ngettext("%(n)d member", "%(n)d members", self.members) % {"n": self.members}
            if self.members
            else ""
        )


@dataclass(frozen=True)
class Cell:
    """One occurrence on one clock. `day` is given where the date differs from the series' own."""

    column: Column
    hours: str
    day: str = ""
    shifted: bool = False


@dataclass(frozen=True)
class Line:
    """One occurrence: its date in the series' zone, its hours by column, and what to know about the clocks."""

    day: str
    cells: list[Cell]
    remarks: list[str] = field(default_factory=list)
    over: bool = False
    skipped: bool = False


@dataclass(frozen=True)
class Preview:
    """The next occurrences as a table."""

    columns: list[Column]
    lines: list[Line]
    more_zones: int = 0
    goes_on: bool = False
    rhythm: str = ""

    @property
    def first(self) -> Line | None:
        """The first that takes place."""
        return next((line for line in self.lines if not line.skipped), None)


def preview_of(
    series: Series, *, people: dict[str, int], now: datetime, locale: str, language: str
) -> Preview:
    """Return the next occurrences of a series, saved or not, from `now` on; the first ones where all are over.

    people: members by zone. Raises UserError where the rhythm cannot be kept.
    """
    # What begins in time to come needs no search: asking the holidays of forty years took seconds.
    planned = resolved(series, limit=NEAR if series.first_date >= now.date() else 500)
    coming = [each for each in planned if each.ends_at > now] or planned
    shown = coming[:SHOWN]
    goes_on = len(coming) > SHOWN
    if series.local_time is None:
        lines = [
            Line(
                _days(each, series, locale),
                [],
                _why(each, language),
                each.ends_at <= now,
                each.skipped,
            )
            for each in shown
        ]
        return Preview([], lines, goes_on=goes_on, rhythm=in_full(series, locale))
    columns, more = _columns(series.zone, people, shown, language)
    lines = _lines(shown, columns, now=now, locale=locale, language=language)
    return Preview(columns, lines, more, goes_on, in_full(series, locale))


def _days(each: Planned, series: Series, locale: str) -> str:
    """Whole days, or the week of which the day is open."""
    if series.precision == Precision.NONE:
        return _("not yet dated")
    if series.precision == Precision.WEEK:
        return week_span_words(each.local_date, locale)
    return days_words(each.local_date, series.days, locale)


def _columns(
    zone: str, people: dict[str, int], shown: Sequence[Planned], language: str
) -> tuple[list[Column], int]:
    """The series' zone, UTC, and the members' zones by number; zones that agree all the time share a column."""
    by_number = sorted(people, key=lambda name: (-people[name], name))
    agreeing: dict[tuple[timedelta, ...], list[str]] = {}
    for name in dict.fromkeys([zone, "UTC", *by_number]):
        key = tuple(clock.offset(each.starts_at, name) for each in shown)
        # UTC has a column of its own: it is what people compare with.
        agreeing.setdefault(key if name != "UTC" else (), []).append(name)
    found = []
    for names in agreeing.values():
        cities = [city_of(name, language) for name in names]
        number = sum(people.get(name, 0) for name in names)
        found.append(Column(names[0], cities[0], ", ".join(dict.fromkeys(cities[1:4])), number))
    first, rest = found[:2], sorted(found[2:], key=lambda column: -column.members)
    return first + rest[:COLUMNS], len(rest[COLUMNS:])


def _lines(
    shown: Sequence[Planned], columns: list[Column], *, now: datetime, locale: str, language: str
) -> list[Line]:
    lines, before = [], None
    for each in shown:
        day, over = day_words(each.local_date, locale, short=True), each.ends_at <= now
        if each.skipped:
            lines.append(Line(day, [], _why(each, language), over, skipped=True))
            continue
        remarks = _why(each, language) + ([each.note] if each.note else [])
        shifts = _shifts(before, each, columns) if before else {}
        remarks += _shift_words(shifts, before, each, language) if before and shifts else []
        cells = [_cell(each, column, column.zone in shifts, locale) for column in columns]
        lines.append(Line(day, cells, remarks, over))
        before = each
    return lines


def _why(each: Planned, language: str) -> list[str]:
    """What a rule for dates that do not suit did, and why."""
    words = outcome_words(each.outcome, language, open_names=True) if each.outcome else ""
    return [words] if words else []


def _cell(each: Planned, column: Column, shifted: bool, locale: str) -> Cell:
    first, last = clock.to_wall(each.starts_at, column.zone), clock.to_wall(each.ends_at, column.zone)
    day = "" if first.date() == each.local_date else day_words(first.date(), locale, short=True)
    hours = (
        hours_words(first, last, locale) if first.date() == last.date() else f"{first:%H:%M}–{last:%H:%M} +1"
    )
    return Cell(column, hours, day, shifted)


def _shifts(before: Planned, each: Planned, columns: Iterable[Column]) -> dict[str, tuple[str, str]]:
    """Zone → (the new hour, the old one), for the columns whose hour differs from the occurrence before."""
    found = {}
    for column in columns:
        new = clock.to_wall(each.starts_at, column.zone)
        old = clock.to_wall(before.starts_at, column.zone)
        if new.time() != old.time():
            found[column.zone] = (f"{new:%H:%M}", f"{old:%H:%M}")
    return found


def _shift_words(
    shifts: dict[str, tuple[str, str]], before: Planned, each: Planned, language: str
) -> list[str]:
    """Say in one sentence per reason who meets at another hour from here on, and whose clocks have changed."""
    first, last = before.starts_at, each.starts_at
    home = clock.offset(first, each.zone) != clock.offset(last, each.zone)
    remarks = []
    for zone, (new, old) in shifts.items():
        if zone in ("UTC", each.zone):
            continue  # UTC never changes, and the series keeps its own hour: nobody there notices
        theirs = clock.offset(first, zone) != clock.offset(last, zone)
        here, there = city_of(each.zone, language), city_of(zone, language)
        said = {"new": new, "old": old, "city": there, "changed": here, "other": there}
        words = _(
            "From here %(new)s instead of %(old)s in %(city)s: clocks change in %(changed)s, not in %(other)s."
        )
        if theirs and home:
            words = _(
                "From here %(new)s instead of %(old)s in %(city)s: clocks change in %(changed)s and %(other)s."
            )
        elif theirs:
            said |= {"changed": there, "other": here}
        remarks.append(words % said)
    if not remarks and home and "UTC" in shifts:
        new, old = shifts["UTC"]
        words = _("From here %(new)s instead of %(old)s UTC: clocks change in %(changed)s.")
        remarks.append(words % {"new": new, "old": old, "changed": city_of(each.zone, language)})
    return remarks
