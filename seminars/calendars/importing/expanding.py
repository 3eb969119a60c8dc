"""Repeated entries written out: wall times kept, changes of single ones in their places, bounded. No database."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from seminars.calendars.importing.lines import Component
from seminars.calendars.importing.moments import Moment, NotUnderstood, Zones, in_zone, moment_of
from seminars.series.cadence import Cadence, CadenceError, occurrences

YEARS_BACK = 1
MONTHS_AHEAD = 18
MOST = 1000
"""Repetitions of one entry."""


def written_out(
    event: Component, start: Moment, zones: Zones, *, today: date
) -> tuple[list[Moment], list[str]]:
    """Return when a repeated entry takes place, in order, and remarks.

    From a year before `today` to 18 months after it, at most 1,000 times. Raises NotUnderstood for a rule that never
    gives a date, repeats within a day, or that nobody can read.
    """
    first, last = (
        today - timedelta(days=366 * YEARS_BACK),
        today + timedelta(days=round(MONTHS_AHEAD * 30.44)),
    )
    rule = event.get("RRULE")
    found = {start.key: start}
    remarks = []
    if rule is not None:
        text = _by_days(rule.text, start)
        try:
            later = first - timedelta(days=1) if start.day < first else None
            days = list(occurrences(Cadence(start.day, text), after=later, until=last, limit=MOST + 1))
        except CadenceError as error:
            raise NotUnderstood(_said(error)) from error
        if later:
            found = {}
            remarks.append(_("Of its past, only the last year is read."))
        walls = (Moment(day, start.time, start.zone) for day in days)
        found |= {each.key: each for each in walls}
    found |= {each.key: each for each in _listed(event, "RDATE", start, zones)}
    # The key of a whole day is that day.
    gone = {each.key for each in _listed(event, "EXDATE", start, zones)}
    kept = [each for key, each in found.items() if key not in gone and each.day.isoformat() not in gone]
    if len(kept) > MOST:
        raise NotUnderstood(_("It repeats more than %(most)d times.") % {"most": MOST})
    if event.get("EXRULE"):
        remarks.append(_("A rule of left-out dates (EXRULE) is not read: look whether a date is too many."))
    return sorted(kept, key=lambda each: each.wall), remarks


def original(event: Component, start: Moment, zones: Zones) -> Moment | None:
    """Return which repetition the entry changes, on the clock of `start`; None where it says none."""
    found = event.get("RECURRENCE-ID")
    if found is None:
        return None
    there = in_zone(moment_of(found.value.strip(), found.params, zones), start.zone)
    if there.time is None and start.time is not None:
        return Moment(there.day, start.time, start.zone)
    return there


def is_for_all_later(event: Component) -> bool:
    """Return whether the changed repetition changes all that follow too (RFC 5545 §3.2.13)."""
    found = event.get("RECURRENCE-ID")
    return found is not None and found.params.get("RANGE", "").strip('"').upper() == "THISANDFUTURE"


def moved_from(which: Moment, own: Moment, keys: Iterable[str]) -> Iterator[tuple[str, Moment]]:
    """Yield the repetitions of `keys` from `which` on, and when they are once that one is held at `own`.

    Each moves by as much as that one does, on the clock of `own`; `which` is on the clock of the keys.
    """
    by = own.wall.replace(fold=0) - which.wall.replace(fold=0)
    for key in sorted(key for key in keys if key >= which.key):
        wall = datetime.fromisoformat(key) + by
        yield key, Moment(wall.date(), None if own.time is None else wall.time(), own.zone)


# Below: how it is done.


def _listed(event: Component, name: str, start: Moment, zones: Zones) -> Iterator[Moment]:
    """The dates of RDATE or EXDATE on the clock of `start`; what cannot be read is passed over."""
    given = event.all(name)
    if sum(found.value.count(",") + 1 for found in given) > MOST * 4:
        raise NotUnderstood(_("It repeats more than %(most)d times.") % {"most": MOST})
    for found in given:
        for text in found.value.split(","):
            try:
                there = moment_of(text.partition("/")[0].strip(), found.params, zones)
            except NotUnderstood:
                continue
            if there.time is None and start.time is not None and name == "RDATE":
                yield Moment(there.day, start.time, start.zone)
            else:
                yield in_zone(there, start.zone)


def _by_days(text: str, start: Moment) -> str:
    """The rule as the cadence takes it: by days, with UNTIL as the last date on the clock of `start`."""
    parts = []
    for part in text.strip().upper().rstrip(";").split(";"):
        name, _equals, value = part.partition("=")
        if name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            own = {"BYHOUR": "hour", "BYMINUTE": "minute", "BYSECOND": "second"}[name]
            if not value.isdigit() or int(value) != getattr(start.time or time.min, own):
                raise NotUnderstood(_("It repeats several times a day."))
        elif name == "UNTIL":
            parts.append(f"UNTIL={_last_day(value, start):%Y%m%d}")
        elif name and not name.startswith("X-"):
            parts.append(part)
    return ";".join(parts)


def _last_day(value: str, start: Moment) -> date:
    found = re.fullmatch(r"(\d{8})(?:T(\d{6})(Z?))?", value)
    try:
        if not found:
            raise ValueError(value)
        if not found[2]:
            return datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007 — a date has no zone
        wall = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S")  # noqa: DTZ007 — a wall time has no zone
        there = Moment(wall.date(), wall.time(), "UTC" if found[3] else start.zone)
        there = in_zone(there, start.zone)
        earlier = start.time is not None and there.time is not None and there.time < start.time
        return there.day - timedelta(days=1) if earlier else there.day
    except (ValueError, OverflowError) as error:
        raise NotUnderstood(_("The end of its repetition cannot be read.")) from error


def _said(error: CadenceError) -> str:
    words = {
        "freq": _("It repeats within a day (every hour, minute or second)."),
        "never": _("Its repetition never gives a date."),
        "many": _("It repeats too often."),
    }
    return words.get(error.code, _("Its repetition cannot be read."))
