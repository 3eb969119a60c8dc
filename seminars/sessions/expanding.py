"""From the promise of a series to its occurrences: dates by its rhythm, what its rules do to them, and instants."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.refusing import UserError
from seminars.series import cadence
from seminars.series.models import Series
from seminars.series.rhythm import cadence_of, check, is_open_ended
from seminars.series.skips import Outcome
from seminars.sessions.clashes import decide
from seminars.sessions.spans import YEARS, Slot

MOST = 500
"""Sessions of one series that are made at once."""

MONTHS_AHEAD = 18


class Planned(NamedTuple):
    """One occurrence, before it is a row. `kind` says whether its wall time happens once, never or twice that day.

    starts_at, ends_at: aware UTC; without a date, those of the day that keeps its place.
    shown_at: the wall time that clocks show, other than `local_time` only in a gap.
    outcome: what a rule for dates that do not suit did, and why; a skipped one stands on the day that was promised.
    """

    local_date: date
    local_time: time | None
    zone: str
    starts_at: datetime
    ends_at: datetime
    kind: clock.Kind
    shown_at: datetime
    outcome: Outcome | None = None

    @property
    def original_date(self) -> date:
        """The date that the cadence promises."""
        return self.outcome.day if self.outcome else self.local_date

    @property
    def skipped(self) -> bool:
        """Whether a rule left it out: it is shown with its reason, and never made."""
        return self.outcome is not None and self.outcome.skipped

    @property
    def note(self) -> str:
        """A remark about the clocks, in the reader's language; "" on an ordinary day."""
        if self.local_time is None or self.kind == clock.Kind.EXACT:
            return ""
        said = {"asked": f"{self.local_time:%H:%M}", "shown": f"{self.shown_at:%H:%M}"}
        if self.kind == clock.Kind.GAP:
            return _("Clocks skip %(asked)s that day: it will be %(shown)s.") % said
        return _("%(asked)s comes twice that night: the first is meant.") % said


def occurrences_of(series: Series, *, until: date | None = None, limit: int | None = None) -> list[Planned]:
    """Return the occurrences of a series that take place; else as `resolved`."""
    return [each for each in resolved(series, until=until, limit=limit) if not each.skipped]


def resolved(series: Series, *, until: date | None = None, limit: int | None = None) -> list[Planned]:
    """Return the occurrences of a series, saved or not, promised up to and with `until`, at most `limit`, in order.

    With those that its rules skip. An open-ended series needs one of the two. Raises UserError as `draft_series` does,
    for zone, rhythm and rules.
    """
    if not clock.is_zone(series.zone):
        raise UserError({"zone": _("Choose a time zone from the list.")})
    days, after = promised(series, until, limit)
    return list(placed(series, decide(series, days, after=after)))


def horizon(series: Series, now: datetime) -> date | None:
    """Return the last date to fill at `now` (aware UTC): None for a series that ends by itself."""
    if not is_open_ended(series.rrule):
        return None
    start = max(clock.to_wall(now, series.zone).date(), series.first_date)
    return start + timedelta(days=round(MONTHS_AHEAD * 30.44))


def promised(
    series: Series, until: date | None = None, limit: int | None = None
) -> tuple[list[date], date | None]:
    """Return the promised dates, and the one after them: how far the last may move hangs on it.

    until, limit, errors: as `resolved`.
    """
    asked = series_cadence(series)
    check(asked)
    if until is None and limit is None and is_open_ended(series.rrule):
        limit = MOST
    days: list[date] = []
    if until is None and limit is None:
        return list(cadence.occurrences(asked, until=date(YEARS[-1], 12, 31))), None
    for day in cadence.occurrences(asked, until=date(YEARS[-1], 12, 31)):
        if (until is not None and day > until) or len(days) == limit:
            return days, day
        days.append(day)
    return days, None


def placed(series: Series, outcomes: Iterable[Outcome]) -> Iterator[Planned]:
    """Give each outcome its hours and instants: between two changes of the clocks by one subtraction."""
    zone, at = series.zone, series.local_time
    simple, length = series.days == 1, timedelta(minutes=series.minutes)
    steady = clock.Steady(date.max, date.max, timedelta())
    for outcome in outcomes:
        day = outcome.to or outcome.day
        if at is not None and simple:
            if not steady.first <= day < steady.until:
                steady = clock.steady(day, zone)
            if steady.first <= day < steady.until:
                start = datetime.combine(day, at, UTC) - steady.offset
                wall = datetime.combine(day, at)
                yield Planned(day, at, zone, start, start + length, clock.Kind.EXACT, wall, outcome)
                continue
        slot = Slot(day, series.local_time, series.zone, series.minutes, series.days)
        reading = clock.inspect(wall := slot.wall, slot.zone)
        starts_at, ends_at = slot.bounds(reading.instant)
        shown_at = reading.suggestion or wall
        yield Planned(day, slot.local_time, slot.zone, starts_at, ends_at, reading.kind, shown_at, outcome)


def series_cadence(series: Series) -> cadence.Cadence:
    """Return the rhythm of a series, saved or not."""
    return cadence_of(series.first_date, series.rrule, series.rdates, series.exdates)
