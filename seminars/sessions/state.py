"""What a session is *now*: the one state machine of pages, feeds and mails. Plain Python."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DAY = timedelta(hours=24)
DOORS = timedelta(minutes=15)
HEARD = frozenset({"recording", "voice"})
"""Kinds of material with which one can say that there is a recording."""


class State(StrEnum):
    """The states of a session, in the order of its life (`experience.md`: badge, button, line, title)."""

    ANNOUNCED = "announced"
    UPCOMING = "upcoming"
    SOON = "soon"
    DOORS_OPEN = "doors-open"
    LIVE = "live"
    JUST_ENDED = "just-ended"
    RECORDING_COMING = "recording-coming"
    PARTLY_ARCHIVED = "partly-archived"
    ARCHIVED = "archived"
    REPORT_ONLY = "report-only"
    ENDED = "ended"
    RESCHEDULED = "rescheduled"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs for a column: stored value and plain name."""
        return [(state.value, state.name.replace("_", " ").capitalize()) for state in cls]


OVER = frozenset(
    {
        State.JUST_ENDED,
        State.RECORDING_COMING,
        State.PARTLY_ARCHIVED,
        State.ARCHIVED,
        State.REPORT_ONLY,
        State.ENDED,
    }
)
"""States of a session that has taken place."""


@dataclass(frozen=True)
class Facts:
    """All that a state is made of.

    starts_at, ends_at: aware UTC, both None while undated. exact: the day is known, not only the week. joinable: there
    is something to join before the start, and it opens `doors` before. details_open: title and speaker follow.
    shown: kinds of material that are out. owed: kinds that we promised and still owe (none for other people's events).
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    exact: bool = True
    withdrawn: bool = False
    cancelled: bool = False
    postponed: bool = False
    moved: bool = False
    details_open: bool = False
    joinable: bool = True
    doors: timedelta = DOORS
    report_only: bool = False
    closed_at: datetime | None = None
    shown: frozenset[str] = frozenset()
    owed: frozenset[str] = frozenset()

    @property
    def over_at(self) -> datetime | None:
        """When it ends: earlier than planned where the host closed it."""
        return min(self.ends_at, self.closed_at) if self.ends_at and self.closed_at else self.ends_at


def state_of(facts: Facts, now: datetime) -> State:
    """Return the one state at `now` (aware UTC): decisions of people first, then the hour, then what is out."""
    if facts.withdrawn:
        return State.WITHDRAWN
    if facts.cancelled:
        return State.CANCELLED
    if facts.postponed:
        return State.POSTPONED
    over_at = facts.over_at
    if facts.starts_at is None or over_at is None:
        return State.ANNOUNCED
    if now >= over_at:
        return _afterwards(facts, now - over_at)
    return _before(facts, facts.starts_at - now)


def _before(facts: Facts, ahead: timedelta) -> State:
    if not facts.exact:
        return State.ANNOUNCED
    if ahead <= timedelta():
        return State.LIVE
    if ahead <= facts.doors and facts.joinable:
        return State.DOORS_OPEN
    if ahead <= DAY:
        return State.SOON
    if facts.moved:
        return State.RESCHEDULED
    return State.ANNOUNCED if facts.details_open else State.UPCOMING


def _afterwards(facts: Facts, since: timedelta) -> State:
    """Never promise what nobody owes: without anything owed a session has simply ended."""
    if facts.report_only:
        return State.REPORT_ONLY
    if not facts.owed:
        return State.ARCHIVED if facts.shown else State.ENDED
    if facts.shown & HEARD:
        return State.PARTLY_ARCHIVED
    if since < DAY and facts.owed & HEARD:
        return State.JUST_ENDED
    if facts.shown:
        return State.PARTLY_ARCHIVED
    return State.RECORDING_COMING if facts.owed & HEARD else State.ENDED


def is_told_apart(old: str, new: str, shown: frozenset[str]) -> bool:
    """Return whether a calendar entry reads differently in the state `new`: its title, or, once over, its links."""
    return prefix_of(old, shown) != prefix_of(new, shown) or (old in OVER) != (new in OVER)


def prefix_of(state: str, shown: frozenset[str] = frozenset()) -> str:
    """Return the key of what stands before the title in a feed; "" for nothing.

    One of "to-be-announced", "recording-coming", "recording", "slides", "report", "new-time", "postponed", "cancelled",
    "withdrawn". shown: kinds that are out, since an archived session is said to have a recording only where it has one.
    """
    if state in (State.PARTLY_ARCHIVED, State.ARCHIVED):
        if shown & HEARD:
            return "recording"
        return next((kind for kind in ("slides", "report") if kind in shown), "")
    return {
        State.ANNOUNCED.value: "to-be-announced",
        State.JUST_ENDED.value: "recording-coming",
        State.RECORDING_COMING.value: "recording-coming",
        State.REPORT_ONLY.value: "report",
        State.RESCHEDULED.value: "new-time",
        State.POSTPONED.value: "postponed",
        State.CANCELLED.value: "cancelled",
        State.WITHDRAWN.value: "withdrawn",
    }.get(str(state), "")
