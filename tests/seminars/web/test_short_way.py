"""The short way and the long way of a poll answer alike, whatever is asked and however."""

import gzip
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import resolve

from seminars.calendars import scopes, tokens
from seminars.calendars.models import Calendar, FeedToken
from seminars.people.models import Community, User
from seminars.sessions.models import Session
from seminars.web import feeds, short_way
from tests.factories import NOW, make_series, make_session

pytestmark = pytest.mark.django_db
LONG = [name for name in settings.MIDDLEWARE if name != "seminars.web.short_way.ShortWay"]
CALENDARS = [
    "/calendar.ics",
    "/calendar.ics?past=all",
    "/calendar.ics?past=all&lang=sv&tz=utc&alarm=10,60",
    "/calendar.ics?language=en",
    "/communities/savings/calendar.ics",
    "/communities/savings/calendar.ics?language=en&lang=sv",
    "/series/talks/calendar.ics",
    "/series/talks/calendar.ics?alarm=15",
    "/series/talks/calendar.ics?series=talks",
    "/sessions/talks-1/session.ics",
    "/languages/en/calendar.ics",
    "/archive/calendar.ics",
    "/elsewhere/calendar.ics?tz=utc",
    "/me/calendar/{mine}.ics",
    "/me/calendar/{mine}.ics?lang=sv",
    "/me/tasks/{tasks}.ics",
]
REFUSED = [
    "/calendar.ics?past=some",
    "/calendar.ics?lang=xx&tz=utc",
    "/calendar.ics?alarm=soon",
    "/calendar.ics?topic=nothing-ever-had-it",
    "/calendar.ics?topic=" + ",".join(map(str, range(30))),
    "/communities/nobody/calendar.ics",
    "/series/nowhere/calendar.ics",
    "/series/talks/calendar.ics?topic=never",
    "/sessions/hidden-1/session.ics",
    "/topics/never/calendar.ics",
    "/languages/tlh/calendar.ics",
    "/speakers/not-a-uuid/calendar.ics",
    "/me/calendar/{gone}.ics",
    "/me/calendar/unknown.ics",
    "/me/tasks/{mine}.ics",
    "/nothing/at/all.ics",
    "/series/talks/calendar.ics/",
]
HEADERS = [
    {},
    {"Accept-Encoding": "gzip, br"},
    {"Accept-Encoding": "gzip;q=0, identity"},
    {"Accept-Language": "sv", "Accept": "text/html", "User-Agent": "Thunderbird"},
    {"If-None-Match": "{etag}"},
    {"If-None-Match": '"other", {etag}', "Accept-Encoding": "gzip"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    {"If-Modified-Since": "some day"},
    {"If-None-Match": "{etag}", "If-Match": '"other"'},
    {"If-None-Match": "{etag}", "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:01 GMT"},
    {"Range": "bytes=0-10"},
    {"Host": "evil.example"},
    {"Host": "127.0.0.1:8000"},
    {"Cookie": "other=1"},
    {"Cookie": f"{settings.SESSION_COOKIE_NAME}=nonsense"},
]


@pytest.fixture
def names(community: Community, member: User) -> dict[str, str]:
    """Something to serve, and secret addresses by name."""
    make_session(make_series(community, slug="talks", title={"en": "Talks"}))
    make_session(make_series(community, slug="hidden", published_at=None), published_at=None)
    mine = tokens.make(user=member, name="one", now=NOW)
    gone = tokens.make(user=member, name="two", now=NOW)
    tasks = tokens.make(user=member, calendar=Calendar.TASKS, now=NOW)
    tokens.revoke(token=gone, now=NOW)
    return {"mine": mine.token, "gone": gone.token, "tasks": tasks.token}


def shown(response: Any) -> tuple[Any, ...]:
    """Return all that a reader gets; of a page without the random padding that its compression has."""
    headers, body = dict(response.headers), response.content
    if headers.get("Content-Type", "").startswith("text/html") and "Content-Encoding" in headers:
        del headers["Content-Length"]
        body = gzip.decompress(body)
    return response.status_code, headers, body, response.cookies.output()


def both(path: str, method: str = "get", **headers: str) -> tuple[Any, Any]:
    """Ask the short way and the long way."""
    fast = getattr(Client(), method)(path, headers=headers)
    with override_settings(MIDDLEWARE=LONG):
        slow = getattr(Client(), method)(path, headers=headers)
    return fast, slow


@pytest.mark.parametrize("path", CALENDARS)
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_calendar_is_answered_alike(names: dict[str, str], path: str, method: str) -> None:
    address = path.format(**names)
    etag = Client().get(address).headers["ETag"]
    for headers in HEADERS:
        told = {name: value.format(etag=etag) for name, value in headers.items()}
        fast, slow = both(address, method, **told)
        assert shown(fast) == shown(slow), told


@pytest.mark.parametrize("path", REFUSED)
def test_a_refusal_is_answered_alike(names: dict[str, str], path: str) -> None:
    for headers in HEADERS[:4]:
        fast, slow = both(path.format(**names), **headers)
        assert shown(fast) == shown(slow), headers
        assert fast.status_code in {400, 404, 410}


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "patch"])
@pytest.mark.parametrize("path", [CALENDARS[0], REFUSED[0]])
def test_other_methods_are_answered_alike(names: dict[str, str], path: str, method: str) -> None:
    fast, slow = both(path, method)
    assert shown(fast) == shown(slow)
    assert fast.status_code == 405


