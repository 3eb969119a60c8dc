"""Feeds while 50 people watch: `python tests/bench/ranges.py`. Not in the suite.

Starts `manage.py up` on a throw-away folder with a large file (`--megabytes`) and a series of sessions. Calendar
programs poll the series' feed at a steady rate, first alone, then while 50 viewers read the file as players do: parts
of 1 MiB from places of their own, at the pace of the video (`--kbit` a second each, 0 for as fast as they can). The two
take turns, so that what else the machine does falls on both. A poll is counted from when it was due. Prints the median
and the 99th percentile of each, the ratio, and how much the viewers were given; ends with 1 where the median or the
99th percentile grows by more than a third (less than 3 ms more does not count), where an answer fails, or where more
than one part in fifty is put off (503 with Retry-After; the viewer asks again a second later).
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import http.client
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, fields
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import quantiles
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

from tests.throwaway import data_folder

if __name__ == "__main__":
    data_folder("ranges")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command

from recordings.catalogue.addresses import file_path
from tests.factories import make_original, make_recording, make_series, make_session

PORT, VIEWERS, PART, ROUNDS = 8396, 50, 1024**2, 3
MOST, LEAST = 4 / 3, 0.003
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0", "Accept-Language": "en"}


def fill(megabytes: int) -> tuple[str, str, int]:
    """Fill the database and the store. Return the paths of the file and of a feed, and the file's size."""
    call_command("migrate", verbosity=0)
    series = make_series(slug="watched", title={"en": "Watched"})
    sessions = [make_session(series, title={"en": f"Talk {number}"}) for number in range(40)]
    block = os.urandom(1024**2)
    large = Path(settings.DATA) / "large.mp4"
    with large.open("wb") as file:
        for number in range(megabytes):
            file.write(number.to_bytes(8, "big") + block[8:])
    probe = {"seconds": 3600.0, "video_codec": "h264"}
    original = make_original(
        make_recording(sessions[0]), large, kind="video", media_type="video/mp4", language="", probe=probe
    )
    path = file_path(original.recording, original.uuid, kind="video", language="", media_type="video/mp4")
    return path, f"/series/{series.slug}/calendar.ics", megabytes * 1024**2


@dataclass(frozen=True)
class Tally:
    """What the viewers were given, in bytes and parts, over processes."""

    bytes: "Synchronized[int]"
    parts: "Synchronized[int]"
    put_off: "Synchronized[int]"
    failed: "Synchronized[int]"

    def add(self, status: int, got: int) -> None:
        """Count one answer; status 0: none came."""
        given = status == 206 and got == PART
        name = self.parts if given else self.put_off if status == 503 else self.failed
        with self.bytes.get_lock(), name.get_lock():
            self.bytes.value += got if given else 0
            name.value += 1


def watch(path: str, size: int, kbit: int, playing: Event, over: Event, tally: Tally) -> None:
    """Be fifty viewers, each in a thread, reading while `playing` is set, until it is over."""

    def one(number: int) -> None:
        picks = random.Random(number)
        at = picks.randrange(0, size - PART)
        line: http.client.HTTPConnection | None = None
        kept: http.client.HTTPConnection | None = None
        while not over.is_set():
            if not playing.wait(0.2):
                continue
            begun, status, got = time.monotonic(), 0, 0
            try:
                line = line or http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
                line.request("GET", path, headers=AGENT | {"Range": f"bytes={at}-{at + PART - 1}"})
                answer = line.getresponse()
                status, got = answer.status, len(answer.read())
            except (OSError, http.client.HTTPException):
                idle, line = line is not None and line is kept, None
                if idle:  # the server closes lines that nobody uses for a while: a browser opens another
                    continue
            kept = line
            tally.add(status, got)
            if status == 503:
                over.wait(1)
                continue
            at = (at + PART) % (size - PART)
            pause = PART * 8 / (kbit * 1000) - (time.monotonic() - begun) if kbit else 0
            over.wait(max(0.0, pause * picks.uniform(0.8, 1.2)))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(VIEWERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def poll(feed: str, rate: float, seconds: float) -> tuple[list[float], int]:
    """Poll at a steady rate; return seconds from when each was due to its last byte, and how many failed."""
    taken, failed, first = [], 0, time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    for number in range(int(rate * seconds)):
        due = first + number / rate
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            line.request("GET", feed, headers={"User-Agent": "bench", "Accept-Encoding": "gzip"})
            answer = line.getresponse()
            answer.read()
            failed += answer.status != 200
        except (OSError, http.client.HTTPException):
            failed += 1
            line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        taken.append(time.monotonic() - due)
    return taken, failed


def start() -> "subprocess.Popen[bytes]":
    """Start the site; return once it answers."""
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--empty", "--bind", f"127.0.0.1:{PORT}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    for _try in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/robots.txt", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return server
    raise SystemExit("The site did not answer.")


def told(alone: list[float], beside: list[float]) -> bool:
    """Print the table; return whether the marks are met."""
    met = True
    print(f"{'':<10}{'alone':>10}{'with 50':>10}{'ratio':>8}")
    for name, at in (("median", 49), ("99 %", 98)):
        before, after = quantiles(alone, n=100)[at], quantiles(beside, n=100)[at]
        good = after <= before * MOST or after - before < LEAST
        met &= good
        said = "" if good else "  MISS"
        print(f"{name:<10}{before * 1000:>7.1f} ms{after * 1000:>7.1f} ms{after / before:>7.2f}×{said}")
    return met


def measure(chosen: Any, path: str, feed: str, size: int) -> bool:
    """Let polls come alone and beside the viewers in turn; return whether all is well."""
    tally = Tally(*(multiprocessing.Value("q", 0) for _name in fields(Tally)))
    playing, over = multiprocessing.Event(), multiprocessing.Event()
    viewers = multiprocessing.Process(
        target=watch, args=(path, size, chosen.kbit, playing, over, tally), daemon=True
    )
    viewers.start()
    poll(feed, chosen.rate, 2)
    alone, beside, failed, watched = list[float](), list[float](), 0, 0.0
    for _round in range(ROUNDS):
        taken, wrong = poll(feed, chosen.rate, chosen.seconds)
        alone, failed = alone + taken, failed + wrong
        playing.set()
        time.sleep(2)
        before, begun = tally.bytes.value, time.monotonic()
        taken, wrong = poll(feed, chosen.rate, chosen.seconds)
        watched += (tally.bytes.value - before) / (time.monotonic() - begun) / ROUNDS
        beside, failed = beside + taken, failed + wrong
        playing.clear()
        time.sleep(1)
    over.set()
    viewers.join(30)
    put_off, broken = tally.put_off.value, tally.failed.value
    print(
        f"{VIEWERS} viewers were given {watched / 1e6:.1f} MB a second in {tally.parts.value} parts;", end=" "
    )
    print(f"{put_off} were put off, {broken} failed")
    print(f"{len(alone)} polls alone, {len(beside)} beside them; {failed} failed\n")
    return told(alone, beside) and not failed and not broken and put_off * 50 <= tally.parts.value


def main() -> int:
    """Return 0, or 1 on a miss."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20, help="of each turn; there are six")
    parser.add_argument("--rate", type=float, default=50, help="polls a second")
    parser.add_argument(
        "--kbit", type=int, default=2000, help="a second for each viewer; 0: as fast as they can"
    )
    parser.add_argument("--megabytes", type=int, default=500, help="of the file that is watched")
    chosen = parser.parse_args()
    path, feed, size = fill(chosen.megabytes)
    server = start()
    try:
        return 0 if measure(chosen, path, feed, size) else 1
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


if __name__ == "__main__":
    sys.exit(main())
