"""The state machine: the table of states row by row, and what holds for all facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminars.sessions.state import DAY, DOORS, Facts, State, prefix_of, state_of

START = datetime(2026, 12, 8, 7, 0, tzinfo=UTC)
END = START + timedelta(hours=2)
OWED = frozenset({"slides", "recording", "captions"})
PLAIN = Facts(starts_at=START, ends_at=END, owed=OWED)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (START - timedelta(days=40), State.UPCOMING),
        (START - DAY - MINUTE, State.UPCOMING),
        (START - DAY, State.SOON),
        (START - DOORS - MINUTE, State.SOON),
        (START - DOORS, State.DOORS_OPEN),
        (START, State.LIVE),
        (END - MINUTE, State.LIVE),
        (END, State.JUST_ENDED),
        (END + DAY - MINUTE, State.JUST_ENDED),
        (END + DAY, State.RECORDING_COMING),
        (END + timedelta(days=400), State.RECORDING_COMING),
    ],
)
def test_a_session_through_its_life(at: datetime, state: State) -> None:
    assert state_of(PLAIN, at) == state


@pytest.mark.parametrize(
    ("change", "at", "state"),
    [
        ({"details_open": True}, START - 2 * DAY, State.ANNOUNCED),
        ({"details_open": True}, START - DAY, State.SOON),
        ({"moved": True}, START - 2 * DAY, State.RESCHEDULED),
        ({"moved": True, "details_open": True}, START - 2 * DAY, State.RESCHEDULED),
        ({"moved": True}, START - DAY, State.SOON),
        ({"joinable": False}, START - MINUTE, State.SOON),
        ({"exact": False}, START, State.ANNOUNCED),
        ({"exact": False, "owed": frozenset()}, END, State.ENDED),
        ({"starts_at": None, "ends_at": None}, END, State.ANNOUNCED),
        ({"cancelled": True, "moved": True}, START, State.CANCELLED),
        ({"cancelled": True, "postponed": True}, START, State.CANCELLED),
        ({"postponed": True}, END + DAY, State.POSTPONED),
        ({"withdrawn": True, "cancelled": True}, START, State.WITHDRAWN),
        ({"closed_at": START + MINUTE}, START + MINUTE, State.JUST_ENDED),
        ({"closed_at": END + DAY}, END, State.JUST_ENDED),
        ({"owed": frozenset()}, END, State.ENDED),
        ({"owed": frozenset({"report"})}, END, State.ENDED),
        ({"owed": frozenset(), "shown": frozenset({"slides"})}, END, State.ARCHIVED),
        ({"shown": frozenset({"slides"})}, END, State.JUST_ENDED),
        ({"shown": frozenset({"slides"})}, END + DAY, State.PARTLY_ARCHIVED),
        ({"shown": frozenset({"recording"})}, END, State.PARTLY_ARCHIVED),
        ({"shown": frozenset({"slides"})}, START, State.LIVE),
        ({"report_only": True, "shown": frozenset({"report"})}, END, State.REPORT_ONLY),
        ({"report_only": True}, START, State.LIVE),
    ],
)
def test_the_table(change: dict[str, object], at: datetime, state: State) -> None:
    assert state_of(replace(PLAIN, **change), at) == state  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "shown", "prefix"),
    [
        (State.ARCHIVED, {"slides", "recording"}, "recording"),
        (State.ARCHIVED, {"voice"}, "recording"),
        (State.ARCHIVED, {"slides"}, "slides"),
        (State.ARCHIVED, {"report"}, "report"),
        (State.PARTLY_ARCHIVED, {"recording"}, "recording"),
        (State.PARTLY_ARCHIVED, {"slides", "report"}, "slides"),
        (State.PARTLY_ARCHIVED, {"handout"}, ""),
        (State.JUST_ENDED, set(), "recording-coming"),
        (State.REPORT_ONLY, set(), "report"),
        (State.CANCELLED, set(), "cancelled"),
        (State.SOON, set(), ""),
        (State.ENDED, {"recording"}, ""),
    ],
)
def test_a_title_never_claims_a_recording_that_is_not_there(
    state: State, shown: set[str], prefix: str
) -> None:
    assert prefix_of(state, frozenset(shown)) == prefix


KINDS = st.frozensets(st.sampled_from(["recording", "voice", "slides", "captions", "report"]))
HOURS = st.integers(-24 * 40, 24 * 40).map(lambda hours: START + timedelta(hours=hours, minutes=hours % 7))


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    """Facts of every sort, the times whole or missing."""
    starts_at = draw(st.none() | HOURS)
    ends_at = starts_at + timedelta(minutes=draw(st.integers(1, 14 * 1440))) if starts_at else None
    return Facts(
        starts_at=starts_at,
        ends_at=ends_at,
        **{
            name: draw(st.booleans())
            for name in ("exact", "moved", "details_open", "joinable", "report_only")
        },
        **{name: draw(st.integers(0, 5)) == 0 for name in ("withdrawn", "cancelled", "postponed")},
        closed_at=draw(st.none() | HOURS),
        shown=draw(KINDS),
        owed=draw(KINDS),
    )


LIFE = [
    {State.ANNOUNCED, State.UPCOMING, State.RESCHEDULED},
    {State.SOON},
    {State.DOORS_OPEN},
    {State.LIVE},
    {State.JUST_ENDED},
    {State.RECORDING_COMING, State.PARTLY_ARCHIVED, State.ARCHIVED, State.REPORT_ONLY, State.ENDED},
]


def rank(state: State) -> int:
    """Where in its life a session with this state is; decisions of people stand apart."""
    return next((place for place, states in enumerate(LIFE) if state in states), -1)


@given(any_facts(), st.lists(HOURS, min_size=2, max_size=6))
def test_every_session_has_one_state_and_time_never_runs_back(facts: Facts, times: list[datetime]) -> None:
    ranks = [rank(state_of(facts, at)) for at in sorted(times)]
    assert ranks == sorted(ranks)
    if facts.withdrawn or facts.cancelled or facts.postponed:
        decided = [State.WITHDRAWN, State.CANCELLED, State.POSTPONED]
        made = [facts.withdrawn, facts.cancelled, facts.postponed]
        assert {state_of(facts, at) for at in times} == {decided[made.index(True)]}
