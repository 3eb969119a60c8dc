"""The door answers a poll as the long way does, to the byte; what it does not know it leaves alone."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections, connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from seminars.calendars import shelf, tokens
from seminars.calendars.models import Feed, FeedToken
from seminars.calendars.scopes import Kind, Scope
from seminars.sessions.models import Session
from seminars.sessions.revising import revise
from seminars.web import door, short_way
from tests.factories import NOW
from tests.seminars.web.test_short_way import CALENDARS, HEADERS, LONG, REFUSED, names

__all__ = ["names"]
pytestmark = pytest.mark.django_db
Shown = tuple[str, dict[str, str], bytes]


def environ_of(address: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    """Return what a web server makes of a request."""
    path, _sep, query = address.partition("?")
    told = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        **told,
    }


def asked(application: Any, environ: dict[str, Any]) -> Shown:
    """Return what a web server gets."""
    told: list[Any] = []
    answer = application(environ, lambda *said: told.append(said))
    body = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    status, headers = told[0]
    assert len(dict(headers)) == len(headers)
    return status, dict(headers), body


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Django would end the connection, and the test's transaction with it, after each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def long_way() -> Any:
    """The site without the door and the short way."""
    with override_settings(MIDDLEWARE=LONG):
        return WSGIHandler()


@pytest.fixture
def site() -> Any:
    """The site as the web server has it."""
    return door.Door(WSGIHandler())


@pytest.mark.parametrize("path", CALENDARS)
def test_a_poll_is_answered_alike(names: dict[str, str], path: str, site: Any, long_way: Any) -> None:
    address = path.format(**names)
    etag = asked(site, environ_of(address))[1]["ETag"]
    for method in ("GET", "HEAD"):
        for headers in HEADERS:
            told = {name: value.format(etag=etag) for name, value in headers.items()}
            environ = environ_of(address, method, **told)
            slow = asked(long_way, environ.copy())
            found = door.reply(environ.copy())
            if found is not None:
                assert (found.status, dict(found.headers), found.body) == slow, told
            assert asked(site, environ.copy()) == slow, told


@pytest.mark.parametrize("path", CALENDARS)
def test_plain_polls_really_end_at_the_door(names: dict[str, str], path: str, site: Any) -> None:
    """By one question to the database. Or the contract above would hold of nothing."""
    address = path.format(**names)
    etag = asked(site, environ_of(address))[1]["ETag"]
    with CaptureQueriesContext(connection) as questions:
        found = door.reply(environ_of(address, **{"If-None-Match": etag}))
    assert found is not None
    assert (found.status, found.body, len(questions)) == ("304 Not Modified", b"", 1)
    if "alarm" not in path:
        for headers in ({}, {"Accept-Encoding": "gzip"}, {"If-None-Match": 'W/"other"'}):
            found = door.reply(environ_of(address, **headers))
            assert found is not None
            assert found.status == "200 OK"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("proxied", [{}, {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "http"}])
@pytest.mark.parametrize(
    "chosen",
    [
        {"SECURE_HSTS_SECONDS": 60},
        {"SECURE_HSTS_SECONDS": 60, "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")},
        {"SECURE_SSL_REDIRECT": True},
    ],
)
def test_https_is_told_alike(
    names: dict[str, str], scheme: str, proxied: dict[str, str], chosen: dict[str, Any]
) -> None:
    with override_settings(**chosen):
        with override_settings(MIDDLEWARE=LONG):
            slow = asked(WSGIHandler(), environ_of("/calendar.ics", **proxied) | {"wsgi.url_scheme": scheme})
        site = door.Door(WSGIHandler())
        for _poll in range(2):
            environ = environ_of("/calendar.ics", **proxied) | {"wsgi.url_scheme": scheme}
            assert asked(site, environ) == slow


@pytest.mark.parametrize("path", [*REFUSED, "/", "/health/"])
def test_nothing_else_ends_at_the_door(names: dict[str, str], path: str, site: Any) -> None:
    for _time in range(2):
        asked(site, environ_of(path.format(**names)))
    assert door.reply(environ_of(path.format(**names))) is None


@pytest.mark.parametrize(
    "odd",
    [
        {"REQUEST_METHOD": "POST"},
        {"SCRIPT_NAME": "/below"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}=one"},
        {"HTTP_IF_MATCH": "*"},
        {"HTTP_IF_NONE_MATCH": "*"},
        {"HTTP_IF_MODIFIED_SINCE": "Fri, 01 Jan 2100 00:00:00 GMT"},
    ],
)
def test_what_is_not_plain_goes_the_long_way(names: dict[str, str], odd: dict[str, str], site: Any) -> None:
    asked(site, environ_of("/calendar.ics"))
    assert door.reply(environ_of("/calendar.ics")) is not None
    assert door.reply(environ_of("/calendar.ics") | odd) is None


def test_a_change_before_a_poll_is_in_its_answer(names: dict[str, str], site: Any) -> None:
    address = "/series/talks/calendar.ics"
    etag = asked(site, environ_of(address))[1]["ETag"]
    revise(Session.objects.get(slug="talks-1"), kind="edit", now=NOW, title={"en": "Otherwise"})
    assert door.reply(environ_of(address, **{"If-None-Match": etag})) is None
    status, headers, body = asked(site, environ_of(address, **{"If-None-Match": etag}))
    assert (status, b"Otherwise" in body) == ("200 OK", True)
    assert asked(site, environ_of(address)) == (status, headers, body)


def test_a_secret_that_was_replaced_ends_at_once(names: dict[str, str], site: Any) -> None:
    address = f"/me/calendar/{names['mine']}.ics"
    assert asked(site, environ_of(address))[0] == "200 OK"
    assert door.reply(environ_of(address)) is not None
    tokens.revoke(token=FeedToken.objects.get(token=names["mine"]), now=NOW)
    assert asked(site, environ_of(address))[0] == "410 Gone"


def test_without_a_database_or_its_file_the_last_good_bytes_come(
    names: dict[str, str], site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = asked(site, environ_of("/calendar.ics"))
    kept = Feed.objects.get(key=Scope(Kind.SITE).key)
    for each in shelf.folder(kept.key).glob(f"{kept.file}*"):
        each.unlink()
    assert door.reply(environ_of("/calendar.ics")) is None
    assert asked(site, environ_of("/calendar.ics")) == good

    def gone(_scope: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("seminars.calendars.scopes.look", gone)
    assert door.reply(environ_of("/calendar.ics")) is None
    assert asked(site, environ_of("/calendar.ics")) == good


def test_its_owner_sees_when_and_by_what_a_calendar_was_fetched(names: dict[str, str], site: Any) -> None:
    token = FeedToken.objects.get(token=names["mine"])
    address = f"/me/calendar/{names['mine']}.ics"
    for program, said in (
        ("Thunderbird/128", "Thunderbird"),
        ("Google-Calendar-Importer", "Google Calendar"),
    ):
        asked(site, environ_of(address, **{"User-Agent": program}))
        assert door.reply(environ_of(address, **{"User-Agent": program})) is not None
        assert tokens.used_at(token) is not None
        assert token.client == said


def test_what_is_remembered_is_bounded(
    names: dict[str, str], site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_MOST", 1)
    for key in ("mine", "tasks"):
        kind = "tasks" if key == "tasks" else "calendar"
        asked(site, environ_of(f"/me/{kind}/{names[key]}.ics"))
        assert door.reply(environ_of(f"/me/{kind}/{names[key]}.ics")) is not None
        assert len(door._noted) == 1
    assert short_way.known("/never/asked.ics", "") is None


def test_it_tells_which_calendar_a_poll_asks_for(names: dict[str, str], site: Any) -> None:
    address = CALENDARS[0].format(**names)
    short_way._read.clear()
    assert door.calendar_of(environ_of(address)) == ""
    asked(site, environ_of(address))
    assert door.calendar_of(environ_of(address)) == Scope(Kind.SITE).key
    assert door.calendar_of(environ_of(address, "POST")) == ""
    assert door.calendar_of(environ_of("/page/")) == ""
    assert door.calendar_of(None) == ""


def test_a_changed_calendar_is_known_again_once_it_is_renewed(
    names: dict[str, str], site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "close_old_connections", lambda: None)
    address = CALENDARS[0].format(**names)
    before = asked(site, environ_of(address))[2]
    revise(
        Session.objects.get(slug="talks-1"),
        kind="edit",
        now=NOW,
        title={"en": "Renewed"},
    )
    assert door.reply(environ_of(address)) is None
    door.renew(environ_of(address))
    found = door.reply(environ_of(address))
    assert found is not None
    assert found.body != before
    assert b"Renewed" in found.body
    door.renew(environ_of("/page/"))
