"""Files arrive once, supersede what they replace, and leave nothing when they are refused."""

import io
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from recordings.assets import fetching, store
from recordings.assets.models import Asset
from recordings.catalogue import arriving, bringing, taking
from recordings.catalogue.arriving import CannotTake, ask_fetch, take_upload
from recordings.catalogue.bringing import bring
from recordings.catalogue.models import Arrival, ArrivalState, Original, Recording
from recordings.transcripts.converting import as_vtt
from seminars.elsewhere import asking
from seminars.elsewhere.addresses import is_public
from seminars.queue import jobs
from seminars.queue.models import Job, JobState
from seminars.sessions.models import Session
from tests.factories import make_session, make_user
from tests.recordings.conftest import Remote, also_loopback, whole

pytestmark = pytest.mark.django_db
ZOO = Path(__file__).parents[2] / "zoo" / "media"


@pytest.fixture
def session(db: None) -> Session:
    return make_session()


def upload(session: Session, name: str, kind: str, now: datetime, **options: Any) -> taking.Taken:
    file = SimpleUploadedFile(name, (ZOO / name).read_bytes(), "text/html")
    given = {"language": "en", "actor_id": None, "read_captions": as_vtt} | options
    return take_upload(session=session, kind=kind, uploaded=file, now=now, **given)


def files() -> list[str]:
    found = [p for folder in (settings.STORE, settings.FILE_UPLOAD_TEMP_DIR) for p in Path(folder).rglob("*")]
    return [p.name for p in found if p.is_file() and p.suffix != ".lock"]


def rows() -> list[int]:
    return [model.objects.count() for model in (Recording, Original, Asset, Arrival, Job)]


def test_an_upload_becomes_an_original(session: Session, now: datetime) -> None:
    user = make_user()
    original = upload(session, "whole.mp4", "video", now, actor_id=user.pk).original
    assert (original.recording.session, original.recording.slug) == (session, session.slug)
    assert (original.kind, original.language, original.filename) == ("video", "en", "whole.mp4")
    assert (original.added_by, original.added_at, original.superseded_at) == (user, now, None)
    assert original.asset.media_type == "video/mp4"
    assert files() == [original.asset.sha256]


def test_a_double_click_adds_nothing(session: Session, now: datetime) -> None:
    first = upload(session, "whole.mp4", "video", now)
    second = upload(session, "whole.mp4", "video", now)
    assert (first.again, second.again) == (False, True)
    assert second.original == first.original
    assert rows() == [1, 1, 1, 0, 0]
    assert len(files()) == 1


def test_a_newer_file_of_its_kind_and_language_supersedes(session: Session, now: datetime) -> None:
    first = upload(session, "whole.mp4", "video", now).original
    swedish = upload(session, "whole.mp4", "video", now, language="sv").original
    later = now + timedelta(days=1)
    second = upload(session, "silent.mp4", "video", later).original
    first.refresh_from_db()
    swedish.refresh_from_db()
    assert (first.superseded_at, swedish.superseded_at, second.superseded_at) == (later, None, None)
    back = upload(session, "whole.mp4", "video", later)
    assert (back.again, back.original.asset) == (False, first.asset)


def test_handouts_stand_side_by_side(session: Session, now: datetime) -> None:
    upload(session, "one-page.pdf", "handout", now)
    take_upload(
        session=session, kind="handout", uploaded=io.BytesIO(b"Links"), language="en", now=now, actor_id=None
    )
    assert Original.objects.filter(superseded_at=None).count() == 2


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("ffconcat.mp4", "video", "a playlist for ffmpeg"),
        ("page.mp4", "video", "a web page"),
        ("no-index.mp4", "video", "broken or incomplete"),
        ("password.pdf", "slides", "asks for a password"),
        ("backwards.vtt", "captions", "Line 6"),
    ],
)
def test_what_it_is_not_leaves_no_row_and_no_file(
    name: str, kind: str, said: str, session: Session, now: datetime
) -> None:
    with pytest.raises(CannotTake, match=said):
        upload(session, name, kind, now)
    assert rows() == [0, 0, 0, 0, 0]
    assert files() == []


