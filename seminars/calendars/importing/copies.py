"""Whole copies of our own sessions inside an entry, for what iCalendar has no words for. No database.

`X-MERIDIAN-SESSION` holds the session's columns as JSON, and a digest of each plain property as it was written. Where
somebody changed a plain property since (moved the entry in a calendar program, say), that counts, and not the copy.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from seminars import clock
from seminars.calendars.importing.incoming import Incoming
from seminars.calendars.importing.lines import Component
from seminars.people.models import Form
from seminars.series.models import Audience

BROKEN = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What reading a copy raises that is broken, or somebody else's."""

PROPERTY = "X-MERIDIAN-SESSION"
WHEN = ("precision", "local_date", "local_time", "fold", "zone", "minutes", "days")
PLACES = ("form", "room", "join_url", "view_url", "dial_in", "source_url")
GROUPS = {
    "when": WHEN,
    "title": ("title",),
    "abstract": ("abstract",),
    "places": PLACES,
    "fate": ("cancelled", "postponed", "reason"),
    "more": ("language", "report_only", "audience"),
}
_TEXTS = {"room": 300, "join_url": 500, "view_url": 500, "dial_in": 2000, "source_url": 500, "reason": 5000}


def written(values: Mapping[str, Any], plain: Mapping[str, Any]) -> str:
    """Return the value of `PROPERTY`. values: all columns; plain: those that the bare entry gives when it is read."""
    columns = {
        name: value.isoformat() if isinstance(value, date | time) else value for name, value in values.items()
    }
    made = {"session": columns, "as": _digests(plain)}
    return json.dumps(made, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def completed(found: Incoming, event: Component) -> Incoming:
    """Return `found` with what its copy knows better. Raises one of `BROKEN`."""
    text = event.text(PROPERTY)
    if not text:
        return found
    made = json.loads(text)
    columns, said, now = _columns(made["session"]), made["as"], _digests(found.values)
    values = dict(found.values)
    for group, names in GROUPS.items():
        if now.get(group) == said.get(group):
            values |= {name: columns[name] for name in names}
    return replace(found, values=values, whole=True, remarks=())


def undated(journals: Iterable[Component]) -> list[Incoming]:
    """Return the sessions without a date, which stand in the file as journals (RFC 5545 §3.6.3)."""
    found = []
    for each in journals:
        try:
            values = _columns(json.loads(each.text(PROPERTY))["session"])
        except BROKEN:
            continue  # a diary of somebody else
        where = _("line %(number)d") % {"number": each.line}
        if values["precision"] == "none" and (uid := each.text("UID")[:255]):
            found.append(Incoming(uid, "", where, values, whole=True))
    return found


# Below: how it is done.


def _digests(values: Mapping[str, Any]) -> dict[str, str]:
    """Of each group of plain values; of a time its instant, whatever zone it is said in."""
    when: list[Any] = [values.get("local_date"), values.get("minutes"), values.get("days")]
    if (hour := values.get("local_time")) is not None:
        wall = datetime.combine(values["local_date"], hour).replace(fold=values["fold"])
        when = [clock.to_instant(wall, values["zone"]), values.get("minutes")]
    parts = {
        "when": when,
        "title": list(values.get("title", {}).values()),
        "abstract": list(values.get("abstract", {}).values()),
        "places": [values.get(name) for name in ("form", "room", "join_url", "source_url")],
        "fate": [values.get("cancelled")],
        "more": [],
    }
    return {
        name: hashlib.blake2b(str(part).encode(), digest_size=6).hexdigest() for name, part in parts.items()
    }


def _columns(given: Any) -> dict[str, Any]:
    """The columns of a copy, each of its own type. Raises ValueError, TypeError or KeyError."""
    zone = clock.canonical(given["zone"])
    precision, form, language = given["precision"], given["form"], given["language"]
    if precision not in ("day", "week", "month", "none") or form not in Form.values:
        raise ValueError("no such kind")
    if not isinstance(language, str) or len(language) > 10 or given["audience"] not in Audience.values:
        raise ValueError("no language or audience")
    day = date.fromisoformat(given["local_date"]) if given["local_date"] else None
    hour = time.fromisoformat(given["local_time"]) if given["local_time"] else None
    if (day is None) != (precision == "none") or (hour and hour.tzinfo):
        raise ValueError("a date is missing")
    if not (
        1 <= int(given["minutes"]) <= 14 * 1440 and 1 <= int(given["days"]) <= 60 and given["fold"] in (0, 1)
    ):
        raise ValueError("no such length")
    found: dict[str, Any] = {
        "precision": precision,
        "local_date": day,
        "local_time": hour,
        "fold": int(given["fold"]),
        "zone": zone,
        "minutes": int(given["minutes"]),
        "days": int(given["days"]),
        "form": form,
        "language": language,
        "audience": given["audience"],
    }
    for name in ("title", "abstract"):
        if not all(isinstance(each, str) for each in (*given[name], *given[name].values())):
            raise ValueError("no words")
        found[name] = dict(given[name])
    for name, most in _TEXTS.items():
        if not isinstance(given[name], str) or len(given[name]) > most:
            raise ValueError("no text")
        found[name] = given[name]
    return found | {name: bool(given[name]) for name in ("report_only", "cancelled", "postponed")}
