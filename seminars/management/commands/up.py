"""`manage.py up`: the whole of Meridian on one machine, with one command."""

import fcntl
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import IO, Any

from django.conf import settings
from django.core.checks import ERROR, WARNING, run_checks
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.wsgi import get_wsgi_application

from seminars.config.warming import warm
from seminars.management import preparing, web_server
from seminars.management.commands.run_queue import run_queue
from seminars.queue import processes
from seminars.web.door import Door

GRACE = 3.3  # seconds for everything to end by itself; both servers need less
MOST_FAILURES, WITHIN = 5, 60.0  # a part that ends so often in so many seconds does not come back


class Command(BaseCommand):
    """Prepare, start the web server and the queue, and keep both until Ctrl-C."""

    requires_system_checks = []  # done below, in fewer words
    help = (
        "Start everything: database, demo when empty, web server and queue. Ctrl-C ends it; nothing is lost."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--bind", default="127.0.0.1:8000", metavar="HOST:PORT", help="default 127.0.0.1:8000"
        )
        parser.add_argument(
            "--empty", action="store_true", help="no demo: a link to make the first administrator"
        )

    def check_site(self) -> None:
        """Say what is wrong with the set-up, a line each; stop when it cannot work. (`check` says more.)"""
        for found in run_checks():
            line = f"{found.msg} {found.hint or ''}".strip()
            if found.is_serious(ERROR):
                raise CommandError(line)
            if found.is_serious(WARNING):
                self.stderr.write(line)

    def handle(self, *, bind: str, empty: bool, **options: Any) -> None:
        host, port = web_server.parse(bind)
        self.check_site()
        settle_address(web_server.address(host, port))
        lock = take_folder(settings.DATA)
        listening = web_server.listen(host, port)
        stopping = catch_signals()
        processes.tie_children()
        processes.spare_memory()
        try:
            code = prepare(stopping, with_demo=not empty)
            if code is None:
                serve(stopping, listening, web_server.address(host, port))
            elif code:
                sys.exit(code)
        finally:
            listening.close()
            lock.close()


def settle_address(address: str) -> None:
    """Give MERIDIAN_URL its default where it is not set: the address at which the site is bound.

    Settings are read before the command line, so with another address this program begins again, in the same process.
    """
    if "MERIDIAN_URL" not in os.environ and address != settings.MERIDIAN_URL:
        os.environ["MERIDIAN_URL"] = address
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 — ourselves
    os.environ.setdefault("MERIDIAN_URL", address)


def take_folder(folder: Path) -> IO[str]:
    """Return the open lock file of the data folder: one `up` at a time. It is free when we end, however that is."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "up.lock").open("a+")
    except OSError as wrong:
        raise CommandError(
            f"The folder {folder} cannot be written ({wrong.strerror}). Set MERIDIAN_DATA to one that can."
        ) from wrong
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as wrong:
        file.seek(0)
        other = file.read().strip() or "?"
        raise CommandError(
            f"Meridian already runs on the folder {folder} (process {other}). End it, or set MERIDIAN_DATA to another."
        ) from wrong
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def catch_signals() -> list[int]:
    """Return a list that fills when somebody asks us to end: Ctrl-C, `kill`, a closed terminal."""
    stopping: list[int] = []

    def stop(sig: int, frame: FrameType | None) -> None:
        stopping.append(sig)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # under nohup a closed terminal shall not end us
        signal.signal(signal.SIGHUP, stop)
    return stopping


def prepare(stopping: list[int], *, with_demo: bool) -> int | None:
    """Prepare in a process of its own. Return None to go on, else the status to end with."""
    child = processes.fork(lambda: preparing.prepare(with_demo=with_demo))
    while (status := processes.ended(child)) is None:
        if stopping:
            processes.end([child], seconds=GRACE)
            return 0
        time.sleep(0.05)
    return None if status == 0 else 1


def serve(stopping: list[int], listening: socket.socket, local: str) -> None:
    """Keep the web server and the queue running until asked to end.

    A part that ends is started again: a fork of what is loaded takes a moment, and half a Meridian helps nobody. One
    that keeps ending ends everything, with a line that says so, for whoever keeps this program running to see.
    """
    warm()  # before the forks that share it
    application = Door(get_wsgi_application())  # now, not at import: it looks which static files there are
    gc.collect()
    gc.freeze()
    parts: dict[str, Callable[[], int | None]] = {
        "web server": lambda: web_server.WebServer(listening, application).run(),
        "queue": run_queue,
    }
    running = {name: processes.fork(part) for name, part in parts.items()}
    greeter = processes.fork(lambda: preparing.greet(local))
    failures: dict[str, list[float]] = {name: [] for name in parts}
    trouble = ""
    while not (stopping or trouble):
        processes.ended(greeter)
        for name, pid in running.items():
            if (status := processes.ended(pid)) is None:
                continue
            processes.end([pid], seconds=0)  # what it may have left behind
            failures[name] = [at for at in failures[name] if at > time.monotonic() - WITHIN] + [
                time.monotonic()
            ]
            if len(failures[name]) >= MOST_FAILURES:
                trouble = (
                    f"The {name} ended {MOST_FAILURES} times within a minute (status {status}): see above."
                )
                break
            sys.stderr.write(f"The {name} ended (status {status}); it is started again.\n")
            running[name] = processes.fork(parts[name])
        time.sleep(0.1)
    processes.end([*running.values(), greeter], seconds=GRACE)
    if trouble:
        raise CommandError(trouble)
