"""What the heat strip and its suggestions cost: `python tests/bench/fairness.py`. Not in the suite.

60 zones of members, a season of 12 sessions on a clock that shifts itself: at most 200 ms in all.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import pytz

from seminars.series.fairness import measure
from seminars.series.suggesting import anchors, suggest

ZONES, SESSIONS, MOST = 60, 12, 0.2
COUNTS = {
    zone: 1 + number % 9
    for number, zone in enumerate(pytz.common_timezones[:: len(pytz.common_timezones) // ZONES][:ZONES])
}
DAYS = [date(2027, 1, 13) + timedelta(weeks=4 * number) for number in range(SESSIONS)]


def milliseconds(act: Callable[[], object], rounds: int = 9) -> float:
    """Return the middle one of `rounds` wall times of `act`."""
    taken = []
    for _round in range(rounds):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return 1000 * statistics.median(taken)


def main() -> None:
    """Measure once cold, then warm."""
    started = time.perf_counter()
    season = measure(COUNTS, DAYS, anchor="America/New_York")
    suggest(season)
    cold = time.perf_counter() - started
    strip = milliseconds(lambda: measure(COUNTS, DAYS, anchor="America/New_York"))
    three = milliseconds(lambda: suggest(season))
    advice = milliseconds(lambda: anchors(COUNTS, first=datetime(2027, 1, 13, 13, tzinfo=UTC)))
    print(f"{len(COUNTS)} zones, {SESSIONS} sessions, milliseconds:")
    for name, taken in (
        ("first time, zones read from disk", 1000 * cold),
        ("heat strip", strip),
        ("three suggestions", three),
        ("strip and suggestions", strip + three),
        ("anchor advice", advice),
    ):
        print(f"{name:34}{taken:8.1f}   {taken / 1000 / MOST:5.0%} of {1000 * MOST:.0f} ms")


if __name__ == "__main__":
    main()
