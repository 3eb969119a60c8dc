"""The worker answers plain polls itself, and takes nothing from what it leaves to threads."""

import socket
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from selectors import DefaultSelector
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import override_settings
from gunicorn.config import Config
from gunicorn.http import get_parser
from gunicorn.http.wsgi import create

from seminars.management import plain_requests, too_long
from seminars.management.poll_worker import PollWorker
from seminars.web import door

HEAD = "GET /series/talks/calendar.ics?lang=sv HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n"
POLL = f'{HEAD}User-Agent: Thunderbird/128.0\r\nAccept: */*\r\nIf-None-Match: W/"abc"\r\n\r\n'.encode()
LAST = POLL[:-2] + b"Connection: close\r\n\r\n"
PAGE = b"GET /page/ HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n"
PLAIN = [
    POLL,
    LAST,
    POLL.replace(b"GET", b"HEAD"),
    b"GET /calendar.ics HTTP/1.1\r\nHost: example.org\r\n\r\n",
    f"{HEAD}accept-encoding:gzip;q=0.5, br \r\nCookie: a=1; b=2\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n".encode(),
    f"{HEAD}If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\nConnection: Keep-Alive\r\n\r\n".encode(),
    b"GET /calendar.ics?topic=a%20b&q=x+y,z&past=all HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
]
ODD = [
    b"",
    POLL[:-2],
    POLL + PAGE,
    PAGE,
    POLL.replace(b"GET", b"POST"),
    POLL.replace(b"HTTP/1.1", b"HTTP/1.0"),
    POLL.replace(b"Host: 127.0.0.1:8000\r\n", b""),
    POLL.replace(b"\r\n", b"\n"),
    POLL.replace(b"/series", b"/%73eries"),
    POLL.replace(b"/series", b"//series"),
    POLL.replace(b" /series", b" http://127.0.0.1:8000/series"),
    POLL.replace(b"?lang=sv", b"?lang=sv#part"),
    POLL.replace(b"?lang=sv", "?lang=ü".encode()),
    POLL.replace(b"Accept: */*", b"Accept: */*\r\n folded"),
    POLL.replace(b"Accept: */*", b"Host: other"),
    POLL.replace(b"Accept: */*", b"Cookie: one\r\nCookie: two"),
    POLL.replace(b"Accept: */*", b"Content-Length: 3"),
    POLL.replace(b"Accept: */*", b"Transfer-Encoding: chunked"),
    POLL.replace(b"Accept: */*", b"Expect: 100-continue"),
    POLL.replace(b"Accept: */*", b"Upgrade: h2c"),
    POLL.replace(b"Accept: */*", b"Connection: upgrade"),
    POLL.replace(b"Accept: */*", b"If-Match: *"),
    POLL.replace(b"Accept: */*", b"Script-Name: /below"),
    POLL.replace(b"Accept: */*", b"X_Forwarded_For: 1"),
    POLL.replace(b"Accept: */*", b"X-Forwarded-Proto: https"),
    POLL.replace(b"Accept: */*", b"Accept : */*"),
    POLL.replace(b"Accept: */*", b"Accept: \x00"),
    POLL[:-2] + b"Accept: */*\r\n" * 500 + b"X1: \r\n\r\n",  # in some microseconds, not in years
]


def by_gunicorn(raw: bytes) -> dict[str, Any]:
    """Return what gunicorn's own parser makes of a request."""
    request = next(get_parser(Config(), iter([raw]), ("127.0.0.1", 1)))
    environ: dict[str, Any] = create(request, None, ("127.0.0.1", 1), ("127.0.0.1", 80), Config())[1]
    return environ


@pytest.mark.parametrize("raw", PLAIN)
def test_a_plain_request_is_read_as_gunicorn_reads_it(raw: bytes) -> None:
    found, theirs = plain_requests.read(raw), by_gunicorn(raw)
    assert found is not None
    assert found == {name: theirs[name] for name in found}
    weighed = {
        "HTTP_IF_MATCH",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_X_FORWARDED_PROTO",
        *plain_requests._TAKEN.values(),
    }
    assert weighed & set(theirs) <= set(found)


