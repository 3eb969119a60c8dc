"""The queue's door: one failing part of the sweep stops no other, and shows."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session as SignIn
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Success, Task

from seminars import tasks
from seminars.config import schedule
from seminars.followups import checklist, opening
from seminars.notifications import attending, moves, outbox, reminding
from seminars.queue import enqueue, jobs
from seminars.queue.enqueue import Line
from seminars.queue.models import Beat
from seminars.sessions import turning
from seminars.web import health

PARTS = {"sessions", "checklists", "series", "jobs", "registrations", "mails"}


def beats() -> set[str]:
    return set(Beat.objects.values_list("name", flat=True))


@pytest.mark.django_db
def test_a_sweep_beats_for_each_part() -> None:
    tasks.sweep()
    assert beats() == PARTS | {"sweep"}
    assert set(health.PARTS) == PARTS
    assert health.report(dict(Beat.objects.values_list("name", "at")), now=timezone.now())["status"] == "ok"


@pytest.mark.django_db
def test_a_failing_part_stops_no_other_and_does_not_beat(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*, now: datetime) -> int:
        raise ZeroDivisionError("a session nobody foresaw")

    woken: list[datetime] = []
    monkeypatch.setattr(turning, "turn_due", fails)
    monkeypatch.setattr(jobs, "sweep", lambda *, now: woken.append(now))
    tasks.sweep()
    assert beats() == (PARTS - {"sessions"}) | {"sweep"}
    assert len(woken) == 1
    assert "“sessions” failed" in caplog.text
    assert "ZeroDivisionError: a session nobody foresaw" in caplog.text
    said = health.report(dict(Beat.objects.values_list("name", "at")), now=timezone.now())
    assert (said["status"], said["failing"]) == ("unwell", ["sessions"])


@pytest.mark.django_db
def test_a_kind_of_mail_that_cannot_be_looked_for_keeps_no_other_here(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*, now: datetime) -> int:
        raise ZeroDivisionError("a change nobody foresaw")

    called: list[str] = []
    monkeypatch.setattr(moves, "look", fails)
    monkeypatch.setattr(attending, "look", lambda *, now: called.append("attending"))
    monkeypatch.setattr(reminding, "look", lambda *, now: called.append("reminding"))
    monkeypatch.setattr(outbox, "deliver", lambda **how: called.append("deliver"))
    tasks.sweep()
    assert called == ["attending", "reminding", "deliver"]
    assert beats() == (PARTS - {"mails"}) | {"sweep"}, "and it shows"
    assert "ZeroDivisionError: a change nobody foresaw" in caplog.text


@pytest.mark.django_db
def test_checklists_are_opened_before_they_are_reconciled(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(opening, "open_ahead", lambda *, now: called.append("open ahead"))
    monkeypatch.setattr(opening, "open_due", lambda *, now: called.append("open"))
    monkeypatch.setattr(checklist, "reconcile", lambda *, now: called.append("reconcile"))
    tasks.sweep()
    assert called == ["open ahead", "open", "reconcile"]


@pytest.mark.django_db
def test_pruning_forgets_old_successes_and_sign_ins() -> None:
    old, new = timezone.now() - timedelta(days=8), timezone.now()
    for at in (old, new):
        Task.objects.create(id=str(at), name="t", func="f", started=at, stopped=at, success=True)
        SignIn.objects.create(session_key=str(at)[:40], expire_date=at + timedelta(hours=1))
    tasks.prune()
    assert [task.stopped for task in Success.objects.all()] == [new]
    assert [each.expire_date for each in SignIn.objects.all()] == [new + timedelta(hours=1)]


@pytest.mark.parametrize("line", schedule.TIMETABLE, ids=lambda line: line.name)
def test_every_line_of_the_timetable_leads_to_a_task(line: Line) -> None:
    assert callable(import_string(line.task))


def test_every_door_named_in_the_code_exists() -> None:
    root = Path(tasks.__file__).parents[1]
    code = "\n".join(
        p.read_text() for each in ("seminars", "recordings") for p in (root / each).rglob("*.py")
    )
    doors = set(re.findall(r'"((?:seminars|recordings)\.tasks\.\w+)"', code))
    assert "seminars.tasks.sweep" in doors
    for door in doors:
        assert callable(import_string(door)), door


@pytest.mark.django_db
def test_while_there_are_many_mails_one_worker_calls_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    door, waits = "seminars.tasks.send_mails", enqueue.is_waiting

    def batch(*, many: Callable[[], object], **_how: object) -> int:
        many()
        many()
        return 100

    monkeypatch.setattr(outbox, "deliver", batch)
    monkeypatch.setattr(outbox, "more", lambda *, now: False)
    tasks.send_mails()
    assert not waits(door, now=timezone.now())
    monkeypatch.setattr(outbox, "more", lambda *, now: True)
    tasks.send_mails()
    tasks.send_mails()
    assert waits(door, now=timezone.now())
    assert OrmQ.objects.count() == 1