@pytest.mark.parametrize("path", CALENDARS)
def test_polls_really_go_the_short_way(
    names: dict[str, str], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the contract above would hold of nothing."""
    address = path.format(**names)
    Client().get(address)
    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.__call__", _not_here)
    fast = Client().get(address)
    assert fast.status_code == 200
    assert Client().get(address, headers={"If-None-Match": fast.headers["ETag"]}).status_code == 304


def _not_here(*_args: object) -> HttpResponse:
    raise AssertionError("This is the long way.")


def test_without_a_database_the_last_good_bytes_come_the_short_way(
    names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = Client().get(CALENDARS[0]).content

    def gone(_scope: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(scopes, "look", gone)
    fast, slow = both(CALENDARS[0])
    assert shown(fast) == shown(slow)
    assert fast.content == good


def test_a_failure_is_told_as_any_other(names: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(feeds.feeds, "answer", broken)
    client = Client(raise_request_exception=False)
    response = client.get(CALENDARS[0])
    with override_settings(MIDDLEWARE=LONG):
        long = Client(raise_request_exception=False).get(CALENDARS[0])
    assert response.status_code == long.status_code == 500


def test_what_was_read_of_an_address_forgets_nothing_of_its_calendar(names: dict[str, str]) -> None:
    """Addresses are kept by path and query; whether their calendar is still there is asked each time."""
    address = CALENDARS[-3].format(**names)
    assert Client().get(address).status_code == 200
    tokens.revoke(token=FeedToken.objects.get(token=names["mine"]), now=NOW)
    assert Client().get(address).status_code == 410
    assert Client().get("/series/talks/calendar.ics").status_code == 200
    Session.objects.all().delete()
    assert Client().get("/sessions/talks-1/session.ics").status_code == 404


def test_the_memory_of_addresses_is_bounded(names: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_way, "_MOST", 3)
    for number in range(10):
        assert Client().get(f"/calendar.ics?any={number}").status_code == 200
        assert len(short_way._read) <= 3


def test_both_ways_lead_to_the_same_views() -> None:
    asked = RequestFactory()
    for route in feeds.urlpatterns:
        path = "/" + str(route.pattern).replace("<uuid:uuid>", str(UUID(int=7)))
        for name in ("slug", "tag", "token"):
            path = path.replace(f"<slug:{name}>", "some")
        assert resolve(path).func is route.callback
        assert short_way.is_poll(asked.get(path))
        assert not short_way.is_poll(asked.post(path))
