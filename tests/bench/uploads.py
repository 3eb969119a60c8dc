"""A large file over tus, as a browser sends it: `python tests/bench/uploads.py`. Not in the suite.

Starts `manage.py up` on a throw-away folder and sends a real MP4 video of 2 GB (`--size`, in bytes) over loopback in
pieces of 32 MiB. Prints how fast it came, beside `cp` of the same file in the same run (with its bytes forced to disk,
as ours are, and without), and by how much the memory of each process of the site grew meanwhile. Ends with 1 where it
is slower than half of `cp`, or a process grew by 40 MB.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import base64
import hashlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

from tests.throwaway import data_folder

if __name__ == "__main__":
    data_folder("uploads")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command

from recordings.uploading.models import Upload
from seminars.sessions.models import Session
from tests.conftest import signed_in
from tests.factories import make_community, make_member, make_series, make_session, make_user

PIECE = 32 * 1024**2
ZOO = ROOT / "tests" / "zoo" / "media"


def movie(path: Path, size: int) -> str:
    """Write a real MP4 of `size` bytes: a short one, and a box of nothing that players skip. Return its sha256."""
    short = (ZOO / "whole.mp4").read_bytes()
    rest = size - len(short)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        head = short + (1).to_bytes(4, "big") + b"free" + rest.to_bytes(8, "big")
        file.write(head)
        digest.update(head)
        left, noise = rest - 16, os.urandom(4 * 1024**2)
        while left:
            noise = noise[1:] + noise[:1]  # no two pieces are alike
            block = noise[:left]
            file.write(block)
            digest.update(block)
            left -= len(block)
        os.fsync(file.fileno())
    return digest.hexdigest()


class Sender:
    """A browser of somebody signed in, as far as uploads are concerned."""

    def __init__(self, port: int) -> None:
        call_command("migrate", verbosity=0)
        community = make_community()
        organiser = make_user("organiser@example.org")
        make_member(community, organiser, role="organiser")
        self.session: Session = make_session(make_series(community))
        cookie = signed_in(organiser).cookies[settings.SESSION_COOKIE_NAME].value
        token = "t" * 32
        self.port = port
        self.headers = {
            "Host": f"127.0.0.1:{port}",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={token}",
            "X-CSRFToken": token,
            "Tus-Resumable": "1.0.0",
        }
        self.line: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes = b"", **headers: object) -> http.client.HTTPResponse:
        """Send one request and read its answer. Raises OSError or HTTPException where the line drops."""
        said = self.headers | {name.replace("_", "-"): str(value) for name, value in headers.items()}
        if self.line is None:
            self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self.line.request(method, path, body, said)
            answer = self.line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.line.close()
            self.line = None
            raise
        return answer

    def begin(self, length: int) -> str:
        """Return the address of a new upload."""
        path = f"/organise/sessions/{self.session.slug}/files/uploads/"
        meta = ",".join(
            f"{k} {base64.b64encode(v).decode()}"
            for k, v in {"filename": b"talk.mp4", "kind": b"video"}.items()
        )
        answer = self.ask("POST", path, Upload_Length=length, Upload_Metadata=meta)
        if answer.status != 201:
            raise SystemExit(f"It did not begin: {answer.status}")
        return str(answer.headers["Location"])

    def send(self, path: str, file: Path, offset: int) -> int:
        """Send the next piece; return where the file stands then."""
        with file.open("rb") as source:
            source.seek(offset)
            body = source.read(PIECE)
        answer = self.ask(
            "PATCH", path, body, Upload_Offset=offset, Content_Type="application/offset+octet-stream"
        )
        if answer.status not in (204, 409):
            raise OSError(f"answered {answer.status}")
        return int(answer.headers["Upload-Offset"])


def start(port: int) -> "subprocess.Popen[bytes]":
    """Start the site; return once it answers."""
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--empty", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    for _try in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return server
    raise SystemExit("The site did not answer.")


def tree(parent: int) -> list[int]:
    """Return the processes of the site."""
    found, all_ = [parent], {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            all_[int(each.parent.name)] = int(each.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    for pid in found:
        found += [child for child, of in all_.items() if of == pid]
    return found


def memory(pids: list[int]) -> dict[int, int]:
    """Return the resident bytes of each process that lives."""
    found = {}
    for pid in pids:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            continue
        found[pid] = pages * os.sysconf("SC_PAGE_SIZE")
    return found


def watch(pids: list[int], most: dict[int, int], stop: threading.Event) -> None:
    """Note the most that each process ever held."""
    while not stop.wait(0.1):
        for pid, held in memory(pids).items():
            most[pid] = max(most.get(pid, 0), held)


def copied(source: Path, target: Path, *, sync: bool) -> float:
    """Return the seconds that `cp` takes."""
    begun = time.monotonic()
    subprocess.run(["cp", str(source), str(target)], check=True)
    if sync:
        with target.open("rb") as file:
            os.fsync(file.fileno())
    took = time.monotonic() - begun
    target.unlink()
    return took


def finished(path: str) -> Upload:
    """Return the upload once it was checked."""
    token = path.rstrip("/").rpartition("/")[2]
    for _try in range(1200):
        upload = Upload.objects.get(token=token)
        if upload.state in ("kept", "refused"):
            return upload
        time.sleep(0.25)
    raise SystemExit("It was never checked.")


def main() -> int:
    """Send, copy, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2 * 10**9)
    parser.add_argument("--port", type=int, default=8392)
    chosen = parser.parse_args()
    folder, server = Path(os.environ["MERIDIAN_DATA"]), None
    try:
        source = folder / "source.mp4"
        folder.mkdir(parents=True, exist_ok=True)
        digest = movie(source, chosen.size)
        sender = Sender(chosen.port)
        server = start(chosen.port)
        warm = sender.begin(2 * PIECE)
        sender.send(warm, source, 0)
        sender.ask("DELETE", warm)
        pids = tree(server.pid)
        before, most, stop = memory(pids), dict[int, int](), threading.Event()
        watcher = threading.Thread(target=watch, args=(pids, most, stop))
        watcher.start()
        path, offset, begun = sender.begin(chosen.size), 0, time.monotonic()
        while offset < chosen.size:
            offset = sender.send(path, source, offset)
        took = time.monotonic() - begun
        stop.set()
        watcher.join()
        upload = finished(path)
        whole = time.monotonic() - begun
        durable, plain = (copied(source, folder / "copy", sync=sync) for sync in (True, False))
        grown = max(most.get(pid, 0) - held for pid, held in before.items()) / 1e6
        rate = chosen.size / took / 1e6
        print(
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {chosen.size:,} bytes in pieces of {PIECE:,}"
        )
        print(
            f"tus: {took:.1f} s, {rate:,.0f} MB/s, all on disk; checked and kept after {whole:.1f} s: {upload.state}"
        )
        print(f"cp, on disk: {durable:.1f} s; tus is {durable / took:.2f} of it")
        print(f"cp, into memory: {plain:.1f} s; tus is {plain / took:.2f} of it")
        print(
            f"memory: the process that grew most grew by {grown:.1f} MB; same bytes: {upload.sha256 == digest}"
        )
        return 0 if durable / took >= 0.5 and grown < 40 and upload.sha256 == digest else 1
    finally:
        if server is not None:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


if __name__ == "__main__":
    sys.exit(main())
