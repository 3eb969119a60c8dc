"""A cluster stands still when work has been due for long and nobody is at any of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from seminars.queue.models import Job, JobState
from seminars.queue.standstill import LATE, Standstill, standing

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def make_job(now: datetime, **fields: Any) -> Job:
    made = {"kind": "k", "subject": f"s:{Job.objects.count()}", "door": "d", "created_at": now, "due_at": now}
    return Job.objects.create(**(made | fields))


def test_it_is_told_since_when(now: datetime) -> None:
    make_job(now, cluster="media")
    make_job(now + SECOND, cluster="media")
    make_job(now + LATE)
    assert standing(now=now + LATE) == []
    assert standing(now=now + LATE + SECOND) == [Standstill("media", now)]


@pytest.mark.parametrize("state", [JobState.HELD, JobState.DONE, JobState.SKIPPED])
def test_what_waits_for_a_person_or_has_ended_is_no_standstill(now: datetime, state: str) -> None:
    make_job(now, state=state)
    assert standing(now=now + LATE + SECOND) == []


def test_who_works_on_one_of_them_does_not_stand_still_unless_dead(now: datetime) -> None:
    make_job(now, cluster="media")
    late = now + LATE + SECOND
    job = make_job(now, cluster="media", state=JobState.LEASED, lease_until=late)
    make_job(now, state=JobState.LEASED, lease_until=late)  # of another cluster
    assert standing(now=late) == []
    Job.objects.filter(pk=job.pk).update(lease_until=late - SECOND)
    assert standing(now=late) == [Standstill("media", now)]
