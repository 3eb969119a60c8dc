"""What an edit of a series would do to its sessions, as plain data: `deciding` fills it, pages show it.

Three scopes: one session; this and all that follow; all that are still to come. A session that has begun is never
touched, nor one that was withdrawn. "This and all that follow" leaves the earlier sessions as they are, each with its
own hour, and the series keeps one rule, from the cut on: a series has one page, one feed and one rhythm to read aloud,
and nothing else in the house needs to know that there ever was a cut.

A session stands for one date of the rhythm, its *original*. A new rhythm takes sessions over (`continuing.pairs`), so
that UIDs, addresses, speakers and files live on. What was changed on one session by hand is a conflict, and is kept
unless the organiser lets the session follow.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256
from typing import Any

from seminars.series.cadence import Cadence
from seminars.series.skips import Outcome
from seminars.sessions.spans import Slot

TIMES = ("zone", "local_time")
LENGTHS = ("minutes", "days")
CARRIED = ("form", "room", "place_id", "join_url", "view_url", "dial_in", "doors", "source_url", "language")
WORDS = ("title", "abstract")
EDITABLE = frozenset({*TIMES, *LENGTHS, *CARRIED, *WORDS})


class Scope(StrEnum):
    """How far an edit reaches."""

    ONE = "one"
    FOLLOWING = "following"
    FUTURE = "future"


class Fate(StrEnum):
    """What becomes of a session."""

    KEPT = "kept"
    MOVED = "moved"
    EDITED = "edited"
    BACK = "back"  # an earlier edit had cancelled it, and the new rhythm promises it again
    WITHDRAWN = "withdrawn"  # announced: cancelled, and said so
    REMOVED = "removed"  # a draft that nobody saw


@dataclass(frozen=True)
class Ask:
    """What an organiser asks for. cadence: None keeps the rhythm. fields: of `EDITABLE`, only those that change.

    rules: other rules for dates that do not suit, as `Series.date_rules`; they come alone, for all that is to come.
    """

    scope: Scope
    cadence: Cadence | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    rules: Mapping[str, Any] | None = None

    @property
    def timed(self) -> bool:
        """Whether it moves sessions."""
        return self.cadence is not None or self.rules is not None or bool(set(TIMES) & self.fields.keys())


@dataclass(frozen=True)
class Standing:
    """A session as the planner sees it. `values`: all of `EDITABLE` and local_date, fold.

    begun: it has started or was ended. dropped: an earlier edit cancelled it, no person did. ruled_to: where a rule for
    dates that do not suit moved it. ruled: what such a rule did, and why, as it is stored.
    """

    pk: int
    number: int
    revision: int
    original_date: date | None
    original_time: time | None
    values: Mapping[str, Any]
    starts_at: datetime | None
    ends_at: datetime | None
    begun: bool = False
    announced: bool = True
    cancelled: bool = False
    dropped: bool = False
    postponed: bool = False
    withdrawn: bool = False
    ruled_to: date | None = None
    ruled: Mapping[str, Any] | None = None

    @property
    def put(self) -> date | None:
        """Where the rhythm, or a rule for dates that do not suit, has put it."""
        return self.ruled_to or self.original_date

    @property
    def order(self) -> date:
        """Where it stands in its series; what has no date stands last."""
        return self.original_date or self.values["local_date"] or date.max

    @property
    def slot(self) -> Slot | None:
        """When it is now."""
        value = self.values
        if value["local_date"] is None:
            return None
        times = (value["local_date"], value["local_time"], value["zone"])
        return Slot(*times, value["minutes"], value["days"], value["fold"])


@dataclass(frozen=True)
class Conflict:
    """What was done to one session by hand: `name` is "time", "length", "cancelled", "unpromised", or a column."""

    name: str
    has: Any
    wanted: Any


@dataclass(frozen=True)
class Row:
    """What becomes of one session. updates: columns that people see; original: the date it stands for from now on.

    ruled: what a rule for dates that do not suit does to it, stored where it is other than before; None for nothing.
    """

    standing: Standing
    fate: Fate
    updates: Mapping[str, Any] = field(default_factory=dict)
    original: tuple[date, time | None] | None = None
    conflicts: tuple[Conflict, ...] = ()
    follows: bool = False
    bounds: tuple[datetime, datetime] | None = None
    ruled: Mapping[str, Any] | None = None

    @property
    def restated(self) -> bool:
        """Whether what a rule did to it is other than before."""
        return self.ruled != self.standing.ruled

    @property
    def changes(self) -> bool:
        """Whether anybody sees a difference."""
        return self.fate != Fate.KEPT


@dataclass(frozen=True)
class Plan:
    """What an edit would do: to the sessions it reaches in order, which dates it adds, and the series' columns.

    added: slots that have no session yet. out_of_reach: how many sessions stay as they are because of the scope.
    skipped: what the rules for dates that do not suit leave out, that they did not leave out before.
    """

    ask: Ask
    rows: tuple[Row, ...]
    added: tuple[Slot, ...] = ()
    series: Mapping[str, Any] = field(default_factory=dict)
    out_of_reach: int = 0
    skipped: tuple[Outcome, ...] = ()

    def of(self, *fates: Fate) -> list[Row]:
        """The rows of these fates."""
        return [row for row in self.rows if row.fate in fates]

    @property
    def conflicts(self) -> list[Row]:
        """The rows with something that was done by hand."""
        return [row for row in self.rows if row.conflicts]

    @property
    def nothing(self) -> bool:
        """Whether all stays as it is."""
        silent = any(row.original or row.restated for row in self.rows)
        return not (silent or self.added or self.series or any(row.changes for row in self.rows))

    @property
    def seal(self) -> str:
        """A short name of what was looked at: another one means that a session, or the day, is no longer what it was.

        Choices about conflicts do not count: they are made on the page that shows the plan.
        """
        seen = [(row.standing.pk, row.standing.revision) for row in self.rows]
        text = repr((seen, [slot.local_date for slot in self.added], self.out_of_reach))
        return sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Promise:
    """What the series promises. before, after: its columns of `EDITABLE` (without words), now and then.

    dates: of a new rhythm, from where this edit begins; None where the rhythm stays. last: no later one is added.
    beside: originals that an earlier edit left without a place in the rhythm there is. places: where rules put dates;
    gone: which they take; ruled: why, as it is stored. told: whether subscribers are told why, now and then.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    dates: Sequence[date] | None = None
    last: date | None = None
    yearly: bool = False
    beside: frozenset[date] = frozenset()
    places: Mapping[date, date] = field(default_factory=dict)
    gone: frozenset[date] = frozenset()
    ruled: Mapping[date, Mapping[str, Any] | None] = field(default_factory=dict)
    told: tuple[bool, bool] = (False, False)


def reach(scope: Scope, standing: Iterable[Standing], anchor: Standing | None) -> list[Standing]:
    """Return the sessions that an edit of this scope may touch, in order. anchor: "this one" of the two scopes."""
    coming = [each for each in standing if not each.begun and not each.withdrawn]
    if scope == Scope.ONE:
        coming = [each for each in coming if anchor and each.pk == anchor.pk]
    elif scope == Scope.FOLLOWING and anchor:
        coming = [each for each in coming if each.order >= anchor.order]
    return sorted(coming, key=lambda each: (each.order, each.pk))
