"""tus 1.0 as the protocol says it, over lines that drop: every status, and nothing counted that is not on disk."""

import base64
import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from recordings import tasks
from recordings.assets import store
from recordings.catalogue.models import Original
from recordings.uploading import receiving, staging
from recordings.uploading.models import Upload
from recordings.web import tus
from seminars.people.models import Community
from seminars.queue.models import Job
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking.asking import make_link
from seminars.sessions.speaking.models import SpeakerLink
from tests.factories import make_person, make_series, make_session
from tests.recordings.cast import ZOO, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
MOVIE = (ZOO / "whole.mp4").read_bytes()
VERSION = {"Tus-Resumable": "1.0.0"}
TYPE = "application/offset+octet-stream"


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community))


@pytest.fixture
def link(session: Session, now: datetime) -> SpeakerLink:
    person = make_person(name="Ana Ruiz")
    Speaker.objects.create(session=session, person=person)
    return make_link(session=session, person=person, now=now, actor_id=None)


def ask(client: Client, method: str, path: str, body: bytes = b"", **headers: Any) -> Any:
    """Send a request of the protocol; `Upload_Offset=5` is a header, `None` leaves one out."""
    said = {**VERSION, **{name.replace("_", "-"): str(value) for name, value in headers.items()}}
    kind = said.pop("Content-Type", TYPE if method == "PATCH" else "")
    said = {name: value for name, value in said.items() if value != "None"}
    length = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
    return client.generic(method, path, body, content_type=kind, headers=said, **length)


def meta(**facts: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())


def base(session: Session) -> str:
    return f"/organise/sessions/{session.slug}/files/uploads/"


def begin(client: Client, session: Session, length: int = len(MOVIE), **facts: str) -> str:
    """Return the address of a new upload."""
    said = {"filename": "talk.mp4", "kind": "video", "language": "en"} | facts
    answer = ask(client, "POST", base(session), Upload_Length=length, Upload_Metadata=meta(**said))
    assert answer.status_code == 201, answer.content
    return str(answer["Location"])


def send(client: Client, path: str, body: bytes, offset: int, **headers: Any) -> Any:
    return ask(client, "PATCH", path, body, Upload_Offset=offset, **headers)


def checked() -> Upload:
    """The only upload, once its job is done."""
    tasks.finish_upload(Job.objects.get(kind="upload").pk)
    return Upload.objects.get()


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
