"""A new tzdata release: wall times stay, instants follow."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from seminars import clock
from seminars.changes.models import Change
from seminars.sessions.clocks import recompute
from seminars.sessions.models import Session
from tests.factories import make_session

pytestmark = pytest.mark.django_db


def test_instants_follow_the_new_law_and_walls_stay(now: datetime, django_assert_num_queries: Any) -> None:
    wrong = make_session(wall=datetime(2027, 1, 12, 9, 0), zone="Africa/Casablanca")
    right = make_session(wall=datetime(2027, 1, 13, 9, 0), zone="Africa/Cairo")
    past = make_session(wall=datetime(2026, 1, 13, 9, 0), zone="Africa/Cairo")
    true = wrong.starts_at
    assert true
    hour = timedelta(hours=1)
    Session.objects.update(tzdata_release="2020a")
    Session.objects.filter(pk=wrong.pk).update(starts_at=true - hour, ends_at=true)
    assert [session.pk for session in recompute(now=now)] == [wrong.pk]
    wrong.refresh_from_db()
    right.refresh_from_db()
    past.refresh_from_db()
    assert (wrong.starts_at, wrong.ends_at, wrong.sequence) == (true, true + hour, 1)
    assert wrong.local_time == datetime(2027, 1, 12, 9, 0).time()
    assert (right.revision, right.tzdata_release) == (1, clock.release())
    assert (past.tzdata_release, past.starts_at) == ("2020a", datetime(2026, 1, 13, 7, 0, tzinfo=UTC))
    assert Change.objects.get().kind == "clocks"
    with django_assert_num_queries(1):
        assert recompute(now=now) == []
