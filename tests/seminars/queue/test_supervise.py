"""The supervisor ends and restarts a cluster whose process died or which no longer moves."""

import os
import signal
import struct
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.conf import Conf

from seminars.queue import jobs, processes, supervise
from seminars.queue.supervise import Group

MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_the_first_cluster_is_stalled_without_a_sweep(now: datetime) -> None:
    assert supervise.stalled("meridian", now=now)
    jobs.beat("sweep", now)
    assert not supervise.stalled("meridian", now=now + 3 * MINUTE)
    assert supervise.stalled("meridian", now=now + 3 * MINUTE + timedelta(seconds=1))


@pytest.mark.django_db
def test_another_cluster_is_stalled_when_its_work_lies(now: datetime) -> None:
    assert not supervise.stalled("media", now=now)
    jobs.ensure(kind="k", subject="s", door="d", cluster="media", now=now)
    assert not supervise.stalled("media", now=now + 2 * MINUTE)
    assert supervise.stalled("media", now=now + 4 * MINUTE)


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Iterator[Group]:
    """A cluster whose leader only sleeps; its clock stands."""
    monkeypatch.setattr(supervise, "lead", lambda group, supervisor: time.sleep(60))
    monkeypatch.setattr(supervise, "answering", lambda: True)
    monkeypatch.setattr(supervise, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    monkeypatch.setattr(supervise.connections, "close_all", lambda: None)
    made = Group("meridian")
    os.set_blocking(made.pipe[0], False)
    supervise.look(made)
    yield made
    if made.leader:
        processes.end([made.leader], seconds=0)
    for end in made.pipe:
        os.close(end)


def test_a_dead_leader_is_replaced_at_once_then_ever_later(
    group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    first = group.leader
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    supervise.look(group)
    assert group.leader == 0
    assert "ended with status -9" in caplog.text
    supervise.look(group)
    assert group.leader not in (0, first)
    supervise.restart(group, "a test")
    supervise.look(group)
    assert group.leader == 0  # it fails too often: later
    assert group.start_after == 1001


def test_no_cluster_is_started_while_the_database_is_away(
    group: Group, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    processes.end([group.leader], seconds=0)
    group.leader = 0
    monkeypatch.undo()
    monkeypatch.setattr(supervise.connections, "close_all", lambda: None)
    monkeypatch.setattr(supervise.connection, "ensure_connection", away)
    before = time.monotonic()
    supervise.look(group)
    assert group.leader == 0
    assert before + supervise.AWAY <= group.start_after <= time.monotonic() + supervise.AWAY
    assert "The queue waits for the database, which says: no route to it" in caplog.text


def away() -> None:
    raise OperationalError("no route\n to it")


def test_a_worker_that_vanishes_restarts_all_and_one_that_says_goodbye_does_not(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = {101, 102, 103}
    monkeypatch.setattr(processes, "children", lambda pid: {7} if pid == group.leader else workers)
    leader = group.leader
    supervise.look(group)
    workers.remove(101)
    os.write(group.pipe[1], struct.pack("i", 101))
    supervise.look(group)
    assert (group.leader, group.workers) == (leader, {102, 103})
    workers.remove(102)
    supervise.look(group)
    assert group.leader == 0


@pytest.mark.django_db
def test_a_young_cluster_is_not_judged(group: Group) -> None:
    supervise.ask(group)
    assert group.leader
    group.started_at = timezone.now() - 4 * MINUTE
    supervise.ask(group)
    assert group.leader == 0


def test_the_media_cluster_has_its_own_limits(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    names = ("CLUSTER_NAME", "SCHEDULER", "WORKERS", "TIMEOUT", "RETRY")
    for name in names:
        monkeypatch.setattr(Conf, name, getattr(Conf, name))
    monkeypatch.setenv("Q_CLUSTER_NAME", "")
    before = [getattr(Conf, name) for name in names]
    supervise.name_cluster("meridian")
    assert [getattr(Conf, name) for name in names] == before
    supervise.name_cluster("media")
    media = settings.Q_CLUSTER["ALT_CLUSTERS"]["media"]
    assert [getattr(Conf, name) for name in names] == ["media", False, 1, media["timeout"], media["retry"]]
    assert Conf.PREFIX == "meridian"
    assert media["retry"] > media["timeout"]
