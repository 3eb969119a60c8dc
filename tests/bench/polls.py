"""The whole stack under polls, as calendar programs make them: `python tests/bench/polls.py`. Not in the suite.

Starts `manage.py up` on a throw-away folder with 1,000 sessions, then for 60 seconds lets 1,000 polls a second come,
each on a connection of its own and with the ETag its client has, while an organiser edits twice a second. A poll is
counted from the moment it was due, so a queue cannot hide. Prints how many answers of which kind came, how long they
took, how many were older than what was committed before the poll began, and what the web server, the queue and this
generator each needed of the two cores: the CPU time a poll holds on a busy machine too. Before, in the same run, it
measures how many requests a second an empty Django view without any middleware answers behind gunicorn's own threads,
and how many polls the site, as fast as this generator can ask. `--rate`, `--seconds` and `--sessions` change the load;
`--keep-alive` reuses connections, as nginx in front does.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import gzip
import json
import math
import multiprocessing
import os
import random
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
PORT = 8391
HOST = f"127.0.0.1:{PORT}"
CLIENTS = 5000
EDIT = re.compile(rb"Edit (\d+)")
ETAG = re.compile(rb"(?im)^etag: *(.+?)\r?$")
LENGTH = re.compile(rb"(?i)content-length: *(\d+)")

sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

from tests.throwaway import data_folder

if __name__ == "__main__":
    data_folder("polls")

import django

django.setup()

from django.core.management import call_command
from django.utils import timezone

from seminars.sessions.models import Session
from seminars.sessions.revising import revise
from tests.factories import make_series, make_session


@dataclass
class Client:
    """A calendar program: which feed it follows, and the ETag of what it has."""

    feed: int
    etag: str = ""


@dataclass
class Seen:
    """What came back. latencies: seconds from when a poll was due to its last byte."""

    latencies: list[float] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    stale: int = 0


def fill(sessions: int) -> list[str]:
    """Fill the database with series of 20 sessions. Return the addresses of their feeds."""
    call_command("migrate", verbosity=0)
    slugs = []
    for number in range(math.ceil(sessions / 20)):
        series = make_series(slug=f"polled-{number}", title={"en": f"Polled {number}"})
        slugs.append(series.slug)
        for month in range(min(20, sessions - 20 * number)):
            wall = timezone.now().replace(tzinfo=None, microsecond=0) + timedelta(days=30 * month + 1)
            make_session(series, wall=wall, title={"en": "Edit 0"}, abstract={"en": "What it is about. " * 5})
    return [f"/series/{slug}/calendar.ics" for slug in slugs] + ["/calendar.ics"]


def edit(feeds: int, committed: "multiprocessing.SimpleQueue[tuple[int, int]]", seconds: int) -> None:
    """Edit twice a second, and say after each commit which feed has which edit."""
    picks = random.Random(7)
    soon = timezone.now() + timedelta(days=400)  # the far end may be cut from the site's feed
    keys = list(Session.objects.filter(starts_at__lt=soon).order_by("id").values_list("pk", "series__slug"))
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        number += 1
        pk, slug = picks.choice(keys)
        revise(Session.objects.get(pk=pk), kind="edit", now=timezone.now(), title={"en": f"Edit {number}"})
        committed.put((int(slug.rpartition("-")[2]), number))
        committed.put((feeds - 1, number))
        time.sleep(0.5)


class Asked:
    """A poll under way: a socket, and what came of its answer so far."""

    __slots__ = ("answer", "client", "due", "expected", "sent", "socket")

    def __init__(self, client: Client, due: float, expected: int) -> None:
        self.client, self.due, self.expected, self.sent = client, due, expected, False
        self.answer = b""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)


class Generator:
    """Asks and listens in one loop of one process: few objects a poll, so that it takes little of the two cores."""

    def __init__(self, feeds: list[str], port: int, *, keep_alive: bool) -> None:
        self.port, self.keep_alive, self.seen = port, keep_alive, Seen()
        end = "\r\n" if keep_alive else "Connection: close\r\n\r\n"
        head = f"HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: bench\r\nAccept-Encoding: gzip\r\n"
        self.requests = [f"GET {feed} {head}" for feed in feeds]
        self.end = end
        self.poller = select.epoll()
        self.open: dict[int, Asked] = {}
        self.idle: list[socket.socket] = []
        self.edits: list[dict[str, int]] = [{} for _feed in feeds]

    def ask(self, client: Client, due: float, expected: int) -> None:
        """Begin a poll."""
        asked = Asked(client, due, expected)
        if self.idle:
            asked.socket = self.idle.pop()
            self.open[asked.socket.fileno()] = asked
            self._send(asked)
            return
        asked.socket.setblocking(False)
        number = asked.socket.fileno()
        self.open[number] = asked
        self.poller.register(number, select.EPOLLIN)
        if asked.socket.connect_ex(("127.0.0.1", self.port)) == 0:
            self._send(asked)
        else:
            self.poller.modify(number, select.EPOLLIN | select.EPOLLOUT)

    def _send(self, asked: Asked) -> None:
        known = f"If-None-Match: {asked.client.etag}\r\n" if asked.client.etag else ""
        try:
            asked.socket.send(f"{self.requests[asked.client.feed]}{known}{self.end}".encode())
        except OSError as wrong:
            self._gone(asked, type(wrong).__name__)
            return
        asked.sent = True

    def listen(self, seconds: float) -> None:
        """Wait for answers, at most so long, and take those that came."""
        for number, event in self.poller.poll(max(seconds, 0)):
            asked = self.open.get(number)
            if asked is None:  # the server closed an idle connection
                self.idle = [each for each in self.idle if each.fileno() != number]
                self.poller.unregister(number)
                continue
            if not asked.sent and event & select.EPOLLOUT:
                self.poller.modify(number, select.EPOLLIN)
                self._send(asked)
            elif event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
                self._take(asked)

    def _take(self, asked: Asked) -> None:
        try:
            some = asked.socket.recv(1 << 20)
        except OSError as wrong:
            self._gone(asked, type(wrong).__name__)
            return
        asked.answer += some
        whole = self._is_whole(asked.answer) if self.keep_alive else not some
        if not (whole or some):
            self._gone(asked, "cut")
        elif whole:
            self._end(asked)
            self._count(asked)

    @staticmethod
    def _is_whole(answer: bytes) -> bool:
        head, sep, body = answer.partition(b"\r\n\r\n")
        if not sep or head[9:12] == b"304":
            return bool(sep)
        found = LENGTH.search(head)
        return found is not None and len(body) >= int(found[1])

    def _end(self, asked: Asked) -> None:
        del self.open[asked.socket.fileno()]
        if self.keep_alive:
            self.idle.append(asked.socket)
        else:
            asked.socket.close()

    def _gone(self, asked: Asked, why: str) -> None:
        del self.open[asked.socket.fileno()]
        asked.socket.close()
        self.seen.kinds[why] += 1

    def _count(self, asked: Asked) -> None:
        """Note how long it took, and compare with what was committed before it was asked."""
        self.seen.latencies.append(time.monotonic() - asked.due)
        head, _sep, body = asked.answer.partition(b"\r\n\r\n")
        status = head[9:12].decode()
        self.seen.kinds[status] += 1
        client, edits = asked.client, self.edits[asked.client.feed]
        if status == "200":
            found = ETAG.search(head)
            client.etag = found[1].decode() if found else ""
            if client.etag not in edits:
                text = gzip.decompress(body) if b"gzip" in head else body
                edits[client.etag] = max(map(int, EDIT.findall(text)), default=0)
        if edits.get(client.etag, 0) < asked.expected:
            self.seen.stale += 1

    def give_up(self) -> None:
        """Count what was never answered."""
        for asked in [*self.open.values()]:
            self._gone(asked, "no answer")


def load(feeds: list[str], rate: int, seconds: int, *, keep_alive: bool) -> tuple[Seen, float]:
    """Let the polls come, each at its time, whether or not earlier ones have been answered.

    Return what came back, and the CPU seconds that asking took.
    """
    picks, known = random.Random(1), dict[int, int]()
    clients = [Client(picks.randrange(len(feeds))) for _client in range(CLIENTS)]
    generator = Generator(feeds, PORT, keep_alive=keep_alive)
    committed: multiprocessing.SimpleQueue[tuple[int, int]] = multiprocessing.SimpleQueue()
    editor = multiprocessing.Process(target=edit, args=(len(feeds), committed, seconds))
    editor.start()
    used, start = time.process_time(), time.monotonic()
    number, most = 0, rate * seconds
    while number < most or generator.open:
        now = time.monotonic()
        if now > start + seconds + 30:
            generator.give_up()
            break
        while not committed.empty():
            feed, edited = committed.get()
            known[feed] = max(known.get(feed, 0), edited)
        while number < most and (due := start + number / rate) <= now:
            client = clients[int(picks.random() * CLIENTS)]
            generator.ask(client, due, known.get(client.feed, 0))
            number += 1
        generator.listen(min(due - now, 0.05) if number < most else 0.05)
    took, used = time.monotonic() - start, time.process_time() - used
    editor.join()
    print(
        f"{most:,} polls in {took:.1f} s: {most / took:,.0f} a second, {max(known.values(), default=0)} edits"
    )
    return generator.seen, used


def fastest(feeds: list[str], port: int, seconds: float, *, keep_alive: bool) -> float:
    """Return how many requests a second are answered where 32 are always under way."""
    clients = [Client(place % len(feeds)) for place in range(32)]
    generator = Generator(feeds, port, keep_alive=keep_alive)
    start, number = time.monotonic(), 0
    while time.monotonic() < start + seconds:
        while len(generator.open) < len(clients):
            generator.ask(clients[number % len(clients)], time.monotonic(), 0)
            number += 1
        generator.listen(0.05)
    took, answered = time.monotonic() - start, len(generator.seen.latencies)
    generator.give_up()
    return answered / took


def cpu_of(parent: int) -> dict[str, float]:
    """Return the CPU seconds that each process below `parent` has used so far, by its number."""
    below, found = {parent}, {}
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        if int(fields[1]) in below:
            below.add(int(folder.name))
            found[folder.name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def wait_for_server(process: "subprocess.Popen[bytes]", address: str) -> None:
    """Return when `address` answers."""
    for _try in range(200):
        if process.poll() is not None:
            raise SystemExit(f"The server ended with {process.returncode}")
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The site did not answer.")


def bare(*, keep_alive: bool) -> float:
    """Return how many requests a second an empty Django view without middleware answers behind gunicorn's threads."""
    port = PORT + 1
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-k",
        "gthread",
        "--threads",
        "64",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    server = subprocess.Popen([*command, "--log-level", "error", "tests.bench.bare:application"], cwd=ROOT)
    try:
        wait_for_server(server, f"http://127.0.0.1:{port}/")
        return fastest(["/"], port, 5, keep_alive=keep_alive)
    finally:
        server.terminate()
        server.wait(20)


