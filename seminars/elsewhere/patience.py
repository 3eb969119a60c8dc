"""A limit to all that one question to another server takes, over every redirect, however slowly byte follows byte.

The line's own limit is of silence only: a server that gives one byte now and then keeps who waits for it for ever.
"""

import contextlib
import socket
from collections.abc import Iterator
from contextvars import ContextVar
from threading import Lock, Timer


class Patience:
    """The lines that are open under one limit. over: whether it was reached, and they were cut."""

    def __init__(self) -> None:
        self.over = False
        self._lines: list[socket.socket] = []
        self._lock = Lock()

    def watch(self, line: socket.socket) -> None:
        """Cut `line`, too; by a second handle, since TLS takes the first one over."""
        with self._lock:
            self._lines.append(line.dup())
        if self.over:
            self.cut()

    def cut(self) -> None:
        """End all lines: who reads from one finds its end."""
        with self._lock:
            self.over = True
            for line in self._lines:
                with contextlib.suppress(OSError):  # it has ended by itself
                    line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the handles back."""
        with self._lock:
            while self._lines:
                self._lines.pop().close()


_now: ContextVar[Patience | None] = ContextVar("patience", default=None)


@contextlib.contextmanager
def at_most(seconds: float | None) -> Iterator[Patience]:
    """Cut every line that is opened within, once `seconds` are over; None: never."""
    found = Patience()
    timer = Timer(seconds, found.cut) if seconds is not None else None
    token = _now.set(found)
    if timer:
        timer.daemon = True
        timer.start()
    try:
        yield found
    finally:
        _now.reset(token)
        if timer:
            timer.cancel()
        found.close()


def watch(line: socket.socket) -> None:
    """Put a line that was just opened under the limit that counts here, if there is one."""
    if found := _now.get():
        found.watch(line)
