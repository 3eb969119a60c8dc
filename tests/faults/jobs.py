"""Kill what runs the jobs, and their database: `python tests/faults/jobs.py [--postgres]`. Not in the suite.

Starts `manage.py run_queue` on a throw-away folder with 200 jobs of six kinds (see `jobs_doors`): short ones, long ones
with progress, some that fail once, some that fail for good, some that write a file to the store, some that post a mail
to a mail server of ours. Thirty times, at random (`--seed`), one of these is ended with SIGKILL: a worker, django-q2's
pusher, monitor or sentinel, the leader of a cluster, the supervisor; with `--postgres`, a server of its own, also one
of its backends, the postmaster, or all of it by an immediate stop. What has nobody to start it again (supervisor,
PostgreSQL) is started again here. At the end every job must be done or held, once; each file whole; nothing in the
store that no row knows; no mail twice. It prints the table, and ends with 1 where anything is wrong.
"""

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MIX = {"short": 60, "long": 40, "flaky": 20, "hopeless": 20, "keeping": 30, "posting": 30}
PARTS = ("worker", "worker", "worker", "pusher", "monitor", "sentinel", "cluster", "supervisor")
DATABASE = ("backend", "postmaster", "immediate stop")
BINARIES = Path("/usr/lib/postgresql/15/bin")


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own; needs root")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0, help="default: another one each time")
    parser.add_argument("--minutes", type=float, default=30)
    return parser.parse_args()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Postgres:
    """A throw-away server, run by the user postgres."""

    def __init__(self) -> None:
        self.folder, self.port = Path(tempfile.mkdtemp(prefix="meridian-pg-")), free_port()
        shutil.chown(self.folder, "postgres")
        self.run(
            "initdb",
            "-D",
            str(self.folder),
            "-U",
            "meridian",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        self.start()
        self.address = f"postgres://meridian@127.0.0.1:{self.port}/postgres"

    def run(self, *command: str) -> None:
        """Run one of its programs as its user."""
        program = [str(BINARIES / command[0]), *command[1:]]
        subprocess.run(
            ["runuser", "-u", "postgres", "--", *program], check=True, stdout=subprocess.DEVNULL, cwd="/tmp"
        )

    def start(self) -> None:
        """Start it; after a kill it recovers first."""
        given = f"-p {self.port} -k '' -c listen_addresses=127.0.0.1"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-s", "-t", "60", "-l", log, "start", "-o", given)

    def stop(self, mode: str = "immediate") -> None:
        """Stop it."""
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-s", "-m", mode, "stop")

    @property
    def postmaster(self) -> int:
        """Return the process id of its first process."""
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def kill(self, what: str) -> bool:
        """Kill a part of it and have it run again; False where there was none."""
        if what == "immediate stop":
            self.stop()
        elif what == "postmaster":
            pid = self.postmaster
            others = processes.children(pid)
            os.kill(pid, signal.SIGKILL)
            while any(Path(f"/proc/{each}").exists() for each in {pid, *others}):  # they notice, one by one
                time.sleep(0.05)
        else:
            # One backend that is killed makes the postmaster end all others and recover by itself.
            backends = [each for each in processes.children(self.postmaster) if b"127.0.0.1" in title(each)]
            if not backends:
                return False
            os.kill(CHANCE.choice(sorted(backends)), signal.SIGKILL)
            return True
        time.sleep(CHANCE.uniform(0, 3))
        self.start()
        return True


def title(pid: int) -> bytes:
    """Return the command line of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class Stage:
    """What runs, and how to find and kill a part of it."""

    def __init__(self, folder: Path, postgres: "Postgres | None") -> None:
        self.arrived, self.postgres, self.log = (
            folder / "arrived",
            postgres,
            (folder / "queue.log").open("wb"),
        )
        self.arrived.touch()
        port = free_port()
        self.environment = dict(os.environ, MERIDIAN_MAIL=f"smtp://127.0.0.1:{port}")
        self.server = subprocess.Popen([sys.executable, "-c", SERVER, str(port), str(self.arrived)], cwd=ROOT)
        self.start_queue()

    def start_queue(self) -> None:
        """Start `run_queue`, as systemd would."""
        command = [sys.executable, str(ROOT / "manage.py"), "run_queue"]
        self.queue = subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stderr=self.log, stdout=self.log
        )

    def parts(self) -> dict[str, list[int]]:
        """Return the process ids of each part that runs now."""
        found: dict[str, list[int]] = {"supervisor": [self.queue.pid]}
        for leader in processes.children(self.queue.pid):
            found.setdefault("cluster", []).append(leader)
            for sentinel in processes.children(leader):
                found.setdefault("sentinel", []).append(sentinel)
                # django-q2 starts its workers, then the monitor, then the pusher.
                made = sorted(processes.children(sentinel))
                if len(made) >= 3:
                    found.setdefault("worker", []).extend(made[:-2])
                    found.setdefault("monitor", []).append(made[-2])
                    found.setdefault("pusher", []).append(made[-1])
        return found

    def kill(self, what: str) -> bool:
        """Kill one part at random; False where none of that kind runs now, or nothing works yet."""
        running = self.parts()
        if "worker" not in running:
            return False
        if self.postgres and what in DATABASE:
            return self.postgres.kill(what)
        there = running.get(what)
        if not there:
            return False
        os.kill(CHANCE.choice(there), signal.SIGKILL)
        return True

    def tend(self) -> None:
        """Start the supervisor again where it has ended, as systemd would."""
        if self.queue.poll() is not None:
            self.start_queue()

    def end(self) -> float:
        """End everything; return the seconds that the queue took for it."""
        self.queue.terminate()
        began = time.monotonic()
        self.queue.wait(30)
        took = time.monotonic() - began
        self.server.kill()
        return took


SERVER = "import sys, pathlib; from tests.faults.mails import serve; serve(int(sys.argv[1]), pathlib.Path(sys.argv[2]))"


def fill() -> None:
    """Order the jobs, well mixed; every second long one and every file is the media cluster's."""
    community = make_community(slug="many", contact="us@example.org")
    kinds = [kind for kind, count in MIX.items() for _ in range(count)]
    CHANCE.shuffle(kinds)
    now = timezone.now()
    for number, kind in enumerate(kinds):
        subject = f"membership:{make_member(community).pk}" if kind == "posting" else f"number:{number}"
        cluster = "media" if kind == "keeping" or (kind == "long" and number % 2) else ""
        jobs.ensure(kind=f"fault.{kind}", subject=subject, door=DOOR, cluster=cluster, now=now)
    connections.close_all()


def asked(question: "Callable[[], int]") -> int:
    """Return the answer of the database; -1 while it is away."""
    try:
        return question()
    except Error:
        return -1
    finally:
        connections.close_all()


def unsettled() -> int:
    """How many jobs and mails are not at their end."""
    open_ = Job.objects.filter(kind__startswith="fault.").exclude(state__in=["done", "held"]).count()
    return int(open_ + ours().filter(state__in=MessageState.unsent()).count())


def ours() -> Any:
    """The mails that our jobs posted."""
    return Message.objects.filter(kind="welcome", revision=jobs_doors.REVISION)


def run(given: argparse.Namespace, stage: Stage) -> Counter[str]:
    """Kill at random, about every ten seconds; wait for the end. Return what was killed how often."""
    killed, began = Counter[str](), time.monotonic()
    parts = PARTS + (DATABASE if stage.postgres else ())
    due = began + 8
    while time.monotonic() - began < given.minutes * 60:
        stage.tend()
        if killed.total() < given.kills:
            if time.monotonic() > due and stage.kill(what := CHANCE.choice(parts)):
                killed[what] += 1
                due = time.monotonic() + CHANCE.uniform(2, 14)
                print(
                    f"{time.monotonic() - began:5.0f} s: {asked(unsettled):>4} open, killed: {what}",
                    flush=True,
                )
        elif asked(unsettled) == 0:
            break
        time.sleep(0.1 if killed.total() < given.kills else 2)
    print(f"{time.monotonic() - began:5.0f} s: {asked(unsettled):>4} open", flush=True)
    return killed


def stored() -> tuple[dict[str, Any], int]:
    """Return what is to be said of the store, and how much of it is wrong."""
    tasks.remove_stale(timezone.now() + 2 * tasks.STALE)  # what a killed writer left on its way in
    wanted = {
        jobs_doors.sha256_of(subject)
        for subject in Job.objects.filter(kind="fault.keeping", state="done").values_list(
            "subject", flat=True
        )
    }
    known = set(Asset.objects.values_list("sha256", flat=True))
    staging = store.staging_folder()
    files = {
        path
        for path in staging.parent.rglob("*")
        if path.is_file()
        and path.suffix != ".lock"
        and path.name != presence.MARKER
        and staging not in path.parents
    }
    broken = [path for path in files if hashlib.sha256(path.read_bytes()).hexdigest() != path.name]
    names = {path.name for path in files}
    left = [path for path in staging.iterdir() if path.suffix != ".lock"]
    rows = {
        "files in the store": len(files),
        "files half written": len(broken) + len(left),
        "files of done jobs that lack": len(wanted - names) + len(known - names),
        "orphans (files without a row)": len(names - known),
    }
    return rows, sum(count for name, count in rows.items() if name != "files in the store")


def mailed(stage: Stage) -> tuple[dict[str, Any], int]:
    """Return what is to be said of the mails, and how much of it is wrong."""
    arrived = Counter(stage.arrived.read_text().split())
    state = dict(ours().values_list("message_id", "state"))
    twice = sum(arrived[each] - 1 for each in state if arrived[each] > 1)
    lost = sum(not arrived[each] for each, where in state.items() if where == "sent")
    done = Job.objects.filter(kind="fault.posting", state="done").count()
    rows = {
        "mails written down": f"{len(state)} by {done} jobs",
        "mails that arrived": sum(arrived[each] > 0 for each in state),
        "uncertain, for a person": sum(where == "uncertain" for where in state.values()),
        "mails twice": twice,
        "mails lost": lost,
    }
    return rows, twice + lost + abs(len(state) - done)


def report(stage: Stage, killed: Counter[str], took: float) -> int:
    """Print the table; how much is wrong."""
    every = Job.objects.filter(kind__startswith="fault.")
    states = Counter(every.values_list("state", flat=True))
    outcomes = Counter(Attempt.objects.filter(job__in=every).values_list("outcome", flat=True))
    ends = Counter(Attempt.objects.filter(job__in=every, outcome="done").values_list("job", flat=True))
    twice = sum(count - 1 for count in ends.values())
    never = every.filter(state="done").exclude(pk__in=list(ends)).count()
    held = Counter(every.filter(state="held").values_list("kind", "reason"))
    wrong_held = sum(
        n for (kind, reason), n in held.items() if kind != "fault.hopeless" and reason != jobs.DIED
    )
    files, bad_files = stored()
    mails, bad_mails = mailed(stage)
    left = len(leftovers())
    rows: dict[str, Any] = {
        "killed": ", ".join(f"{what} {count}×" for what, count in sorted(killed.items())),
        "jobs": every.count(),
        "done": states["done"],
        "held": ", ".join(f"{n} {kind.partition('.')[2]} ({reason})" for (kind, reason), n in held.items()),
        "neither": every.count() - states["done"] - states["held"],
        "attempts": ", ".join(f"{outcome or 'open'} {count}" for outcome, count in sorted(outcomes.items())),
        "ended twice": twice,
        "done without an attempt": never,
        **files,
        **mails,
        "processes left after SIGTERM": f"{left} ({took:.1f} s)",
    }
    print(f"\n{connection.vendor}, seed {SEED}, load {os.getloadavg()[0]:.1f}")
    for name, value in rows.items():
        print(f"  {name:31} {value}")
    return int(rows["neither"]) + twice + never + outcomes[""] + wrong_held + bad_files + bad_mails + left


def leftovers() -> list[int]:
    """Return the processes that still run with our data folder in their environment."""
    found = []
    mark = f"MERIDIAN_DATA={os.environ['MERIDIAN_DATA']}".encode()
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            pid = int(entry.parent.name)
            if mark in entry.read_bytes() and b"run_queue" in title(pid):
                found.append(pid)
    return found


def main(given: argparse.Namespace, postgres: "Postgres | None") -> int:
    """Fill, run, report."""
    call_command("migrate", verbosity=0)
    fill()
    stage = Stage(Path(os.environ["MERIDIAN_DATA"]), postgres)
    took = 0.0
    try:
        killed = run(given, stage)
    finally:
        took = stage.end()
    return 1 if report(stage, killed, took) else 0


if __name__ == "__main__":
    GIVEN = options()
    SEED = GIVEN.seed or random.SystemRandom().randrange(1, 10**6)
    CHANCE = random.Random(SEED)
    sys.path.insert(0, str(ROOT))
    from tests.throwaway import data_folder

    data_folder("faults")
    os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"
    from seminars.queue import processes

    POSTGRES = Postgres() if GIVEN.postgres else None
    if POSTGRES:
        os.environ["MERIDIAN_DATABASE"] = POSTGRES.address
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import Error, connection, connections
    from django.utils import timezone

    from recordings import tasks
    from recordings.assets import presence, store
    from recordings.assets.models import Asset
    from seminars.notifications.models import Message, MessageState
    from seminars.queue import jobs
    from seminars.queue.models import Attempt, Job
    from tests.factories import make_community, make_member
    from tests.faults import jobs_doors

    DOOR = "tests.faults.jobs_doors.work"
    try:
        CODE = main(GIVEN, POSTGRES)
    finally:
        if POSTGRES:
            POSTGRES.stop()
            shutil.rmtree(POSTGRES.folder)
    sys.exit(CODE)
