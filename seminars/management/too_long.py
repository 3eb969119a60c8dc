"""What somebody gets who asked with an address that is too long: gunicorn's own page speaks to programmers."""

import socket
import time
from contextlib import suppress

from django.template.loader import render_to_string

PATIENCE = 2.0  # seconds in all for a slow sender to end; what comes later nobody reads
MOST = 1 << 20  # bytes of the rest that are taken


def refuse(client: socket.socket) -> None:
    """Say 414 (RFC 9110 §15.5.15) with a page of ours, then take what still comes: unread, it would undo the page.

    client: as gunicorn accepted it, closed by whoever called. Raises nothing; somebody may be gone.
    """
    page = render_to_string("414.html").encode()
    head = (
        "HTTP/1.1 414 URI Too Long\r\nServer: gunicorn\r\nConnection: close\r\nCache-Control: no-store\r\n"
        f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(page)}\r\n\r\n"
    )
    until, taken = time.monotonic() + PATIENCE, 0
    with suppress(OSError):
        client.settimeout(PATIENCE)
        client.sendall(head.encode("latin-1") + page)
        client.shutdown(socket.SHUT_WR)
        while taken < MOST and (left := until - time.monotonic()) > 0:
            client.settimeout(left)
            if not (more := client.recv(1 << 16)):
                return
            taken += len(more)
