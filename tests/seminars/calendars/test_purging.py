"""Caches in front hear of every changed public calendar, once, and of none that is secret or the same."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.test import Client, override_settings

from seminars import tasks
from seminars.calendars import purging, tokens
from seminars.config import checks
from seminars.people.models import Community, Joining, User
from seminars.queue.models import Job, JobState
from seminars.sessions.models import Session
from seminars.sessions.revising import revise
from tests.factories import NOW, make_series, make_session

pytestmark = pytest.mark.django_db
SERIES, SITE, LANGUAGE = "/series/talks/calendar.ics", "/calendar.ics?past=all", "/languages/en/calendar.ics"


class Cache(ThreadingHTTPServer):
    """A cache that only listens: `heard` are (method, host, path); `status` is what it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[str, str, str]] = []
        self.status = 200

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"

    def told(self) -> list[str]:
        """Return the paths heard since the last call, in order."""
        found, self.heard = sorted(path for _method, _host, path in self.heard), []
        return found


class _Handler(BaseHTTPRequestHandler):
    server: Cache

    def do_PURGE(self) -> None:
        self.server.heard.append((self.command, self.headers["Host"], self.path))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def cache() -> Iterator[Cache]:
    """A cache that the settings name."""
    server = Cache()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    with override_settings(PURGE_URLS=[server.address]):
        yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def session(community: Community, member: User) -> Session:
    """Something in four calendars, one of them secret."""
    found = make_session(make_series(community, slug="talks"))
    make_session(make_series(slug="other"))  # of another community, whose counter stays
    secret = tokens.make(user=member, now=NOW)
    for path in (SERIES, "/series/other/calendar.ics", SITE, LANGUAGE, f"/me/calendar/{secret.token}.ics"):
        assert Client().get(path).status_code == 200
    return found


def sweep() -> bool:
    """Look as the sweep does, and work as the queue does. Return whether there was something to do."""
    found = purging.order_due(now=NOW)
    for job in Job.objects.filter(kind=purging.KIND, state=JobState.QUEUED):
        tasks.purge_caches(job.pk)
    return found


def test_each_changed_calendar_is_told_once(session: Session, cache: Cache) -> None:
    assert sweep()
    assert {(method, host) for method, host, _path in cache.heard} == {("PURGE", "127.0.0.1:8000")}
    assert cache.told() == sorted([SERIES, "/series/other/calendar.ics", SITE, LANGUAGE])
    assert not sweep()
    revise(session, kind="edit", now=NOW, title={"en": "Changed"})
    assert sweep()
    assert cache.told() == sorted([SERIES, SITE, LANGUAGE])
    assert not sweep()
    assert cache.told() == []


def test_a_calendar_that_closes_is_told_as_well(session: Session, cache: Cache) -> None:
    sweep()
    cache.told()
    Community.objects.update(joining=Joining.CLOSED)
    revise(session, kind="edit", now=NOW, title={"en": "Changed"})
    assert sweep()
    assert SERIES in cache.told()


def test_what_a_cache_does_not_take_is_told_again(session: Session, cache: Cache) -> None:
    cache.status = 503
    assert sweep()
    assert cache.told()
    job = Job.objects.get(kind=purging.KIND)
    assert (job.state, job.reason) == (JobState.FAILED, purging.REFUSED)
    cache.status = 404  # it held no such thing
    Job.objects.update(state=JobState.QUEUED, due_at=NOW)
    assert sweep()
    assert len(cache.told()) == 4
    assert not sweep()


def test_without_caches_nothing_is_ordered(session: Session) -> None:
    assert not sweep()
    assert not Job.objects.filter(kind=purging.KIND).exists()


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (["http://127.0.0.1:6081/", "https://cdn.example.org"], 0),
        (["127.0.0.1:6081", "http://cache/path", "ftp://cache"], 3),
    ],
)
def test_the_set_up_is_checked(given: list[str], wrong: int) -> None:
    with override_settings(PURGE_URLS=given):
        found = checks.caches()
    assert len(found) == wrong
    assert all("MERIDIAN_PURGE_URLS" in each.msg and each.hint for each in found)
