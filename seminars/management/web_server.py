"""The web server of the embedded default: gunicorn, on a socket that is taken before anything else is done."""

import errno
import re
import socket
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from gunicorn.app.base import BaseApplication

from seminars.management.poll_worker import PollWorker

GRACE = 2  # seconds for requests under way when the server is asked to end
BACKLOG = 2048  # connections that wait while all are busy; the system may hold fewer (net.core.somaxconn)
_BIND = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[^\s:\[\]/]+)):(?P<port>[0-9]{1,5})")
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 — what people type, not what we choose


def parse(bind: str) -> tuple[str, int]:
    """Return (host, port) of `HOST:PORT` or `[IPv6]:PORT`. Raises CommandError with what to type."""
    found = _BIND.fullmatch(bind)
    if not found or not 1 <= int(found["port"]) <= 65535:
        raise CommandError(f"--bind must be HOST:PORT, such as 127.0.0.1:8000. It is “{bind}”.")
    return found["v6"] or found["host"], int(found["port"])


def address(host: str, port: int) -> str:
    """Return the web address at which a browser on this machine finds a server bound to `host` and `port`."""
    host = _EVERYWHERE.get(host, host)
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}" if port == 80 else f"http://{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket: who asks while we still prepare waits for the answer. Raises CommandError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # a server that ended a minute ago is no obstacle
        taken.bind((host, port))
        taken.listen(BACKLOG)
    except OSError as wrong:
        taken.close()
        raise CommandError(_why(wrong, host, port)) from wrong
    return taken


def _why(wrong: OSError, host: str, port: int) -> str:
    other = f"up --bind {f'[{host}]' if ':' in host else host}:{port + 1 if port < 65535 else 8000}"
    if wrong.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken by another program. End that one, or choose another: {other}"
    if wrong.errno == errno.EACCES:
        return f"Port {port} may not be opened by this user. Choose one above 1023: up --bind {host}:8000"
    return f"{host} is not an address of this machine ({wrong.strerror}). Try up --bind 127.0.0.1:{port}"


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
    """gunicorn with threads: pages are short, media are long, and a slow viewer keeps one thread only."""

    def __init__(self, listening: socket.socket, application: Any) -> None:
        self.listening, self.application = listening, application
        super().__init__()

    def load_config(self) -> None:
        """Read nothing from files or the environment: everything is said here."""
        options = {
            "bind": f"fd://{self.listening.fileno()}",
            "worker_class": PollWorker,
            "workers": 1,  # the second core is the queue's; a second worker would cost 30 MB
            "threads": settings.WEB_THREADS,
            "backlog": BACKLOG,  # gunicorn listens anew, with its own figure
            "preload_app": True,
            "graceful_timeout": GRACE,
            "timeout": 120,
            "keepalive": 5,
            "limit_request_line": 8190,  # bytes, the most it takes: some scripts need nine for a letter
            "loglevel": "warning",
            "control_socket_disable": True,  # it would write outside of MERIDIAN_DATA
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, loaded before the fork."""
        return self.application
