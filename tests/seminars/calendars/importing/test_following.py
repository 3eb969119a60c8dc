"""Calendars that are followed: asked as little as possible, never emptied by accident, and what is wrong is said."""

import gzip
import time
from datetime import timedelta
from typing import Any

import pytest

from seminars.calendars.importing import following
from seminars.calendars.importing.fetching import Fetched, fetch
from seminars.calendars.importing.incoming import MOST_BYTES
from seminars.calendars.importing.models import FollowedCalendar
from seminars.changes.models import Change
from seminars.elsewhere import addresses
from seminars.elsewhere.asking import Interrupted, Refused
from seminars.people.models import Community
from seminars.queue.models import Job, JobState
from seminars.sessions.models import Session
from seminars.sessions.state import State
from seminars.tasks import refresh_calendar, refresh_calendars
from tests.factories import NOW, make_series
from tests.recordings.conftest import Remote, also_loopback
from tests.recordings.conftest import remote as remote
from tests.seminars.calendars.importing.test_applying import event

TALKS = [event(f"e{n}", f"202612{10 + n}T100000", f"Talk {n}") for n in range(4)]


def calendar(*events: str) -> bytes:
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n").encode()


@pytest.fixture
def followed(community: Community) -> FollowedCalendar:
    series = make_series(community, external=True, rrule="")
    return following.follow(
        series=series, address="webcal://x.example/a.ics", zone="UTC", now=NOW, actor_id=None
    )


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The answers to come, one a look; an exception is raised."""
    answers: list[Any] = []

    def answer(**asked: Any) -> Fetched:
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return Fetched(found, '"tag"', "") if isinstance(found, bytes) else found

    monkeypatch.setattr(following, "fetch", answer)
    return answers


def states(followed: FollowedCalendar) -> list[str]:
    return sorted(followed.series.sessions.values_list("state", flat=True))


@pytest.mark.django_db
def test_news_are_taken_over_and_nothing_new_writes_nothing(
    followed: FollowedCalendar, served: list[Any]
) -> None:
    served += [calendar(*TALKS), calendar(*TALKS), Fetched(None, '"tag"')]
    following.refresh(followed=followed, now=NOW)
    changes = Change.objects.count()
    for hours in (1, 2):
        following.refresh(followed=followed, now=NOW + timedelta(hours=hours))
    assert states(followed) == [State.UPCOMING] * 4
    assert Change.objects.count() == changes
    followed.refresh_from_db()
    assert (followed.checked_at, followed.changed_at) == (NOW + timedelta(hours=2), NOW)
    assert (followed.error, followed.missing) == ("", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<!DOCTYPE html><html>Sign in",
        calendar(*TALKS)[:-80],
        Refused("There is no calendar"),
        b"PK\x03\x04",
        b"\xff" * 300,
    ],
)
def test_a_broken_calendar_changes_nothing_and_is_said(
    followed: FollowedCalendar, served: list[Any], broken: Any
) -> None:
    served += [calendar(*TALKS), broken]
    following.refresh(followed=followed, now=NOW)
    changes = Change.objects.count()
    following.refresh(followed=followed, now=NOW)
    followed.refresh_from_db()
    assert followed.error
    assert Change.objects.count() == changes
    assert states(followed) == [State.UPCOMING] * 4


@pytest.mark.django_db
def test_an_empty_calendar_waits_for_a_yes(followed: FollowedCalendar, served: list[Any]) -> None:
    served += [calendar(*TALKS), calendar(), calendar(), calendar()]
    following.refresh(followed=followed, now=NOW)
    following.refresh(followed=followed, now=NOW)
    followed.refresh_from_db()
    assert (followed.missing, states(followed)) == (4, [State.UPCOMING] * 4)
    following.refresh(followed=followed, now=NOW, withdraw="0" * 64)
    assert states(followed) == [State.UPCOMING] * 4
    followed.refresh_from_db()
    following.refresh(followed=followed, now=NOW, withdraw=followed.seal)
    followed.refresh_from_db()
    assert (followed.missing, states(followed)) == (0, [State.CANCELLED] * 4)


@pytest.mark.django_db
def test_one_that_left_is_cancelled_and_one_that_is_cancelled_too(
    followed: FollowedCalendar, served: list[Any]
) -> None:
    off = event("e0", "20261210T100000", "Talk 0", STATUS="CANCELLED")
    served += [calendar(*TALKS), calendar(off, *TALKS[1:3])]
    following.refresh(followed=followed, now=NOW)
    following.refresh(followed=followed, now=NOW)
    assert states(followed) == [State.CANCELLED] * 2 + [State.UPCOMING] * 2
    assert not Session.objects.filter(cancelled_at__isnull=False, reason="").exists()


@pytest.mark.django_db
def test_each_hour_one_job_a_calendar_is_done_again(
    followed: FollowedCalendar, served: list[Any], stopped: Any
) -> None:
    served += [calendar(*TALKS), Interrupted("busy"), calendar(*TALKS)]
    job = Job.objects.get()
    refresh_calendar(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    refresh_calendars()
    job.refresh_from_db()
    assert job.state == JobState.DONE  # it was looked at a minute ago
    stopped.move_to(NOW + timedelta(hours=1))
    refresh_calendars()
    refresh_calendar(job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.FAILED, "busy")
    stopped.move_to(NOW + timedelta(hours=2))
    refresh_calendar(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert Job.objects.count() == 1


def test_a_calendar_is_asked_conditionally(remote: Remote) -> None:
    remote.gives("/a.ics", calendar(*TALKS), content_type="text/calendar")
    first = fetch(address=remote.url("/a.ics"), rule=also_loopback)
    assert (first.content, first.etag) == (calendar(*TALKS), '"one"')

    def unchanged(handler: Any) -> None:
        handler.send_response(304)
        handler.end_headers()

    remote.answers["/a.ics"] = unchanged
    again = fetch(address=remote.url("/a.ics"), etag=first.etag, modified="x", rule=also_loopback)
    assert again == Fetched(None, '"one"', "x")
    assert remote.asked[1]["If-None-Match"] == '"one"'


def test_a_bomb_is_not_unpacked_further_than_the_bound(remote: Remote) -> None:
    packed = gzip.compress(b"0" * (MOST_BYTES * 5))

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(packed)))
        handler.end_headers()
        handler.wfile.write(packed)

    remote.answers["/bomb.ics"] = answer
    with pytest.raises(Refused, match="larger"):
        fetch(address=remote.url("/bomb.ics"), rule=also_loopback)


def test_packed_calendars_are_read(remote: Remote) -> None:
    packed = gzip.compress(calendar(*TALKS))

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(packed)))
        handler.end_headers()
        handler.wfile.write(packed)

    remote.answers["/a.ics"] = answer
    assert fetch(address=remote.url("/a.ics"), rule=also_loopback).content == calendar(*TALKS)


def test_a_line_that_drops_is_no_calendar(remote: Remote) -> None:
    remote.gives("/a.ics", calendar(*TALKS), drop_after=200)
    with pytest.raises(Interrupted):
        fetch(address=remote.url("/a.ics"), rule=also_loopback)


@pytest.mark.parametrize(
    "begins", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR"]
)
def test_who_waits_for_a_page_does_not_wait_for_a_line_that_never_falls_silent(
    remote: Remote, begins: bytes
) -> None:
    def drip(handler: Any) -> None:
        handler.wfile.write(begins)
        while True:  # until the line is cut
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.02)

    remote.answers["/a.ics"] = drip
    remote.redirects("/from.ics", remote.url("/a.ics"))
    with pytest.raises(Interrupted, match="too slow"):
        fetch(address=remote.url("/from.ics"), rule=also_loopback, within=0.3)
    remote.gives("/a.ics", calendar(*TALKS))
    assert fetch(address=remote.url("/from.ics"), rule=also_loopback, within=60).content


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/", "http://169.254.169.254/", "http://[::1]/"])
def test_a_redirect_leads_into_no_private_network(remote: Remote, target: str) -> None:
    with pytest.raises(Refused):
        fetch(address=remote.url("/a.ics"))
    assert remote.asked == []
    remote.redirects("/a.ics", target.format(port=remote.port))
    allowed = iter([True])

    def once(address: Any) -> bool:
        return next(allowed, False)

    with pytest.raises(Refused, match="private"):
        fetch(address=remote.url("/a.ics"), rule=once)


def test_a_name_that_answers_otherwise_the_second_time_gains_nothing(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [["93.184.215.14", "127.0.0.1"]]
    monkeypatch.setattr(addresses, "resolve", lambda host, port: answers.pop(0))
    with pytest.raises(Refused, match="private"):
        fetch(address=remote.url("/a.ics", "rebind.example"))
    assert remote.asked == []
