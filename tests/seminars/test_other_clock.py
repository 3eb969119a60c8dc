"""`clock.to_instant` against an independent clock: Temporal's polyfill, which asks the ICU inside node.

Every change of every zone of the pickers from 1970 to 2060: a wall time in its gap or fold, and one at its edge, both
ways to settle a doubt; and a winter's and a summer's noon of each second year, where only the other clock may change.
node carries a tzdata release of its own, mostly an older one, and laws change. Where the two releases differ, all zones
must agree on times before 2025 (but for `MENDED`), and nearly all (`MOST`) on the later ones as well.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytz

from seminars import clock
from tests.conftest import need

FIRST, SETTLED, LAST = (datetime(year, 1, 2, tzinfo=UTC) for year in (1970, 2025, 2060))
# Between 2025b and 2026f thirteen names changed.
MOST = 0.93
# Whose past a release has put right since: Moldova's clocks changed with the European Union's from 2022 on (2026a).
MENDED = {"Europe/Chisinau": 2022}
SECOND = timedelta(seconds=1)
NODE = Path(__file__).parents[1] / "node"


def modules() -> Path | None:
    """The folder that holds the polyfill; None if there is none."""
    folders = [Path(os.environ.get("MERIDIAN_NODE_MODULES") or "/nowhere"), NODE / "node_modules"]
    return next((folder for folder in folders if (folder / "@js-temporal/polyfill").is_dir()), None)


def walls(zone: str) -> Iterator[datetime]:
    """Naive times around every change of a zone: one inside, and an edge of each in turn."""
    for number, shift in enumerate(clock.shifts(zone, FIRST, LAST)):
        opening = (shift.instant + min(shift.before, shift.after)).replace(tzinfo=None)
        size = abs(shift.after - shift.before)
        yield opening + size * (1 + number % 7) / 8
        yield opening + (-SECOND, timedelta(), size - SECOND, size)[number % 4]
    for year in range(FIRST.year, LAST.year, 2):
        yield datetime(year, 1, 15, 12)
        yield datetime(year, 7, 15, 12)


def asked() -> dict[str, list[datetime]]:
    """Every time to compare, by zone; whole seconds, as both clocks count."""
    zones = sorted({*pytz.common_timezones, "Europe/Kiev", "Asia/Calcutta", "Asia/Saigon", "America/Godthab"})
    return {zone: [wall.replace(microsecond=0) for wall in walls(zone)] for zone in zones}


def seconds(wall: datetime, zone: str) -> list[int]:
    """What our clock says, in both ways."""
    return [round(clock.to_instant(wall.replace(fold=fold), zone).timestamp()) for fold in (0, 1)]


def answers(times: dict[str, list[datetime]], folder: Path) -> dict[str, Any]:
    """What the other clock says."""
    given = {zone: [list(wall.timetuple()[:6]) for wall in each] for zone, each in times.items()}
    done = subprocess.run(
        ["node", str(NODE / "clock.mjs"), str(folder)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.node
def test_another_clock_says_the_same_of_every_change_until_2060() -> None:
    need("@js-temporal/polyfill (MERIDIAN_NODE_MODULES)", present=modules() is not None)
    folder = modules()
    assert folder
    times = asked()
    found = answers(times, folder)
    theirs = {zone: said for zone, said in found["zones"].items() if said is not None}
    same = found["release"] == clock.release()
    later, before, compared = set(), [], 0
    for zone, said in theirs.items():
        for wall, instants in zip(times[zone], said, strict=True):
            compared += 1
            if (ours := seconds(wall, zone)) == instants:
                continue
            if wall < SETTLED.replace(tzinfo=None) and (same or wall.year < MENDED.get(zone, 9999)):
                before.append((zone, wall.isoformat(), ours, instants))
            later.add(zone)
    print(
        f"{compared} times in {len(theirs)} zones, ours {clock.release()}, node's {found['release']}; {later=}"
    )
    assert len(theirs) >= len(times) * MOST
    assert compared > 90_000
    assert before == []
    assert len(later) <= (0 if same else len(theirs) * (1 - MOST))
