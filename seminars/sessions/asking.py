"""The time that an organiser asks for: never taken silently where clocks skip it or show it twice."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.refusing import UserError, raise_if
from seminars.sessions.models import Session
from seminars.sessions.spans import YEARS, Slot


class TimeQuestion(UserError):
    """The wall time cannot be taken as it is. In a gap: `suggestion` (naive). In a fold: `first` and `second` (UTC)."""

    def __init__(self, message: str, reading: clock.Reading) -> None:
        super().__init__({"wall": message})
        self.suggestion, self.first, self.second = reading.suggestion, reading.first, reading.second


def asked_slot(
    session: Session,
    wall: datetime,
    minutes: int | None,
    days: int | None,
    all_day: bool | None,
    fold: int | None,
) -> Slot:
    """Return the slot that is asked for; None keeps what the session has.

    wall: naive, in the session's zone. fold: which of two equal times; None asks, unless `wall.fold` says second.
    Raises UserError by field, TimeQuestion for a time that clocks skip or show twice.
    """
    minutes = session.minutes if minutes is None else minutes
    days = session.days if days is None else days
    wrong = {}
    if wall.year not in YEARS:
        wrong["wall"] = _("Choose a year from 1900 to 2199.")
    if not 1 <= minutes <= 14 * 1440:
        wrong["minutes"] = _("The end must be after the start, and at most 14 days later.")
    if not 1 <= days <= 60:
        wrong["days"] = _("Give 1 to 60 days.")
    raise_if(wrong)
    whole = session.all_day if all_day is None else all_day
    if whole:
        return Slot(wall.date(), None, session.zone, minutes, days)
    reading = _certain(wall, session.zone, fold)
    meant = wall.replace(second=0, microsecond=0).time().replace(fold=0)
    later = int(reading.kind == clock.Kind.FOLD and bool(wall.fold if fold is None else fold))
    return Slot(wall.date(), meant, session.zone, minutes, days, later)


def _certain(wall: datetime, zone: str, fold: int | None) -> clock.Reading:
    """Read the wall time, or ask: a form never decides about a gap or a fold silently."""
    reading = clock.inspect(wall, zone)
    if reading.kind == clock.Kind.GAP and reading.suggestion:
        message = _("Clocks go forward then: this time does not exist. Choose %(time)s, or another one.")
        raise TimeQuestion(message % {"time": f"{reading.suggestion:%H:%M}"}, reading)
    if reading.kind == clock.Kind.FOLD and fold is None and not wall.fold:
        message = _(
            "Clocks go back then: this time comes twice. Say whether you mean the first or the second."
        )
        raise TimeQuestion(message, reading)
    return reading


def columns_of(slot: Slot) -> dict[str, Any]:
    """Return the session's columns for `slot`, instants included."""
    starts_at, ends_at = slot.bounds()
    return {
        "local_date": slot.local_date,
        "local_time": slot.local_time,
        "fold": slot.fold,
        "minutes": slot.minutes,
        "days": slot.days,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "tzdata_release": clock.release(),
    }
