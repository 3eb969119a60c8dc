"""What planning an edit of a long series costs: `python tests/bench/edits.py`. Not in the suite.

A series of 500 sessions, forty of them changed by hand. Prints questions to the database and CPU seconds for planning
a new hour, a new zone and a new rhythm, beside only reading the sessions; and for applying and undoing the last.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import os
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as hour
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.series.cadence import Cadence
from seminars.series.models import Series
from seminars.sessions import moving, planning
from seminars.sessions.applying import apply_change
from seminars.sessions.changing import plan_change
from seminars.sessions.edits import Ask, Scope
from seminars.sessions.models import Session
from seminars.sessions.undoing import undo, undoable
from tests.factories import NOW, make_series

COUNT = 500
ASKS = {
    "a new hour": Ask(Scope.FUTURE, fields={"local_time": hour(9, 30)}),
    "a new zone": Ask(Scope.FUTURE, fields={"zone": "Europe/Lisbon"}),
    "a new rhythm": Ask(Scope.FUTURE, Cadence(date(2026, 12, 3), f"FREQ=WEEKLY;COUNT={COUNT}")),
}


def cost(act: Callable[[], Any], rounds: int = 1) -> tuple[float, int]:
    """Return the CPU seconds of one `act`, and its questions to the database."""
    started = time.process_time()
    for _round in range(rounds):
        act()
    spent = (time.process_time() - started) / rounds
    with CaptureQueriesContext(connection) as asked:
        if rounds > 1:
            act()
    return spent, len(asked)


def fill() -> Series:
    """A weekly series, with every twelfth session moved and others given a room of their own."""
    series = make_series(rrule=f"FREQ=WEEKLY;BYDAY=TU;COUNT={COUNT}", local_time=hour(15, 0))
    planning.fill(series=series, now=NOW)
    for row in Session.objects.select_related("series").filter(number__lte=COUNT, number__gt=COUNT - 40):
        if row.number % 2 and row.local_date:
            wall = datetime.combine(row.local_date, hour(8, 0)) + timedelta(days=1)
            moving.reschedule(session=row, wall=wall, now=NOW, actor_id=None)
        else:
            moving.edit(session=row, room="1.205", now=NOW, actor_id=None)
    return series


def main() -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    series = fill()
    reading, _asked = cost(lambda: list(Session.objects.filter(series=series)), 5)
    print(f"{'reading the sessions':<24}{reading:8.3f} s")
    for name, ask in ASKS.items():
        spent, asked = cost(partial(plan_change, series=series, ask=ask, now=NOW), 5)
        print(f"{'planning ' + name:<24}{spent:8.3f} s {spent / reading:5.1f} × reading, {asked} questions")
        assert asked <= 10
        assert spent <= 0.3
    ask = ASKS["a new rhythm"]
    spent, _asked = cost(
        lambda: apply_change(series=series, ask=ask, seen=series.revision, now=NOW, actor_id=None)
    )
    print(f"{'applying a new rhythm':<24}{spent:8.3f} s")
    change = undoable(series=series, now=NOW)
    assert change is not None
    spent, _asked = cost(lambda: undo(series=series, change=change, now=NOW, actor_id=None))
    print(f"{'undoing it':<24}{spent:8.3f} s")


if __name__ == "__main__":
    main()
