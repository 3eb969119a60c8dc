"""Fetch a file from a server that drops the line: `python tests/faults/fetching.py`. Not in the suite.

One file of 1 GB (`--size`, in bytes), whose server drops the line 20 times (`--drops`), at random places, half of the
times with a reset. Prints how many bytes the server sent for the whole, and whether the file that came is the same;
ends with 1 where it is not, or where more than 1.05 times its bytes went over the line.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import ipaddress
import os
import random
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

from tests.throwaway import data_folder

if __name__ == "__main__":
    data_folder("fetching")

import django

django.setup()

from django.core.management import call_command
from django.utils import timezone

from recordings.catalogue import arriving, bringing
from recordings.catalogue.models import OriginalKind
from seminars.elsewhere import asking
from tests.bench.uploads import movie
from tests.factories import make_session

BLOCK = 256 * 1024


class Server:
    """Serves one file, and drops the line at given places of it."""

    def __init__(self, file: Path, drops: list[int]) -> None:
        self.file, self.drops, self.sent, self.asked = file, sorted(drops), 0, 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Send from where it is asked to the next place where the line drops, or to the end."""
        size, self.asked = self.file.stat().st_size, self.asked + 1
        start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        handler.send_header("Content-Type", "video/mp4")
        handler.send_header("ETag", '"one"')
        handler.send_header("Content-Length", str(size - start))
        handler.end_headers()
        stop = next((each for each in self.drops if each > start), size)
        self.drops = [each for each in self.drops if each != stop]
        with self.file.open("rb") as file:
            file.seek(start)
            while start < stop:
                block = file.read(min(BLOCK, stop - start))
                handler.wfile.write(block)
                start += len(block)
                self.sent += len(block)
        handler.close_connection = True
        if stop < size and stop % 2:
            reset = struct.pack("ii", 1, 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)


def main() -> int:
    """Serve, fetch, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10**9)
    parser.add_argument("--drops", type=int, default=20)
    parser.add_argument("--seed", type=int, default=6)
    chosen = parser.parse_args()
    folder = Path(os.environ["MERIDIAN_DATA"])
    call_command("migrate", verbosity=0)
    source = folder / "source.mp4"
    digest = movie(source, chosen.size)
    rng = random.Random(chosen.seed)
    server = Server(source, [rng.randrange(1, chosen.size) for _ in range(chosen.drops)])
    url = f"http://127.0.0.1:{server.server.server_address[1]}/talk.mp4"
    arrival = arriving.ask_fetch(
        session=make_session(),
        kind=OriginalKind.VIDEO,
        url=url,
        language="en",
        now=timezone.now(),
        actor_id=None,
    )
    begun, tries = time.monotonic(), 0
    while True:
        tries += 1
        try:
            taken = bringing.bring(
                arrival=arrival,
                clock=timezone.now,
                progress=lambda done, total: None,
                rule=lambda address: address == ipaddress.ip_address("127.0.0.1"),
            )
            break
        except asking.Interrupted as wrong:
            print(f"  interrupted at {arrival.bytes_done:,}: {wrong}")
    took = time.monotonic() - begun
    same = taken.original.asset.sha256 == digest
    ratio = server.sent / chosen.size
    print(f"{chosen.size:,} bytes, {chosen.drops} drops, {server.asked} requests, {tries} tries of the job")
    print(
        f"sent by the server: {server.sent:,} bytes ({ratio:.4f} of the file) in {took:.1f} s; same: {same}"
    )
    return 0 if same and ratio <= 1.05 else 1


if __name__ == "__main__":
    sys.exit(main())
