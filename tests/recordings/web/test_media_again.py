"""A public file is given again without the long way: with the same answers, and not a moment longer than it may be."""

import os
import socket
import threading
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as site
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from gunicorn.http.wsgi import FileWrapper

from recordings.assets import store
from recordings.catalogue.addresses import file_path
from recordings.catalogue.models import Original, Recording
from recordings.publishing import releasing
from recordings.renditions import making
from recordings.renditions.recipes import POSTER
from recordings.web import media, media_again
from seminars.people.models import Community, Joining
from seminars.series.models import Audience
from seminars.sessions import moving
from tests.factories import make_series, make_session
from tests.recordings.cast import take
from tests.recordings.web.test_media import BYTES, SIZE, address, body, closed, two_places, video
from tests.recordings.web.test_using import BROWSER, counted

__all__ = ["closed", "two_places", "video"]  # fixtures
pytestmark = pytest.mark.django_db
LONG = [name for name in site.MIDDLEWARE if name != "recordings.web.media_again.MediaAgain"]
OF_ITS_READER = {"vary", "content-language"}  # what the layers between add; a file depends on neither


@pytest.fixture
def known(video: Original, as_nobody: Client) -> Original:
    """A public file that was asked for before."""
    as_nobody.head(address(video))
    assert len(media_again._known) == 1
    return video


def told(response: Any) -> tuple[int, dict[str, str], bytes]:
    headers = {name.lower(): value for name, value in response.items() if name.lower() not in OF_ITS_READER}
    if policy := headers.get("content-security-policy"):
        headers["content-security-policy"] = "; ".join(sorted(policy.split("; ")))
    return response.status_code, headers, body(response)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"range": "bytes=0-"},
        {"range": "bytes=5-9"},
        {"range": "bytes=-1"},
        {"range": "bytes=-0"},
        {"range": f"bytes={SIZE}-"},
        {"range": f"bytes=10-{SIZE + 1000}"},
        {"range": "bytes=" + ",".join(f"{at}-{at}" for at in range(1000))},
        {"range": "bytes=9-3"},
        {"range": "bytes=5-9", "if-range": '"other"'},
        {"range": "bytes=5-9", "if-none-match": "*"},
        {"if-modified-since": "Mon, 16 Nov 2099 12:00:00 GMT"},
        {"accept-encoding": "gzip"},
        {"host": "elsewhere.example"},
    ],
)
@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("query", ["", "?download=1"])
def test_both_ways_say_the_same(
    asked: dict[str, str], method: str, query: str, known: Original, as_nobody: Client
) -> None:
    as_nobody.head(address(known) + query)
    short = told(getattr(as_nobody, method)(address(known) + query, headers=asked))
    with override_settings(MIDDLEWARE=LONG):
        long = told(getattr(Client(), method)(address(known) + query, headers=asked))
    assert short == long


def test_one_question_is_asked(known: Original, as_nobody: Client, as_member: Client) -> None:
    for client in (as_nobody, as_member):  # what everybody may see, the signed-in may
        with CaptureQueriesContext(connection) as queries:
            assert body(client.get(address(known), headers={"range": "bytes=5-9"})) == BYTES[5:10]
        assert len(queries) == 1, [q["sql"] for q in queries]


def test_no_name_fills_the_memory(known: Original, as_nobody: Client) -> None:
    folder = address(known).rpartition("/")[0]
    for number in range(3):
        assert as_nobody.head(f"{folder}/{number}.mp4").status_code == 200
    assert as_nobody.head(f"{folder}/").status_code == 404
    assert as_nobody.head(f"{folder}/a%00.mp4").status_code == 404
    assert as_nobody.post(address(known)).status_code == 405
    assert len(media_again._known) == 1


def test_the_memory_has_an_end(known: Original, as_nobody: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_again, "_MOST", 1)
    as_nobody.head(address(known) + "?download=1")
    assert [key[1] for key in media_again._known] == [True]


# --- Not a moment longer ------------------------------------------------------------------------------------------
def test_withdrawn_it_says_why_at_once(known: Original, now: datetime, as_nobody: Client) -> None:
    releasing.withdraw(recording=known.recording, reason="A speaker asked for it.", now=now, actor_id=None)
    assert as_nobody.get(address(known)).status_code == 410
    assert media_again._known == {}


def test_with_its_session_likewise(known: Original, now: datetime, as_nobody: Client) -> None:
    assert known.recording.session is not None
    moving.withdraw(session=known.recording.session, reason="The court said so.", now=now, actor_id=None)
    assert as_nobody.get(address(known)).status_code == 410


def close_community(original: Original) -> None:
    Community.objects.update(joining=Joining.CLOSED)


def close_session(original: Original) -> None:
    assert original.recording.session is not None
    type(original.recording.session).objects.update(audience=Audience.MEMBERS)


def unpublish(original: Original) -> None:
    Recording.objects.update(published_at=None)


def rename(original: Original) -> None:
    Recording.objects.update(slug="elsewhere")


