"""Five laws of the clocks that really changed, most of them at short notice, lived through with two tzdata releases.

Each release lives in a process of its own, one after the other over one database: the older plans, the newer one finds.
MERIDIAN_OLD_TZDATA is a folder with the old releases, each below its number at the Python package index, made by
`uv pip install --no-deps --target FOLDER/2022.5 tzdata==2022.5` and so on; without them these tests are skipped.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import need

ROOT = Path(__file__).parents[3]
CHILD = Path(__file__).with_name("law_child.py")
OLD = Path(os.environ.get("MERIDIAN_OLD_TZDATA") or "/nowhere")
TUESDAYS = "FREQ=MONTHLY;BYDAY=1TU;COUNT=12"


@dataclass(frozen=True)
class Life:
    """A release, when it looked, and what it must have found: [series, date, zone, hours moved, hours on the clock]."""

    package: str
    release: str
    now: str
    found: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """What is planned, where members live, the releases that follow, and what pages then say of each zone's law."""

    series: dict[str, list[str]]
    members: list[str]
    lives: list[Life]
    said: dict[str, str]


def found(slug: str, zone: str, dates: str, instant: float, shown: float) -> list[list[Any]]:
    """One finding for each date."""
    return [[slug, day, zone, instant, shown] for day in dates.split()]


def lisbon(rule: str, first: str) -> dict[str, list[str]]:
    """A series that no law moves."""
    return {"lisbon": ["Europe/Lisbon", first, "18:00", rule]}


