"""The law of the clocks as plain data: what each zone does in the years to come, to compare two tzdata releases.

Plain Python. An old release is gone when the new one is installed: whatever is to be compared must have been kept.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

import pytz

from seminars import clock

HORIZON = timedelta(days=5 * 365)
"""How far ahead a law is kept; about 45 kB for all zones. Nobody plans a session later than that."""
SEEN_AHEAD = timedelta(days=730)
"""How far two laws are looked at to say in what they differ: two summers."""

Steps = Sequence[Sequence[int]]
"""Of one zone: [instant in Unix seconds, offset in seconds] of each step, the first from when the law was kept."""
Law = Mapping[str, Steps]


class Turn(StrEnum):
    """In what a zone's new law differs from the old one."""

    SUMMER_KEPT = "summer-kept"  # clocks stay at summer time all year
    SUMMER_ENDED = "summer-ended"  # there is no summer time any more
    SUMMER_BEGUN = "summer-begun"  # there is summer time now
    DAYS = "days"  # the same two hours, from other days on
    OFFSET = "offset"  # another distance from UTC


def law_at(now: datetime) -> dict[str, list[list[int]]]:
    """Return the law of the tzdata release in use from `now` (aware UTC) on, for every zone of the pickers."""
    zones = [zone for zone in pytz.common_timezones if clock.is_zone(zone)]
    return {zone: _steps(zone, now) for zone in zones}


def offset_in(law: Law, zone: str, instant: datetime) -> int | None:
    """Return the offset (seconds) of `zone` at the aware `instant` by a kept law; None where it does not reach."""
    steps, at = law.get(zone, ()), instant.timestamp()
    found = bisect_right(steps, at, key=lambda step: step[0])
    if not found or at >= steps[0][0] + HORIZON.total_seconds():
        return None
    return steps[found - 1][1]


def turn_between(before: Steps, after: Steps, since: datetime) -> Turn:
    """Return in what two laws of a zone differ in the two years from `since` (aware UTC) on."""
    old, new = _ahead(before, since), _ahead(after, since)
    was, will = set(old), set(new)
    if len(was) > 1 and will == {max(was)}:
        return Turn.SUMMER_KEPT
    if len(was) > 1 and will == {min(was)}:
        return Turn.SUMMER_ENDED
    # Who only moves to another offset does so once; summer time comes again.
    if len(was) == 1 and was < will and len(new) > 2:
        return Turn.SUMMER_BEGUN
    return Turn.DAYS if was == will and len(was) > 1 else Turn.OFFSET


def _steps(zone: str, now: datetime) -> list[list[int]]:
    first = [int(now.timestamp()), _seconds(clock.offset(now, zone))]
    changes = clock.shifts(zone, now, now + HORIZON)
    return [first, *([int(each.instant.timestamp()), _seconds(each.after)] for each in changes)]


def _seconds(offset: timedelta) -> int:
    return round(offset.total_seconds())


def _ahead(steps: Steps, since: datetime) -> list[int]:
    """The offsets of a zone one after the other, from `since` on."""
    first, last = since.timestamp(), (since + SEEN_AHEAD).timestamp()
    ends = [*(step[0] for step in steps[1:]), float("inf")]
    offsets = [step[1] for step, end in zip(steps, ends, strict=True) if end > first and step[0] <= last]
    return offsets[:1] + [after for before, after in pairwise(offsets) if after != before]
