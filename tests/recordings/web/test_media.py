"""Files are given whole or in part, to whoever may see them, and to no more at once than the pages can bear."""

import re
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.assets import store
from recordings.catalogue.addresses import file_path
from recordings.catalogue.models import Original
from recordings.publishing import releasing
from recordings.renditions import making
from recordings.renditions.recipes import POSTER
from recordings.slides.models import SlidePage
from recordings.slides.reading import page_path
from recordings.web import media
from seminars.people.models import Community
from seminars.queue.models import Job, JobState
from seminars.series.models import Audience
from seminars.sessions import moving
from tests.factories import make_original, make_series, make_session
from tests.recordings.cast import ZOO, take

pytestmark = pytest.mark.django_db
BYTES = (ZOO / "whole.mp4").read_bytes()
SIZE = len(BYTES)


@pytest.fixture
def video(community: Community, now: datetime) -> Original:
    return take(make_session(make_series(community)), "whole.mp4", "video", now)


@pytest.fixture
def closed(closed_community: Community, now: datetime) -> Original:
    return take(make_session(make_series(closed_community)), "silent.mp4", "video", now)


def address(original: Original) -> str:
    return file_path(
        original.recording,
        original.uuid,
        kind=original.kind,
        language=original.language,
        media_type=original.asset.media_type,
    )


def body(response: Any) -> bytes:
    """All of it: reading to the end closes the answer as a server does."""
    return bytes(b"".join(response.streaming_content) if response.streaming else response.content)


def test_the_whole_file(video: Original, as_nobody: Client) -> None:
    response = as_nobody.get(address(video), headers={"accept-encoding": "gzip, br"})
    assert response.status_code == 200
    assert body(response) == BYTES
    slug = video.recording.slug
    expected = {
        "Content-Type": "video/mp4",
        "Content-Length": str(SIZE),
        "Content-Disposition": f'inline; filename="{slug}-video-en.mp4"',
        "ETag": f'"{video.asset.sha256}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "public, max-age=3600",
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: response[name] for name in expected} == expected
    assert "Content-Encoding" not in response


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=0-0", 0, 0),
        ("bytes=100-", 100, SIZE - 1),
        ("bytes=-100", SIZE - 100, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        (f"bytes=10-{SIZE + 1000}", 10, SIZE - 1),
        (f"bytes=-{SIZE + 1000}", 0, SIZE - 1),
    ],
)
def test_a_part(asked: str, first: int, last: int, video: Original, as_nobody: Client) -> None:
    response = as_nobody.get(address(video), headers={"range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == BYTES[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0", "bytes=-00"])
def test_beyond_the_end(asked: str, video: Original, as_nobody: Client) -> None:
    response = as_nobody.get(address(video), headers={"range": asked})
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{SIZE}")
    assert body(response) == b""


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-6", "bytes=0-99,50-149", "bytes=" + ",".join(f"{at}-{at}" for at in range(1000)), "bytes=9-3",
        "bytes=a-b", "lines=0-1", "bytes=", "bytes=-", "bytes=--5", "bytes=1--5", "bytes=" + "9" * 5000 + "x",
    ],
)  # fmt: skip
def test_what_is_no_single_range_is_ignored(asked: str, video: Original, as_nobody: Client) -> None:
    response = as_nobody.get(address(video), headers={"range": asked})
    assert response.status_code == 200
    assert body(response) == BYTES


def test_many_parts_one_after_the_other_make_the_whole(video: Original, as_nobody: Client) -> None:
    parts = [
        body(as_nobody.get(address(video), headers={"range": f"bytes={at}-{at + 999}"}))
        for at in range(0, SIZE, 1000)
    ]
    assert b"".join(parts) == BYTES


def test_if_range(video: Original, as_nobody: Client) -> None:
    whole = as_nobody.head(address(video))
    for condition, status in [
        (whole["ETag"], 206),
        (whole["Last-Modified"], 206),
        ('"other"', 200),
        (f"W/{whole['ETag']}", 200),
        ("Mon, 16 Nov 2020 12:00:00 GMT", 200),
    ]:
        response = as_nobody.get(address(video), headers={"range": "bytes=5-9", "if-range": condition})
        assert (condition, response.status_code) == (condition, status)
        body(response)


def test_not_modified(video: Original, as_nobody: Client) -> None:
    etag = f'"{video.asset.sha256}"'
    for tags in (etag, f'"a", W/{etag}'):
        response = as_nobody.get(address(video), headers={"if-none-match": tags, "range": "bytes=0-1"})
        assert (response.status_code, response["ETag"], body(response)) == (304, etag, b"")
        assert "Content-Length" not in response
    response = as_nobody.get(address(video), headers={"if-none-match": '"other"'})
    assert response.status_code == 200
    body(response)


