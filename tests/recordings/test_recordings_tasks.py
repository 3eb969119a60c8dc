"""The queue's door: each task does one thing, tolerates what is gone, and says in words why it could not."""

import os
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from recordings import tasks
from recordings.assets import store
from recordings.catalogue import arriving, bringing
from recordings.catalogue.models import Arrival, Original, Recording
from recordings.publishing import adopting, releasing
from recordings.renditions import ffmpeg, making
from recordings.renditions.models import Rendition
from recordings.search import indexing
from seminars.queue.models import Beat, Job
from seminars.sessions.models import Material, Session
from tests.factories import make_session, make_user
from tests.recordings.cast import ZOO, take
from tests.recordings.conftest import Remote, also_loopback

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(db: None) -> Session:
    return make_session()


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker fetch from this machine: the rule is an argument, which no setting reaches."""

    def bring(**named: Any) -> Any:
        return bringing.bring(**named, rule=also_loopback)

    monkeypatch.setattr(tasks, "bring", bring)


def ask(session: Session, url: str, kind: str = "video", **options: Any) -> Job:
    given = {
        "language": "en",
        "now": datetime.fromisoformat("2026-01-01T00:00:00Z"),
        "actor_id": None,
    } | options
    arriving.ask_fetch(session=session, kind=kind, url=url, **given)
    return Job.objects.get(kind="fetch")


@pytest.mark.usefixtures("loopback")
def test_a_pasted_address_ends_on_the_page_with_its_editions(session: Session, remote: Remote) -> None:
    remote.gives("/talk.mp4", (ZOO / "whole.mp4").read_bytes())
    job = ask(session, remote.url("/talk.mp4"))
    tasks.fetch(job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason) == ("done", "")
    assert Arrival.objects.get().state == "kept"
    for each in Job.objects.filter(kind__startswith="rendition."):
        tasks.make_rendition(each.pk)
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done"] * 3
    assert sorted(Rendition.objects.values_list("recipe", flat=True)) == ["poster", "voice", "voice_opus"]
    assert sorted(Material.objects.values_list("kind", flat=True)) == ["recording", "voice"]
    tasks.fetch(job.pk)
    assert len(remote.asked) == 1


def test_a_private_address_is_held_with_its_reason(session: Session, remote: Remote) -> None:
    job = ask(session, remote.url("/talk.mp4"))
    tasks.fetch(job.pk)
    job.refresh_from_db()
    reason = "The address leads into a private network. Give an address that anybody can open."
    assert (job.state, job.reason) == ("held", reason)
    assert (Arrival.objects.get().state, Arrival.objects.get().reason) == ("refused", reason)


@pytest.mark.usefixtures("loopback")
def test_a_dropped_line_is_tried_again_later(session: Session, remote: Remote) -> None:
    remote.gives("/talk.mp4", (ZOO / "whole.mp4").read_bytes(), drop_after=100)
    job = ask(session, remote.url("/talk.mp4"))
    tasks.fetch(job.pk)
    job.refresh_from_db()
    assert (job.state, Arrival.objects.get().state) == ("failed", "arriving")
    assert "dropped" in job.reason


@pytest.mark.usefixtures("loopback")
def test_progress_is_told(session: Session, remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(bringing, "TELL_SECONDS", 0)
    monkeypatch.setattr(tasks, "_teller", lambda _job: lambda *progress: told.append(progress))
    body = (ZOO / "whole.mp4").read_bytes()
    remote.gives("/talk.mp4", body)
    tasks.fetch(ask(session, remote.url("/talk.mp4")).pk)
    assert told == [(len(body), len(body))]


def test_the_reason_is_in_the_language_of_who_asked(session: Session, remote: Remote) -> None:
    user = make_user(language="sv")
    seen: list[str] = []

    def bring(**_named: Any) -> Any:
        seen.append(tasks.translation.get_language())
        raise arriving.CannotTake("nej")

    original, tasks.bring = tasks.bring, bring
    try:
        tasks.fetch(ask(session, remote.url("/talk.mp4"), actor_id=user.pk).pk)
    finally:
        tasks.bring = original
    assert seen == ["sv"]


def test_what_is_gone_is_no_error(session: Session, now: datetime) -> None:
    job = ask(session, "https://media.example.org/talk.mp4")
    Arrival.objects.all().delete()
    tasks.fetch(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    tasks.fetch(job.pk + 100)
    tasks.make_rendition(job.pk + 100)
    tasks.index(12345)


def test_an_edition_that_cannot_be_made_is_held_with_what_ffmpeg_said(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: Any, **_named: Any) -> str:
        raise ffmpeg.Failed("ended with 1", "moov atom not found")

    take(session, "silent.mp4", "video", now)
    monkeypatch.setattr(ffmpeg, "run", fails)
    job = Job.objects.get(kind="rendition.poster")
    tasks.make_rendition(job.pk)
    job.refresh_from_db()
    assert job.state == "held"
    assert job.reason == "The file could not be converted. People can still use it as it is."
    assert job.attempts.get().last_words == "ended with 1\nmoov atom not found"


def test_the_sweep_finishes_what_a_dead_worker_left(session: Session, now: datetime) -> None:
    take(session, "whole.mp4", "video", now, release=False)
    tasks.sweep()
    recording = Recording.objects.get()
    assert recording.published_at is not None
    session.refresh_from_db()
    assert recording.indexed_revision == session.revision
    assert Job.objects.count() == 2
    Job.objects.all().delete()
    assert [o.pk for o in making.unordered()] == [Original.objects.get().pk]
    tasks.sweep()
    assert Job.objects.count() == 2
    assert making.unordered() == []
    assert Beat.objects.filter(name="recordings").exists()


def test_one_that_cannot_come_out_keeps_no_other_from_it(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = make_session(session.series, slug="other")
    take(session, "whole.mp4", "video", now, release=False)
    take(other, "whole.mp4", "video", now, release=False)
    broken = session.archived.pk
    release, index = releasing.release, indexing.index

    def released(*, recording: Recording, **given: Any) -> Recording:
        assert recording.pk != broken, "broken"
        return release(recording=recording, **given)

    def indexed(pk: int, **given: Any) -> Any:
        assert pk == broken, "broken"
        return index(pk, **given)

    monkeypatch.setattr(releasing, "release", released)
    monkeypatch.setattr(indexing, "index", indexed)
    monkeypatch.setattr(adopting, "adopt", lambda **_: 1 // 0)
    tasks.sweep()
    assert Recording.objects.get(session=other).published_at is not None
    assert Job.objects.exists()
    assert not Beat.objects.filter(name="recordings").exists()
    told = [each.args for each in caplog.records if each.levelname == "ERROR"]
    whole = Recording.objects.get(session=other).pk
    assert told == [
        (f"release of recording {broken}",), ("sessions to adopt",), (f"index of recording {whole}",)
    ]  # fmt: skip
    monkeypatch.undo()
    tasks.sweep()
    assert Recording.objects.published().count() == 2
    assert Beat.objects.filter(name="recordings").exists()


def test_the_sweep_removes_old_parts_that_nobody_waits_for(session: Session, settings: Any) -> None:
    ask(session, "https://media.example.org/talk.mp4")
    live = arriving.staged_path(Arrival.objects.get())
    incoming = Path(settings.FILE_UPLOAD_TEMP_DIR)
    old, young = incoming / "old.part", incoming / "young.part"
    draft, lock = store.staging_folder() / "draft", store.staging_folder() / "aa.lock"
    for path in (live, old, young, draft, lock):
        path.write_bytes(b"x")
    for path in (live, old, draft, lock):
        os.utime(path, (time.time() - 90_000,) * 2)
    tasks.sweep()
    assert [path.exists() for path in (live, old, young, draft, lock)] == [True, False, True, False, True]
