"""A hundred thousand reminders of one session: `python tests/bench/mails.py`. Not in the suite.

Makes a throw-away folder (SQLite, as the embedded default has it) with one session and its registrations in 24 zones
and two languages at 500 domains; times how they are written down as mails; then starts `manage.py run_queue` and a mail
server of its own on a loopback port, each in a process of its own, and says how many mails arrived a second, which
arrived twice, the CPU time of each part a mail, and the memory of the workers at the beginning and the end.

`--mails`, `--clusters` (several `run_queue` on one database), `--database postgres://…`, `--answer` (milliseconds from
what is asked to the answer, as over a way of that length; a mail waits for two: its envelope in one piece, as every
usual mail server pipelines, and its text), `--seconds` (stop so long after the first mail), `--warm` (seconds after the
first mail that are not counted: each worker makes its words then) change what is measured.

Without `--answer` the mail server costs nothing, and the workers of one cluster keep two cores busy; a second cluster
can only share them. A real mail server is some way off, 20 ms in a usual data centre's neighbourhood: then a worker
waits most of the time, and a second cluster is what sends more.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.sink import Talk  # noqa: E402 — run as a script, this folder is all it finds
from tests.throwaway import data_folder  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
ZONES = [
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Africa/Lagos",
    "Africa/Maputo",
    "Africa/Accra",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Jakarta",
    "Asia/Phnom_Penh",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Stockholm",
    "Europe/Kyiv",
    "America/New_York",
    "America/Mexico_City",
    "America/Bogota",
    "America/Lima",
    "America/Sao_Paulo",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Asia/Tokyo",
]


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--clusters", type=int, default=1)
    parser.add_argument("--database", default="")
    parser.add_argument("--answer", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--warm", type=float, default=0.0)
    return parser.parse_args()


class Sink:
    """A mail server that takes everything. seen: Message-ID → how often it came. most: connections at once."""

    def __init__(self, pause: float) -> None:
        self.pause, self.seen, self.size = pause, dict[bytes, int](), 0
        self.now = self.most = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection. What comes in one piece is answered in one piece, a pause later, as over a long way."""
        writer.write(b"220 sink\r\n")
        self.now += 1
        self.most = max(self.most, self.now)
        peer, begun = Talk(self.take), b""
        with contextlib.suppress(ConnectionError):  # a worker was killed
            while not peer.over and (more := await reader.read(2**16)):
                answers, begun = peer.answers(begun + more)
                if answers and self.pause:
                    await asyncio.sleep(self.pause)
                writer.write(answers)
        self.now -= 1
        writer.close()

    def take(self, mail: bytes) -> None:
        """Count one mail."""
        head = mail[: (mail + b"\r\n\r\n").index(b"\r\n\r\n")]
        found = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:"))
        self.seen[found] = self.seen.get(found, 0) + 1
        self.size += len(mail)


def serve(port: Any, counts: Any, pause: float) -> None:
    """Be the mail server: its process's life. counts: mails, different ones, bytes, most connections at once."""
    sink = Sink(pause)

    async def run() -> None:
        server = await asyncio.start_server(sink.talk, "127.0.0.1", 0, limit=2**20)
        port.value = server.sockets[0].getsockname()[1]
        while True:
            await asyncio.sleep(0.2)
            counts[0], counts[1], counts[2] = sum(sink.seen.values()), len(sink.seen), sink.size
            counts[3] = sink.most

    asyncio.run(run())


def fill(mails: int) -> Any:
    """Make a session that begins in 59 minutes, and so many registrations for it. Return it."""
    now = timezone.now()
    community = make_community(slug="many", name={"en": "Many", "sv": "Många"}, contact="us@example.org")
    series = make_series(community, slug="many", title={"en": "Reminders", "sv": "Påminnelser"})
    wall = (now + timedelta(minutes=59)).astimezone(ZoneInfo(series.zone)).replace(tzinfo=None, second=0)
    session = make_session(series, wall=wall.replace(microsecond=0), title={"en": "A session of many"})
    for start in range(0, mails, 2000):
        Registration.objects.bulk_create(
            Registration(
                session=session,
                email=f"reader{number:06}@domain{number % 500}.example",
                name=f"Reader {number}",
                language="en" if number % 3 else "sv",
                zone=ZONES[number % len(ZONES)],
                token=secrets.token_urlsafe(24),
                made_at=now - timedelta(days=9),
                confirmed_at=now - timedelta(days=9),
                told_sequence=session.sequence,
                wants_invitation=False,
            )
            for number in range(start, min(start + 2000, mails))
        )
    return session


def processes(leaders: list[int]) -> dict[int, tuple[float, int]]:
    """CPU seconds and own memory (kB) of these processes and all below them, by id."""
    parents, found = dict[int, int](), dict[int, tuple[float, int]]()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            roll = (stat.parent / "smaps_rollup").read_text()
        except (OSError, IndexError):
            continue
        own = sum(int(line.split()[1]) for line in roll.splitlines() if line.startswith("Private_"))
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        found[pid] = (sum(map(int, fields[11:15])) / TICK, own)
    wanted = set(leaders)
    for _each in range(6):
        wanted |= {pid for pid, parent in parents.items() if parent in wanted}
    return {pid: found[pid] for pid in wanted if pid in found}


