"""Quarters and years."""

from datetime import date

import pytest

from seminars.results.periods import ALL, Period, period_of, quarter_at


@pytest.mark.parametrize("key", ["2026-Q1", "2026-Q4", "2026", "all"])
def test_a_key_names_its_period_both_ways(key: str) -> None:
    assert period_of(key).key == key


@pytest.mark.parametrize("key", ["", "2026-Q5", "2026-Q0", "26", "2026-Q1x", "1900", "9999", "٢٠٢٦"])
def test_what_is_no_period_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="is no quarter"):
        period_of(key)


def test_quarters_follow_each_other_over_the_year() -> None:
    last = Period(2026, 4)
    assert (last.first, last.until) == (date(2026, 10, 1), date(2027, 1, 1))
    assert (last.before, last.after) == (Period(2026, 3), Period(2027, 1))
    assert Period(2026, 1).before == Period(2025, 4)
    assert (Period(2026).first, Period(2026).until) == (date(2026, 1, 1), date(2027, 1, 1))
    assert (ALL.first, ALL.until, ALL.before) == (None, None, None)


@pytest.mark.parametrize(("month", "quarter"), [(1, 1), (3, 1), (4, 2), (9, 3), (10, 4), (12, 4)])
def test_every_day_has_its_quarter(month: int, quarter: int) -> None:
    assert quarter_at(date(2026, month, 28)) == Period(2026, quarter)
