"""What one reader sees of a session: whether it takes place, and from when to when by their own clock. Plain values.

Two of them tell whether there is anything to write about, and what the mail says it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from seminars import clock
from seminars.sessions.laws import Law, offset_in
from seminars.sessions.models import LawChange, Precision, Session

COLUMNS = (
    "local_date",
    "local_time",
    "zone",
    "days",
    "precision",
    "starts_at",
    "ends_at",
    "cancelled_at",
    "postponed_at",
    "withdrawn_at",
)
"""What it is made of; a change of anything else moves nothing."""


@dataclass(frozen=True)
class Seen:
    """state: "on", "cancelled", "postponed", "withdrawn" or "undated".

    first, last: naive ISO times by the reader's clock; of whole days ISO dates, of a week or a month its outer days.
    """

    state: str
    first: str = ""
    last: str = ""

    @property
    def timed(self) -> bool:
        """Whether it has an hour."""
        return "T" in self.first

    def kept(self) -> list[str]:
        """Return it as JSON holds it; `Seen(*kept)` gives it back."""
        return [self.state, self.first, self.last]


def seen(values: Mapping[str, Any], zone: str) -> Seen:
    """Return what somebody whose clock is in `zone` ("" for the session's own) sees of these `COLUMNS`."""
    state = next(
        (name for name in ("withdrawn", "cancelled", "postponed") if values[f"{name}_at"]),
        "on",
    )
    starts, ends, day = values["starts_at"], values["ends_at"], values["local_date"]
    if day is None or starts is None or ends is None:
        return Seen("undated" if state == "on" else state)
    if values["local_time"] is None or values["precision"] != Precision.DAY:
        last: date = day + timedelta(days=values["days"] - 1)
        return Seen(state, day.isoformat(), last.isoformat())
    walls = (
        clock.to_wall(each, zone or values["zone"]).replace(tzinfo=None, fold=0) for each in (starts, ends)
    )
    first, end = walls
    return Seen(state, first.isoformat(timespec="minutes"), end.isoformat(timespec="minutes"))


def columns_of(session: Session) -> dict[str, Any]:
    """Return what `seen` reads of a session as it is."""
    return {name: getattr(session, name) for name in COLUMNS}


def by_old_law(finding: LawChange, zone: str, laws: Mapping[str, Law]) -> Seen | None:
    """Return what clocks in `zone` were to show at the session before the law changed; None if it has no hour.

    laws: those kept, by release (`keeping.kept_laws`).
    """
    session = finding.session
    if session.local_time is None or session.starts_at is None or session.ends_at is None:
        return None
    first = wall_before(finding, zone or session.zone, laws)
    last = first + (session.ends_at - session.starts_at)
    return Seen("on", first.isoformat(timespec="minutes"), last.isoformat(timespec="minutes"))


def wall_before(finding: LawChange, zone: str, laws: Mapping[str, Law]) -> datetime:
    """Return what clocks in `zone` were to show at the session's start before the law changed (naive)."""
    if zone == finding.zone:
        seconds: int | None = finding.offset_before
    else:
        seconds = offset_in(laws.get(finding.release_from, {}), zone, finding.starts_before)
    if seconds is None:  # no law of that release was kept: the present one, since few zones change
        return clock.to_wall(finding.starts_before, zone).replace(tzinfo=None)
    return finding.starts_before.astimezone(UTC).replace(tzinfo=None) + timedelta(seconds=seconds)
