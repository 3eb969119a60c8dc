"""A job is done once, however often somebody asks and whichever worker dies."""

import random
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connections
from django_q.models import OrmQ

from seminars.queue import enqueue, jobs
from seminars.queue.models import Beat, Job, JobState
from tests.factories import make_user

DOOR = "recordings.tasks.fetch"
MINUTE = timedelta(minutes=1)


def make_job(now: datetime, **fields: Any) -> Job:
    return jobs.ensure(**{"kind": "fetch", "subject": "recording:1", "door": DOOR, "now": now} | fields)


def wakes(cluster: str = "meridian") -> list[dict[str, Any]]:
    return [row.task["kwargs"] for row in OrmQ.objects.filter(key=cluster)]


@pytest.mark.django_db
def test_asking_twice_makes_one_job_and_wakes_once(now: datetime) -> None:
    first, second = make_job(now), make_job(now + MINUTE)
    assert first == second
    assert wakes() == [{"job_id": first.pk}]


@pytest.mark.django_db
def test_another_recipe_or_input_is_another_job(now: datetime) -> None:
    made = {make_job(now).pk, make_job(now, recipe_version=2).pk, make_job(now, input_sha256="a" * 64).pk}
    assert len(made) == 3


@pytest.mark.django_db
def test_long_work_wakes_the_media_cluster_only(now: datetime) -> None:
    job = make_job(now, cluster=enqueue.MEDIA)
    assert wakes("media") == [{"job_id": job.pk}]
    assert wakes() == []


@pytest.mark.django_db
def test_a_job_for_later_sleeps_until_the_sweep_after_its_time(now: datetime) -> None:
    job = make_job(now, due_at=now + 10 * MINUTE)
    assert jobs.lease(job.pk, worker="a", now=now) is None
    assert (jobs.sweep(now=now + 9 * MINUTE), wakes()) == (0, [])
    assert jobs.sweep(now=now + 11 * MINUTE) == 1
    assert wakes() == [{"job_id": job.pk}]


@pytest.mark.django_db
def test_the_sweep_does_not_pile_up_wakes(now: datetime) -> None:
    make_job(now)
    later = datetime.now(tz=now.tzinfo) + MINUTE
    assert [jobs.sweep(now=later), jobs.sweep(now=later), len(wakes())] == [0, 0, 1]
    OrmQ.objects.update(lock=later + MINUTE)  # fetched by a worker that then died
    assert [jobs.sweep(now=later), len(wakes())] == [1, 2]


@pytest.mark.django_db
def test_a_lease_keeps_others_out_until_it_ends(now: datetime) -> None:
    job = make_job(now)
    held = jobs.lease(job.pk, worker="a", now=now, seconds=60)
    assert held is not None
    assert jobs.lease(job.pk, worker="b", now=now + timedelta(seconds=59), seconds=60) is None
    jobs.heartbeat(held, progress=1, total=4, now=now + timedelta(seconds=50), seconds=60)
    assert jobs.lease(job.pk, worker="b", now=now + timedelta(seconds=100), seconds=60) is None
    assert jobs.lease(job.pk, worker="b", now=now + timedelta(seconds=111), seconds=60) is not None


@pytest.mark.django_db
def test_who_lost_the_lease_writes_nothing(now: datetime) -> None:
    job = make_job(now)
    old = jobs.lease(job.pk, worker="a", now=now, seconds=60)
    new = jobs.lease(job.pk, worker="a", now=now + 2 * MINUTE, seconds=60)  # same process name, another lease
    assert old is not None
    assert new is not None
    with pytest.raises(jobs.LeaseLost):
        jobs.heartbeat(old, progress=9, total=9, now=now)
    assert not jobs.finish(old, now)
    assert jobs.finish(new, now)
    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db
def test_a_job_that_is_gone_is_no_error() -> None:
    assert jobs.work(12345, lambda job: pytest.fail("there is no such job")) is False


@pytest.mark.django_db
def test_work_keeps_an_attempt(now: datetime) -> None:
    job = make_job(now)
    assert jobs.work(job.pk, lambda job: sum(range(100_000)), clock=lambda: now)
    attempt = job.attempts.get()
    assert (attempt.outcome, attempt.ended_at, attempt.cpu_seconds is not None) == ("done", now, True)
    job.refresh_from_db()
    assert (job.state, job.finished_at, job.lease_until) == (JobState.DONE, now, None)
    assert jobs.work(job.pk, lambda job: pytest.fail("done once"), clock=lambda: now) is False


def failing(error: BaseException) -> Any:
    def verb(job: Job) -> None:
        raise error

    return verb


@pytest.mark.django_db
def test_permanent_is_held_with_its_reason_until_somebody_tries_again(now: datetime) -> None:
    job = make_job(now)
    assert not jobs.work(job.pk, failing(jobs.Permanent("Not a film.", "moov atom")), clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.HELD, "Not a film.")
    assert (job.attempts.get().outcome, job.attempts.get().last_words) == ("permanent", "moov atom")
    assert jobs.sweep(now=now + timedelta(days=9)) == 0
    assert jobs.try_again(job, now)
    assert (job.state, job.reason, job.tries) == (JobState.QUEUED, "", 0)
    assert jobs.work(job.pk, lambda job: None, clock=lambda: now)
    assert not jobs.try_again(job, now)  # done is done


