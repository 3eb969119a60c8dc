"""A server on loopback that misbehaves as told."""

import contextlib
import ipaddress
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Remote:
    """The server: `answers` by path, `asked` are the headers of each request in order."""

    server: ThreadingHTTPServer
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def gives(self, path: str, body: bytes, **quirks: Any) -> None:
        """Answer `path` with `body` as `whole` does."""
        self.answers[path] = lambda handler: whole(handler, body, **quirks)

    def redirects(self, path: str, location: str) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("Location", location)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        self.answers[path] = answer


def whole(
    handler: BaseHTTPRequestHandler,
    body: bytes,
    *,
    etag: str = '"one"',
    content_type: str = "video/mp4",
    drop_after: int | None = None,
    length: int | None = None,
    ranges: bool = True,
    chunked: bool = False,
    status: int = 200,
) -> None:
    """Answer like an ordinary server, Range and If-Range included.

    drop_after: bytes of the body after which the line drops. length: what Content-Length claims.
    """
    asked = handler.headers.get("Range")
    current = handler.headers.get("If-Range") == etag
    start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and current and ranges else 0
    if start >= len(body):
        handler.send_response(416)
        handler.send_header("Content-Range", f"bytes */{len(body)}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return
    handler.send_response(206 if start else status)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    handler.send_header("Content-Type", content_type)
    if etag:
        handler.send_header("ETag", etag)
    if chunked:
        handler.send_header("Transfer-Encoding", "chunked")
    else:
        handler.send_header("Content-Length", str(len(body) - start if length is None else length))
    handler.end_headers()
    rest = body[start:][:drop_after] if handler.command != "HEAD" else b""
    if chunked:
        for at in range(0, len(rest), 5000):
            block = rest[at : at + 5000]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
        if drop_after is None:
            handler.wfile.write(b"0\r\n\r\n")
    else:
        handler.wfile.write(rest)
    handler.close_connection = True


@pytest.fixture
def remote() -> Iterator[Remote]:
    """A server on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found.asked.append(dict(self.headers.items()) | {"path": self.path, "method": self.command})
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                (found.answers.get(self.path) or found.answers[self.path.partition("?")[0]])(self)

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Remote(server)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def also_loopback(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """The rule of tests: the loopback server, and nothing else that is not public."""
    return address.is_loopback or address.is_global
