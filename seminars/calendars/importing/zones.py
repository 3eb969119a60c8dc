"""Whatever a calendar calls a time zone, as an IANA name. No database.

By its name first: IANA's own or an alias, with what programs put before it, Windows' names, a fixed offset. Else by
what its VTIMEZONE does: the zone whose clocks do the same through the years in which the calendar has entries.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytz
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from seminars import clock
from seminars.calendars.importing.lines import Component
from seminars.series.cadence import Cadence, CadenceError, occurrences

_WINDOWS = {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}
_CITIES = {name.rpartition("/")[2].replace("_", " ").casefold(): name for name in pytz.common_timezones}
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-]|\N{MINUS SIGN})(\d{1,2}):?(\d{2})?")
YEARS = 3


def by_name(tzid: str) -> str:
    """Return the IANA name that `tzid` means, "" if the name alone does not say."""
    name = tzid.strip().strip('"')
    if clock.is_zone(name):
        return clock.canonical(name)
    parts = name.split("/")
    for start in range(1, len(parts)):
        # Such as /freeassociation.sourceforge.net/Tzfile/Europe/London and /mozilla.org/20050126_1/Europe/Berlin.
        if clock.is_zone(rest := "/".join(parts[start:])) and "/" in rest:
            return clock.canonical(rest)
    if found := _WINDOWS.get(name.casefold()):
        return clock.canonical(found) if clock.is_zone(found) else ""
    if name.casefold() in ("z", "utc", "gmt", "coordinated universal time", "utc+0", "(utc)"):
        return "UTC"
    return _by_display(name) or _by_offset(name)


def by_behaviour(
    part: Component, *, likely: Iterable[str] = (), around: Sequence[int] = (2025, 2026, 2027)
) -> str:
    """Return the zone whose clocks do what the VTIMEZONE `part` says in the years `around`; "" if there is none.

    likely: zones to prefer where several do the same, such as the calendar's own and the community's.
    """
    said = part.text("X-LIC-LOCATION")
    if said and (found := by_name(said)):
        return found
    onsets = _onsets(part, around)
    if not onsets:
        return ""
    probes = [
        datetime(year, month, day, 12, tzinfo=UTC)
        for year in sorted(set(around))[:YEARS]
        for month in range(1, 13)
        for day in (3, 13, 23, 29 if month != 2 else 27)
    ]
    wanted = [_offset_at(onsets, probe) for probe in probes]
    for zone in [*filter(clock.is_zone, likely), "UTC", *_CITIES.values()]:
        if all(clock.offset(probe, zone) == there for probe, there in zip(probes, wanted, strict=True)):
            return clock.canonical(zone)
    return ""


# Below: how it is done.


def _by_display(name: str) -> str:
    """Of such as `(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna`: the first city that we know."""
    found = re.match(r"\((?:UTC|GMT)[^)]*\)\s*(.+)", name)
    for city in (found[1] if found else name).split(","):
        if zone := _CITIES.get(city.strip().casefold()):
            return clock.canonical(zone)
    return ""


def _by_offset(name: str) -> str:
    found = _OFFSET.fullmatch(name)
    if not found:
        return ""
    hours, minutes = int(found[2]), int(found[3] or 0)
    if minutes or hours > 14:
        return ""
    # POSIX counts the other way: Etc/GMT-2 is two hours ahead of UTC.
    zone = f"Etc/GMT{'-' if found[1] == '+' else '+'}{hours}" if hours else "UTC"
    return zone if clock.is_zone(zone) else ""


def _onsets(part: Component, around: Sequence[int]) -> list[tuple[datetime, timedelta, timedelta]]:
    """Each change of the clocks: when (UTC), from what and to what."""
    found = []
    for each in part.parts[:200]:
        before, after = _utc_offset(each.text("TZOFFSETFROM")), _utc_offset(each.text("TZOFFSETTO"))
        start = _moment(each.text("DTSTART"))
        if before is None or after is None or start is None:
            continue
        walls = [
            start,
            *(_moment(day) for rdate in each.all("RDATE") for day in rdate.value.split(",")[:500]),
        ]
        if rule := each.text("RRULE"):
            walls += _yearly(start, rule, around)
        for wall in walls:
            if wall is not None:
                found.append(((wall - before).replace(tzinfo=UTC), before, after))
    return sorted(found, key=lambda each: each[0])


def _yearly(start: datetime, rule: str, around: Sequence[int]) -> list[datetime]:
    """The walls at which a rule by years falls from a year before to a year after `around`."""
    rule = re.sub(r"(UNTIL=\d{8})T\d{6}Z?", r"\1", rule.strip().upper())
    first = start.date()
    if "COUNT=" not in rule and "INTERVAL=" not in rule and first.year < min(around) - 2:
        # The same rule from nearer by: nobody needs the changes since 1601.
        first = first.replace(year=min(around) - 2, day=1, month=1)
    try:
        days = list(occurrences(Cadence(first, rule), until=first.replace(year=max(around) + 1), limit=200))
    except (CadenceError, ValueError):
        return []
    return [datetime.combine(day, start.time()) for day in days]


def _offset_at(onsets: list[tuple[datetime, timedelta, timedelta]], instant: datetime) -> timedelta:
    offset = onsets[0][1]
    for at, _before, after in onsets:
        if at > instant:
            break
        offset = after
    return offset


def _utc_offset(text: str) -> timedelta | None:
    found = re.fullmatch(r"([+-]?)(\d{2}):?(\d{2})(\d{2})?", text)
    if not found:
        return None
    span = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -span if found[1] == "-" else span


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip().rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 — a wall time has no zone
    except ValueError:
        return None