@pytest.mark.django_db
def test_transient_comes_back_and_is_held_after_many_tries(now: datetime) -> None:
    job, at, waits = make_job(now), now, []
    for _ in range(jobs.MOST_TRIES):
        jobs.work(
            job.pk,
            failing(jobs.Transient("No line.")),
            clock=partial(lambda at: at, at),
            rng=random.Random(1),
        )
        job.refresh_from_db()
        waits.append((job.due_at - at).total_seconds())
        at = max(at, job.due_at)
    assert job.state == JobState.HELD
    assert job.reason == "No line."
    assert job.attempts.count() == jobs.MOST_TRIES
    assert waits[:3] == sorted(waits[:3])
    assert waits[:2] == pytest.approx([jobs.backoff(n, random.Random(1)) for n in (1, 2)], abs=1e-5)


def test_backoff_doubles_within_its_jitter_and_ends_at_an_hour() -> None:
    rng = random.Random(7)
    for tries, middle in [(1, 30), (2, 60), (4, 240), (8, 3600), (30, 3600)]:
        waits = [jobs.backoff(tries, rng) for _ in range(200)]
        assert middle * 0.5 <= min(waits) < max(waits) <= middle * 1.5
        assert max(waits) - min(waits) > middle * 0.5


@pytest.mark.django_db
def test_a_bug_is_logged_kept_and_tried_again(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    job = make_job(now)
    jobs.work(job.pk, failing(ZeroDivisionError("a bug")), clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.FAILED, jobs.UNEXPECTED)
    assert "ZeroDivisionError: a bug" in job.attempts.get().last_words
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db
def test_a_worker_that_is_ended_gives_its_job_back(now: datetime) -> None:
    job = make_job(now)
    with pytest.raises(SystemExit):
        jobs.work(job.pk, failing(SystemExit("time limit")), clock=lambda: now)
    job.refresh_from_db()
    assert (job.state, job.attempts.get().outcome) == (JobState.FAILED, "stopped")


@pytest.mark.django_db
def test_the_sweep_takes_back_the_job_of_a_dead_worker(now: datetime) -> None:
    job = make_job(now)
    OrmQ.objects.all().delete()
    leased = jobs.lease(job.pk, worker="dead", now=now, seconds=60)
    assert leased is not None
    leased.attempts.create(worker="dead", started_at=now)
    assert jobs.sweep(now=now + timedelta(seconds=30)) == 0
    assert jobs.sweep(now=now + 2 * MINUTE) == 1
    assert wakes() == [{"job_id": job.pk}]
    assert job.attempts.get().outcome == "lost"
    assert jobs.work(job.pk, lambda job: None, clock=lambda: now + 2 * MINUTE)


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_held(now: datetime) -> None:
    job = make_job(now)
    Job.objects.update(tries=jobs.MOST_TRIES - 1)
    jobs.lease(job.pk, worker="dead", now=now, seconds=60)
    assert jobs.sweep(now=now + 2 * MINUTE) == 0
    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.HELD, jobs.DIED)


@pytest.mark.django_db
def test_a_cluster_is_stuck_when_late_work_waits_and_nobody_works(now: datetime) -> None:
    job = make_job(now, cluster="media")
    make_job(now, subject="recording:2", cluster="media")
    assert not jobs.stuck(cluster="media", since=now)
    assert jobs.stuck(cluster="media", since=now + MINUTE)
    assert not jobs.stuck(cluster="", since=now + MINUTE)
    jobs.lease(job.pk, worker="a", now=now, seconds=60)
    assert not jobs.stuck(cluster="media", since=now + MINUTE)


@pytest.mark.django_db
def test_a_beat_is_one_row(now: datetime) -> None:
    jobs.beat("sweep", now)
    jobs.beat("sweep", now + MINUTE)
    assert Beat.objects.get().at == now + MINUTE


@pytest.fixture
def racers() -> Iterator[list[threading.Thread]]:
    threads: list[threading.Thread] = []
    yield threads
    for thread in threads:
        thread.join(120)


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_race_exactly_one_wins(now: datetime, racers: list[threading.Thread]) -> None:
    ids = [make_job(now, subject=f"recording:{n}").pk for n in range(5)]
    won: list[int] = []
    gate = threading.Barrier(4)

    def race(name: str) -> None:
        try:
            for job_id in ids:
                gate.wait(60)
                if jobs.lease(job_id, worker=name, now=now):
                    won.append(job_id)
        finally:
            connections.close_all()

    racers += [threading.Thread(target=race, args=(f"w{n}",)) for n in range(4)]
    for thread in racers:
        thread.start()
    for thread in racers:
        thread.join(120)
    assert sorted(won) == ids


