"""The same promise from a date on; and which old date becomes which new one."""

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminars.series import cadence
from seminars.series.cadence import Cadence, CadenceError, occurrences
from seminars.series.continuing import continued, pairs

FIRST = date(2026, 12, 1)
RULES = [
    "",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=9",
    "FREQ=MONTHLY;BYDAY=2TU;COUNT=12",
    "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
    cadence.monthly_day(day=31, until=date(2027, 9, 30)),
    "FREQ=MONTHLY",
    "FREQ=YEARLY;COUNT=3",
]
days = st.integers(0, 500).map(lambda n: FIRST + timedelta(days=n))


@given(
    st.sampled_from(RULES),
    st.integers(0, 40).map(lambda n: FIRST + timedelta(days=n)),
    st.lists(days, max_size=4),
    st.lists(days, max_size=4),
    days,
)
def test_from_a_date_on_it_is_the_same_promise(
    rule: str, first: date, added: list[date], left_out: list[date], cut: date
) -> None:
    promise = Cadence(first, rule, tuple(sorted(day for day in added if day >= first)), tuple(left_out))
    try:
        whole = list(occurrences(promise, until=date(2029, 1, 1)))
    except CadenceError:
        return
    rest = continued(promise, cut)
    found = list(occurrences(rest, until=date(2029, 1, 1))) if rest else []
    assert found == [day for day in whole if day >= cut or cut <= first]


def test_a_number_counts_what_remains() -> None:
    rest = continued(Cadence(FIRST, "FREQ=MONTHLY;BYDAY=1TU;COUNT=12"), date(2027, 3, 1))
    assert rest == Cadence(date(2027, 2, 2), "FREQ=MONTHLY;BYDAY=1TU;COUNT=10", (), (date(2027, 2, 2),))


def test_after_the_last_date_nothing_remains() -> None:
    assert continued(Cadence(FIRST, "FREQ=WEEKLY;COUNT=2"), date(2026, 12, 9)) is None


def dates_of(rule: str, number: int = 12) -> list[date]:
    return list(islice(occurrences(Cadence(FIRST, rule)), number))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=FR"),
        ("FREQ=MONTHLY;BYDAY=1TU", "FREQ=MONTHLY;BYDAY=3TH"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=2"),
    ],
)
def test_a_moved_rhythm_keeps_each_occurrence(before: str, after: str) -> None:
    old, new = dates_of(before), dates_of(after)
    assert len(pairs(old, new)) >= 11
    kept = pairs(old, new).items()
    assert all(day.month == to.month or (to - day).days == 3 for day, to in kept)


def test_every_week_to_every_month_keeps_those_of_the_same_day() -> None:
    found = pairs(dates_of("FREQ=WEEKLY;BYDAY=TU", 30), dates_of("FREQ=MONTHLY;BYDAY=1TU", 6))
    assert all(day == to for day, to in found.items())
    assert len(found) == 6


def test_a_quarter_may_choose_another_month() -> None:
    found = pairs([date(2027, 1, 5), date(2027, 4, 6)], [date(2027, 3, 2), date(2027, 6, 1)])
    assert found == {date(2027, 1, 5): date(2027, 3, 2), date(2027, 4, 6): date(2027, 6, 1)}


def test_a_single_event_stays_the_same_one() -> None:
    assert pairs([date(2027, 1, 5)], [date(2028, 8, 1)]) == {date(2027, 1, 5): date(2028, 8, 1)}


@given(st.sets(days, max_size=40), st.sets(days, max_size=40))
def test_no_date_is_given_twice(old: set[date], new: set[date]) -> None:
    found = pairs(old, new)
    assert len(set(found.values())) == len(found)
    assert all(found[day] == day for day in old & new if not len(old) == len(new) == 1)
    assert pairs(new, new) == {day: day for day in new}