@pytest.mark.parametrize("raw", ODD)
def test_what_is_not_plain_is_left_to_gunicorn(raw: bytes) -> None:
    assert plain_requests.read(raw) is None


def test_a_proxy_is_heard_where_the_site_says_so() -> None:
    raw = POLL.replace(b"Accept: */*", b"X-Forwarded-Proto: https")
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        found = plain_requests.read(raw)
    assert found is not None
    assert found["HTTP_X_FORWARDED_PROTO"] == by_gunicorn(raw)["HTTP_X_FORWARDED_PROTO"] == "https"


class Log:
    """Where gunicorn writes."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_given, **_named: None


class Running(PollWorker):  # type: ignore[misc]  # gunicorn is not typed
    """A worker whose loop the test turns; `threads` counts what went to threads."""

    def __init__(self, listening: socket.socket) -> None:
        cfg = Config()
        for name, value in {"threads": 4, "keepalive": 5, "worker_connections": 50}.items():
            cfg.set(name, value)
        super().__init__(1, 1, [listening], None, 30, cfg, Log())
        self.tpool, self.poller = self.get_thread_pool(), DefaultSelector()
        self.method_queue.init()
        self.begin()
        self.asks_itself, self.threads = True, 0
        self.wsgi = page
        self.poller.register(self.method_queue.fileno(), 1, self.method_queue.run_callbacks)
        self.set_accept_enabled(True)

    def handle(self, conn: Any) -> Any:
        self.threads += 1
        return super().handle(conn)


def page(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The long way."""
    start_response("200 OK", [("Content-Length", "4")])
    return [b"page"]


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """One that knows a calendar, and a large one."""

    def reply(environ: dict[str, Any]) -> door.Reply | None:
        if environ.get("HTTP_IF_NONE_MATCH") == 'W/"large"':
            return door.Reply("200 OK", [("Content-Length", str(20_000_000))], b"x" * 20_000_000)
        known = environ["PATH_INFO"].startswith("/series/")
        return door.Reply("304 Not Modified", [("ETag", 'W/"abc"')], b"") if known else None

    monkeypatch.setattr(door, "reply", reply)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Running(listening)
        yield made
        made.tpool.shutdown()
        made.tmp.close()
        made.murder_keepalived(force=True)
        made.poller.close()
        made.method_queue.close()


def turned(worker: Running, act: Callable[[socket.socket], Any]) -> Any:
    """Return what a client gets that talks with the worker; the loop turns here, as in a process of its own."""

    def talk() -> Any:
        with socket.create_connection(worker.sockets[0].getsockname(), timeout=60) as client:
            return act(client)

    with ThreadPoolExecutor(1) as pool:
        talking: Future[Any] = pool.submit(talk)
        while not talking.done() or worker.nr_conns > len(worker.keepalived_conns):
            worker.wait_for_and_dispatch_events(0.02)
    return talking.result()


def ask(client: socket.socket, raw: bytes) -> bytes:
    """Send, and return what comes until there is a head, and four bytes if a page comes."""
    client.sendall(raw)
    got = b""
    while b"\r\n\r\n" not in got or (b"200 OK" in got and not got.endswith(b"page")):
        more = client.recv(65536)
        if not more:
            break
        got += more
    return got


def whole(client: socket.socket, raw: bytes) -> bytes:
    """Send, and return all that comes until the end."""
    client.sendall(raw)
    return b"".join(iter(lambda: client.recv(1 << 20), b""))


def test_a_poll_is_answered_without_a_thread(worker: Running) -> None:
    said = turned(worker, lambda client: whole(client, LAST))
    assert said.startswith(b"HTTP/1.1 304 Not Modified\r\nServer: gunicorn\r\nDate: ")
    assert said.endswith(b'Connection: close\r\nETag: W/"abc"\r\n\r\n')
    assert (worker.threads, worker.nr_conns) == (0, 0)


