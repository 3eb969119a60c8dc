"""VTIMEZONE, the clocks' law as a calendar carries it (RFC 5545 §3.6.5). Plain Python.

Ours, because programs believe what stands here even when it is wrong, and the libraries' are wrong in a third of
the zones: onsets an hour late, short periods skipped. Outlook reads one STANDARD and one DAYLIGHT with a yearly
rule by weekday, and ignores lists of dates. So a zone is written by its yearly rule wherever that is possible,
and `is_local_safe` says which moments may rely on it; all others belong into a calendar as UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from seminars import clock

_DAWN = datetime(1900, 1, 1, tzinfo=UTC)
# Later than any change that tzdata lists one by one (Morocco's and Gaza's Ramadans end in the 2080s).
_DUSK = datetime(2110, 1, 1, tzinfo=UTC)
# Onsets of yearly rules start here, or earlier: so the bytes do not move with the window.
_BASE_YEAR = 1970
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rendered:
    """`text` is BEGIN:VTIMEZONE to END:VTIMEZONE with CRLF after each line; `outlook_safe` as in `render`."""

    text: str
    outlook_safe: bool


@dataclass(frozen=True)
class _Observance:
    kind: str
    name: str
    before: timedelta
    after: timedelta
    onsets: tuple[datetime, ...]  # local time before the change
    rrule: str = ""

    def lines(self) -> list[str]:
        """The component; onsets are local times in TZOFFSETFROM (RFC 5545 §3.6.5)."""
        return [
            f"BEGIN:{self.kind}",
            f"DTSTART:{_stamp(self.onsets[0])}",
            *([f"RRULE:{self.rrule}"] if self.rrule else []),
            *(f"RDATE:{_stamp(onset)}" for onset in self.onsets[1:]),
            f"TZOFFSETFROM:{_offset(self.before)}",
            f"TZOFFSETTO:{_offset(self.after)}",
            f"TZNAME:{self.name}",
            f"END:{self.kind}",
        ]


def render(zone: str, first: datetime, last: datetime) -> Rendered:
    """The VTIMEZONE of `zone`, exact from `first` to `last` (aware instants, both included).

    Within the zone's present era the text does not depend on the window. `outlook_safe` is False where it needs
    more than one STANDARD and one DAYLIGHT with a yearly rule by weekday; then each change of the window is
    listed. Raises `clock.ZoneError`, and `ValueError` for naive bounds or a window that ends before it begins.
    """
    if first.tzinfo is None or last.tzinfo is None:
        raise ValueError("Give an instant: a time with its offset from UTC.")
    if last < first:
        raise ValueError("The window ends before it begins.")
    if is_ruled(zone, first):
        return Rendered(_ruled_text(zone, _base_year(first)), outlook_safe=True)
    changes = clock.shifts(zone, first, last)
    if not changes:
        steady = _steady(zone, clock.offset(first, zone), _base_year(first), first)
        return Rendered(_text(zone, [steady]), outlook_safe=True)
    return Rendered(_text(zone, _listed(zone, first, changes)), outlook_safe=False)


@lru_cache(maxsize=1024)
def era(zone: str) -> datetime:
    """The instant (UTC) from which `zone` keeps the rule that holds for ever, as far as is known today.

    It lies in the future where the law already announces its last change. Raises `clock.ZoneError`.
    """
    changes = clock.shifts(zone, _DAWN, _DUSK)
    rule = clock.yearly_rule(zone)
    if rule.starts is None:
        return changes[-1].instant if changes else _DAWN
    yearly = [change for year in range(_DAWN.year, _DUSK.year) for change in rule.shifts_in(year)]
    start = _DUSK
    for change, expected in zip(reversed(changes), reversed(yearly), strict=False):
        if change != expected:
            break
        start = change.instant
    return start


def is_local_safe(zone: str, instant: datetime) -> bool:
    """Whether the aware `instant` may stand in a calendar as `zone`'s local time with `render`'s text.

    False, so write UTC, where the zone's rule is not one that Outlook reads, before the zone's present era, and
    for a local time that happens twice. Raises `clock.ZoneError`, and `ValueError` for a naive `instant`.
    """
    wall = clock.to_wall(instant, zone)
    return is_ruled(zone, instant) and is_exact(wall, zone)


@lru_cache(maxsize=4096)
def is_exact(wall: datetime, zone: str) -> bool:
    """Whether the naive `wall` happens in `zone` exactly once. An entry asks it several times. Raises as `inspect`."""
    return clock.inspect(wall, zone).kind is clock.Kind.EXACT


@lru_cache(maxsize=1024)
def _is_plain(zone: str) -> bool:
    """Whether both yearly changes are on an nth or last weekday, at a time of that same day."""
    rule = clock.yearly_rule(zone)
    days = [day for day in (rule.starts, rule.ends) if day is not None]
    return all(day.month and timedelta() <= day.time < _DAY for day in days)


def is_ruled(zone: str, first: datetime) -> bool:
    """Whether `render` writes the zone by its yearly rule from `first` (aware) on, to whatever end."""
    return first >= era(zone) and _is_plain(zone)


def _base_year(first: datetime) -> int:
    """Before every time that may be asked, and the same for nearly all windows."""
    return min(_BASE_YEAR, first.year - 1)


@lru_cache(maxsize=1024)
def _ruled_text(zone: str, year: int) -> str:
    return _text(zone, _by_rule(zone, clock.yearly_rule(zone), year))


def _by_rule(zone: str, rule: clock.YearlyRule, year: int) -> list[_Observance]:
    """One STANDARD, and one DAYLIGHT where clocks change; DAYLIGHT is the clock that is ahead."""
    if rule.starts is None or rule.ends is None:
        return [_steady(zone, rule.standard, year, _DUSK)]
    found = []
    for day, before, after in (
        (rule.starts, rule.standard, rule.daylight),
        (rule.ends, rule.daylight, rule.standard),
    ):
        # The name: as the zone has it after such a change far in the future.
        sample = datetime.combine(day.date_in(_DUSK.year), time(), UTC) + day.time - before
        onset = datetime.combine(day.date_in(year), time()) + day.time
        week = -1 if day.week == 5 else day.week
        text = f"FREQ=YEARLY;BYMONTH={day.month};BYDAY={week}{_WEEKDAYS[day.weekday]}"
        kind = "DAYLIGHT" if after > before else "STANDARD"
        found.append(_Observance(kind, _name(zone, sample), before, after, (onset,), text))
    return sorted(found, key=lambda observance: observance.kind, reverse=True)


def _steady(zone: str, offset: timedelta, year: int, sample: datetime) -> _Observance:
    """A clock that never changes; its onset is the start of `year`."""
    onset = datetime(year, 1, 1)  # noqa: DTZ001 - local time, as the format wants
    return _Observance("STANDARD", _name(zone, sample), offset, offset, (onset,))


def _listed(zone: str, first: datetime, changes: list[clock.Shift]) -> list[_Observance]:
    """Every change of the window, and what is in force when it opens; equal changes share a component."""
    onsets: dict[tuple[str, str, timedelta, timedelta], list[datetime]] = {}
    earlier = clock.shifts(zone, _DAWN, first)
    found = [] if earlier else [_steady(zone, changes[0].before, _base_year(first), first)]
    for change in [*earlier[-1:], *changes]:
        wall = (change.instant + change.before).replace(tzinfo=None)
        ahead = change.instant.astimezone(ZoneInfo(zone)).dst() or timedelta()
        kind = "DAYLIGHT" if ahead > timedelta() else "STANDARD"
        key = (kind, _name(zone, change.instant), change.before, change.after)
        onsets.setdefault(key, []).append(wall)
    found += [_Observance(*key, tuple(walls)) for key, walls in onsets.items()]
    return found


def _text(zone: str, observances: list[_Observance]) -> str:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    for observance in observances:
        lines += observance.lines()
    return "".join(f"{line}\r\n" for line in [*lines, "END:VTIMEZONE"])


def _name(zone: str, instant: datetime) -> str:
    return instant.astimezone(ZoneInfo(zone)).tzname() or zone


def _stamp(wall: datetime) -> str:
    # Not strftime("%Y"): it writes years before 1000 without zeros on some systems.
    return f"{wall.year:04}{wall:%m%dT%H%M%S}"


def _offset(span: timedelta) -> str:
    """`+0530`, and seconds only where there are any (RFC 5545 §3.3.14)."""
    seconds = round(span.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    text = f"{'-' if seconds < 0 else '+'}{hours:02}{rest // 60:02}"
    return f"{text}{rest % 60:02}" if rest % 60 else text
