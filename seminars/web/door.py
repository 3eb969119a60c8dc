"""The door: a poll whose address has been read is answered before Django makes a request of it.

Of a thousand polls almost all ask for an address that was asked for before, plainly, and get 304. Those are answered
here, by one look-up, with the headers that the long way gives. Whatever is not plain, known and kept as it stands goes
the long way; so does everything that fails, which meets it again there, says and logs it.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import setting_changed
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware
from django.utils import timezone

from seminars.calendars import feeds as calendars
from seminars.calendars import noting
from seminars.calendars.feeds import Answer
from seminars.calendars.scopes import Kind, Scope
from seminars.web import feeds, short_way

Headers = list[tuple[str, str]]
_UNUSUAL = frozenset({"HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"})
_ETAG = re.compile(r'(?:W/)?"([!#-~]*)"')  # one, and plain: lists and stars are weighed by Django
_NOTED_EVERY = timedelta(minutes=30)  # less than what is noted: no hour goes by without a note
_MOST = 8192
_noted: dict[str, tuple[str, datetime]] = {}
"""Who came for a calendar of somebody's own, and when that was last written down: not at each poll."""


class Reply(NamedTuple):
    """What goes over the wire: `200 OK`, headers without those of the connection, and the body."""

    status: str
    headers: Headers
    body: bytes


class Door:
    """Stands before a WSGI application that has `ShortWay` among its layers."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = reply(environ)
        if found is None:
            return self.application(environ, start_response)
        start_response(found.status, found.headers)
        return [found.body] if found.body else []


def reply(environ: dict[str, Any]) -> Reply | None:
    """Return the answer to a poll, given as a WSGI environ; None for whatever has to go the long way."""
    known = short_way.known(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
    if known is None or not _is_plain(environ):
        return None
    try:
        return _look(environ, *known)
    except Exception:  # noqa: BLE001 — whatever it was, the long way meets it again, says and logs it
        return None


def calendar_of(environ: dict[str, Any] | None) -> str:
    """Return which calendar a plain poll asks for, where `reply` may soon know it; "" for anything else."""
    if environ is None or not _is_plain(environ):
        return ""
    known = short_way.known(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
    return known[0].key if known else ""


def renew(environ: dict[str, Any]) -> None:
    """Make the calendar anew for which `calendar_of` has a name: `reply` knows it then, or the long way says why not.

    In a thread of its own.
    """
    known = short_way.known(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
    if known is None:
        return
    close_old_connections()
    try:
        calendars.answer(known[0], now=timezone.now())
    except Exception:  # noqa: BLE001 — whatever it was, the long way meets it again, says and logs it
        return
    finally:
        close_old_connections()


def _look(environ: dict[str, Any], scope: Scope, filename: str) -> Reply | None:
    headers = _fixed(environ.get("HTTP_HOST"), _told_scheme(environ))
    if headers is None:
        return None
    connection = connections[DEFAULT_DB_ALIAS]
    if not connection.in_atomic_block:  # as Django does before each request
        connection.close_if_unusable_or_obsolete()
        # A look-up that fails goes the long way, which checks the connection and makes another.
        connection.health_check_done = True  # type: ignore[attr-defined]
    now = timezone.now()
    answer = calendars.standing(scope, now=now)
    return None if answer is None else _answered(environ, scope, filename, answer, [*headers], now)


def _is_plain(environ: dict[str, Any]) -> bool:
    """Whether it is asked as programs ask every day."""
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and not environ.get("SCRIPT_NAME")
        and _UNUSUAL.isdisjoint(environ)
        and settings.SESSION_COOKIE_NAME not in environ.get("HTTP_COOKIE", "")
        and ("HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" not in environ)
    )


def _answered(
    environ: dict[str, Any], scope: Scope, filename: str, answer: Answer, headers: Headers, now: datetime
) -> Reply | None:
    asked, etag = environ.get("HTTP_IF_NONE_MATCH"), answer.etag
    if scope.options.alarms:
        etag = f'{etag[:-1]}-{".".join(map(str, scope.options.alarms))}"'
    if asked is None or asked == etag:
        same = asked == etag
    elif (plain := _ETAG.fullmatch(asked)) is None:
        return None
    else:
        same = plain[1] == etag[3:-1]
    body = b""
    if not same:
        if scope.options.alarms:
            return None
        compressed = feeds.accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        body, compressed = calendars.read(answer, compressed=compressed)
        headers += [
            ("Content-Type", feeds.CALENDAR),
            ("Content-Length", str(len(body))),
            ("Content-Disposition", f'inline; filename="{filename}"'),
        ]
        if compressed:
            headers.append(("Content-Encoding", "gzip"))
    headers += [
        ("ETag", etag),
        *feeds.kept_headers(int(answer.changed_at.timestamp()), private=scope.private),
    ]
    _note(environ, scope, now)
    if same:
        return Reply("304 Not Modified", headers, b"")
    return Reply("200 OK", headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body)


def _note(environ: dict[str, Any], scope: Scope, now: datetime) -> None:
    """Remember that somebody came, where that is of interest; the disk is asked twice an hour."""
    if not (scope.private or scope.kind == Kind.FILTER):
        return
    program = environ.get("HTTP_USER_AGENT", "")
    last = _noted.get(scope.key)
    if last is not None and last[0] == program and now - _NOTED_EVERY < last[1] <= now:
        return
    noting.note_use(scope, program, now=now)
    if len(_noted) >= _MOST:
        _noted.clear()
    _noted[scope.key] = program, now


def _told_scheme(environ: dict[str, Any]) -> tuple[str, str | None]:
    """What tells Django whether a request came by https."""
    proxied = settings.SECURE_PROXY_SSL_HEADER
    return environ["wsgi.url_scheme"], environ.get(proxied[0]) if proxied else None


@lru_cache(maxsize=1024)
def _fixed(host: str | None, told: tuple[str, str | None]) -> tuple[tuple[str, str], ...] | None:
    """Return what every answer of a feed has under a host's name, said by Django itself; None if it says no."""
    if host is None or settings.USE_X_FORWARDED_HOST:
        return None
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_HOST": host, "wsgi.url_scheme": told[0]}
    if settings.SECURE_PROXY_SSL_HEADER and told[1] is not None:
        environ[settings.SECURE_PROXY_SSL_HEADER[0]] = told[1]
    request = WSGIRequest(environ | {"wsgi.input": BytesIO()})
    try:
        request.get_host()
    except DisallowedHost:
        return None
    answer = SecurityMiddleware(lambda _request: HttpResponse())(request)
    if not isinstance(answer, HttpResponse) or answer.status_code != 200:  # sent to https
        return None
    feeds.settled(answer).headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    return tuple((name, value) for name, value in answer.items() if name != "Content-Type")


def forget(**_named: object) -> None:
    """Forget what was learned: a setting has changed, as tests do."""
    _fixed.cache_clear()
    _noted.clear()


setting_changed.connect(forget)
