"""The whole stack under polls, as calendar programs make them: `python tests/bench/polls.py`. Not in the suite.

Starts `manage.py up` on a throw-away folder with 1,000 sessions, then for 60 seconds lets 1,000 polls a second come,
each on a connection of its own and with the ETag its client has, while an organiser edits twice a second. A poll is
counted from the moment it was due, so a queue cannot hide. Prints how many answers of which kind came, how long they
took, how many were older than what was committed before the poll began, and the CPU time of the web server a poll,
which holds on a busy machine too. `--rate`, `--seconds` and `--sessions` change the load; `--keep-alive` reuses
connections, as nginx in front does.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import asyncio
import gzip
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
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

if __name__ == "__main__":
    os.environ.setdefault("MERIDIAN_DATA", tempfile.mkdtemp(prefix="meridian-polls-"))
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

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
    edits: dict[str, dict[int, int]] = field(default_factory=dict)
    stale: int = 0


def fill(sessions: int) -> list[str]:
    """Fill the database with series of 20 sessions. Return the addresses of their feeds."""
    call_command("migrate", verbosity=0)
    slugs = []
    for number in range(sessions // 20):
        series = make_series(slug=f"polled-{number}", title={"en": f"Polled {number}"})
        slugs.append(series.slug)
        for month in range(20):
            wall = timezone.now().replace(tzinfo=None, microsecond=0) + timedelta(days=30 * month + 1)
            make_session(series, wall=wall, title={"en": "Edit 0"}, abstract={"en": "What it is about. " * 5})
    return [f"/series/{slug}/calendar.ics" for slug in slugs] + ["/calendar.ics"]


def edit(feeds: int, committed: "multiprocessing.Queue[tuple[float, int, int]]", seconds: int) -> None:
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
        committed.put((time.monotonic(), int(slug.rpartition("-")[2]), number))
        committed.put((time.monotonic(), feeds - 1, number))
        time.sleep(0.5)


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def exchange(request: bytes, idle: list[Connection] | None) -> tuple[bytes, bytes]:
    """Send a request, on an idle connection if there is one. Return the head and the body of its answer."""
    if idle:
        reader, writer = idle.pop()
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(request)
    if idle is None:
        answer = await reader.read(-1)
        writer.close()
        head, _sep, body = answer.partition(b"\r\n\r\n")
        return head, body
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:  # the server had closed it: as nginx does, once more on a new one
        writer.close()
        return await exchange(request, [])
    found = re.search(rb"(?i)content-length: *(\d+)", head)
    body = await reader.readexactly(int(found[1])) if found and head[9:12] != b"304" else b""
    idle.append((reader, writer))
    return head, body


async def poll(
    client: Client,
    address: str,
    due: float,
    known: dict[int, int],
    seen: Seen,
    idle: list[Connection] | None,
) -> None:
    """Ask once, as a calendar program does, and compare with what was committed before."""
    expected = known.get(client.feed, 0)
    told = f"If-None-Match: {client.etag}\r\n" if client.etag else ""
    told += "" if idle is not None else "Connection: close\r\n"
    request = f"GET {address} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip\r\n{told}\r\n"
    try:
        head, body = await asyncio.wait_for(exchange(request.encode(), idle), 20)
    except (OSError, TimeoutError) as wrong:
        seen.kinds[type(wrong).__name__] += 1
        return
    seen.latencies.append(time.monotonic() - due)
    status = head[9:12].decode()
    seen.kinds[status] += 1
    etags = seen.edits.setdefault(address, {})
    if status == "200":
        found = re.search(rb"(?im)^etag: *(.+?)\r?$", head)
        client.etag = found[1].decode() if found else ""
        if hash(client.etag) not in etags:
            text = gzip.decompress(body) if b"gzip" in head else body
            etags[hash(client.etag)] = max(map(int, EDIT.findall(text)), default=0)
    if etags.get(hash(client.etag), 0) < expected:
        seen.stale += 1


async def load(feeds: list[str], rate: int, seconds: int, *, keep_alive: bool) -> Seen:
    """Let the polls come, each at its time, whether or not earlier ones have been answered."""
    seen, known, picks = Seen(), dict[int, int](), random.Random(1)
    clients = [Client(picks.randrange(len(feeds))) for _client in range(CLIENTS)]
    committed: multiprocessing.Queue[tuple[float, int, int]] = multiprocessing.Queue()
    editor = multiprocessing.Process(target=edit, args=(len(feeds), committed, seconds))
    editor.start()
    tasks: set[asyncio.Task[None]] = set()
    idle: list[Connection] | None = [] if keep_alive else None
    start = time.monotonic()
    for number in range(rate * seconds):
        due = start + number / rate
        if (wait := due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        while not committed.empty():
            _at, feed, edited = committed.get()
            known[feed] = max(known.get(feed, 0), edited)
        client = picks.choice(clients)
        task = asyncio.create_task(poll(client, feeds[client.feed], due, known, seen, idle))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    took = time.monotonic() - start
    editor.join()
    print(
        f"{rate * seconds:,} polls in {took:.1f} s: {rate * seconds / took:,.0f} a second, {max(known.values())} edits"
    )
    return seen


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


def wait_for_server(process: "subprocess.Popen[bytes]") -> None:
    """Return when the site answers."""
    for _try in range(200):
        if process.poll() is not None:
            raise SystemExit(f"up ended with {process.returncode}")
        try:
            urllib.request.urlopen(f"http://{HOST}/health/", timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The site did not answer.")


def main() -> None:
    """Fill, start, poll, print."""
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=int, default=1000)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--sessions", type=int, default=1000)
    options.add_argument("--keep-alive", action="store_true")
    chosen = options.parse_args()
    feeds = fill(chosen.sessions)
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--empty", "--bind", HOST]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    try:
        wait_for_server(server)
        for feed in feeds:
            urllib.request.urlopen(f"http://{HOST}{feed}", timeout=30).close()
        before = cpu_of(server.pid)
        seen = asyncio.run(load(feeds, chosen.rate, chosen.seconds, keep_alive=chosen.keep_alive))
        after = cpu_of(server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    times = sorted(seen.latencies)
    figures = {
        f"p{share:g}": round(times[int(len(times) * share / 100)] * 1000, 1) for share in (50, 90, 99, 99.9)
    }
    used = sorted(((after[pid] - before.get(pid, 0), pid) for pid in after), reverse=True)
    polls = sum(seen.kinds.values())
    print(f"CPU of the busiest process of up: {used[0][0] / polls * 1000:.3f} ms a poll; of all: ", end="")
    print(f"{sum(each for each, _pid in used) / polls * 1000:.3f} ms; load average {os.getloadavg()[0]:.1f}")
    print("answers:", dict(seen.kinds), "older than committed:", seen.stale)
    print("milliseconds:", json.dumps(figures | {"worst": round(times[-1] * 1000, 1)}))


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(os.environ["MERIDIAN_DATA"], ignore_errors=True)
