"""Files of a watched folder: taken in where name and day leave no doubt, once; all others wait for a person."""

import os
import shutil
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings import tasks
from recordings.catalogue import finding, naming
from recordings.catalogue.models import Found, Original
from seminars.people.models import Community
from seminars.queue.models import Job
from seminars.sessions.models import Session
from tests.factories import make_community, make_series, make_session
from tests.recordings.cast import ZOO

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(community: Community) -> Session:
    series = make_series(community, slug="after-hours")
    return make_session(series, slug="after-hours-44", wall=datetime(2026, 10, 1, 15, 0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "watched"
    made.mkdir()
    return made


def put(folder: Path, name: str, source: str = "one-page.pdf") -> Path:
    """A file that was copied some time ago."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ZOO / source, path)
    os.utime(path, (1_790_000_000, 1_790_000_000))
    return path


def ingest(folder: Path, **options: Any) -> list[str]:
    said = StringIO()
    call_command("ingest", str(folder), stdout=said, **options)
    return said.getvalue().splitlines()


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2026-10-01 talk.mp4", date(2026, 10, 1)),
        ("talk_20261001_1500.mp4", date(2026, 10, 1)),
        ("Talk 1.10.2026.mp4", date(2026, 10, 1)),
        ("2026-13-01 2026-02-30 2026-03-02.mp4", date(2026, 3, 2)),
        ("12026100199.mp4", None),
        ("talk.mp4", None),
    ],
)
def test_the_day_in_a_name(name: str, day: date | None) -> None:
    assert naming.day_of(name) == day


def test_what_a_name_says_it_is() -> None:
    kinds = {
        name: naming.kind_of(name) for name in ("a.MP4", "b.mp3", "c.srt", "d.pdf", "Report 3.pdf", "e.exe")
    }
    assert list(kinds.values()) == ["video", "audio", "captions", "slides", "report", None]
    assert (naming.language_of("talk.sv.vtt"), naming.language_of("talk.vtt")) == ("sv", "")


def test_a_transcript_is_captions_only_as_a_text() -> None:
    assert (naming.kind_of("Transcript.txt"), naming.kind_of("transcript.pdf")) == ("captions", "slides")
    assert naming.kind_of("notes.txt") == "handout"


def test_a_short_name_within_another_is_not_meant() -> None:
    slugs = {"after-hours", "after-hours-44", "hours"}
    assert naming.named_in("x/After Hours 44.mp4", slugs) == ["after-hours-44"]
    assert naming.named_in("afterhours", slugs) == []


def test_sure_matches_are_taken_once(session: Session, folder: Path) -> None:
    put(folder, "after-hours/2026-10-01 talk.mp4", "whole.mp4")
    put(folder, "after-hours-44 slides.pdf")
    assert ingest(folder) == [
        "+ after-hours/2026-10-01 talk.mp4: after-hours-44",
        "+ after-hours-44 slides.pdf: after-hours-44",
    ]
    assert {each.kind for each in Original.objects.all()} == {"video", "slides"}
    assert ingest(folder) == []
    assert len(list(folder.rglob("*.*"))) == 2
    assert session.materials.count() >= 2


def test_a_file_that_was_being_taken_in_comes_next_time(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "after-hours-44 slides.pdf")
    with monkeypatch.context() as patched:
        patched.setattr(finding, "take_found", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ingest(folder)
    assert ingest(folder) == ["+ after-hours-44 slides.pdf: after-hours-44"]
    assert ingest(folder) == []


def test_what_is_doubtful_says_why(session: Session, folder: Path) -> None:
    make_session(make_series(session.series.community, slug="other"), wall=datetime(2026, 10, 2, 15, 0))
    make_session(session.series, slug="twice-a", wall=datetime(2026, 10, 3, 9, 0))
    make_session(session.series, slug="twice-b", wall=datetime(2026, 10, 3, 15, 0))
    put(folder, "a 2026-10-01.pdf")
    put(folder, "b 2026-10-09 after-hours.pdf")
    put(folder, "c after-hours 2026-10-03.pdf")
    put(folder, "d twice-a twice-b.pdf")
    put(folder, "e.pdf")
    put(folder, "f after-hours-44.mp4", "page.mp4")
    put(folder, "g after-hours-44.exe", "program.mp4")
    put(folder, ".hidden after-hours-44.pdf")
    (folder / "h after-hours-44.pdf").symlink_to(ZOO / "one-page.pdf")
    reasons = [line.partition(": ")[2] for line in ingest(folder)]
    assert reasons[:5] == [
        "Only the day fits: its name says no series.",
        "Its name says a day, but no series that has a session then.",
        "Several sessions of this series were on that day.",
        "Its name has the short names of several sessions.",
        "Its name has neither a session's short name nor a day.",
    ]
    assert reasons[5].startswith("This is a web page.")
    assert len(reasons) == 7
    assert Found.objects.doubtful().count() == 7
    assert not Original.objects.exists()
    assert Found.objects.get(name__startswith="a ").session == session


def test_what_is_still_copied_waits(session: Session, folder: Path) -> None:
    path = put(folder, "after-hours-44.pdf")
    os.utime(path)
    assert ingest(folder) == [
        "… after-hours-44.pdf: it is still being copied, or was changed just now. Look again later."
    ]
    assert not Found.objects.exists()
    assert len(ingest(folder, settle=-1000)) == 1


def test_only_of_one_community(session: Session, folder: Path) -> None:
    other = make_community()
    put(folder, "after-hours-44.pdf")
    assert ingest(folder, community=other.slug)[0].startswith("? ")
    assert Found.objects.get().community == other
    with pytest.raises(CommandError, match="no community"):
        ingest(folder, community="nobody")
    with pytest.raises(CommandError, match="no folder"):
        ingest(folder / "missing")


def doubtful(folder: Path, community: Community, now: datetime, name: str = "e.pdf", **facts: Any) -> Found:
    given = {"kind": "slides", "path": str(put(folder, name)), "size": 5, "found_at": now} | facts
    return Found.objects.create(source="folder", key=name, name=name, community=community, **given)


def answer(found: Found, given: Session, **facts: str) -> dict[str, str]:
    said = {"session": given.slug, "kind": "slides", "language": "en"} | facts
    return {f"{found.uuid}-{name}": value for name, value in said.items()}


def test_a_person_gives_it_to_a_session(
    as_organiser: Client, session: Session, folder: Path, now: datetime
) -> None:
    found = doubtful(folder, session.series.community, now, reason="Why")
    assert b"Doubtful files" in as_organiser.get("/organise/").content
    assert b"Why" in as_organiser.get("/organise/found/").content
    path = f"/organise/found/{found.uuid}/take/"
    wrong = as_organiser.post(path, answer(found, session, session="nothing"))
    assert wrong.status_code == 422
    assert b"There is no session of this short name." in wrong.content
    assert as_organiser.post(path, answer(found, session)).status_code == 302
    tasks.take_found(Job.objects.get(kind="found").pk)
    original = Original.objects.get()
    assert (original.recording.session, original.kind, original.filename) == (session, "slides", "e.pdf")
    assert original.added_by is not None
    again = as_organiser.post(path, answer(found, session), follow=True)
    assert b"Somebody has decided about it already." in again.content
    assert b"Doubtful files" not in as_organiser.get("/organise/").content


def test_a_mistake_on_the_second_page_is_shown(
    as_organiser: Client, session: Session, folder: Path, now: datetime
) -> None:
    oldest = doubtful(folder, session.series.community, now, "oldest.pdf")
    for number in range(20):
        doubtful(folder, session.series.community, now, f"{number}.pdf")
    assert b"oldest.pdf" not in as_organiser.get("/organise/found/").content
    wrong = as_organiser.post(
        f"/organise/found/{oldest.uuid}/take/", answer(oldest, session, session="nothing")
    )
    assert b"oldest.pdf" in wrong.content
    assert b"There is no session of this short name." in wrong.content


def test_a_mistake_comes_back_with_its_reason(
    as_organiser: Client, session: Session, folder: Path, now: datetime
) -> None:
    found = doubtful(folder, session.series.community, now)
    path = f"/organise/found/{found.uuid}/take/"
    as_organiser.post(path, answer(found, session, kind="video"))
    tasks.take_found(Job.objects.get(kind="found").pk)
    found.refresh_from_db()
    assert (found.state, found.reason[:23]) == ("doubtful", "This is a PDF document.")
    as_organiser.post(path, answer(found, session))
    tasks.take_found(Job.objects.get(kind="found").pk)
    assert Original.objects.count() == 1


def test_decided_anew_while_its_job_was_ending_it_is_taken_all_the_same(
    session: Session, folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = doubtful(folder, session.series.community, now)
    given = {"found": found, "session": session, "language": "en", "now": now, "actor_id": None}
    assert finding.decide(kind="video", **given)
    take = finding.take_found

    def refused(**options: Any) -> Any:
        try:
            return take(**options)
        finally:  # it is doubtful again, and its job has not ended yet
            assert finding.decide(kind="slides", **given)

    with monkeypatch.context() as patched:
        patched.setattr(finding, "take_found", refused)
        tasks.take_found(Job.objects.get(kind="found").pk)
    assert Job.objects.get(kind="found").state == "queued"
    tasks.take_found(Job.objects.get(kind="found").pk)
    assert Original.objects.get().kind == "slides"


def test_left_out_it_is_gone_from_the_page_and_not_from_the_folder(
    as_organiser: Client, session: Session, folder: Path, now: datetime
) -> None:
    found = doubtful(folder, session.series.community, now)
    as_organiser.post(f"/organise/found/{found.uuid}/leave/")
    found.refresh_from_db()
    assert (found.state, Path(found.path).exists()) == ("left", True)
    copy = doubtful(folder, session.series.community, now, "copy.pdf", staged=True)
    as_organiser.post(f"/organise/found/{copy.uuid}/leave/")
    assert not Path(copy.path).exists()
    assert b"No file waits for you." in as_organiser.get("/organise/found/").content


def test_an_address_is_fetched(session: Session, now: datetime) -> None:
    found = Found.objects.create(
        source="tube", key="1", name="Talk", url="https://media.example.org/a.mp4", found_at=now
    )
    given = {"session": session, "kind": "video", "language": "en", "now": now, "actor_id": None}
    assert finding.decide(found=found, **given)
    assert not finding.decide(found=found, **given)
    assert session.archived.arrivals.get().url == found.url


def test_others_files_are_not_there(
    as_organiser: Client, as_member: Client, session: Session, folder: Path, now: datetime
) -> None:
    theirs = doubtful(folder, make_community(), now)
    nobodys = Found.objects.create(source="folder", key="x", name="Nobody's", found_at=now)
    page = as_organiser.get("/organise/found/").content
    assert b"No file waits for you." in page
    for found in (theirs, nobodys):
        assert as_organiser.post(f"/organise/found/{found.uuid}/leave/").status_code == 404
    assert as_member.get("/organise/found/").status_code == 404


def test_queries_do_not_grow(as_organiser: Client, session: Session, folder: Path, now: datetime) -> None:
    counts = []
    for number in range(3):
        for each in range(number * 4 + 1):
            doubtful(folder, session.series.community, now, f"{number}-{each}.pdf", session=session)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            as_organiser.get("/organise/found/")
        counts.append(len(queries))
    assert counts[1] == counts[2]
