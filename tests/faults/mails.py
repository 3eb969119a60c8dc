"""Kill workers, guards and the mail server while mails leave: `python tests/faults/mails.py`. Not in the suite.

Starts `manage.py run_queue` on a throw-away folder (or `--database postgres://…`) with some thousand reminders, and a
mail server that writes each mail's Message-ID to a file before it answers. Ten times, evenly spread over the mails,
one of them is ended with SIGKILL in turn: the worker that is sending, the mail server, the guard of the workers
(django-q2's sentinel), the whole of `run_queue`. What was killed is started again, by our supervisor or, where it was
that, by this script. At the end every mail must have arrived exactly once or be reported as uncertain; it prints the
table and ends with 1 where one came twice or is lost.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.sink import Talk  # noqa: E402 — run as a script, this folder is all it finds
from tests.throwaway import data_folder  # noqa: E402

TURNS = ("worker", "mail server", "guard", "worker", "mail server", "queue")


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=4000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--database", default="")
    parser.add_argument("--minutes", type=float, default=30)
    return parser.parse_args()


def serve(port: int, file: Path) -> None:
    """Be the mail server until killed: what arrived is in the file before the answer is given."""
    arrived = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def take(mail: bytes) -> None:
        head = mail[: mail.index(b"\r\n\r\n")].split(b"\r\n")
        found = next(each for each in head if each.lower().startswith(b"message-id:"))
        os.write(arrived, found.partition(b":")[2].strip() + b"\n")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        peer, begun = Talk(take), b""
        with contextlib.suppress(ConnectionError):
            while not peer.over and (more := await reader.read(2**16)):
                await asyncio.sleep(0.004)
                answers, begun = peer.answers(begun + more)
                await asyncio.sleep(0.004)
                writer.write(answers)
        writer.close()

    async def run() -> None:
        await asyncio.start_server(talk, "127.0.0.1", port, limit=2**20)
        await asyncio.Event().wait()

    asyncio.run(run())


class Stage:
    """What runs, and how to find and kill a part of it."""

    def __init__(self, folder: Path) -> None:
        self.arrived, self.journals = folder / "arrived", folder / "outbox"
        self.arrived.touch()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = dict(os.environ, MERIDIAN_MAIL=f"smtp://127.0.0.1:{self.port}")
        self.start_server()
        self.start_queue()

    def start_server(self) -> None:
        """Start the mail server."""
        self.server = multiprocessing.get_context("spawn").Process(
            target=serve, args=(self.port, self.arrived), daemon=True
        )
        self.server.start()

    def start_queue(self) -> None:
        """Start `run_queue`."""
        command = [sys.executable, str(ROOT / "manage.py"), "run_queue"]
        self.queue = subprocess.Popen(command, env=self.environment, cwd=ROOT)

    def count(self) -> int:
        """How many mails arrived."""
        return self.arrived.read_bytes().count(b"\n")

    def senders(self) -> list[int]:
        """Workers that hold a journal: they are sending."""
        found = []
        for links in Path("/proc").glob("[0-9]*/fd"):
            with contextlib.suppress(OSError):
                if any(os.readlink(each).startswith(str(self.journals)) for each in links.iterdir()):
                    found.append(int(links.parent.name))
        return found

    def kill(self, what: str) -> bool:
        """Kill one part and see that it runs again; False where a worker was to be killed and none is sending."""
        if what == "mail server":
            os.kill(self.server.pid or 0, signal.SIGKILL)
            self.server.join()
            self.start_server()
            return True
        if what == "queue":
            self.queue.kill()
            self.queue.wait()
            self.start_queue()
            return True
        senders = self.senders()
        if not senders:
            return False
        stat = Path(f"/proc/{senders[0]}/stat").read_text()
        os.kill(senders[0] if what == "worker" else int(stat.rsplit(")", 1)[1].split()[1]), signal.SIGKILL)
        return True

    def end(self) -> None:
        """End everything."""
        self.queue.terminate()
        self.queue.wait(30)
        self.server.kill()


def fill(mails: int) -> None:
    """Write reminders of a session down, as the sweep does."""
    now = timezone.now()
    community = make_community(slug="many", contact="us@example.org")
    series = make_series(community, slug="many")
    wall = (now + timedelta(minutes=59)).astimezone(ZoneInfo(series.zone)).replace(tzinfo=None)
    session = make_session(series, wall=wall.replace(second=0, microsecond=0))
    before = now - timedelta(days=9)
    Registration.objects.bulk_create(
        [
            Registration(
                session=session,
                email=f"reader{number:06}@domain{number % 50}.example",
                name=f"Reader {number}",
                language="en" if number % 3 else "sv",
                zone=("Asia/Kolkata", "America/Lima", "")[number % 3],
                token=secrets.token_urlsafe(24),
                made_at=before,
                confirmed_at=before,
                told_sequence=session.sequence,
                wants_invitation=False,
            )
            for number in range(mails)
        ],
        batch_size=1000,
    )
    assert reminding.look(now=now) == mails
    connections.close_all()


def unsettled() -> int:
    """How many mails are not at their end."""
    states = [MessageState.WAITING, MessageState.CLAIMED, MessageState.SENDING]
    return Message.objects.filter(state__in=states).count()


def run(given: argparse.Namespace, stage: Stage) -> Counter[str]:
    """Kill in turn, at even distances; wait for the end. Return what was killed how often."""
    killed, turns = Counter[str](), cycle(TURNS)
    what, began = next(turns), time.monotonic()
    while unsettled() and time.monotonic() - began < given.minutes * 60:
        due = given.mails * (killed.total() + 0.5) / given.kills
        if killed.total() < given.kills and stage.count() >= due and stage.kill(what):
            killed[what] += 1
            print(
                f"{time.monotonic() - began:6.0f} s: {stage.count():>6,} arrived, killed: {what}", flush=True
            )
            what = next(turns)
        time.sleep(0.05 if killed.total() < given.kills else 1)
    return killed


def report(stage: Stage, killed: Counter[str]) -> int:
    """Print the table; how many mails came twice or are lost."""
    arrived = Counter(stage.arrived.read_text().split())
    by_state = {
        state: set(Message.objects.filter(state=state).values_list("message_id", flat=True))
        for state in MessageState.values
    }
    sent, uncertain = by_state["sent"], by_state["uncertain"]
    rows: dict[str, Any] = {
        "mails": sum(map(len, by_state.values())),
        "killed": ", ".join(f"{what} {count}×" for what, count in killed.items()),
        "arrived": arrived.total(),
        "arrived twice": sum(count - 1 for count in arrived.values()),
        "sent, and arrived once": sum(arrived[each] == 1 for each in sent),
        "sent, but never arrived": sum(not arrived[each] for each in sent),
        "uncertain, and arrived": sum(arrived[each] > 0 for each in uncertain),
        "uncertain, not arrived": sum(not arrived[each] for each in uncertain),
        "anything else": {state: len(keys) for state, keys in by_state.items() if keys - sent - uncertain},
        "load": os.getloadavg(),
    }
    print(f"\n{connection.vendor}")
    for name, value in rows.items():
        print(f"  {name:26} {value}")
    wrong = arrived.keys() - sent - uncertain
    return int(rows["arrived twice"] + rows["sent, but never arrived"] + len(wrong) + unsettled())


def main(given: argparse.Namespace) -> Any:
    """Fill, run, report."""
    call_command("migrate", verbosity=0)
    fill(given.mails)
    stage = Stage(Path(os.environ["MERIDIAN_DATA"]))
    try:
        killed = run(given, stage)
    finally:
        stage.end()
    return 1 if report(stage, killed) else 0


if __name__ == "__main__":
    GIVEN = options()
    data_folder("faults")
    if GIVEN.database:
        os.environ["MERIDIAN_DATABASE"] = GIVEN.database
    os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, connections
    from django.utils import timezone

    from seminars.notifications import reminding
    from seminars.notifications.models import Message, MessageState
    from seminars.sessions.registration.models import Registration
    from tests.factories import make_community, make_series, make_session

    sys.exit(main(GIVEN))
