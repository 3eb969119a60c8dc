"""Sessions as pages list them: each with its state at this moment, in a number of queries that rows do not change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects

from seminars.sessions.facts import facts_of
from seminars.sessions.models import Material, MaterialState, Session, SessionQuerySet, Speaker
from seminars.sessions.state import HEARD, Facts, State, state_of
from seminars.web.offers import AFTERWARDS, published

RELATIONS = (
    "materials",
    Prefetch("speakers", Speaker.objects.select_related("person")),
    "items",
    "checklist",
    "lead__materials",
)
OPEN = {State.DOORS_OPEN, State.LIVE}


@dataclass(frozen=True)
class Row:
    """A session, what it is made of for the state machine, and its state at the moment of the page."""

    session: Session
    facts: Facts
    state: State

    @cached_property
    def files(self) -> list[Material]:
        """The materials that can be had; none while the session is still ahead."""
        return published(self.session) if self.is_over else []

    @property
    def is_heard(self) -> bool:
        """Whether a recording is among them; else they are to read."""
        return any(each.kind in HEARD for each in self.files)

    @property
    def public_files(self) -> list[Material]:
        """The materials that are out, be the session over or not."""
        return published(self.session)

    @property
    def is_over(self) -> bool:
        """Whether it has taken place."""
        return self.state in AFTERWARDS | {State.JUST_ENDED, State.RECORDING_COMING, State.ENDED}

    @property
    def is_open(self) -> bool:
        """Whether people go in now."""
        return self.state in OPEN


def rows_of(sessions: Iterable[Session], now: datetime) -> list[Row]:
    """Return the sessions with their states at `now` (aware UTC)."""
    found = list(sessions)
    prefetch_related_objects(found, *RELATIONS)
    # What a session owes stands in its own checklist as soon as it has one.
    prefetch_related_objects([each for each in found if not hasattr(each, "checklist")], "series__owed")
    return [Row(each, facts := facts_of(each), state_of(facts, now)) for each in found]


def split(rows: Sequence[Row], count: int) -> tuple[list[Row], list[Row]]:
    """Return the first `count` rows, and the others."""
    return list(rows[:count]), list(rows[count:])


def with_series(sessions: SessionQuerySet) -> SessionQuerySet:
    """Return the sessions that a list may name, with series and community; a withdrawn one is named nowhere."""
    return sessions.filter(withdrawn_at=None).select_related("series__community", "checklist")


def archived(sessions: SessionQuerySet) -> SessionQuerySet:
    """Return those of which something can be read, heard or watched."""
    out = Material.objects.filter(session=OuterRef("pk"), state=MaterialState.PUBLISHED)
    return sessions.filter(Exists(out))