CASES = {
    # 28 October 2022, two days before: Mexico gives summer time up, Chihuahua takes Mexico City's hour. Towns at the
    # border of the USA keep theirs. The same release has Fiji without summer time.
    "Mexico 2022": Case(
        {
            "mexico": ["America/Mexico_City", "2022-11-01", "10:00", TUESDAYS],
            "chihuahua": ["America/Chihuahua", "2022-11-01", "10:00", TUESDAYS],
            "tijuana": ["America/Tijuana", "2022-11-01", "10:00", TUESDAYS],
            "cancun": ["America/Cancun", "2022-11-01", "10:00", TUESDAYS],
        },
        ["Pacific/Fiji", "Europe/Lisbon", "America/Mexico_City"],
        [
            Life("2022.5", "2022e", "2022-10-20T12:00Z"),
            Life(
                "2022.6",
                "2022f",
                "2022-10-30T12:00Z",
                found("chihuahua", "America/Chihuahua", "2022-11-01 2022-12-06 2023-01-03", -1, 1)
                + found("chihuahua", "America/Chihuahua", "2023-02-07 2023-03-07", -1, 1)
                + found("mexico", "America/Mexico_City", "2023-04-04 2023-05-02 2023-06-06", 1, -1)
                + found("mexico", "America/Mexico_City", "2023-07-04 2023-08-01 2023-09-05", 1, -1)
                + found("mexico", "America/Mexico_City", "2023-10-03", 1, -1)
                # Unmoved themselves: these reach members in Fiji and Mexico City at another hour.
                + [
                    [slug, day, "Pacific/Fiji", 0, -1]
                    for slug in ("cancun", "mexico", "tijuana")
                    for day in ("2022-12-06", "2023-01-03")
                ]
                + [
                    [slug, day, "America/Mexico_City", 0, -1]
                    for slug, days in {
                        "cancun": "2023-04-04 2023-05-02 2023-06-06 2023-07-04 2023-08-01 2023-09-05 2023-10-03",
                        "chihuahua": "2023-04-04 2023-05-02 2023-06-06 2023-07-04 2023-08-01 2023-09-05 "
                        "2023-10-03",
                        "tijuana": "2023-04-04 2023-05-02 2023-06-06 2023-07-04 2023-08-01 2023-09-05 2023-10-03",
                    }.items()
                    for day in days.split()
                ],
            ),
        ],
        {
            "America/Chihuahua": "Chihuahua keeps summer time all year.",
            "America/Mexico_City": "Mexico City no longer has summer time.",
            "Pacific/Fiji": "Fiji no longer has summer time.",
        },
    ),
    # 23 March 2023: Lebanon puts summer time off by four weeks, two days ahead; five days later that is undone.
    "Lebanon 2023": Case(
        {
            "beirut": ["Asia/Beirut", "2023-03-24", "15:00", "FREQ=WEEKLY;COUNT=7"],
            "athens": ["Europe/Athens", "2023-03-25", "15:00", "FREQ=WEEKLY;INTERVAL=3;COUNT=3"],
        },
        ["Asia/Beirut", "Europe/Athens"],
        [
            Life("2023.1", "2023a", "2023-03-22T12:00Z"),
            Life(
                "2023.2",
                "2023b",
                "2023-03-23T12:00Z",
                found("beirut", "Asia/Beirut", "2023-03-31 2023-04-07 2023-04-14", 1, -1)
                + found("athens", "Asia/Beirut", "2023-04-15", 0, -1),
            ),
            Life(
                "2023.3",
                "2023c",
                "2023-03-28T12:00Z",
                found("beirut", "Asia/Beirut", "2023-03-31 2023-04-07 2023-04-14", -1, 1)
                + found("athens", "Asia/Beirut", "2023-04-15", 0, 1),
            ),
        ],
        {"Asia/Beirut": "Lebanon changes its clocks on other days."},
    ),
    # Five weeks ahead: Egypt has summer time again, from the last Friday of April to the last Thursday of October.
    "Egypt 2023": Case(
        {"cairo": ["Africa/Cairo", "2023-04-04", "16:00", TUESDAYS], **lisbon(TUESDAYS, "2023-04-04")},
        ["Africa/Johannesburg"],
        [
            Life("2022.7", "2022g", "2023-03-20T12:00Z"),
            Life(
                "2023.1",
                "2023a",
                "2023-03-23T12:00Z",
                found("cairo", "Africa/Cairo", "2023-05-02 2023-06-06 2023-07-04 2023-08-01", -1, 1)
                + found("cairo", "Africa/Cairo", "2023-09-05 2023-10-03", -1, 1),
            ),
        ],
        {"Africa/Cairo": "Egypt has summer time now."},
    ),
    # Four weeks ahead: from 1 March 2024 all of Kazakhstan keeps the hour of its west.
    "Kazakhstan 2024": Case(
        {
            "almaty": ["Asia/Almaty", "2024-02-06", "15:00", "FREQ=MONTHLY;BYDAY=1TU;COUNT=4"],
            "qostanay": ["Asia/Qostanay", "2024-02-06", "15:00", "FREQ=MONTHLY;BYDAY=1TU;COUNT=2"],
            "aqtau": ["Asia/Aqtau", "2024-02-06", "15:00", "FREQ=MONTHLY;BYDAY=1TU;COUNT=4"],
            "tashkent": ["Asia/Tashkent", "2024-02-06", "15:00", "FREQ=MONTHLY;BYDAY=1TU;COUNT=2"],
        },
        ["Asia/Tashkent"],
        [
            Life("2023.4", "2023d", "2024-01-20T12:00Z"),
            Life(
                "2024.1",
                "2024a",
                "2024-02-02T12:00Z",
                found("almaty", "Asia/Almaty", "2024-03-05 2024-04-02 2024-05-07", 1, -1)
                + found("qostanay", "Asia/Qostanay", "2024-03-05", 1, -1),
            ),
        ],
        {
            "Asia/Almaty": "Almaty sets its clocks 1 h back from what they would have been.",
            "Asia/Qostanay": "Kostanay sets its clocks 1 h back from what they would have been.",
        },
    ),
    # The law of October 2024, in the release of January 2025: Paraguay keeps summer time all year.
    "Paraguay 2024": Case(
        {
            "asuncion": ["America/Asuncion", "2025-02-04", "15:00", TUESDAYS],
            **lisbon("FREQ=MONTHLY;INTERVAL=2;BYDAY=1TU;COUNT=6", "2025-02-04"),
        },
        ["America/Asuncion", "Europe/Lisbon"],
        [
            Life("2024.2", "2024b", "2025-01-05T12:00Z"),
            Life(
                "2025.1",
                "2025a",
                "2025-01-20T12:00Z",
                found("asuncion", "America/Asuncion", "2025-04-01 2025-05-06 2025-06-03", -1, 1)
                + found("asuncion", "America/Asuncion", "2025-07-01 2025-08-05 2025-09-02", -1, 1)
                + found("lisbon", "America/Asuncion", "2025-04-01 2025-06-03 2025-08-05", 0, 1),
            ),
        ],
        {"America/Asuncion": "Paraguay keeps summer time all year."},
    ),
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and nothing in them."""
    made = tmp_path_factory.mktemp("laws") / "empty.sqlite3"
    child(ROOT, {}, made)
    return made


@pytest.mark.parametrize("name", CASES)
def test_a_past_law_moves_what_it_moved_and_nothing_else(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    case, database, before = CASES[name], tmp_path / "meridian.sqlite3", 0
    for life in case.lives:
        need(f"tzdata {life.package} (MERIDIAN_OLD_TZDATA)", present=(OLD / life.package / "tzdata").is_dir())
    shutil.copy(request.getfixturevalue("tables"), database)
    given: dict[str, Any] = {"series": case.series, "members": case.members}
    for life in case.lives:
        said = json.loads(child(OLD / life.package, given | {"now": life.now}, database))
        assert said["release"] == life.release
        assert sorted(said["found"][before:]) == sorted(life.found)
        before, given = len(said["found"]), {}
    assert said["said"] == case.said


def child(first: Path, given: dict[str, Any], database: Path) -> str:
    """What the program prints that finds its Python packages in the folder `first` before all others."""
    environment = os.environ | {
        "PYTHONPATH": f"{first}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "MERIDIAN_DATABASE": f"sqlite:///{database}",
    }
    answer = subprocess.run(
        [sys.executable, str(CHILD)],
        input=json.dumps(given),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return answer.stdout
