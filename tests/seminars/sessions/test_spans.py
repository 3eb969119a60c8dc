"""From wall time to instants, in every zone and year that a session may have."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from seminars import clock
from seminars.sessions.spans import Slot

SLOTS = st.builds(
    Slot,
    local_date=st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    local_time=st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(sorted(pytz.common_timezones)),
    minutes=st.integers(1, 14 * 1440),
    days=st.integers(1, 60),
    fold=st.integers(0, 1),
)


@given(SLOTS)
def test_every_slot_lasts_and_starts_as_announced(slot: Slot) -> None:
    starts_at, ends_at = slot.bounds()
    assert starts_at < ends_at
    if clock.inspect(slot.wall, slot.zone).kind != clock.Kind.GAP:
        assert clock.to_wall(starts_at, slot.zone) == slot.wall.replace(fold=0)
    if slot.local_time is not None and slot.days == 1:
        assert ends_at - starts_at == timedelta(minutes=slot.minutes)


@pytest.mark.parametrize(
    ("slot", "starts_at", "ends_at"),
    [
        (
            Slot(date(2026, 10, 24), time(9), "Europe/Stockholm", minutes=480, days=2),
            datetime(2026, 10, 24, 7, 0, tzinfo=UTC),
            datetime(2026, 10, 25, 16, 0, tzinfo=UTC),  # 17:00 on the second day, clocks went back
        ),
        (
            Slot(date(2026, 11, 1), time(1, 30), "America/New_York", fold=1),
            datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
            datetime(2026, 11, 1, 7, 30, tzinfo=UTC),
        ),
        (
            Slot(date(2011, 12, 30), None, "Pacific/Apia"),
            datetime(2011, 12, 30, 10, 0, tzinfo=UTC),
            datetime(2011, 12, 30, 11, 0, tzinfo=UTC),
        ),
    ],
)
def test_days_on_which_clocks_change(slot: Slot, starts_at: datetime, ends_at: datetime) -> None:
    assert slot.bounds() == (starts_at, ends_at)
