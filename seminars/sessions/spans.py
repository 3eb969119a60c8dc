"""From wall time to the two instants of a session. Plain Python; the clock decides gaps and folds."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from seminars import clock

YEARS = range(1900, 2200)
"""Years that a session may be in: at the ends of the calendar itself every reckoning overflows."""


@dataclass(frozen=True)
class Slot:
    """When a session is, as people say it: from `local_date` at `local_time` in `zone`.

    local_time: None for whole days. minutes: how long, on the last day. days: 1 or more.
    """

    local_date: date
    local_time: time | None
    zone: str
    minutes: int = 60
    days: int = 1
    fold: int = 0

    @property
    def wall(self) -> datetime:
        """The naive start, midnight for whole days."""
        wall = datetime.combine(self.local_date, self.local_time or time.min)
        return wall.replace(fold=self.fold) if wall.fold != self.fold else wall

    def bounds(self, start: datetime | None = None) -> tuple[datetime, datetime]:
        """Return start and end (UTC). start: the instant of `wall`, where it is known already.

        Whole days last from the first midnight to the one after the last day; other sessions of several days end
        `minutes` after the start of the last day.
        """
        whole = self.local_time is None
        starts_at = last_at = start or clock.to_instant(self.wall, self.zone)
        # Adding a timedelta forgets `fold`, so a single day must not pass through it.
        if later := self.days - (0 if whole else 1):
            last_at = clock.to_instant(self.wall + timedelta(days=later), self.zone)
        if (
            whole
        ):  # Samoa skipped 30 December 2011: even such a day lasts, since an entry without length is none
            return starts_at, max(last_at, starts_at + timedelta(hours=1))
        return starts_at, last_at + timedelta(minutes=self.minutes)


def wall_of(local_date: date, local_time: time | None, fold: int, zone: str) -> dict[str, Any]:
    """Return a wall time as `moved_from` keeps it: ISO date, ISO time or None for whole days, fold, zone."""
    said = local_time.isoformat(timespec="minutes") if local_time else None
    return {"date": local_date.isoformat(), "time": said, "fold": fold, "zone": zone}
