"""What need not come at night comes in the morning, by the reader's clock."""

from datetime import datetime, timedelta

from seminars import clock

MORNING, EVENING = 8, 21


def by_day(due: datetime, zone: str) -> datetime:
    """Return `due` (aware UTC), or the next morning where a clock in `zone` shows night then."""
    wall = clock.to_wall(due, zone)
    if MORNING <= wall.hour < EVENING:
        return due
    morning = wall.replace(hour=MORNING, minute=0, second=0, microsecond=0, fold=0)
    return clock.to_instant(morning + timedelta(days=wall.hour >= EVENING), zone)