@pytest.mark.django_db
def test_the_job_of_a_worker_that_died_here_is_taken_back_at_once(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, alive = make_job(now), make_job(now, subject="recording:2")
    OrmQ.objects.all().delete()
    jobs.lease(gone.pk, worker="gone", now=now)
    jobs.lease(alive.pk, worker="alive", now=now)
    monkeypatch.setattr(jobs.processes, "is_gone", lambda name: name == "gone")
    assert jobs.sweep(now=now + timedelta(seconds=1)) == 1
    assert wakes() == [{"job_id": gone.pk}]
    gone.refresh_from_db()
    alive.refresh_from_db()
    assert (gone.state, gone.reason, alive.state) == (JobState.FAILED, jobs.DIED, JobState.LEASED)


@pytest.mark.django_db
def test_a_worker_that_begins_something_else_gives_back_what_it_held(now: datetime) -> None:
    left, next_one = make_job(now), make_job(now, subject="recording:2")
    jobs.lease(left.pk, worker=jobs.processes.name(), now=now)
    assert jobs.work(next_one.pk, lambda job: None, clock=lambda: now)
    left.refresh_from_db()
    assert (left.state, left.leased_by) == (JobState.FAILED, "")


@pytest.mark.django_db
def test_an_attempt_that_was_closed_is_never_changed(now: datetime) -> None:
    job = make_job(now)

    def lose(leased: Job) -> None:
        jobs.sweep(now=now + 2 * MINUTE)  # the lease is over: another worker may begin

    assert not jobs.work(job.pk, lose, clock=lambda: now, seconds=60)
    attempt = job.attempts.get()
    assert (attempt.outcome, attempt.ended_at, attempt.cpu_seconds) == ("lost", now + 2 * MINUTE, None)


@pytest.mark.django_db
def test_skipped_is_decided_by_a_person_and_can_be_taken_back(now: datetime) -> None:
    user, job = make_user("ana@example.org"), make_job(now)
    assert not jobs.skip(job, now, by_id=user.pk)  # it needs nobody yet
    jobs.work(job.pk, failing(jobs.Permanent("Not a film.")), clock=lambda: now)
    assert jobs.skip(job, now, by_id=user.pk)
    assert (job.state, job.reason, job.finished_at, job.decided_by) == ("skipped", "Not a film.", now, user)
    assert jobs.lease(job.pk, worker="a", now=now) is None
    assert jobs.sweep(now=now + timedelta(days=9)) == 0
    assert jobs.ensure(kind="fetch", subject="recording:1", door=DOOR, now=now).state == "skipped"
    assert jobs.try_again(job, now, by_id=user.pk)
    assert (job.state, job.finished_at) == (JobState.QUEUED, None)


@pytest.mark.django_db
def test_the_pace_is_measured_from_the_first_word_of_each_try(now: datetime) -> None:
    job = make_job(now)
    first = jobs.lease(job.pk, worker="a", now=now, seconds=60)
    assert first is not None
    jobs.heartbeat(first, progress=500, total=1000, now=now + timedelta(seconds=5))  # half was here already
    jobs.heartbeat(first, progress=600, total=1000, now=now + timedelta(seconds=15))
    job.refresh_from_db()
    assert (job.paced_from, job.paced_at) == (500, now + timedelta(seconds=5))
    assert job.heartbeat_at == now + timedelta(seconds=15)
    again = jobs.lease(job.pk, worker="b", now=now + timedelta(hours=1))
    assert again is not None
    assert again.paced_at is None


@pytest.mark.django_db
def test_the_last_word_waits_for_a_database_that_is_away(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "connection", SimpleNamespace(in_atomic_block=False, close=lambda: None))
    monkeypatch.setattr(jobs.time, "sleep", lambda seconds: None)
    answers = [OperationalError("the server closed the connection"), InterfaceError("closed")]

    def write() -> str:
        if answers:
            raise answers.pop()
        return "written"

    assert jobs.surely(write) == "written"
    monkeypatch.setattr(jobs, "AWAY_SECONDS", -1.0)
    answers.append(OperationalError("still away"))
    with pytest.raises(OperationalError):
        jobs.surely(write)


@pytest.mark.django_db
def test_old_attempts_are_forgotten_but_not_those_that_somebody_must_read(now: datetime) -> None:
    done, held = make_job(now), make_job(now, subject="recording:2")
    jobs.work(done.pk, lambda job: None, clock=lambda: now)
    jobs.work(held.pk, failing(jobs.Permanent("No.")), clock=lambda: now)
    assert jobs.prune(before=now) == 0
    assert jobs.prune(before=now + MINUTE) == 1
    assert (done.attempts.count(), held.attempts.count()) == (0, 1)


@pytest.mark.django_db
def test_secrets_in_the_words_of_a_program_are_not_kept(now: datetime) -> None:
    job = make_job(now)
    said = "GET https://ana:word@example.org/talk.mp4?key=abc failed"
    jobs.work(job.pk, failing(jobs.Transient("No line.", said)), clock=lambda: now)
    assert job.attempts.get().last_words == "GET https://•••@example.org/talk.mp4?••• failed"
