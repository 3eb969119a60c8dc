"""Six parsers of other people, each giving back the entries of a calendar in the same shape.

`PARSERS` names them; each takes the bytes of a calendar and returns, by UID, what it read: SUMMARY, DESCRIPTION,
LOCATION and SEQUENCE, START and END in Unix seconds or, of whole days, as ISO dates. A parser that is missing skips the
test with a reason; see `tests.conftest.need`.
"""

import ctypes
import ctypes.util
import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import icalendar
import recurring_ical_events
import vobject

from tests.conftest import need
from tests.seminars.calendars.reading import NODE, entries_of, node_modules

Read = dict[str, Any]
_TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION")


def by_icalendar(body: bytes) -> dict[str, Read]:
    """Strictly: no line may be in error."""
    return {str(event["UID"]): _of_icalendar(event) for event in entries_of(body)}


def by_recurring_ical_events(body: bytes) -> dict[str, Read]:
    """What falls between 1970 and 2100."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(body)).between(
        date(1970, 1, 1), date(2100, 1, 1)
    )
    return {str(event["UID"]): _of_icalendar(event) for event in found}


def by_ical_js(body: bytes) -> dict[str, Read]:
    """Thunderbird's."""
    return _by_node("read.mjs", "ical.js", body)


def by_node_ical(body: bytes) -> dict[str, Read]:
    """That of MagicMirror, Node-RED and many bots."""
    return _by_node("read_server.mjs", "node-ical", body)


def by_vobject(body: bytes) -> dict[str, Read]:
    """Radicale's."""
    calendar = vobject.readOne(body.decode())
    return {event.uid.value: _of_vobject(event) for event in getattr(calendar, "vevent_list", [])}


def by_libical(body: bytes) -> dict[str, Read]:
    """Evolution's and KDE's: the C library itself. It reads all but LINK (RFC 9253), which is younger than it."""
    library = _libical()
    need("libical3", present=library is not None)
    assert library is not None
    calendar = library.icalparser_parse_string(body)
    assert calendar
    try:
        assert library.icalcomponent_count_errors(calendar) == body.count(b"\r\nLINK;")
        return dict(_of_libical(library, calendar))
    finally:
        library.icalcomponent_free(calendar)


PARSERS: dict[str, Callable[[bytes], dict[str, Read]]] = {
    "icalendar": by_icalendar,
    "recurring-ical-events": by_recurring_ical_events,
    "vobject": by_vobject,
    "libical": by_libical,
    "ical.js": by_ical_js,
    "node-ical": by_node_ical,
}


# Below: how it is done.


def _of_icalendar(event: Any) -> Read:
    times = {"START": told(event["DTSTART"].dt), "END": told(event["DTEND"].dt)}
    return {name: str(event.get(name, "")) for name in _TEXTS} | times | {"SEQUENCE": int(event["SEQUENCE"])}


def told(moment: date) -> int | str:
    """Return a time as all parsers here tell it."""
    return int(moment.astimezone(UTC).timestamp()) if isinstance(moment, datetime) else moment.isoformat()


def _of_vobject(event: Any) -> Read:
    lines = {name: event.contents.get(name.lower()) for name in _TEXTS}
    times = {"START": told(event.dtstart.value), "END": told(event.dtend.value)}
    texts = {name: found[0].value if found else "" for name, found in lines.items()}
    return texts | times | {"SEQUENCE": int(event.sequence.value)}


def _by_node(script: str, package: str, body: bytes) -> dict[str, Read]:
    need("node")
    modules = node_modules(package)
    need(f"{package} (npm install in tests/node)", present=modules is not None)
    done = subprocess.run(
        ["node", str(NODE / script), str(modules)],
        input=body,
        capture_output=True,
        timeout=120,
        check=False,
        env=os.environ | {"TZ": "UTC"},
    )
    assert done.returncode == 0, done.stderr.decode()
    names = ("summary", "description", "location", "start", "end", "sequence")
    return {
        each["uid"]: {name.upper(): _filled(each[name]) for name in names} for each in json.loads(done.stdout)
    }


def _filled(value: Any) -> Any:
    return "" if value is None else value


class _Time(ctypes.Structure):
    """icaltimetype of libical 3."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


@lru_cache(maxsize=1)
def _libical() -> Any:
    """The library, its functions told what they take and give; None where the machine has none."""
    name = ctypes.util.find_library("ical")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    shapes: dict[str, Any] = {
        "icalparser_parse_string": (pointer, [text]),
        "icalcomponent_string_to_kind": (number, [text]),
        "icalcomponent_get_first_component": (pointer, [pointer, number]),
        "icalcomponent_get_next_component": (pointer, [pointer, number]),
        "icalcomponent_count_errors": (number, [pointer]),
        "icalcomponent_free": (None, [pointer]),
        "icalcomponent_get_uid": (text, [pointer]),
        "icalcomponent_get_sequence": (number, [pointer]),
        "icalcomponent_get_dtstart": (_Time, [pointer]),
        "icalcomponent_get_dtend": (_Time, [pointer]),
        "icaltime_as_timet_with_zone": (ctypes.c_long, [_Time, pointer]),
    } | {f"icalcomponent_get_{name.lower()}": (text, [pointer]) for name in _TEXTS}
    for name, (gives, takes) in shapes.items():
        function = getattr(library, name)
        function.restype, function.argtypes = gives, takes
    return library


def _of_libical(library: Any, calendar: Any) -> Any:
    kind = library.icalcomponent_string_to_kind(b"VEVENT")
    event = library.icalcomponent_get_first_component(calendar, kind)
    while event:
        found: Read = {
            name: (getattr(library, f"icalcomponent_get_{name.lower()}")(event) or b"").decode()
            for name in _TEXTS
        }
        found["START"] = _libical_time(library, library.icalcomponent_get_dtstart(event))
        found["END"] = _libical_time(library, library.icalcomponent_get_dtend(event))
        found["SEQUENCE"] = library.icalcomponent_get_sequence(event)
        yield library.icalcomponent_get_uid(event).decode(), found
        event = library.icalcomponent_get_next_component(calendar, kind)


def _libical_time(library: Any, time: _Time) -> int | str:
    if time.is_date:
        return date(time.year, time.month, time.day).isoformat()
    assert time.zone, "it floats"
    return int(library.icaltime_as_timet_with_zone(time, time.zone))