@pytest.mark.parametrize("itself", [True, False])
def test_polls_and_pages_share_a_connection(worker: Running, itself: bool) -> None:
    worker.asks_itself = itself
    said = turned(worker, lambda client: [ask(client, raw) for raw in (POLL, PAGE, POLL, PAGE, LAST)])
    assert [each[9:12] for each in said] == [b"304", b"200", b"304", b"200", b"304"]
    assert [b"keep-alive" in each for each in said] == [True] * 4 + [False]
    assert worker.threads == (2 if itself else 5)
    assert worker.nr_conns == 0


def test_a_request_in_pieces_goes_to_a_thread_whole(worker: Running) -> None:
    def slowly(client: socket.socket) -> bytes:
        client.sendall(PAGE[:20])
        while not worker.threads:
            pass
        return ask(client, PAGE[20:-2] + b"Connection: close\r\n\r\n")

    assert turned(worker, slowly).endswith(b"page")
    assert (worker.threads, worker.nr_conns) == (1, 0)


def test_who_says_nothing_keeps_no_thread(worker: Running) -> None:
    def silent(client: socket.socket) -> bytes:
        while not worker.pending_conns:
            pass
        return whole(client, LAST)

    assert b"304" in turned(worker, silent)
    assert (worker.threads, worker.nr_conns) == (0, 0)
    turned(worker, lambda client: None)
    assert (worker.threads, worker.nr_conns, len(worker.pending_conns)) == (0, 0, 0)


def test_too_long_an_address_is_refused_with_a_page(worker: Running) -> None:
    long = b"GET /archive/?q=" + b"word+" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n"
    said = turned(worker, lambda client: whole(client, long))
    assert said.startswith(b"HTTP/1.1 414 URI Too Long\r\n")
    assert b"search for fewer words" in said
    assert said.endswith(b"</html>\n")
    assert worker.nr_conns == 0


def test_who_goes_on_asking_too_long_an_address_keeps_a_thread_for_seconds_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter(range(100))
    monkeypatch.setattr(too_long, "time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    client = Mock(**{"recv.return_value": b"a"})  # a letter a second, without end
    too_long.refuse(client)
    assert 0 < client.recv.call_count <= too_long.PATIENCE


def test_who_reads_slowly_gets_all_of_it_and_holds_nobody_up(worker: Running) -> None:
    large = LAST.replace(b'W/"abc"', b'W/"large"')

    def slowly(client: socket.socket) -> int:
        client.sendall(large)
        assert turned_by_another(client)
        return len(b"".join(iter(lambda: client.recv(1 << 20), b"")).partition(b"\r\n\r\n")[2])

    def turned_by_another(_client: socket.socket) -> bool:
        with socket.create_connection(worker.sockets[0].getsockname(), timeout=60) as other:
            return whole(other, LAST).startswith(b"HTTP/1.1 304")

    assert turned(worker, slowly) == 20_000_000
    assert worker.nr_conns == 0


@pytest.mark.parametrize("helps", [True, False])
def test_many_who_want_a_changed_calendar_wait_for_one_thread(
    worker: Running, monkeypatch: pytest.MonkeyPatch, helps: bool
) -> None:
    made: list[int] = []

    def reply(_environ: dict[str, Any]) -> door.Reply | None:
        return door.Reply("304 Not Modified", [], b"") if made and helps else None

    def renew(_environ: dict[str, Any]) -> None:
        while len(worker.waiting["talks"]) < 6:
            pass
        made.append(1)

    def six(client: socket.socket) -> list[bytes]:
        others = [socket.create_connection(client.getpeername(), timeout=60) for _place in range(5)]
        for each in (client, *others):
            each.sendall(LAST)
        said = [whole(each, b"") for each in (client, *others)]
        for each in others:
            each.close()
        return said

    monkeypatch.setattr(door, "reply", reply)
    monkeypatch.setattr(door, "calendar_of", lambda _environ: "talks")
    monkeypatch.setattr(door, "renew", renew)
    assert [each[9:12] for each in turned(worker, six)] == [b"304" if helps else b"200"] * 6
    assert (made, worker.threads) == ([1], 0 if helps else 6)
    assert (worker.nr_conns, worker.waiting) == (0, {})