def test_head_says_the_same_without_the_bytes(video: Original, as_nobody: Client) -> None:
    response = as_nobody.head(address(video))
    assert (response.status_code, response["Content-Length"], body(response)) == (200, str(SIZE), b"")
    for asked in ("bytes=0-9", f"bytes={SIZE}-"):
        part = as_nobody.head(address(video), headers={"range": asked})
        assert (part.status_code, part["Content-Length"]) == (200, str(SIZE))
        assert "Content-Range" not in part
    assert as_nobody.post(address(video)).status_code == 405


def test_download_is_asked_for(video: Original, as_nobody: Client) -> None:
    response = as_nobody.head(address(video) + "?download=1")
    assert response["Content-Disposition"].startswith("attachment; ")


def test_a_plain_text_is_saved_not_shown(community: Community, now: datetime, as_nobody: Client) -> None:
    handout = take(make_session(make_series(community)), "README.md", "handout", now)
    response = as_nobody.head(address(handout))
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment; ")


# --- Who may ------------------------------------------------------------------------------------------------------
def test_a_closed_communitys_file_is_nowhere_for_others(
    closed: Original, as_nobody: Client, as_stranger: Client, as_member: Client, as_organiser: Client
) -> None:
    for client in (as_nobody, as_stranger):
        assert client.get(address(closed)).status_code == 404
    for client in (as_member, as_organiser):
        response = client.get(address(closed))
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-cache")
        body(response)


def test_nor_are_its_poster_captions_and_pages(
    closed: Original, now: datetime, as_nobody: Client, as_stranger: Client, as_member: Client
) -> None:
    recording = closed.recording
    poster = making.make(original=closed, recipe=POSTER, clock=lambda: now, progress=lambda *_: None)
    captions = make_original(recording, b"WEBVTT\n\n00:01.000 --> 00:02.000\nA secret.\n")
    deck = make_original(recording, b"%PDF-1.7", kind="slides", media_type="application/pdf")
    page = SlidePage.objects.create(
        slides=deck, number=1, asset=poster.asset, width=640, height=360, made_version=1
    )
    paths = [
        file_path(recording, poster.uuid, kind="poster", language="en", media_type="image/webp"),
        address(captions),
        address(deck),
        page_path(recording, page.uuid, 1),
        *(
            f"/archive/{recording.slug}/captions/{captions.uuid}/{form}"
            for form in ("captions.srt", "transcript.txt")
        ),
    ]
    for path in paths:
        missing = re.sub(r"[0-9a-f-]{36}", str(uuid4()), path)
        for client in (as_nobody, as_stranger):
            for asked in (path, missing):
                for method in (client.get, client.head):
                    assert method(asked).status_code == 404, asked
        response = as_member.get(path)
        assert (response.status_code, "private" in response["Cache-Control"]) == (200, True), path
        body(response)


def test_a_session_for_members_in_an_open_community_is_not_public(
    community: Community, now: datetime, as_nobody: Client, as_member: Client
) -> None:
    session = make_session(make_series(community), audience=Audience.MEMBERS)
    original = take(session, "silent.mp4", "video", now)
    assert as_nobody.get(address(original)).status_code == 404
    response = as_member.get(address(original))
    assert response["Cache-Control"] == "private, no-cache"
    body(response)


def test_what_is_not_released_is_the_organisers(
    community: Community, now: datetime, as_nobody: Client, as_organiser: Client
) -> None:
    original = take(make_session(make_series(community)), "silent.mp4", "video", now, release=False)
    assert as_nobody.get(address(original)).status_code == 404
    response = as_organiser.get(address(original))
    assert response.status_code == 200
    body(response)


def test_a_file_belongs_to_its_recording_only(video: Original, closed: Original, as_nobody: Client) -> None:
    crossed = address(closed).replace(closed.recording.slug, video.recording.slug)
    assert as_nobody.get(crossed).status_code == 404


def test_a_superseded_file_stays_at_its_address(video: Original, now: datetime, as_nobody: Client) -> None:
    assert video.recording.session is not None
    take(video.recording.session, "silent.mp4", "video", now)
    assert body(as_nobody.get(address(video))) == BYTES