def test_an_empty_file_is_told(session: Session, now: datetime) -> None:
    with pytest.raises(CannotTake, match="The file is empty"):
        take_upload(session=session, kind="video", uploaded=io.BytesIO(), language="", now=now, actor_id=None)
    assert rows() == [0, 0, 0, 0, 0]


class Crash(Exception):
    pass


@pytest.mark.parametrize(
    "step", ["link", "inspect", "Original.objects.create", "Recording.objects.select_for_update"]
)
def test_a_crash_at_any_step_leaves_no_row_and_no_file(
    step: str, session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(*_args: Any, **_named: Any) -> Any:
        raise Crash

    *owner, name = step.split(".")
    target: Any = taking
    for part in owner:
        target = getattr(target, part)
    monkeypatch.setattr(target, name, boom)
    with pytest.raises(Crash):
        upload(session, "silent.mp4", "video", now)
    monkeypatch.undo()
    assert rows() == [0, 0, 0, 0, 0]
    assert not list(store.staging_folder().glob("[0-9a-f]*[0-9a-f]"))
    assert not [p for p in store.staging_folder().parent.rglob("*") if p.is_file() and p.suffix != ".lock"]


# --- By address ----------------------------------------------------------------------------------------------------
def ask(session: Session, url: str, now: datetime, kind: str = "video") -> Arrival:
    return ask_fetch(session=session, kind=kind, url=url, language="en", now=now, actor_id=None)


def come(arrival: Arrival, now: datetime, rule: Any = also_loopback) -> taking.Taken:
    told: list[tuple[int, int]] = []
    return bring(
        arrival=arrival,
        clock=lambda: now,
        progress=lambda *p: told.append(p),
        rule=rule,
        read_captions=as_vtt,
    )


def test_an_address_becomes_an_arrival_with_its_job(session: Session, now: datetime) -> None:
    arrival = ask(session, " https://media.example.org/talk.mp4 ", now)
    job = Job.objects.get()
    assert (arrival.state, arrival.url) == ("waiting", "https://media.example.org/talk.mp4")
    assert (job.door, job.cluster, job.subject) == (
        "recordings.tasks.fetch",
        "media",
        f"arrival:{arrival.pk}",
    )
    assert arriving.arrival_of(job) == arrival


def test_asked_twice_it_is_one(session: Session, now: datetime) -> None:
    first = ask(session, "https://media.example.org/talk.mp4", now)
    assert ask(session, "https://media.example.org/talk.mp4", now) == first
    assert rows() == [1, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://us02web.zoom.us/j/123456?pwd=x", "link to a meeting"),
        ("https://teams.microsoft.com/l/meetup-join/19%3ameeting", "link to a meeting"),
        ("https://teams.live.com/meet/1", "link to a meeting"),
        ("https://meet.google.com/abc-defg-hij", "link to a meeting"),
        ("https://example.webex.com/meet/me", "link to a meeting"),
        ("https://us02web.zoom.us/rec/share/abc", "page of a video site"),
        ("https://www.youtube.com/watch?v=1", "page of a video site"),
        ("https://youtu.be/1", "page of a video site"),
        ("https://VIMEO.com/1", "page of a video site"),
        ("ftp://example.org/a.mp4", "begins with https"),
        ("talk.mp4", "begins with https"),
        ("https://example.org/" + "a" * 1000, "longer than 1,000"),
    ],
)
def test_what_is_no_file_is_refused_at_once(url: str, said: str, session: Session, now: datetime) -> None:
    with pytest.raises(CannotTake, match=said):
        ask(session, url, now)
    assert rows() == [0, 0, 0, 0, 0]


def test_a_fetched_file_becomes_an_original(session: Session, now: datetime, remote: Remote) -> None:
    remote.gives("/media/Talk%201.mp4?x=1", (ZOO / "silent.mp4").read_bytes())
    arrival = ask(session, remote.url("/media/Talk%201.mp4?x=1"), now)
    original = come(arrival, now).original
    arrival.refresh_from_db()
    assert (arrival.state, arrival.original, arrival.bytes_done) == ("kept", original, 3033)
    assert (original.filename, original.source_url) == ("Talk 1.mp4", arrival.url)
    assert files() == [original.asset.sha256]