@pytest.mark.parametrize("change", [close_community, close_session, unpublish, rename])
def test_what_is_no_longer_everybodys_is_nowhere_at_once(
    change: Any, known: Original, as_nobody: Client, as_stranger: Client
) -> None:
    change(known)
    for client in (as_nobody, as_stranger):
        assert client.get(address(known), headers={"range": "bytes=0-9"}).status_code == 404
    assert media_again._known == {}


def test_members_still_get_what_was_closed_privately(known: Original, as_member: Client) -> None:
    close_session(known)
    for _time in range(2):
        response = as_member.get(address(known))
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-cache")
        assert body(response) == BYTES
    assert media_again._known == {}


def test_what_is_not_everybodys_is_never_remembered(
    closed: Original, as_member: Client, as_organiser: Client, as_nobody: Client
) -> None:
    for client in (as_member, as_organiser, as_member):
        assert body(client.get(address(closed), headers={"range": "bytes=0-9"}))
    assert media_again._known == {}
    assert as_nobody.get(address(closed)).status_code == 404


def test_another_language_is_another_name(known: Original, as_nobody: Client) -> None:
    Original.objects.filter(pk=known.pk).update(language="sv")
    assert "-video-sv.mp4" in as_nobody.head(address(known))["Content-Disposition"]


def test_an_edition_made_anew_is_given_at_once(known: Original, now: datetime, as_nobody: Client) -> None:
    poster = making.make(original=known, recipe=POSTER, clock=lambda: now, progress=lambda *_: None)
    url = file_path(known.recording, poster.uuid, kind="poster", language="en", media_type="image/webp")
    first = body(as_nobody.get(url))
    with CaptureQueriesContext(connection) as queries:
        assert body(as_nobody.get(url)) == first
    assert len(queries) == 1
    type(poster).objects.filter(pk=poster.pk).update(asset=known.asset)
    assert body(as_nobody.get(url)) == BYTES


def test_lost_from_the_store_it_goes_the_long_way(known: Original, as_nobody: Client) -> None:
    store.path_of(known.asset.sha256).unlink()
    assert as_nobody.get(address(known)).status_code == 503


def test_a_database_that_fails_is_asked_the_long_way(
    known: Original, as_nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cursor() -> None:
        raise OperationalError

    monkeypatch.setattr(media_again, "connection", type("Broken", (), {"cursor": staticmethod(cursor)}))
    assert body(as_nobody.get(address(known))) == BYTES


# --- Counted, and no more at once than there are places ------------------------------------------------------------
def test_a_beginning_counts_and_what_continues_does_not(
    community: Community, now: datetime, as_nobody: Client
) -> None:
    past = make_session(make_series(community), wall=datetime(2026, 9, 1, 15, 0))
    known = take(past, "whole.mp4", "video", now)
    as_nobody.head(address(known))
    for part in ("bytes=0-", "bytes=100-199", "bytes=200-", "bytes=0-1"):
        body(as_nobody.get(address(known), headers=BROWSER | {"range": part}))
    assert counted() == [("video", "view", 1)]


def test_places_are_taken_and_given_back(
    known: Original, as_nobody: Client, two_places: threading.BoundedSemaphore
) -> None:
    watching = [as_nobody.get(address(known), headers={"range": "bytes=0-9"}) for _ in range(2)]
    third = as_nobody.get(address(known))
    assert (third.status_code, third["Retry-After"]) == (503, "10")
    assert [body(each) for each in watching] == [BYTES[:10]] * 2
    assert two_places._value == 2


# --- Sent by the system --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("asked", ["", "bytes=0-", "bytes=100-199", "bytes=-7"])
def test_a_web_server_may_let_the_system_send_it(
    asked: str, known: Original, two_places: threading.BoundedSemaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for signal in ("request_started", "request_finished"):  # they would close the test's connection
        monkeypatch.setattr(f"django.core.signals.{signal}.send", lambda **_named: None)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address(known),
        "HTTP_HOST": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.file_wrapper": FileWrapper,
    } | ({"HTTP_RANGE": asked} if asked else {})
    said: dict[str, str] = {}
    answer: Iterable[bytes] = WSGIHandler()(environ, lambda _status, headers: said.update(headers))
    assert isinstance(answer, FileWrapper)
    assert two_places._value == 1
    start, number = os.lseek(answer.filelike.fileno(), 0, os.SEEK_CUR), int(said["Content-Length"])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sent = ours.sendfile(answer.filelike, offset=start, count=number)
        got = theirs.recv(sent, socket.MSG_WAITALL)
    first = int(said.get("Content-Range", "bytes 0-").split()[1].partition("-")[0])
    assert got == BYTES[first : first + number]
    answer.close()
    assert (two_places._value, answer.filelike.file.closed) == (2, True)


def test_one_that_cannot_takes_it_in_blocks(known: Original) -> None:
    part, _stream = media.respond(
        media.MediaFile(str(store.path_of(known.asset.sha256)), []).get_response(
            "GET", {"HTTP_RANGE": "bytes=100-199"}
        )
    )
    assert isinstance(part, media.StreamResponse)
    assert b"".join(FileWrapper(part.file_to_stream, 64)) == BYTES[100:200]
    part.file_to_stream.close()
