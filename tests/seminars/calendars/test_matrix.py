"""Which program reads which property of our golden calendars: `pytest -s tests/seminars/calendars/test_matrix.py`.

A table of parsers and properties: of how many golden entries each gives back the value that stands in the file.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from tests.conftest import need
from tests.seminars.calendars.reading import entries_of, node_modules, thunderbird
from tests.seminars.calendars.test_ical import check_octets

ZOO = Path(__file__).parents[2] / "zoo"
FILES = sorted(ZOO.glob("*.ics"))
Read = dict[str, Any]


def written(body: bytes) -> Read:
    """Return what stands in a file with one entry, read by hand: unfold, split at the first colon outside quotes."""
    lines = body.decode().replace("\r\n ", "").split("\r\n")
    entry = lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT")]
    found: Read = {}
    for line in entry[1:]:
        quoted, at = False, 0
        while quoted or line[at] != ":":
            quoted, at = quoted ^ (line[at] == '"'), at + 1
        found.setdefault(line[:at].partition(";")[0], line[at + 1 :])
    plain = {name: _unescaped(found[name]) for name in ("UID", "SUMMARY", "DESCRIPTION")}
    return plain | {"LOCATION": _unescaped(found.get("LOCATION", "")), "SEQUENCE": int(found["SEQUENCE"])}


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def strictly(body: bytes) -> Read:
    """By `icalendar`; no line may be in error."""
    [event] = entries_of(body)
    return _of_icalendar(event)


def expanded(body: bytes) -> Read:
    """By `recurring-ical-events`."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(body)).between(
        date(1990, 1, 1), date(2100, 1, 1)
    )
    [event] = found
    return _of_icalendar(event)


def as_thunderbird(body: bytes) -> Read:
    """By ical.js."""
    modules = node_modules()
    need("ical.js (npm install in tests/node)", present=modules is not None)
    assert modules is not None
    [read] = thunderbird(body, modules)
    names = ("uid", "summary", "description", "location", "sequence", "start", "end")
    return {name.upper(): read[name] or ("" if name == "location" else read[name]) for name in names}


def _of_icalendar(event: Any) -> Read:
    texts = {name: str(event.get(name, "")) for name in ("UID", "SUMMARY", "DESCRIPTION", "LOCATION")}
    times = {"START": _told(event["DTSTART"].dt), "END": _told(event["DTEND"].dt)}
    return texts | times | {"SEQUENCE": int(event["SEQUENCE"])}


def _told(moment: date) -> int | str:
    return int(moment.astimezone(UTC).timestamp()) if isinstance(moment, datetime) else moment.isoformat()


def table(name: str, reader: Callable[[bytes], Read]) -> dict[str, int]:
    """Return how many golden entries `reader` gives back right, by property; times as the strict parser has them."""
    right: dict[str, int] = {}
    for path in FILES:
        body = path.read_bytes()
        check_octets(body)
        times = {key: value for key, value in strictly(body).items() if key in {"START", "END"}}
        found = reader(body)
        for key, value in (written(body) | times).items():
            right[key] = right.get(key, 0) + (found[key] == value)
    print(f"\n{name}: " + ", ".join(f"{key} {count}/{len(FILES)}" for key, count in right.items()))
    return right


@pytest.mark.parametrize(("name", "reader"), [("icalendar", strictly), ("recurring-ical-events", expanded)])
def test_by_python(name: str, reader: Callable[[bytes], Read]) -> None:
    assert set(table(name, reader).values()) == {len(FILES)}


@pytest.mark.node
def test_by_thunderbird() -> None:
    assert set(table("ical.js", as_thunderbird).values()) == {len(FILES)}
