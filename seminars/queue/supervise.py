"""Keep the workers working: `manage.py run_queue`. With `enqueue` the only file that knows django-q2.

Why django-q2's own `qcluster` is not enough, each seen in a trial: one idle worker killed can lock the cluster for ever
while it looks alive; a killed sentinel leaves orphans and exit status 0. So each cluster runs in a process group of its
own, and is restarted whole when one of its processes dies or when nothing moves.
"""

import contextlib
import gc
import logging
import os
import signal
import struct
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import util
from types import FrameType
from typing import Any, cast

from django.conf import settings
from django.db import Error, connection, connections
from django.utils import timezone
from django_q.cluster import Cluster
from django_q.conf import Conf
from django_q.signals import post_spawn

from seminars.queue import jobs, processes
from seminars.queue.models import Beat

GRACE = 2.0  # seconds for a cluster to end by itself; jobs cut short are taken back by the sweep
LOOK_EVERY = 0.5  # seconds
ASK_EVERY = 10.0  # seconds between looks at the database
STALLED = timedelta(minutes=3)
STEADY = 20.0  # seconds after which a start counts as good
AWAY = 2.0  # seconds between looks at a database that does not answer
LONGEST_WAIT = 30.0  # seconds between starts that fail
log = logging.getLogger(__name__)


@dataclass
class Group:
    """One cluster of workers: the leader of its process group, and what was last seen of it."""

    name: str
    leader: int = 0
    started: float = 0.0  # monotonic
    started_at: datetime | None = None
    workers: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)  # those that have ended in good order
    failures: int = 0
    start_after: float = 0.0  # monotonic
    pipe: tuple[int, int] = field(default_factory=os.pipe)  # workers that end in good order write their ids


def run() -> None:
    """Run every cluster of the settings until SIGTERM or SIGINT; then end all of them within `GRACE` seconds."""
    stopping: list[int] = []

    def stop(sig: int, frame: FrameType | None) -> None:
        stopping.append(sig)

    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sig, stop)
    processes.tie_children()
    gc.collect()
    gc.freeze()  # what is loaded by now stays shared with the children, page by page
    groups = [Group(Conf.PREFIX), *map(Group, other_clusters())]
    for group in groups:
        os.set_blocking(group.pipe[0], False)
    asked = time.monotonic()
    while not stopping:
        for group in groups:
            look(group)
        if time.monotonic() - asked > ASK_EVERY:
            asked = time.monotonic()
            for group in groups:
                ask(group)
        for _ in range(5):  # short naps, so that an end is noticed at once
            if not stopping:
                time.sleep(LOOK_EVERY / 5)
    processes.end([group.leader for group in groups if group.leader], seconds=GRACE)


def look(group: Group) -> None:
    """Start the cluster if it does not run; end it if one of its processes has died."""
    if not group.leader:
        if time.monotonic() >= group.start_after:
            if answering():
                start(group)
            else:  # to start it now would only fill the log
                group.start_after = time.monotonic() + AWAY
        return
    status = processes.ended(group.leader)
    if status is not None:
        restart(group, f"it ended with status {status}")
        return
    alive = {pid for sentinel in processes.children(group.leader) for pid in processes.children(sentinel)}
    group.left |= _left_in_order(group)
    if died := group.workers - alive - group.left:
        restart(group, f"of its processes {sorted(died)} died")
        return
    group.workers, group.left = alive, group.left & alive
    if time.monotonic() - group.started > STEADY:
        group.failures = 0


def ask(group: Group) -> None:
    """End the cluster if the database says that nothing moves, although it has been up for long enough."""
    now = timezone.now()
    if not group.leader or group.started_at is None or now - group.started_at < STALLED:
        return
    with contextlib.suppress(Error):  # a database that does not answer is no reason to kill workers
        if stalled(group.name, now=now):
            restart(group, f"nothing has moved for {STALLED}")
    connections.close_all()  # a connection must not be open when the next cluster is forked


def stalled(name: str, *, now: datetime) -> bool:
    """Return whether the first cluster has not swept, or another one leaves its due jobs lying, for STALLED."""
    if name == Conf.PREFIX:
        return not Beat.objects.filter(name="sweep", at__gte=now - STALLED).exists()
    return jobs.stuck(cluster=name, since=now - STALLED)


def answering() -> bool:
    """Return whether the database answers; it is left without a connection."""
    try:
        connection.ensure_connection()
    except Error as wrong:
        log.warning("The queue waits for the database, which says: %s", " ".join(str(wrong).split()))
        return False
    finally:
        connections.close_all()
    return True


def start(group: Group) -> None:
    """Fork the cluster's leader."""
    connections.close_all()
    group.started, group.started_at, group.workers = time.monotonic(), timezone.now(), set()
    group.left = set()
    supervisor = os.getpid()
    group.leader = processes.fork(lambda: lead(group, supervisor))


def restart(group: Group, why: str) -> None:
    """End what is left of the cluster; it starts again at once, or later when it keeps failing."""
    log.warning("The queue's cluster “%s” is restarted: %s", group.name, why)
    processes.end([group.leader], seconds=GRACE)
    group.leader = 0
    wait = min(2.0**group.failures - 1, LONGEST_WAIT)
    group.failures += 1
    group.start_after = time.monotonic() + wait


def lead(group: Group, supervisor: int) -> int:
    """Be the leader of a cluster's process group until it ends. Runs in a process of its own."""
    # When the supervisor is gone nobody may be left: not the workers, not a program that one of them runs.
    signal.signal(signal.SIGHUP, processes.kill_own_group)
    processes.end_with_parent(supervisor, signal.SIGHUP)
    name_cluster(group.name)

    def spawned(**_: object) -> None:
        """In a new worker: say so when it ends in good order (recycled, stopped); a killed one says nothing."""
        util.Finalize(None, os.write, args=(group.pipe[1], struct.pack("i", os.getpid())), exitpriority=0)

    post_spawn.connect(spawned, weak=False)
    cluster = Cluster()
    cluster.start()
    sentinel = cluster.sentinel
    while sentinel.is_alive():
        time.sleep(0.1)
    return 0 if cluster.has_stopped else 1


def other_clusters() -> dict[str, dict[str, Any]]:
    """Return the settings of each cluster beside the first, by name."""
    return cast("dict[str, dict[str, Any]]", settings.Q_CLUSTER["ALT_CLUSTERS"])


def name_cluster(name: str) -> None:
    """Make this process part of the cluster `name`.

    django-q2 reads Q_CLUSTER_NAME when it is imported. We fork from one loaded process, to share its memory, so we set
    what it would have set (conf.py, class Conf).
    """
    if name == Conf.PREFIX:
        return
    os.environ["Q_CLUSTER_NAME"] = Conf.CLUSTER_NAME = name
    other = other_clusters()[name]
    Conf.SCHEDULER = other.get("scheduler", Conf.SCHEDULER)
    Conf.WORKERS = other.get("workers", Conf.WORKERS)
    Conf.TIMEOUT, Conf.RETRY = other.get("timeout", Conf.TIMEOUT), other.get("retry", Conf.RETRY)


def _left_in_order(group: Group) -> set[int]:
    with contextlib.suppress(BlockingIOError):
        data = os.read(group.pipe[0], 4096)
        return {pid for (pid,) in struct.iter_unpack("i", data)}
    return set()