def write_down() -> int:
    """Write the reminders down as the sweep does, and say how long the write lock was held at most."""
    longest = [0.0]

    def timed(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.monotonic()
        try:
            return run(sql, params, many, context)
        finally:
            longest[0] = max(longest[0], time.monotonic() - began)

    atomic, held = transaction.Atomic.__exit__, [0.0]
    enter = transaction.Atomic.__enter__
    starts: list[float] = []

    def entered(self: Any) -> Any:
        result = enter(self)
        starts.append(time.monotonic())
        return result

    def left(self: Any, *args: Any) -> Any:
        result = atomic(self, *args)
        held[0] = max(held[0], time.monotonic() - starts.pop())
        return result

    transaction.Atomic.__enter__, transaction.Atomic.__exit__ = entered, left  # type: ignore[method-assign]
    began, cpu = time.monotonic(), time.process_time()
    with connection.execute_wrapper(timed):
        made = reminding.look(now=timezone.now())
    transaction.Atomic.__enter__, transaction.Atomic.__exit__ = enter, atomic  # type: ignore[method-assign]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"written down: {made:,} mails in {time.monotonic() - began:.1f} s, {time.process_time() - cpu:.1f} s of CPU; "
        f"longest transaction {held[0] * 1000:.0f} ms, longest statement {longest[0] * 1000:.0f} ms; "
        f"peak memory {peak:.0f} MB",
        flush=True,
    )
    return made


def watch(
    queues: list[subprocess.Popen[bytes]], sink: Any, counts: Any, made: int, given: argparse.Namespace
) -> None:
    """Wait for the last mail; print each half minute and the sum."""
    began, before, last, first = time.monotonic(), processes([each.pid for each in queues]), 0.0, 0.0
    warm = (0.0, 0)
    cpu, memory = dict[int, float](), list[tuple[float, int]]()
    sink_before = processes([sink.pid])[sink.pid][0]
    while counts[1] < made and time.monotonic() - (first or began + 300) < given.seconds:
        time.sleep(1)
        if any(each.poll() is not None for each in queues):
            sys.exit("A queue has ended by itself: see above.")
        now = processes([each.pid for each in queues])
        cpu |= {pid: used - before.get(pid, (0.0, 0))[0] for pid, (used, _own) in now.items()}
        memory.append((time.monotonic() - began, max((own for _used, own in now.values()), default=0)))
        if not first and counts[1]:
            first = time.monotonic()
        if first and not warm[0] and time.monotonic() - first >= given.warm:
            warm = time.monotonic(), counts[1]
        if time.monotonic() - last > 30:
            last = time.monotonic()
            print(
                f"{last - began:6.0f} s: {counts[1]:>7,} arrived, largest worker {memory[-1][1] // 1024} MB",
                flush=True,
            )
    took, counted = time.monotonic() - (first or began), time.monotonic() - warm[0] if warm[0] else 0.0
    sink_cpu = processes([sink.pid])[sink.pid][0] - sink_before
    report = {
        "arrived": counts[0],
        "different": counts[1],
        "twice": counts[0] - counts[1],
        "seconds": round(took, 1),
        "a second": round(counts[1] / took, 1),
        f"a second, after {given.warm:.0f} s": round((counts[1] - warm[1]) / counted, 1) if counted else None,
        "connections at once, at most": counts[3],
        "ms of CPU a mail, workers": round(sum(cpu.values()) / max(counts[1], 1) * 1000, 2),
        "ms of CPU a mail, mail server": round(sink_cpu / max(counts[1], 1) * 1000, 2),
        "bytes a mail": counts[2] // max(counts[0], 1),
        "own MB of the largest worker after a tenth and at the end": [
            memory[len(memory) // 10][1] // 1024,
            memory[-1][1] // 1024,
        ],
        "states": dict(Message.objects.values_list("state").annotate(n=Count("pk")).order_by()),
        "load": os.getloadavg(),
    }
    print(json.dumps(report, indent=1))


def main(given: argparse.Namespace) -> None:
    """Fill, write down, send, report."""
    call_command("migrate", verbosity=0)
    fill(given.mails)
    print(f"{os.cpu_count()} cores, {connection.vendor}, load {os.getloadavg()}", flush=True)
    made = write_down()
    port, counts = multiprocessing.Value("i", 0), multiprocessing.Array("q", 4)
    sink = multiprocessing.Process(target=serve, args=(port, counts, given.answer / 1000), daemon=True)
    sink.start()
    while not port.value:
        time.sleep(0.05)
    connections.close_all()
    environment = dict(os.environ, MERIDIAN_MAIL=f"smtp://127.0.0.1:{port.value}")
    command = [sys.executable, str(ROOT / "manage.py"), "run_queue"]
    queues = [subprocess.Popen(command, env=environment, cwd=ROOT) for _each in range(given.clusters)]
    try:
        watch(queues, sink, counts, made, given)
    finally:
        for each in queues:
            each.send_signal(signal.SIGTERM)
        for each in queues:
            each.wait(20)
        sink.terminate()


if __name__ == "__main__":
    GIVEN = options()
    data_folder("mails")
    if GIVEN.database:
        os.environ["MERIDIAN_DATABASE"] = GIVEN.database
    os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"
    import resource
    import secrets
    from zoneinfo import ZoneInfo

    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, connections, transaction
    from django.db.models import Count
    from django.utils import timezone

    from seminars.notifications import reminding
    from seminars.notifications.models import Message
    from seminars.sessions.registration.models import Registration
    from tests.factories import make_community, make_series, make_session

    main(GIVEN)
