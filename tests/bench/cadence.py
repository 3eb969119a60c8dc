"""What rhythms cost, beside the plain rules: `python tests/bench/cadence.py`. Not in the suite.

Expanding and resolving 100 series × 10 years into instants, with and without rules for dates that do not suit, as a
ratio to `dateutil.rrule` producing the same naive dates; and a topping up of 1,000 series of which some lack dates.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

from tests.throwaway import data_folder

data_folder("bench-cadence")

import django  # noqa: E402

django.setup()

from dateutil.rrule import rrulestr  # noqa: E402 - Django first
from django.core.management import call_command  # noqa: E402 - Django first
from django.db import connection  # noqa: E402 - Django first
from django.test.utils import CaptureQueriesContext  # noqa: E402 - Django first

from seminars.people.models import Community  # noqa: E402 - Django first
from seminars.series.models import Series  # noqa: E402 - Django first
from seminars.sessions import expanding, planning  # noqa: E402 - Django first

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
ZONES = ["Africa/Johannesburg", "America/New_York", "Europe/Stockholm", "Africa/Cairo", "Asia/Kolkata"]
RHYTHMS = [
    "FREQ=WEEKLY;BYDAY=TU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
]
RULES = {"countries": ["ZA", "SE", "EG"], "then": {"holiday": "move", "weekend": "move", "ramadan": "skip"}}
LAST = date(2036, 12, 31)


def series_of(place: int, rules: dict[str, object]) -> Series:
    """One of the hundred; the minute makes each rule its own, so that nothing is remembered between them."""
    first = date(2027, 1, 1) + timedelta(days=place)
    return Series(
        zone=ZONES[place % 5],
        first_date=first,
        local_time=(datetime(2027, 1, 1, 9) + timedelta(minutes=7 * place)).time(),
        rrule=f"{RHYTHMS[place // 5 % 5]};UNTIL={LAST:%Y%m%d}",
        minutes=60,
        days=1,
        date_rules=rules,
    )


def naive(series: Series) -> int:
    """The same dates by dateutil alone."""
    start = datetime.combine(series.first_date, series.local_time)  # type: ignore[arg-type]
    until = datetime.combine(LAST, datetime.max.time()).replace(microsecond=0)
    text = series.rrule.replace(f"{LAST:%Y%m%d}", f"{until:%Y%m%dT%H%M%S}")
    return len(list(rrulestr(text, dtstart=start)))


def seconds(act: Callable[[], object], rounds: int = 5) -> float:
    """Return the middle one of `rounds` wall times of `act`."""
    taken = []
    for _round in range(rounds):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def expansions() -> None:
    """Print the ratios."""
    plain = [series_of(place, {}) for place in range(100)]
    ruled = [series_of(place, RULES) for place in range(100)]
    count = sum(map(naive, plain))
    assert count == sum(len(expanding.resolved(each)) for each in plain)
    base = seconds(lambda: [naive(each) for each in plain])
    print(f"100 series × 10 years, {count} dates; dateutil.rrule alone {1000 * base:.0f} ms")
    for name, rows in (("expanded, as instants", plain), ("with rules and reasons", ruled)):
        taken = seconds(lambda rows=rows: [expanding.resolved(each) for each in rows])  # type: ignore[misc]
        print(f"{name:28}{1000 * taken:8.0f} ms   {taken / base:5.2f} × dateutil (asked for: 1.50)")


def topping_up() -> None:
    """Print how many queries a topping up takes when nothing, and when ten series, lack dates."""
    call_command("migrate", verbosity=0)
    community = Community.objects.create(slug="c", name={"en": "C"}, home_zone="UTC", made_at=NOW)
    for place in range(1000):
        rhythm = "FREQ=YEARLY" if place % 2 else "FREQ=MONTHLY;INTERVAL=3"
        first = date(2026, 12, 1) + timedelta(days=place % 28)
        series = Series.objects.create(
            slug=f"s{place}",
            community=community,
            zone=ZONES[place % 5],
            first_date=first,
            local_time=datetime(2027, 1, 1, 15).time(),
            rrule=rhythm,
            published_at=NOW,
            made_at=NOW,
        )
        planning.fill(series=series, now=NOW)
    for lacking in (0, 10):
        for series in Series.objects.all()[:lacking]:
            series.sessions.order_by("-original_date")[0].delete()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            started = time.perf_counter()
            made = planning.top_up(now=NOW)
            taken = time.perf_counter() - started
        print(
            f"1,000 series, {lacking:2} lack a date: {made} made, {len(queries)} queries, {1000 * taken:.0f} ms"
        )


if __name__ == "__main__":
    expansions()
    topping_up()
