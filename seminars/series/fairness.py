"""What an hour of the day means for members in many zones: counts per zone, dates and weights in, figures out.

Nothing here knows a person: only how many live by each clock. A *slot* is one of the 48 half-hours of the day on the
clock of an *anchor* zone; a meeting that starts there keeps that wall time on every date, so members elsewhere feel
each change of clocks. `seminars.series.suggesting` looks for better slots.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta

from seminars import clock

SLOTS, SLOT_MINUTES = 48, 30
MOST_DAYS, MOST_ZONES, LONGEST_MINUTES, HEAVIEST = 400, 600, 12 * 60, 100
_QUARTERS = 96
# The hours of experience.md as quarters of the local day: (from, before, which weight).
_OFFICE, _NEAR, _EARLY, _FAR, _NIGHT = range(5)
_BANDS = (
    (0, 24, _NIGHT),
    (24, 28, _FAR),
    (28, 32, _EARLY),
    (32, 36, _NEAR),
    (36, 68, _OFFICE),
    (68, 76, _NEAR),
    (76, 84, _EARLY),
    (84, 90, _FAR),
    (90, 96, _NIGHT),
)
_BAND_OF = tuple(band for start, end, band in _BANDS for _quarter in range(start, end))


class FairnessError(ValueError):
    """These counts, dates or weights say nothing. The text says what to do."""


@dataclass(frozen=True)
class Weights:
    """How heavy an hour is for who takes part in it, by its place in the local day."""

    office: float = 0  # 09:00-17:00
    near: float = 1  # 08:00-09:00, 17:00-19:00
    early: float = 2  # 07:00-08:00, 19:00-21:00
    far: float = 4  # 06:00-07:00, 21:00-22:30
    night: float = 10  # 22:30-06:00


@dataclass(frozen=True)
class Cell:
    """One zone at one slot. `burden` is the mean weight of an hour; `awake` and `office` are shares (0 to 1) of dates.

    A date counts as awake, or as office hours, when the whole meeting is. `local` is the start in minutes of the local
    day on the first date.
    """

    burden: float
    awake: float
    office: float
    local: int


@dataclass(frozen=True)
class Slot:
    """One half-hour for everybody. `start`: minutes after midnight by the anchor. Shares are of members, mean of dates.

    `worst` is the zone that bears most there; of equals, the one with the most members.
    """

    start: int
    burden: float
    awake: float
    office: float
    worst: str
    worst_burden: float


@dataclass(frozen=True)
class Season:
    """The heat strip: 48 slots, and a row of 48 cells for each zone, the most members first.

    `burdens[zone][day][slot]`, `awake[zone][day][slot]` are what each date adds to the mean (`awake` is 0 or 1).
    """

    counts: Mapping[str, int]
    days: tuple[date, ...]
    anchor: str
    minutes: int
    weights: Weights
    slots: tuple[Slot, ...]
    rows: Mapping[str, tuple[Cell, ...]]
    burdens: Mapping[str, tuple[Sequence[float], ...]]
    awake: Mapping[str, tuple[Sequence[float], ...]]
    office: Mapping[str, tuple[Sequence[float], ...]]

    @property
    def members(self) -> int:
        """How many members are counted."""
        return sum(self.counts.values())


def measure(
    counts: Mapping[str, int],
    days: Iterable[date],
    *,
    anchor: str = "UTC",
    minutes: int = 60,
    weights: Weights | None = None,
) -> Season:
    """Return what each slot of `anchor` means for `counts` (members by IANA zone) on `days`.

    minutes: how long a meeting lasts, rounded up to quarters of an hour. A wall time that the anchor skips moves
    forward by the gap, as in a cadence. Raises FairnessError, and clock.ZoneError for a zone that is none.
    """
    weights = weights or Weights()
    dates = tuple(sorted(set(days)))
    _check(counts, dates, minutes, weights)
    present = sorted(((n, zone) for zone, n in counts.items() if n), key=lambda each: (-each[0], each[1]))
    counted = {zone: n for n, zone in present}
    tables = _tables(weights, -(-minutes // 15))
    starts = [_starts(day, anchor) for day in dates]
    burdens, awake, office, rows = {}, {}, {}, {}
    for zone in counted:
        quarters = _local_quarters(zone, starts)
        burdens[zone], awake[zone], office[zone] = (
            tuple([table[quarter] for quarter in row] for row in quarters) for table in tables
        )
        means = (
            map(_mean, zip(*rows_of, strict=True)) for rows_of in (burdens[zone], awake[zone], office[zone])
        )
        locals_ = (quarter * 15 for quarter in quarters[0])
        rows[zone] = tuple(Cell(*each) for each in zip(*means, locals_, strict=True))
    slots = tuple(_slot(index, counted, rows) for index in range(SLOTS))
    return Season(counted, dates, anchor, minutes, weights, slots, rows, burdens, awake, office)


def local_minutes(instant: datetime, zone: str) -> int:
    """Return the minutes after midnight that a clock in `zone` shows at the aware `instant`."""
    wall = clock.to_wall(instant, zone)
    return wall.hour * 60 + wall.minute


@dataclass(frozen=True)
class Heads:
    """How many members are awake, and in office hours, all through one meeting, of `members`."""

    awake: int
    office: int
    members: int


def heads(counts: Mapping[str, int], instant: datetime, *, minutes: int = 60) -> Heads:
    """Return how many of `counts` (members by zone) are awake at the meeting that starts at the aware `instant`."""
    _burden, awake, office = _tables(Weights(), -(-min(minutes, LONGEST_MINUTES) // 15))
    at = {zone: local_minutes(instant, zone) // 15 for zone in counts}
    return Heads(
        sum(n * awake[at[zone]] for zone, n in counts.items()),
        sum(n * office[at[zone]] for zone, n in counts.items()),
        sum(counts.values()),
    )


# How it is worked out.


def _check(counts: Mapping[str, int], days: Sequence[date], minutes: int, weights: Weights) -> None:
    if any(n < 0 for n in counts.values()):
        raise FairnessError("A zone cannot have fewer than no members.")
    if not any(counts.values()):
        raise FairnessError("Say first where members are: at least one, in one zone.")
    if len(counts) > MOST_ZONES:
        raise FairnessError(f"Give at most {MOST_ZONES} zones.")
    if not 1 <= len(days) <= MOST_DAYS:
        raise FairnessError(f"Give 1 to {MOST_DAYS} dates.")
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise FairnessError(f"Give a length of 1 to {LONGEST_MINUTES} minutes.")
    if not all(0 <= weight <= HEAVIEST for weight in astuple(weights)):
        raise FairnessError(f"Give each weight as a figure from 0 to {HEAVIEST}.")


def _tables(weights: Weights, length: int) -> tuple[list[float], list[int], list[int]]:
    """Burden, awake and office of a meeting of `length` quarters by the quarter of the local day in which it starts."""
    heavy = astuple(weights)
    bands = [[_BAND_OF[(start + q) % _QUARTERS] for q in range(length)] for start in range(_QUARTERS)]
    return (
        [_mean([heavy[band] for band in each]) for each in bands],
        [int(max(each) < _NIGHT) for each in bands],
        [int(max(each) == _OFFICE) for each in bands],
    )


def _starts(day: date, anchor: str) -> list[datetime]:
    """The 48 instants of one date on the anchor's clock."""
    midnight = datetime.combine(day, time())
    return [
        clock.to_instant(midnight + timedelta(minutes=SLOT_MINUTES * index), anchor) for index in range(SLOTS)
    ]


