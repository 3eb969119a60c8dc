"""tus 1.0 as the protocol says it: every status, and what may begin at all."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from recordings.assets import store
from recordings.catalogue.models import Original
from recordings.uploading import receiving, staging
from recordings.uploading.models import Upload
from seminars.sessions.models import Session
from tests.factories import make_session
from tests.recordings.cast import take
from tests.recordings.tus_client import MOVIE, TYPE, ask, base, begin, checked, meta, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


def test_a_file_in_pieces_is_kept(as_organiser: Client, session: Session, settings: Any) -> None:
    path = begin(as_organiser, session)
    assert ask(as_organiser, "HEAD", path)["Upload-Offset"] == "0"
    for start in range(0, len(MOVIE), 10_000):
        answer = send(as_organiser, path, MOVIE[start : start + 10_000], start)
        assert (answer.status_code, answer["Tus-Resumable"]) == (204, "1.0.0")
    assert answer["Upload-Offset"] == str(len(MOVIE))
    assert as_organiser.get(path).json()["state"] == "checking"
    upload = checked()
    assert (upload.state, upload.sha256) == ("kept", hashlib.sha256(MOVIE).hexdigest())
    original = Original.objects.get()
    assert (original.kind, original.filename, original.asset.sha256) == ("video", "talk.mp4", upload.sha256)
    assert original.added_by is not None
    assert original.recording.published_at
    assert not [each for each in store.staging_folder().iterdir() if each.suffix != ".lock"]
    assert ask(as_organiser, "HEAD", path)["Upload-Offset"] == str(len(MOVIE))
    assert send(as_organiser, path, b"", len(MOVIE)).status_code == 204


def test_the_server_says_what_it_speaks(as_organiser: Client, session: Session, settings: Any) -> None:
    for path in (base(session), begin(as_organiser, session)):
        answer = ask(as_organiser, "OPTIONS", path, Tus_Resumable=None)
        assert answer.status_code == 204
        assert answer["Tus-Version"] == "1.0.0"
        assert answer["Tus-Max-Size"] == str(settings.MAX_FILE_BYTES)
        assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"
        extensions = {"creation", "creation-with-upload", "expiration", "checksum", "termination"}
        assert set(answer["Tus-Extension"].split(",")) == extensions


def test_it_begins_with_bytes(as_organiser: Client, session: Session) -> None:
    said = {"Upload_Metadata": meta(kind="video", filename="a.mp4"), "Content_Type": TYPE}
    answer = ask(as_organiser, "POST", base(session), MOVIE[:5000], Upload_Length=len(MOVIE), **said)
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "5000")
    assert send(as_organiser, answer["Location"], MOVIE[5000:], 5000).status_code == 204
    assert checked().state == "kept"


def test_begun_with_bytes_of_a_wrong_checksum_it_stands_at_nothing(
    as_organiser: Client, session: Session
) -> None:
    wrong = "sha1 " + base64.b64encode(hashlib.sha1(b"other").digest()).decode()
    said = {"Upload_Length": len(MOVIE), "Content_Type": TYPE, "Upload_Checksum": wrong}
    answer = ask(as_organiser, "POST", base(session), MOVIE[:5000], **said)
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "0")


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("HEAD", {"Tus_Resumable": "0.2.2"}, 412),
        ("PATCH", {"Tus_Resumable": None, "Upload_Offset": 0}, 412),
        ("PATCH", {"Upload_Offset": 7}, 409),
        ("PATCH", {}, 400),
        ("PATCH", {"Upload_Offset": -1}, 400),
        ("PATCH", {"Upload_Offset": 0, "Content_Type": "application/octet-stream"}, 415),
        ("PATCH", {"Upload_Offset": 0, "Upload_Checksum": "md5 AAAA"}, 400),
        ("PATCH", {"Upload_Offset": 0, "Upload_Checksum": "sha1 AAAA"}, 460),
        ("PUT", {}, 405),
        ("DELETE", {"Tus_Resumable": None}, 412),
    ],
)
def test_what_cannot_be_is_refused(
    as_organiser: Client, session: Session, method: str, headers: dict[str, Any], status: int
) -> None:
    path = begin(as_organiser, session)
    body = b"abc" if method == "PATCH" else b""
    answer = ask(as_organiser, method, path, body, **headers)
    assert answer.status_code == status
    assert answer["Tus-Resumable"] == "1.0.0"
    assert "no-store" in answer["Cache-Control"]
    assert ask(as_organiser, "HEAD", path)["Upload-Offset"] == "0"
    if status == 412:
        assert answer["Tus-Version"] == "1.0.0"
    if status == 409:
        assert answer["Upload-Offset"] == "0"


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({}, 400, "cannot be read"),
        ({"Upload_Length": "x"}, 400, "cannot be read"),
        ({"Upload_Length": 5, "Upload_Metadata": "filename %%%"}, 400, "cannot be read"),
        ({"Upload_Length": 0}, 422, "The file is empty."),
        ({"Upload_Length": 40_000_000_000}, 413, "This file has 40 GB. At most 4.3 GB are taken here."),
        ({"Upload_Length": 5, "Upload_Metadata": meta(kind="program")}, 422, "Files of this kind"),
        ({"Upload_Length": 5, "Upload_Metadata": meta(language="x" * 11)}, 422, "Say what the file is"),
        ({"Upload_Length": 5, "Upload_Metadata": meta(language="en/../x")}, 422, "Say what the file is"),
        ({"Upload_Length": 5, "Upload_Metadata": meta(language="e\0")}, 422, "Say what the file is"),
        ({"Upload_Length": 5, "Tus_Resumable": "2.0.0"}, 412, "tus 1.0.0"),
    ],
)
def test_what_cannot_begin_says_why(
    as_organiser: Client, session: Session, headers: dict[str, Any], status: int, words: str
) -> None:
    answer = ask(as_organiser, "POST", base(session), **headers)
    assert answer.status_code == status
    assert words in answer.content.decode().replace("\xa0", " ")
    assert not Upload.objects.exists()


def test_a_quota_is_measured_with_what_is_here_and_on_its_way(
    as_organiser: Client, session: Session, settings: Any, now: datetime
) -> None:
    settings.MAX_FILE_BYTES = 10**11
    settings.COMMUNITY_BYTES = 30 * 10**9
    take(session, "one-page.pdf", "slides", now)
    begin(as_organiser, session, 10**9)
    answer = ask(as_organiser, "POST", base(session), Upload_Length=40 * 10**9)
    words = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 413
    assert words.startswith(
        "This file has 40 GB. 1 GB of the 30 GB that your community may keep are used; 29 GB are left."
    )
    other = make_session()
    from_here = ask(as_organiser, "POST", base(session), Upload_Length=28 * 10**9)
    assert from_here.status_code == 201, other


def test_a_disk_without_room_is_said_before_and_in_the_middle(
    as_organiser: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begin(as_organiser, session)
    assert send(as_organiser, path, MOVIE[:1000], 0).status_code == 204
    monkeypatch.setattr(store, "SPARE_BYTES", 2**60)
    refused = ask(as_organiser, "POST", base(session), Upload_Length=5)
    assert refused.status_code == 507
    assert "has no room for" in refused.content.decode()
    answer = send(as_organiser, path, MOVIE[1000:2000], 1000)
    assert answer.status_code == 507
    assert "What came so far stays" in answer.content.decode()
    monkeypatch.undo()
    assert ask(as_organiser, "HEAD", path)["Upload-Offset"] == "1000"
    assert send(as_organiser, path, MOVIE[1000:], 1000).status_code == 204


def test_more_than_was_announced_is_refused(as_organiser: Client, session: Session) -> None:
    path = begin(as_organiser, session, 100)
    assert send(as_organiser, path, b"x" * 101, 0).status_code == 413
    assert send(as_organiser, path, b"x" * 50, 0).status_code == 204
    assert send(as_organiser, path, b"x" * 51, 50).status_code == 413


def test_a_checksum_decides_about_all_or_nothing(as_organiser: Client, session: Session) -> None:
    path, piece = begin(as_organiser, session), MOVIE[:3000]
    for made in (hashlib.sha1, hashlib.sha256):
        good = f"{made().name} {base64.b64encode(made(piece).digest()).decode()}"
        assert send(as_organiser, path, b"y" * 3000, 0, Upload_Checksum=good).status_code == 460
        assert ask(as_organiser, "HEAD", path)["Upload-Offset"] == "0"
    assert send(as_organiser, path, piece, 0, Upload_Checksum=good).status_code == 204
    assert send(as_organiser, path, MOVIE[3000:], 3000).status_code == 204
    assert checked().sha256 == hashlib.sha256(MOVIE).hexdigest()


def test_only_one_sends_at_a_time_until_its_lease_ends(
    as_organiser: Client, session: Session, stopped: time_machine.Traveller, now: datetime
) -> None:
    path = begin(as_organiser, session)
    Upload.objects.update(lease="other", lease_until=now + timedelta(seconds=15))
    assert send(as_organiser, path, MOVIE, 0).status_code == 423
    stopped.move_to(now + timedelta(seconds=16))
    assert send(as_organiser, path, MOVIE, 0).status_code == 204


def test_what_is_removed_as_its_bytes_come_is_gone(
    session: Session, as_organiser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begin(as_organiser, session)
    real = receiving.held

    @contextmanager
    def removed(*given: Any) -> Iterator[Any]:
        with real(*given) as hold:
            Upload.objects.all().delete()
            yield hold

    monkeypatch.setattr(receiving, "held", removed)
    assert send(as_organiser, path, MOVIE, 0).status_code == 410


def test_who_lost_the_lease_writes_no_more(session: Session, as_organiser: Client, now: datetime) -> None:
    begin(as_organiser, session, 300_000)
    upload = Upload.objects.get()
    blocks = [b"a" * 1000, b"b" * 1000]

    def read(size: int) -> bytes:
        if len(blocks) == 1:  # the laptop slept; the same file goes on from another window
            Upload.objects.update(lease="another", lease_until=now + timedelta(seconds=20))
            upload_hold_ages()
        return blocks.pop(0) if blocks else b""

    ages = pytest.MonkeyPatch()

    def upload_hold_ages() -> None:
        ages.setattr(receiving, "RENEW_SECONDS", -1.0)

    with ages.context(), pytest.raises(receiving.Locked):
        receiving.receive(upload=upload, offset=0, size=2000, read=read, clock=lambda: now)
    ages.undo()
    upload.refresh_from_db()
    assert (upload.offset, upload.lease) == (0, "another")
    assert b"b" not in staging.part_of(upload).read_bytes()