def test_a_withdrawn_file_says_why(video: Original, now: datetime, as_nobody: Client) -> None:
    releasing.withdraw(recording=video.recording, reason="A speaker asked for it.", now=now, actor_id=None)
    response = as_nobody.get(address(video))
    assert response.status_code == 410
    said = response.content.decode().splitlines()
    assert said[1:3] == ["Withdrawn on 2026-11-16. A speaker asked for it.", "Decided by: an organiser"]


def test_a_file_of_a_withdrawn_session_says_why(video: Original, now: datetime, as_nobody: Client) -> None:
    assert video.recording.session is not None
    moving.withdraw(session=video.recording.session, reason="The court said so.", now=now, actor_id=None)
    response = as_nobody.get(address(video))
    assert response.status_code == 410
    said = response.content.decode().splitlines()
    assert said[1:3] == ["Withdrawn on 2026-11-16. The court said so.", "Decided by: an organiser"]


def test_an_edition_is_given_too(video: Original, now: datetime, as_nobody: Client) -> None:
    poster = making.make(original=video, recipe=POSTER, clock=lambda: now, progress=lambda *_: None)
    url = file_path(video.recording, poster.uuid, kind="poster", language="en", media_type="image/webp")
    response = as_nobody.get(url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert body(response) == store.path_of(poster.asset.sha256).read_bytes()


def test_four_queries_at_most(video: Original, closed: Original, now: datetime, as_member: Client) -> None:
    poster = making.make(original=closed, recipe=POSTER, clock=lambda: now, progress=lambda *_: None)
    url = file_path(closed.recording, poster.uuid, kind="poster", language="en", media_type="image/webp")
    for path, most in [(address(closed), 3), (url, 4)]:
        with CaptureQueriesContext(connection) as queries:
            body(as_member.get(path))
        assert len(queries) <= most, [q["sql"] for q in queries]


def test_a_file_lost_from_the_store_is_no_crash(video: Original, as_nobody: Client) -> None:
    store.path_of(video.asset.sha256).unlink()
    assert as_nobody.get(address(video)).status_code == 503


# --- How many -----------------------------------------------------------------------------------------------------
@pytest.fixture
def two_places(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.BoundedSemaphore]:
    places = threading.BoundedSemaphore(2)
    monkeypatch.setattr(media, "_streams", places)
    yield places
    assert places._value == 2, "a place was not given back"


@pytest.mark.usefixtures("two_places")
def test_more_than_there_are_places_are_asked_to_come_again(video: Original, as_nobody: Client) -> None:
    watching = [as_nobody.get(address(video), headers={"range": "bytes=0-9"}) for _ in range(2)]
    third = as_nobody.get(address(video))
    assert (third.status_code, third["Retry-After"]) == (503, "10")
    assert as_nobody.head(address(video)).status_code == 200
    assert as_nobody.get(address(video), headers={"range": f"bytes={SIZE}-"}).status_code == 416
    assert body(watching.pop()) == BYTES[:10]
    again = as_nobody.get(address(video))
    assert body(again) == BYTES
    assert body(watching.pop()) == BYTES[:10]


def test_places_are_seven_eighths_of_the_threads(settings: Any) -> None:
    places = media._streams._initial_value  # type: ignore[attr-defined]  # another test may still read a file
    assert places == settings.STREAMS == settings.WEB_THREADS * 7 // 8


def test_a_viewer_who_leaves_gives_the_place_back_once(two_places: threading.BoundedSemaphore) -> None:
    two_places.acquire()
    stream = media.Stream((ZOO / "whole.mp4").open("rb"), two_places)
    assert next(iter(stream)) == BYTES
    stream.close()
    stream.close()
    assert stream.file.closed


def test_a_server_that_closes_the_answer_early_gives_the_place_back(
    two_places: threading.BoundedSemaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.core.signals.request_finished.send", lambda **_named: None)
    answer = media.MediaFile(str(ZOO / "whole.mp4"), []).get_response("GET", {})
    response, _stream = media.respond(answer)
    assert two_places._value == 1
    response.close()
    assert two_places._value == 2


def test_a_page_says_that_a_smaller_edition_is_being_made(
    community: Community, now: datetime, as_nobody: Client
) -> None:
    past = make_session(make_series(community), wall=datetime(2026, 3, 1, 15, 0))
    video = take(past, "whole.mp4", "video", now)
    page = f"/sessions/{video.recording.slug}/"
    said = "A smaller edition, voice only, is being made."
    assert said in as_nobody.get(page).content.decode()
    Job.objects.filter(subject=f"original:{video.pk}").update(state=JobState.HELD)
    assert said not in as_nobody.get(page).content.decode()