def main() -> None:
    """Fill, start, poll, print."""
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=int, default=1000)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--sessions", type=int, default=1000)
    options.add_argument("--keep-alive", action="store_true")
    chosen = options.parse_args()
    feeds = fill(chosen.sessions)
    empty = bare(keep_alive=chosen.keep_alive)
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--empty", "--bind", HOST]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    try:
        wait_for_server(server, f"http://{HOST}/health/")
        for feed in feeds:
            urllib.request.urlopen(f"http://{HOST}{feed}", timeout=30).close()
        ours = fastest(feeds, PORT, 5, keep_alive=chosen.keep_alive)
        print(f"as fast as they come: empty Django view {empty:,.0f} a second, polls {ours:,.0f} a second")
        before = cpu_of(server.pid)
        seen, asking = load(feeds, chosen.rate, chosen.seconds, keep_alive=chosen.keep_alive)
        after = cpu_of(server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    print("answers:", dict(seen.kinds), "older than committed:", seen.stale)
    if not seen.latencies:
        raise SystemExit("No poll was answered. Ask for fewer with --rate, or for longer with --seconds.")
    times = sorted(seen.latencies)
    figures = {
        f"p{share:g}": round(times[int(len(times) * share / 100)] * 1000, 1) for share in (50, 90, 99, 99.9)
    }
    used = {pid: after[pid] - before.get(pid, 0) for pid in after}
    polls, busiest = sum(seen.kinds.values()), max(used.values())
    print(f"CPU a poll: busiest process of up {busiest / polls * 1000:.3f} ms, ", end="")
    print(
        f"all of up {sum(used.values()) / polls * 1000:.3f} ms, this generator {asking / polls * 1000:.3f} ms"
    )
    print(f"of two cores for {chosen.seconds} s: up {sum(used.values()) / 2 / chosen.seconds:.0%}, ", end="")
    print(f"generator {asking / 2 / chosen.seconds:.0%}; load average {os.getloadavg()[0]:.1f}")
    print("milliseconds:", json.dumps(figures | {"worst": round(times[-1] * 1000, 1)}))


if __name__ == "__main__":
    main()
