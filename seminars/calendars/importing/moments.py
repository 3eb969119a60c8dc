"""Dates, times and lengths of iCalendar (RFC 5545 §3.3.4 to §3.3.6) as wall times in an IANA zone. No database."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from seminars import clock
from seminars.calendars.importing.lines import Component, Property
from seminars.calendars.importing.zones import by_behaviour, by_name
from seminars.sessions.spans import YEARS

MOST_MINUTES = 14 * 1440
MOST_DAYS = 60
_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_TIME = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:[.,]\d+)?(Z|[+-]\d{2}:?\d{2})?"
)
_DURATION = re.compile(
    r"([+-])?P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?"
)


class NotUnderstood(Exception):
    """An entry gives no session; the message says why."""


@dataclass(frozen=True)
class Moment:
    """A local date, with a wall time in `zone` unless it is a whole day. fold: 1 for the second of two."""

    day: date
    time: time | None
    zone: str
    fold: int = 0

    @property
    def wall(self) -> datetime:
        """The naive wall time; midnight of a whole day."""
        return datetime.combine(self.day, self.time or time.min).replace(fold=self.fold)

    @property
    def instant(self) -> datetime:
        """The instant (UTC); a time that clocks skip moves forward (RFC 5545 §3.3.5)."""
        return clock.to_instant(self.wall, self.zone)

    @property
    def key(self) -> str:
        """What names it among the repetitions of an entry."""
        return self.day.isoformat() if self.time is None else self.wall.isoformat(timespec="minutes")


@dataclass
class Zones:
    """The calendar's zones: names it defines, its own zone, and the one for times that name none."""

    own: str
    default: str
    defined: dict[str, Component] = field(default_factory=dict)
    around: tuple[int, ...] = (2025, 2026, 2027)
    found: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def of(self, tzid: str) -> str:
        """Return the IANA zone that `tzid` means. Raises NotUnderstood where nobody can know."""
        if tzid not in self.found:
            zone = by_name(tzid)
            if not zone and (part := self.defined.get(tzid)):
                zone = by_behaviour(part, likely=(self.own, self.default), around=self.around)
                if zone:
                    said = {"name": tzid[:60], "zone": zone}
                    self.notes.append(
                        _("The zone “%(name)s” is taken as %(zone)s: its clocks do the same.") % said
                    )
            self.found[tzid] = zone
        if not self.found[tzid]:
            raise NotUnderstood(_("Its time zone “%(name)s” is not known.") % {"name": tzid[:60]})
        return self.found[tzid]


def moment(found: Property | None, zones: Zones) -> Moment:
    """Return what DTSTART or its like says. Raises NotUnderstood."""
    if found is None:
        raise NotUnderstood(_("It has no date."))
    return moment_of(found.value.strip(), found.params, zones)


def moment_of(text: str, params: dict[str, str], zones: Zones) -> Moment:
    """Return what one value says. UTC is read in the calendar's own zone where it names one. Raises NotUnderstood."""
    wrong = NotUnderstood(_("“%(text)s” is no date that can be read.") % {"text": text[:40]})
    try:
        if params.get("VALUE") == "DATE" or len(text) <= 10:
            if not (found := _DATE.match(text)):
                raise wrong
            return _checked(Moment(date(*map(int, found.groups())), None, zones.default))
        if not (found := _TIME.fullmatch(text)):
            raise wrong
        year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
        wall = datetime(year, month, day, hour, minute)  # noqa: DTZ001 — a wall time has no zone
        return _checked(_in_zone(wall, found[7] or "", params.get("TZID", ""), zones))
    except (ValueError, OverflowError) as error:
        raise wrong from error


def length(event: Component, start: Moment, zones: Zones) -> tuple[int | None, int, list[str]]:
    """Return minutes (None for whole days), days, and remarks. Raises NotUnderstood."""
    end = moment(event.get("DTEND"), zones) if event.get("DTEND") else None
    given = _duration(event.text("DURATION")) if end is None else None
    if start.time is None:
        days = (end.day - start.day).days if end else round((given or timedelta(days=1)) / timedelta(days=1))
        if days > MOST_DAYS:
            raise NotUnderstood(
                _("It lasts %(days)d days, more than the 60 that a session may.") % {"days": days}
            )
        return None, max(1, days), []
    if end is not None and end.time is None:
        end = Moment(end.day, time.min, start.zone)
    span = end.instant - start.instant if end else given
    if span is None or not span:
        return 60, 1, [_("No end is given: an hour is assumed.")]
    minutes = round(span / timedelta(minutes=1))
    if minutes < 1:
        raise NotUnderstood(_("It ends before it starts."))
    if minutes > MOST_MINUTES:
        raise NotUnderstood(_("It lasts longer than 14 days."))
    return minutes, 1, []


def whole_days(event: Component, start: Moment, minutes: int | None) -> int:
    """Return how many whole days Outlook means where it writes them as times, else 0."""
    said = event.text("X-MICROSOFT-CDO-ALLDAYEVENT").upper() == "TRUE"
    midnight = start.time is not None and start.time == time.min
    return minutes // 1440 if said and midnight and minutes and minutes % 1440 == 0 else 0


# Below: how it is done.


def _in_zone(wall: datetime, offset: str, tzid: str, zones: Zones) -> Moment:
    if offset:
        shift = timedelta()
        if offset != "Z":
            hours, minutes = int(offset[1:3]), int(offset[-2:])
            shift = timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1)
        zone = zones.own or ("UTC" if offset == "Z" else zones.default)
        instant = clock.to_instant(wall - shift, "UTC")
        return _from_instant(instant, zone)
    return Moment(wall.date(), wall.time(), zones.of(tzid) if tzid else zones.default)


def _from_instant(instant: datetime, zone: str) -> Moment:
    there = clock.to_wall(instant, zone)
    return Moment(there.date(), there.time().replace(fold=0), zone, there.fold)


def in_zone(found: Moment, zone: str) -> Moment:
    """Return the same instant on a clock in `zone`; a whole day stays the day."""
    if found.time is None or found.zone == zone:
        return found
    return _from_instant(found.instant, zone)


def _checked(found: Moment) -> Moment:
    if found.day.year not in YEARS:
        raise NotUnderstood(_("The year %(year)s is too far away.") % {"year": found.day.year})
    return found


def _duration(text: str) -> timedelta | None:
    found = _DURATION.fullmatch(text.strip())
    if not found or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -span if found[1] == "-" else span
