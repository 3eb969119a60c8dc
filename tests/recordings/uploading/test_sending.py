"""Files sent over lines that drop, by those who may: nothing counts that is not on disk, nothing is kept twice."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from recordings import tasks
from recordings.assets import store
from recordings.catalogue import taking
from recordings.catalogue.models import Original
from recordings.uploading import receiving, staging
from recordings.uploading.models import Upload
from recordings.web import tus
from seminars.queue.models import Job
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking.asking import make_link
from seminars.sessions.speaking.models import SpeakerLink
from tests.factories import make_person, make_session
from tests.recordings.cast import ZOO, take
from tests.recordings.tus_client import MOVIE, TYPE, ask, base, begin, checked, meta, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


def test_a_line_that_drops_keeps_what_came(session: Session, as_organiser: Client, now: datetime) -> None:
    path = begin(as_organiser, session)
    upload = Upload.objects.get()
    pieces = [MOVIE[:5000]]

    def read(size: int) -> bytes:
        if not pieces:
            raise TimeoutError
        return pieces.pop()

    assert receiving.receive(upload=upload, offset=0, size=len(MOVIE), read=read, clock=lambda: now) == 5000
    assert ask(as_organiser, "HEAD", path)["Upload-Offset"] == "5000"
    assert send(as_organiser, path, MOVIE[5000:], 5000).status_code == 204
    assert checked().state == "kept"


@pytest.mark.parametrize("on_disk", [3000, 9000])
def test_after_a_crash_the_lesser_of_row_and_file_counts(
    as_organiser: Client, session: Session, on_disk: int
) -> None:
    """A killed server wrote more than it counted; a power cut may have kept less than was counted."""
    path = begin(as_organiser, session)
    send(as_organiser, path, MOVIE[:5000], 0)
    part = staging.part_of(Upload.objects.get())
    part.write_bytes(MOVIE[: min(on_disk, 5000)] + b"?" * max(on_disk - 5000, 0))
    stands = min(5000, on_disk)
    assert ask(as_organiser, "HEAD", path)["Upload-Offset"] == str(stands)
    assert send(as_organiser, path, MOVIE[stands:], stands).status_code == 204
    assert checked().sha256 == hashlib.sha256(MOVIE).hexdigest()


def test_a_killed_worker_loses_no_file_that_was_moved_already(
    as_organiser: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begin(as_organiser, session)
    send(as_organiser, path, MOVIE, 0)
    killed = monkeypatch.context()
    with killed as patched:
        patched.setattr(staging, "drop", lambda upload: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            tasks.finish_upload(Job.objects.get(kind="upload").pk)
    Upload.objects.update(state="checking", original=None)
    Job.objects.filter(kind="upload").update(state="queued", due_at="2026-01-01T00:00:00Z")
    assert checked().state == "kept"
    assert Original.objects.count() == 1


def test_a_database_that_is_away_at_the_last_step_costs_no_file(
    as_organiser: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begin(as_organiser, session)
    send(as_organiser, path, MOVIE, 0)
    with monkeypatch.context() as patched:
        patched.setattr(taking, "link", lambda *_: (_ for _ in ()).throw(OperationalError("away")))
        assert checked().state == "checking"
    Job.objects.filter(kind="upload").update(due_at="2026-01-01T00:00:00Z")
    assert checked().state == "kept"
    assert Original.objects.get().asset.sha256 == hashlib.sha256(MOVIE).hexdigest()


def test_removing_it_leaves_nothing(as_organiser: Client, session: Session) -> None:
    path = begin(as_organiser, session)
    send(as_organiser, path, MOVIE[:5000], 0)
    part = staging.part_of(Upload.objects.get())
    assert part.exists()
    assert ask(as_organiser, "DELETE", path).status_code == 204
    assert not part.exists()
    assert ask(as_organiser, "HEAD", path).status_code == 404
    whole = begin(as_organiser, session)
    send(as_organiser, whole, MOVIE, 0)
    assert ask(as_organiser, "DELETE", whole).status_code == 409


def test_a_method_can_be_said_in_a_header(as_organiser: Client, session: Session) -> None:
    path = begin(as_organiser, session)
    over = {"X_HTTP_Method_Override": "PATCH", "Content_Type": TYPE, "Upload_Offset": 0}
    assert ask(as_organiser, "POST", path, MOVIE, **over).status_code == 204
    assert checked().state == "kept"


def test_what_nobody_goes_on_with_expires(
    as_organiser: Client, session: Session, stopped: time_machine.Traveller, now: datetime
) -> None:
    path = begin(as_organiser, session)
    answer = send(as_organiser, path, MOVIE[:10], 0)
    assert answer["Upload-Expires"] == "Mon, 23 Nov 2026 12:00:00 GMT"
    stopped.move_to(now + timedelta(days=6))
    tasks.sweep()
    assert send(as_organiser, path, MOVIE[10:20], 10)["Upload-Expires"] == "Sun, 29 Nov 2026 12:00:00 GMT"
    part = staging.part_of(Upload.objects.get())
    stopped.move_to(now + timedelta(days=13, minutes=1))
    assert ask(as_organiser, "HEAD", path).status_code == 410
    assert part.exists()
    tasks.sweep()
    assert not part.exists()
    assert ask(as_organiser, "HEAD", path).status_code == 404


def test_a_refused_file_says_why_and_is_gone(as_organiser: Client, session: Session) -> None:
    program = (ZOO / "program.mp4").read_bytes()
    path = begin(as_organiser, session, len(program))
    send(as_organiser, path, program, 0)
    upload = checked()
    assert (upload.state, Original.objects.count()) == ("refused", 0)
    assert "Choose a video" in as_organiser.get(path).json()["reason"]
    assert not staging.part_of(upload).exists()
    assert Job.objects.get(kind="upload").state == "done"  # nothing for an administrator to do
    assert ask(as_organiser, "HEAD", path).status_code == 410


def test_a_known_file_is_linked_not_stored_twice(
    as_organiser: Client, session: Session, now: datetime
) -> None:
    known = take(session, "whole.mp4", "video", now)
    other = make_session(session.series)
    path = begin(as_organiser, other)
    send(as_organiser, path, MOVIE, 0)
    assert checked().state == "kept"
    assert Original.objects.filter(asset=known.asset).count() == 2
    stored = [each for each in Path(store.staging_folder().parent).rglob("*") if each.is_file()]
    assert [each.name for each in stored if each.suffix != ".lock"] == [known.asset.sha256]


def test_srt_becomes_webvtt(as_organiser: Client, session: Session) -> None:
    captions = (ZOO / "captions.srt").read_bytes()
    path = begin(as_organiser, session, len(captions), kind="captions", filename="talk.srt")
    send(as_organiser, path, captions, 0)
    assert checked().state == "kept"
    original = Original.objects.get()
    assert (original.filename, original.asset.media_type) == ("talk.vtt", "text/vtt")
    assert store.path_of(original.asset.sha256).read_text().startswith("WEBVTT")


def test_many_are_told_to_come_again(
    as_organiser: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begin(as_organiser, session)

    class Taken:
        def acquire(self, blocking: bool) -> bool:
            return False

    monkeypatch.setattr(tus, "_senders", Taken())
    answer = send(as_organiser, path, MOVIE, 0)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_strangers_find_nothing(
    as_nobody: Client, as_member: Client, as_organiser: Client, session: Session
) -> None:
    path = begin(as_organiser, session)
    for method in ("POST", "HEAD", "PATCH", "DELETE", "OPTIONS", "GET"):
        for address in (path, base(session)):
            assert ask(as_member, method, address).status_code == 404
            assert ask(as_nobody, method, address).status_code == 302
    other = make_session(session.series)
    assert ask(as_organiser, "HEAD", path.replace(session.slug, other.slug)).status_code == 404


def test_a_page_of_another_site_cannot_send(organiser: Any, session: Session) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(organiser)
    assert ask(client, "POST", base(session), Upload_Length=5).status_code == 403


def test_a_speaker_sends_slides_by_their_link(as_nobody: Client, link: SpeakerLink, session: Session) -> None:
    strict, slides = Client(enforce_csrf_checks=True), (ZOO / "one-page.pdf").read_bytes()
    said = {"Upload_Length": len(slides), "Upload_Metadata": meta(filename="a.pdf", kind="slides")}
    answer = ask(strict, "POST", f"/speak/{link.token}/uploads/", **said)
    assert answer.status_code == 201
    assert send(strict, answer["Location"], slides, 0).status_code == 204
    assert checked().state == "kept"
    assert Original.objects.get().kind == "slides"
    video = {"Upload_Length": 5, "Upload_Metadata": meta(kind="video")}
    assert ask(strict, "POST", f"/speak/{link.token}/uploads/", **video).status_code == 422


def test_a_speaker_finds_only_their_own(
    as_organiser: Client, as_nobody: Client, link: SpeakerLink, session: Session, now: datetime
) -> None:
    other = make_person(name="Bo Ek")
    Speaker.objects.create(session=session, person=other)
    theirs = make_link(session=session, person=other, now=now, actor_id=None)
    path = begin(as_organiser, session)
    piece = path.rstrip("/").rpartition("/")[2]
    assert ask(as_nobody, "HEAD", f"/speak/{link.token}/uploads/{piece}/").status_code == 404
    said = {"Upload_Length": 5, "Upload_Metadata": meta(kind="slides")}
    own = ask(as_nobody, "POST", f"/speak/{link.token}/uploads/", **said)["Location"]
    assert ask(as_nobody, "HEAD", own).status_code == 200
    assert ask(as_nobody, "HEAD", own.replace(link.token, theirs.token)).status_code == 404
    SpeakerLink.objects.filter(pk=link.pk).update(revoked_at=now)
    assert ask(as_nobody, "HEAD", own).status_code == 410


def test_the_page_lists_what_is_not_whole_and_removes_it(as_organiser: Client, session: Session) -> None:
    path = begin(as_organiser, session)
    send(as_organiser, path, MOVIE[:20_000], 0)
    page = f"/organise/sessions/{session.slug}/files/"
    shown = as_organiser.get(page).content.decode()
    assert "56 %" in shown
    assert "Choose the same file again, and it goes on." in shown
    answer = as_organiser.post(f"{path}remove/", follow=True)
    assert "The file is removed." in answer.content.decode()
    assert not Upload.objects.exists()


def test_the_vendored_program_is_the_one_that_was_looked_at() -> None:
    vendor = Path(tus.__file__).parents[1] / "static" / "vendor"
    digest = hashlib.sha256((vendor / "tus-4.3.1.min.js").read_bytes()).hexdigest()
    assert f"`{digest}`" in (vendor / "README.md").read_text()
