"""Three ways to be fair over a season, as data with their reasons, in the order in which to consider them.

Stay in the best corridor; add a twin (a second live session) or a relay (the recording, with a host) for those who
would sleep; rotate. Rotation moves burden more than it lifts it, so it is advised only where it takes much from the
worst zone and costs the rest little. Plain data in and out; words are the pages' own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import combinations
from operator import mul

from seminars import clock
from seminars.series.fairness import SLOT_MINUTES, SLOTS, Season

# One hour serves where so many members are awake (mean of dates), and it weighs no more than an early morning.
ENOUGH_AWAKE = 0.95
HELPS, COSTS_LITTLE = 0.75, 1.25  # what is left of a burden that is worth an effort; what may be added for it
SMALL_SIDE = 0.25  # of members: fewer than that are better served by a relay than by speakers who come twice
NEARLY_ALL = 0.9  # of dates
CORRIDOR = 0.5  # burden above the best slot's that still counts as its corridor

Plan = tuple[tuple[int, ...], ...]
"""For each date the slots (0 to 47, of the season's anchor) at which it is held: one, or two of a twin."""


class Kind(StrEnum):
    """What is suggested."""

    CORRIDOR = "corridor"
    TWIN = "twin"
    RELAY = "relay"
    ROTATION = "rotation"


class Reason(StrEnum):
    """Why a suggestion is, or is not, advised."""

    ALL_AWAKE = "all-awake"  # corridor: everybody is awake at every date
    ENOUGH_AWAKE = "enough-awake"  # corridor: nearly everybody is
    NONE_BETTER = "none-better"  # corridor: it asks much, but neither of the others helps
    ASKS_MUCH = "asks-much"  # corridor: the best hour is still heavy, or finds too many asleep
    TWO_SIDES = "two-sides"  # twin: members live on two sides of the world
    FEW_ELSEWHERE = "few-elsewhere"  # relay: a small part lives elsewhere
    NO_NEED = "no-need"  # twin, relay, rotation: one hour serves
    LITTLE_GAIN = "little-gain"  # twin, relay: a second hour lifts little
    SPREADS = "spreads"  # rotation: takes much from the worst zone, costs others little
    SECOND_FIRST = "second-first"  # rotation: a second hour does more
    STAYS = "stays"  # rotation: looking for the fairest season, nearly every date stays
    COSTS_MORE = "costs-more"  # rotation: others would bear more than the worst zone is spared
    ONE_DATE = "one-date"  # rotation: there is nothing to rotate


@dataclass(frozen=True)
class Outcome:
    """What a plan means. `burden`: mean per member and date; `awake`, `office`: shares of members, mean of dates.

    `ledger`: what a member in each zone bears over the whole season; `worst` bears the most.
    """

    plan: Plan
    burden: float
    awake: float
    office: float
    ledger: Mapping[str, float]
    worst: str


@dataclass(frozen=True)
class Suggestion:
    """One way. `kept`: dates that stay in the corridor; `side`: members that a second hour serves."""

    kind: Kind
    reason: Reason
    advised: bool
    outcome: Outcome
    kept: int
    side: int = 0


@dataclass(frozen=True)
class Anchor:
    """Fixed to the clock of `zone`, the local hour of `kept` members stays the same all year.

    `zones` are all candidates that keep their hour with it, `zone` among them.
    """

    zone: str
    kept: int
    zones: tuple[str, ...]


def best_slot(season: Season) -> int:
    """Return the slot (0 to 47) of the least burden; of equals the one with more awake, then more in office hours."""

    def rank(index: int) -> tuple[float, float, float]:
        slot = season.slots[index]
        return (round(slot.burden, 9), -round(slot.awake, 9), -round(slot.office, 9))

    return min(range(SLOTS), key=rank)


def corridor(season: Season) -> tuple[int, ...]:
    """Return the slots around the best one, in order of time, that are hardly heavier; they may pass midnight."""
    best = best_slot(season)
    limit = season.slots[best].burden + CORRIDOR + 1e-9
    first = last = 0
    while last - first < SLOTS - 1 and season.slots[(best + first - 1) % SLOTS].burden <= limit:
        first -= 1
    while last - first < SLOTS - 1 and season.slots[(best + last + 1) % SLOTS].burden <= limit:
        last += 1
    return tuple((best + step) % SLOTS for step in range(first, last + 1))


def outcome_of(season: Season, plan: Plan) -> Outcome:
    """Return what `plan` means, date by date. Where a date is held twice, each zone takes what suits it over all."""
    counts, total, dates = season.counts, season.members, len(season.days)
    ledger, awake, office = {}, 0.0, 0.0
    for zone, n in counts.items():
        ways = [
            [(day, slots[min(way, len(slots) - 1)]) for day, slots in enumerate(plan)]
            for way in range(max(map(len, plan)))
        ]
        sums = [sum(season.burdens[zone][day][slot] for day, slot in way) for way in ways]
        taken = ways[sums.index(min(sums))]
        ledger[zone] = min(sums)
        awake += n * sum(season.awake[zone][day][slot] for day, slot in taken)
        office += n * sum(season.office[zone][day][slot] for day, slot in taken)
    burden = sum(n * ledger[zone] for zone, n in counts.items())
    worst = max(counts, key=lambda zone: (ledger[zone], counts[zone]))
    each = total * dates
    return Outcome(plan, burden / each, awake / each, office / each, ledger, worst)


def always(season: Season, *slots: int) -> Plan:
    """Return the plan that holds every date at the same slot, or the same two."""
    return (slots,) * len(season.days)


def suggest(season: Season) -> list[Suggestion]:
    """Return the three suggestions in the order in which to consider them; one of them is advised."""
    kept = frozenset(corridor(season))
    stay = outcome_of(season, always(season, best_slot(season)))
    pair, side = _best_pair(season)
    second = outcome_of(season, always(season, *pair))
    turning = outcome_of(season, _rotate(season))
    serves = stay.awake >= ENOUGH_AWAKE and stay.burden <= season.weights.early
    helps = not serves and second.burden < stay.burden and second.burden <= HELPS * stay.burden
    kind = Kind.RELAY if side < SMALL_SIDE * season.members else Kind.TWIN
    why_second = Reason.NO_NEED if serves else Reason.LITTLE_GAIN
    if helps:
        why_second = Reason.FEW_ELSEWHERE if kind is Kind.RELAY else Reason.TWO_SIDES
    stays = sum(slots[0] in kept for slots in turning.plan)
    why_turn = _why_rotate(season, stay, turning, stays, serves=serves, helps=helps)
    rotates = why_turn is Reason.SPREADS
    why_stay = Reason.ASKS_MUCH if helps or rotates else Reason.NONE_BETTER
    if serves:
        why_stay = Reason.ALL_AWAKE if stay.awake > 1 - 1e-9 else Reason.ENOUGH_AWAKE
    dates = len(season.days)
    return [
        Suggestion(Kind.CORRIDOR, why_stay, not helps and not rotates, stay, dates),
        Suggestion(kind, why_second, helps, second, dates if pair[0] in kept else 0, side),
        Suggestion(Kind.ROTATION, why_turn, rotates, turning, stays),
    ]


def anchors(counts: Mapping[str, int], *, first: datetime, among: Iterable[str] = ()) -> list[Anchor]:
    """Return, for UTC, each zone of `counts` and `among`, how many members keep their local hour for a year.

    first: the aware instant of the first meeting; the year is counted from there, at that hour. Zones that move
    together are one Anchor, named after the one with the most members (UTC where clocks stand still). The best comes
    first; of equals, UTC. Raises clock.ZoneError.
    """
    groups: dict[tuple[tuple[date, timedelta], ...], list[str]] = defaultdict(list)
    ranked = sorted({*counts, *among} - {"UTC"}, key=lambda zone: (-counts.get(zone, 0), zone))
    for zone in ["UTC", *ranked]:
        groups[_changes(zone, first)].append(zone)
    found = [
        Anchor(zones[0], sum(counts.get(each, 0) for each in zones), tuple(zones))
        for zones in groups.values()
    ]
    return sorted(found, key=lambda each: (-each.kept, each.zone != "UTC", each.zone))


# How it is worked out.


def _changes(zone: str, first: datetime) -> tuple[tuple[date, timedelta], ...]:
    """The dates, counted from `first` at its hour, from which a clock shows another hour, and by how much."""
    last = first + timedelta(days=365)
    moved: dict[date, timedelta] = defaultdict(timedelta)
    for shift in clock.shifts(zone, first, last):
        days = -((first - shift.instant) // timedelta(days=1))  # rounded up: the first meeting after it
        moved[first.date() + timedelta(days=days)] += shift.after - shift.before
    return tuple(sorted((day, delta) for day, delta in moved.items() if delta))


def _best_pair(season: Season) -> tuple[tuple[int, int], int]:
    """The two slots that weigh least when each zone takes its lighter, the busier first; and members of the other."""
    columns = [
        [n * season.rows[zone][slot].burden for zone, n in season.counts.items()] for slot in range(SLOTS)
    ]

    def rank(pair: tuple[int, int]) -> tuple[float, float, int]:
        one, two = pair
        together = sum(map(min, columns[one], columns[two]))
        return (round(together, 6), -max(season.slots[one].awake, season.slots[two].awake), one)

    one, two = min(combinations(range(SLOTS), 2), key=rank)
    theirs = sum(
        n for n, a, b in zip(season.counts.values(), columns[one], columns[two], strict=True) if b < a
    )
    if 2 * theirs > season.members:
        return (two, one), season.members - theirs
    return (one, two), theirs


def _rotate(season: Season) -> Plan:
    """The season that spreads burden most evenly: the least sum of squares of what each member bears, date by date.

    Squares make the next hour weigh more for those who have borne much. A second round looks at each date again, now
    that the others are known.
    """
    zones = list(season.counts)
    heads = [float(season.counts[zone]) for zone in zones]
    columns = [
        [[season.burdens[zone][day][slot] for zone in zones] for slot in range(SLOTS)]
        for day in range(len(season.days))
    ]
    squares = [[_dot(heads, [b * b for b in column]) for column in row] for row in columns]
    best, ledger = best_slot(season), [0.0] * len(zones)
    chosen: list[int] = []
    for day, row in enumerate(columns):
        chosen.append(_lightest(row, squares[day], heads, ledger, best))
        ledger = [borne + b for borne, b in zip(ledger, row[chosen[day]], strict=True)]
    for day, row in enumerate(columns):
        ledger = [borne - b for borne, b in zip(ledger, row[chosen[day]], strict=True)]
        chosen[day] = _lightest(row, squares[day], heads, ledger, chosen[day])
        ledger = [borne + b for borne, b in zip(ledger, row[chosen[day]], strict=True)]
    return tuple((slot,) for slot in chosen)


def _lightest(
    row: Sequence[Sequence[float]],
    squares: Sequence[float],
    heads: Sequence[float],
    ledger: Sequence[float],
    standing: int,
) -> int:
    """The slot that adds least to the squares; `standing` wins among equals, so that nothing moves for nothing."""
    twice = [2 * n * borne for n, borne in zip(heads, ledger, strict=True)]
    return min(
        range(SLOTS), key=lambda slot: (round(squares[slot] + _dot(twice, row[slot]), 6), slot != standing)
    )


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(map(mul, left, right), 0.0)


def _why_rotate(
    season: Season, stay: Outcome, turning: Outcome, stays: int, *, serves: bool, helps: bool
) -> Reason:
    dates = len(season.days)
    if dates == 1:
        return Reason.ONE_DATE
    if serves:
        return Reason.STAYS if stay.awake < 1 - 1e-9 and stays >= dates * NEARLY_ALL else Reason.NO_NEED
    if helps:
        return Reason.SECOND_FIRST
    if stays >= dates * NEARLY_ALL:
        return Reason.STAYS
    spares = turning.ledger[turning.worst] <= HELPS * stay.ledger[stay.worst]
    return Reason.SPREADS if spares and turning.burden <= COSTS_LITTLE * stay.burden else Reason.COSTS_MORE


def hour_of(slot: int) -> str:
    """Return the wall time of a slot, "13:30"."""
    return f"{slot * SLOT_MINUTES // 60:02}:{slot * SLOT_MINUTES % 60:02}"
