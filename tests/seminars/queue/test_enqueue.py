"""Wake-ups live and die with the caller's transaction, and the timetable says what the code says."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django_q.models import Failure, OrmQ, Schedule, Success, Task

from seminars.config import schedule
from seminars.queue import enqueue
from seminars.queue.enqueue import Line

LINES = (Line("sweep", "seminars.tasks.sweep", 1), Line("prune", "seminars.tasks.prune", 1440))


@pytest.mark.django_db(transaction=True)
def test_a_wake_up_is_undone_with_its_transaction() -> None:
    class Undo(Exception):
        pass

    def nudge_and_undo() -> None:
        with transaction.atomic():
            enqueue.nudge("recordings.tasks.fetch", job_id=1)
            raise Undo

    with pytest.raises(Undo):
        nudge_and_undo()
    assert not OrmQ.objects.exists()
    with transaction.atomic():
        enqueue.nudge("recordings.tasks.fetch", job_id=1)
    row = OrmQ.objects.get()
    assert (row.key, row.task["func"], row.task["args"], row.task["kwargs"]) == (
        "meridian",
        "recordings.tasks.fetch",
        (),
        {"job_id": 1},
    )


@pytest.mark.django_db
def test_waiting_survives_a_row_it_cannot_read(now: datetime) -> None:
    later = datetime.now(tz=now.tzinfo) + timedelta(minutes=1)
    enqueue.nudge("recordings.tasks.fetch", job_id=3)
    OrmQ.objects.create(key="meridian", payload="signed with an earlier key", lock=now)
    assert enqueue.waiting(now=later) == {3}
    assert enqueue.waiting(cluster=enqueue.MEDIA, now=later) == set()


def rows() -> list[tuple[str | None, str, int | None]]:
    return list(Schedule.objects.order_by("name").values_list("name", "func", "minutes"))


EXPECTED = [("meridian:prune", "seminars.tasks.prune", 1440), ("meridian:sweep", "seminars.tasks.sweep", 1)]


@pytest.mark.django_db
def test_the_timetable_is_kept_once_and_keeps_its_next_run(now: datetime) -> None:
    enqueue.keep_timetable(LINES, now=now)
    assert rows() == EXPECTED
    ids = set(Schedule.objects.values_list("id", flat=True))
    Schedule.objects.update(next_run=now + timedelta(seconds=30))
    enqueue.keep_timetable(LINES, now=now + timedelta(days=1))
    assert set(Schedule.objects.values_list("id", flat=True)) == ids
    assert set(Schedule.objects.values_list("next_run", flat=True)) == {now + timedelta(seconds=30)}


@pytest.mark.django_db
def test_rows_of_ours_that_are_unknown_doubled_or_spoilt_go(now: datetime) -> None:
    enqueue.keep_timetable(LINES, now=now)
    Schedule.objects.create(name="meridian:gone", func="seminars.tasks.gone")
    Schedule.objects.create(name="meridian:sweep", func="seminars.tasks.sweep", schedule_type="I", minutes=1)
    Schedule.objects.filter(name="meridian:prune").update(args="(((")  # would stop every schedule
    other = Schedule.objects.create(name="somebody else's", func="math.floor")
    enqueue.keep_timetable(LINES, now=now)
    assert rows() == [*EXPECTED, (other.name, "math.floor", None)]
    assert Schedule.objects.get(name="meridian:prune").args in (None, "")


@pytest.mark.django_db
def test_pruning_takes_old_successes_only(now: datetime) -> None:
    week = timedelta(days=7)
    for name, stopped, success in [
        ("old", now - 2 * week, True),
        ("new", now, True),
        ("bad", now - 2 * week, False),
    ]:
        Task.objects.create(id=name, name=name, func="f", started=stopped, stopped=stopped, success=success)
    assert enqueue.prune(before=now - week) == 1
    assert [task.name for task in Success.objects.all()] == ["new"]
    assert [task.name for task in Failure.objects.all()] == ["bad"]


def test_no_line_of_the_timetable_is_doubled() -> None:
    assert len({line.name for line in schedule.TIMETABLE}) == len(schedule.TIMETABLE)
    assert all(line.minutes >= 1 for line in schedule.TIMETABLE)
