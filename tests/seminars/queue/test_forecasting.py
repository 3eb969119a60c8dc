"""When a job will be done is told from what was measured, and not where nothing was."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.queue import forecasting, jobs
from seminars.queue.models import Attempt, Job, JobState

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def make_job(now: datetime, subject: str, **fields: Any) -> Job:
    made = {
        "kind": "edition",
        "door": "seminars.tasks.sweep",
        "cluster": "media",
        "created_at": now,
        "due_at": now,
    }
    return Job.objects.create(subject=subject, **(made | fields))


def ended(now: datetime, kind: str, seconds: float, total: int = 0) -> None:
    number = Job.objects.count()
    job = make_job(now, f"old:{number}", kind=kind, state=JobState.DONE, progress_total=total)
    Attempt.objects.create(
        job=job, worker="w", started_at=now, ended_at=now + seconds * SECOND, outcome="done"
    )


def test_nothing_is_told_where_nothing_was_measured(now: datetime) -> None:
    make_job(now, "original:1")
    make_job(now, "original:2", state=JobState.LEASED, lease_until=now)
    assert forecasting.expected(now=now) == {}


def test_a_running_job_goes_on_at_its_own_rate(now: datetime) -> None:
    job = make_job(now, "original:1")
    leased = jobs.lease(job.pk, worker="w", now=now)
    assert leased is not None
    jobs.heartbeat(
        leased, progress=600, total=1000, now=now + 10 * SECOND
    )  # it went on where another one ended
    jobs.heartbeat(leased, progress=700, total=1000, now=now + 20 * SECOND)
    assert forecasting.expected(now=now + 21 * SECOND) == {job.pk: now + 50 * SECOND}
    assert forecasting.expected(now=now + 99 * SECOND) == {job.pk: now + 99 * SECOND}  # any moment


def test_waiting_jobs_come_one_after_the_other_at_the_pace_of_their_kind(now: datetime) -> None:
    for seconds in (50, 60, 600):
        ended(now, "edition", seconds)
    first, second = make_job(now, "original:1"), make_job(now, "original:2", due_at=now + 1 * SECOND)
    later = make_job(now, "original:3", due_at=now + 9000 * SECOND)
    ends = forecasting.expected(now=now)
    assert ends == {
        first.pk: now + 60 * SECOND,
        second.pk: now + 120 * SECOND,
        later.pk: now + 9060 * SECOND,
    }


def test_two_workers_do_two_at_a_time(now: datetime) -> None:
    ended(now, "look", 10)
    made = [make_job(now, f"calendar:{n}", kind="look", cluster="") for n in range(4)]
    ends = forecasting.expected(now=now)
    assert [(ends[job.pk] - now) / SECOND for job in made] == [10, 10, 20, 20]


def test_who_knows_its_length_is_measured_by_it(now: datetime) -> None:
    ended(now, "edition", 60, total=600)
    ended(now, "edition", 10, total=100)
    job = make_job(now, "original:1", progress_total=3000)
    assert forecasting.expected(now=now) == {job.pk: now + 300 * SECOND}


def test_behind_a_job_of_which_nothing_is_known_nothing_is_told(now: datetime) -> None:
    ended(now, "edition", 60)
    make_job(now, "original:1", kind="new")
    make_job(now, "original:2", due_at=now + SECOND)
    assert forecasting.expected(now=now) == {}


def test_three_questions_however_many_jobs(now: datetime) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            forecasting.expected(now=now)
        return len(queries)

    ended(now, "edition", 60)
    make_job(now, "original:1", state=JobState.LEASED, lease_until=now)
    few = count()
    Job.objects.bulk_create(
        [
            Job(kind="edition", subject=f"n:{n}", door="d", created_at=now, due_at=now)
            for n in range(forecasting.FAR + 50)
        ]
    )
    assert count() == few == 4