def _local_quarters(zone: str, starts: Sequence[Sequence[datetime]]) -> list[list[int]]:
    """For each date and slot, the quarter of the local day (0 to 95) in which a meeting starts in `zone`."""
    first, last = min(starts[0]), max(starts[-1])
    shifts = clock.shifts(zone, first, last)
    turns = [shift.instant for shift in shifts]
    offsets = [clock.offset(first, zone), *(shift.after for shift in shifts)]
    quarters = [_quarters(offset) for offset in offsets]
    return [
        [
            (instant.hour * 4 + instant.minute // 15 + quarters[bisect_right(turns, instant) if turns else 0])
            % _QUARTERS
            for instant in row
        ]
        for row in starts
    ]


def _quarters(offset: timedelta) -> int:
    """An offset in quarters of an hour; all that are in use are whole ones, older ones are rounded down."""
    return int(offset.total_seconds() // 900)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _slot(index: int, counts: Mapping[str, int], rows: Mapping[str, tuple[Cell, ...]]) -> Slot:
    total = sum(counts.values())
    cells = [(n, zone, rows[zone][index]) for zone, n in counts.items()]
    worst = max(cells, key=lambda each: (each[2].burden, each[0]))
    return Slot(
        index * SLOT_MINUTES,
        sum(n * cell.burden for n, _zone, cell in cells) / total,
        sum(n * cell.awake for n, _zone, cell in cells) / total,
        sum(n * cell.office for n, _zone, cell in cells) / total,
        worst[1],
        worst[2].burden,
    )
