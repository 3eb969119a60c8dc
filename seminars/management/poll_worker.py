"""gunicorn's worker with threads, which answers plain polls of calendars before it gives a thread to anything.

A poll that has not changed needs some microseconds of the database; a thread, a parser and a request object for each
would take ten times that. So the loop that accepts connections looks what came, without taking it: a plain poll of a
known calendar is answered at once (see `web.door`), everything else is left to a thread as it lies. Where the database
is on another machine, or may be, threads ask it: the loop never waits.
"""

import gc
import sys
import time
from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache, partial
from selectors import EVENT_READ
from socket import MSG_DONTWAIT, MSG_PEEK, socket
from threading import current_thread, main_thread
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from gunicorn.http.errors import LimitRequestLine
from gunicorn.workers.gthread import TConn, ThreadWorker

from seminars.management import plain_requests, too_long
from seminars.web import door

SHARE = 0.0002  # seconds that a busy thread keeps the loop waiting, ten times a poll; Python's own 0.005 would be felt
ACCEPTED = 32  # connections at a time: then the loop sees to others
SILENT = 10.0  # seconds until a new connection has to say something


class PollWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
    """As `gthread`, but for plain polls."""

    def init_process(self) -> None:
        """Say how the loop asks the database, then begin."""
        self.begin()
        connection_created.connect(_never_wait)
        sys.setswitchinterval(SHARE)
        gc.collect()
        gc.freeze()  # what is loaded stays: to look through it again and again would hold up everybody
        super().init_process()

    def begin(self) -> None:
        """Know nobody yet."""
        self.asks_itself = connections[DEFAULT_DB_ALIAS].vendor == "sqlite"
        self.waiting: dict[str, list[Any]] = {}

    def accept(self, listener: socket) -> None:
        """Take what has come, as much as is there."""
        for _place in range(min(ACCEPTED, self.worker_connections - self.nr_conns)):
            try:
                client, address = listener.accept()
            except BlockingIOError:
                return
            except ConnectionAbortedError:
                continue
            self.nr_conns += 1
            self.meet(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Any, client: socket) -> None:
        """The next request on a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self.meet(conn)

    def on_pending_socket_readable(self, conn: Any, client: socket) -> None:
        """The first request on a connection that was silent."""
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        self.meet(conn)

    def meet(self, conn: Any, *, waited: bool = False) -> None:
        """Answer a plain poll now; leave anything else to a thread, and a silent connection to the poller.

        waited: for a calendar to be made anew; whoever then finds it changed again gets a thread.
        """
        try:
            raw = conn.sock.recv(plain_requests.MOST, MSG_PEEK | MSG_DONTWAIT)
            environ = plain_requests.read(raw) if self.asks_itself else None
            found = self.answer_to(environ)
            if found:
                whole, kept = found
                conn.sock.recv(len(raw))
                rest = whole[_sent(conn.sock, whole) :]
        except BlockingIOError:
            conn.timeout = time.monotonic() + SILENT
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))
            return
        except OSError:  # gone
            raw = b""
        if not raw:
            self.nr_conns -= 1
            conn.close()
        elif not found:
            conn.data_ready = True
            self.leave(conn, environ, "" if waited else door.calendar_of(environ))
        elif rest:
            self._in_thread(conn, self.send_rest, rest, kept)
        else:
            self.part(conn, kept=kept)

    def leave(self, conn: Any, environ: dict[str, Any] | None, calendar: str) -> None:
        """Leave it to a thread. A calendar that changed is made anew by one; whoever wants it waits without any."""
        if not calendar:
            self.enqueue_req(conn)
        elif calendar in self.waiting:
            self.waiting[calendar].append(conn)
        else:
            self.waiting[calendar] = [conn]
            done = self.tpool.submit(door.renew, environ)
            done.add_done_callback(lambda _done: self.method_queue.defer(self.is_made, calendar))

    def is_made(self, calendar: str) -> None:
        """Look again for those who waited: what was committed before they came is in it, or they get a thread."""
        for conn in self.waiting.pop(calendar):
            self.meet(conn, waited=True)

    def part(self, conn: Any, *, kept: bool) -> None:
        """Wait for the next request, or end the connection."""
        if not kept:
            self.nr_conns -= 1
            conn.close()
            return
        conn.set_timeout()
        self.keepalived_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_client_socket_readable, conn))

    def handle(self, conn: Any) -> Any:
        """In a thread: likewise, where the loop may not ask the database."""
        if not self.asks_itself and conn.data_ready and not conn.is_http2:
            raw = conn.sock.recv(plain_requests.MOST, MSG_PEEK | MSG_DONTWAIT)
            if found := self.answer_to(plain_requests.read(raw)):
                whole, kept = found
                conn.sock.recv(len(raw))
                return self.send_rest(conn, whole, kept)
        return super().handle(conn)

    def handle_error(self, req: Any, client: socket, addr: Any, exc: BaseException) -> None:
        """As gunicorn's, but who asks with too long an address, mostly a search, is told so by a page of ours."""
        if isinstance(exc, LimitRequestLine):
            too_long.refuse(client)
        else:
            super().handle_error(req, client, addr, exc)

    def send_rest(self, conn: Any, rest: bytes, kept: bool) -> bool:
        """Send to somebody slow, in a thread. Return whether to keep the connection. Raises OSError."""
        conn.sock.setblocking(True)
        conn.sock.sendall(rest)
        conn.init()
        return kept

    def answer_to(self, environ: dict[str, Any] | None) -> tuple[bytes, bool] | None:
        """Return what to send and whether the connection stays; None where it is no known plain poll, or changed."""
        found = door.reply(environ) if environ else None
        if environ is None or found is None:
            return None
        self.nr += 1
        kept = environ.get("HTTP_CONNECTION", "").lower() != "close" and self.keeps_more()
        return written(found, kept=kept), kept

    def _in_thread(self, conn: Any, act: Callable[..., bool], *given: Any) -> None:
        done = self.tpool.submit(act, conn, *given)
        done.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    def keeps_more(self) -> bool:
        """Return whether connections may stay open for another request."""
        return bool(self.alive and self.cfg.keepalive and len(self.keepalived_conns) < self.max_keepalived)


def written(found: door.Reply, *, kept: bool) -> bytes:
    """Return an answer as it goes over the wire, with the headers that gunicorn gives each."""
    lines = [
        f"HTTP/1.1 {found.status}\r\nServer: gunicorn\r\nDate: {_date(int(time.time()))}",
        "Connection: keep-alive" if kept else "Connection: close",
        *[f"{name}: {value}" for name, value in found.headers],
        "\r\n",
    ]
    return "\r\n".join(lines).encode("latin-1") + found.body


def _sent(client: socket, whole: bytes) -> int:
    """Send what fits. Raises OSError where nobody listens any more."""
    try:
        return client.send(whole)
    except BlockingIOError:
        return 0


@lru_cache(maxsize=4)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def _never_wait(connection: BaseDatabaseWrapper, **_named: object) -> None:
    """The loop's own connection does not wait for a lock: a thread does, for it."""
    if connection.vendor == "sqlite" and current_thread() is main_thread():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 0")
