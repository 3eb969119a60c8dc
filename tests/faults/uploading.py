"""Kill the web server while a file is sent: `python tests/faults/uploading.py`. Not in the suite.

Starts `manage.py up` on a throw-away folder and sends a real MP4 of 200 MB (`--size`, in bytes) by tus. At ten random
offsets (`--kills`) the process that answers is ended with SIGKILL; `up` starts it again, the sender asks where it is
and goes on. Prints the table; ends with 1 where the file that is kept is not the one that was sent.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import contextlib
import http.client
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

from tests.throwaway import data_folder

if __name__ == "__main__":
    data_folder("uploading")

import django

django.setup()

from recordings.assets import store
from tests.bench.uploads import Sender, finished, movie, start, tree


def web_server(parent: int) -> list[int]:
    """Return the processes that hold the listening socket of the site, its parent apart."""
    found = []
    for pid in tree(parent)[1:]:
        with contextlib.suppress(OSError):
            names = [os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir()]
            words = Path(f"/proc/{pid}/task").iterdir()
            if any("socket" in name for name in names) and len(list(words)) > 1:  # the ones with threads
                found.append(pid)
    return found


def part_size() -> int:
    """Return how many bytes of the file are in the staging folder."""
    sizes = [each.stat().st_size for each in store.staging_folder().glob("*.upload")]
    return max(sizes, default=0)


class Killer(threading.Thread):
    """Ends the web server when the file has grown to each of these sizes."""

    def __init__(self, parent: int, offsets: list[int]) -> None:
        super().__init__(daemon=True)
        self.parent, self.offsets, self.done = parent, sorted(offsets), []  # type: ignore[var-annotated]

    def run(self) -> None:
        """Watch and kill."""
        for offset in self.offsets:
            while part_size() < offset:
                time.sleep(0.001)
            victims: list[int] = []
            while not victims:  # the last kill's successor is on its way
                victims = web_server(self.parent)
                time.sleep(0.01)
            at = part_size()
            for pid in victims:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.done.append((offset, at, victims))


def main() -> int:
    """Send, kill, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=200 * 10**6)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--port", type=int, default=8393)
    chosen = parser.parse_args()
    folder = Path(os.environ["MERIDIAN_DATA"])
    folder.mkdir(parents=True, exist_ok=True)
    server = None
    try:
        source = folder / "source.mp4"
        digest = movie(source, chosen.size)
        sender = Sender(chosen.port)
        server = start(chosen.port)
        rng = random.Random(chosen.seed)
        killer = Killer(server.pid, [rng.randrange(10**6, chosen.size) for _ in range(chosen.kills)])
        killer.start()
        path, offset, dropped = sender.begin(chosen.size), 0, 0
        while offset < chosen.size:
            try:
                offset = sender.send(path, source, offset)
            except (OSError, http.client.HTTPException):
                dropped += 1
                before, offset = offset, stands(sender, path)
                print(f"  line dropped in the piece from {before:,}; it goes on at {offset:,}", flush=True)
        killer.join(5)
        upload = finished(path)
        for wanted, at, victims in killer.done:
            print(f"  killed {victims} at {at:,} (from {wanted:,} on)")
        print(f"{chosen.size:,} bytes, {len(killer.done)} kills, {dropped} lines dropped; {upload.state}")
        print(f"same bytes: {upload.sha256 == digest}")
        return (
            0
            if upload.sha256 == digest and upload.state == "kept" and len(killer.done) == chosen.kills
            else 1
        )
    finally:
        if server is not None:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def stands(sender: Sender, path: str) -> int:
    """Return where the upload stands, once the server is back."""
    while True:
        try:
            answer = sender.ask("HEAD", path)
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
            continue
        return int(answer.headers["Upload-Offset"])


if __name__ == "__main__":
    sys.exit(main())
