"""Calendars read back as other people's programs read them."""

import json
import os
import subprocess
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import recurring_ical_events

from seminars.calendars import stored
from seminars.calendars.editions import FIRST
from seminars.calendars.models import Entry
from seminars.sessions.models import Session

NODE = Path(__file__).parents[2] / "node"


def entries_of(body: bytes) -> list[icalendar.Event]:
    """Return the entries as `icalendar` reads them in strict mode; no line may be in error."""
    calendar = icalendar.Calendar.from_ical(body)
    assert isinstance(calendar, icalendar.Calendar)
    for component in calendar.walk():
        assert component.errors == [], component.errors
    events = calendar.events
    for event in events:
        # Strict: the parser keeps what it cannot read as text, so ask each for its value.
        for name in ("DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE", "UID"):
            assert event.decoded(name) is not None
    return events


def ensure(sessions: Iterable[Session], *, language: str, utc: bool = False) -> list[Entry]:
    """Return the entries that a calendar of these sessions keeps, in order of time."""
    said: dict[str, Any] = {"language": language, "utc": utc, "edition": FIRST}
    wanted = Session.objects.filter(pk__in=[each.pk for each in sessions])
    told = [row.pk for row in stored.freshened(stored.rows(lambda: wanted, **said), **said)]
    kept = {each.session_id: each for each in Entry.objects.filter(language=language, utc=utc)}
    return [kept[pk] for pk in told]


def instants_of(body: bytes) -> dict[str, tuple[Any, Any]]:
    """Return start and end by UID as `recurring-ical-events` expands the calendar: aware UTC, or dates."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(body)).between(
        datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    )
    return {str(event["UID"]): (_plain(event["DTSTART"].dt), _plain(event["DTEND"].dt)) for event in found}


def _plain(moment: date) -> date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def node_modules(package: str = "ical.js") -> Path | None:
    """Return the folder that holds a package of node's; None if there is none."""
    folders = [Path(os.environ.get("MERIDIAN_NODE_MODULES", "") or "/nowhere"), NODE / "node_modules"]
    return next((folder for folder in folders if (folder / package / "package.json").is_file()), None)


def thunderbird(body: bytes, modules: Path) -> list[dict[str, Any]]:
    """Return the entries as Thunderbird's parser reads them: uid, summary, start and end (epoch seconds or a date)."""
    done = subprocess.run(
        ["node", str(NODE / "read.mjs"), str(modules)],
        input=body,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found