def test_a_dropped_line_is_taken_up_where_it_broke(session: Session, now: datetime, remote: Remote) -> None:
    body = (ZOO / "whole.mp4").read_bytes()
    remote.gives("/a.mp4", body, chunked=True, drop_after=20_000)
    arrival = ask(session, remote.url("/a.mp4"), now)
    with pytest.raises(asking.Interrupted):
        come(arrival, now)
    arrival.refresh_from_db()
    assert arrival.state == ArrivalState.ARRIVING
    done = arrival.bytes_done
    remote.gives("/a.mp4", body)
    come(arrival, now)
    assert remote.asked[1].get("Range") == (f"bytes={done}-" if done else None)
    assert files() == [Asset.objects.get().sha256]


def test_a_line_that_drops_again_and_again_costs_little(
    session: Session, now: datetime, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five drops are one try of the job, and nothing comes twice but what was in the air."""
    monkeypatch.setattr(bringing, "GOOD_PIECE", 4_000)
    monkeypatch.setattr(bringing, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(fetching, "BLOCK", 1_000)
    body, sent = (ZOO / "whole.mp4").read_bytes(), []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        begin = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        sent.append(min(6_000, len(body) - begin))
        whole(handler, body, drop_after=6_000)

    remote.answers["/a.mp4"] = answer
    taken = come(ask(session, remote.url("/a.mp4"), now), now)
    assert store.path_of(taken.original.asset.sha256).read_bytes() == body
    assert len(sent) == 6
    assert sum(sent) <= 1.05 * len(body)


def test_with_an_old_token_a_dropped_line_waits_for_a_fresh_one(
    session: Session, now: datetime, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "GOOD_PIECE", 0)
    monkeypatch.setattr(bringing, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(bringing, "FRESH_SECONDS", -1)
    body = (ZOO / "whole.mp4").read_bytes()
    remote.answers["/a.mp4"] = lambda handler: whole(handler, body, drop_after=6_000)
    arrival = ask(session, remote.url("/a.mp4"), now)
    how: dict[str, Any] = {"clock": lambda: now, "progress": lambda *_: None, "rule": also_loopback}
    with pytest.raises(asking.Interrupted):
        bring(arrival=arrival, headers={"Authorization": "Bearer old"}, **how)
    assert len(remote.asked) == 1
    remote.gives("/a.mp4", body)
    bring(arrival=arrival, headers={"Authorization": "Bearer new"}, **how)
    assert remote.asked[1]["Authorization"] == "Bearer new"


def test_a_refused_one_says_why_keeps_nothing_and_can_be_removed(
    session: Session, now: datetime, remote: Remote
) -> None:
    remote.gives("/a.mp4", (ZOO / "ffconcat.mp4").read_bytes())
    arrival = ask(session, remote.url("/a.mp4"), now)
    with pytest.raises(CannotTake):
        come(arrival, now)
    arrival.refresh_from_db()
    assert (arrival.state, arrival.bytes_done) == (ArrivalState.REFUSED, 0)
    assert arrival.reason.startswith("This is a playlist for ffmpeg.")
    assert files() == []
    assert arriving.remove(arrival=arrival)
    assert rows() == [0, 0, 0, 0, 0]


def test_the_real_rule_keeps_loopback_out(session: Session, now: datetime, remote: Remote) -> None:
    arrival = ask(session, remote.url("/a.mp4"), now)
    with pytest.raises(CannotTake, match="private network"):
        come(arrival, now, is_public)
    assert remote.asked == []


def test_try_again_wakes_a_held_job(session: Session, now: datetime) -> None:
    arrival = ask(session, "https://media.example.org/talk.mp4", now)
    Job.objects.update(state=JobState.HELD, reason="no")
    Arrival.objects.update(state=ArrivalState.REFUSED, reason="no")
    assert arriving.try_again(arrival=arrival, now=now)
    arrival.refresh_from_db()
    assert (arrival.state, arrival.reason, Job.objects.get().state) == ("waiting", "", "queued")
    assert jobs.lease(Job.objects.get().pk, worker="w", now=now) is not None


def test_a_kept_one_cannot_be_removed(session: Session, now: datetime, remote: Remote) -> None:
    remote.gives("/a.mp4", (ZOO / "silent.mp4").read_bytes())
    arrival = ask(session, remote.url("/a.mp4"), now)
    come(arrival, now)
    assert not arriving.remove(arrival=arrival)
    assert Arrival.objects.exists()
