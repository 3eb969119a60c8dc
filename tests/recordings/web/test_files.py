"""The files page: what is there, what is on its way, and each mistake beside its field with nothing half done."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recordings import tasks
from recordings.assets.models import Asset
from recordings.catalogue.models import Arrival, Original, Recording
from recordings.publishing import mooting
from seminars.people.models import Community, User
from seminars.queue.models import Job, JobState
from seminars.sessions.models import Material, Session
from tests.factories import make_community, make_series, make_session
from tests.recordings.cast import ZOO, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community))


def base(session: Session) -> str:
    return f"/organise/sessions/{session.slug}/files/"


def upload(client: Client, session: Session, name: str, kind: str = "video", **options: Any) -> Any:
    data = (ZOO / name).read_bytes()
    fields = {"upload-kind": kind, "upload-language": "en", "upload-file": SimpleUploadedFile(name, data)}
    return client.post(f"{base(session)}upload/", fields | options)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def errors(response: Any) -> list[str]:
    found = re.findall(r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', text(response))
    return [re.sub(r"<[^>]+>", "", each).strip() for each in found]


def rows() -> list[int]:
    return [model.objects.count() for model in (Recording, Original, Asset, Arrival, Job, Material)]


def files(settings: Any) -> list[str]:
    folders = (Path(settings.STORE), Path(settings.FILE_UPLOAD_TEMP_DIR))
    return [p.name for f in folders for p in f.rglob("*") if p.is_file() and p.suffix != ".lock"]


def test_an_upload_is_kept_and_shown_at_once(
    session: Session, as_organiser: Client, organiser: User, settings: Any
) -> None:
    response = upload(as_organiser, session, "whole.mp4")
    assert (response.status_code, response.url) == (302, base(session))
    original = Original.objects.get()
    assert (original.added_by, original.recording.session) == (organiser, session)
    assert Material.objects.get().kind == "recording"
    assert files(settings) == [original.asset.sha256]
    shown = text(as_organiser.get(base(session)))
    assert "The file is kept." in shown
    assert "whole.mp4" in shown
    assert "Voice only" in shown
    assert "waits for its turn" in shown
    assert 'hx-trigger="every 2s"' in shown


def test_a_double_click_says_so_and_adds_nothing(session: Session, as_organiser: Client) -> None:
    upload(as_organiser, session, "silent.mp4")
    before = rows()
    upload(as_organiser, session, "silent.mp4")
    assert rows() == before
    assert "This file is here already. Nothing was added." in text(as_organiser.get(base(session)))


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("page.mp4", "video", "This is a web page. Choose a video (MP4, MOV, WebM or MKV)."),
        ("ffconcat.mp4", "video", "This is a playlist for ffmpeg. Choose a video (MP4, MOV, WebM or MKV)."),
        ("no-index.mp4", "video", "it cannot be read: it is broken or incomplete."),
        ("empty.mp4", "video", "The file is empty. Choose the file again"),
        ("password.pdf", "slides", "The PDF asks for a password."),
        ("backwards.vtt", "captions", "Line 6: this caption ends before it starts"),
    ],
)
def test_a_bad_file_is_told_beside_the_field_and_leaves_nothing(
    name: str, kind: str, said: str, session: Session, as_organiser: Client, settings: Any
) -> None:
    response = upload(as_organiser, session, name, kind, **{"upload-language": "sv"})
    assert response.status_code == 422
    assert len(errors(response)) == 1
    assert said in errors(response)[0].replace("&gt;", ">")
    assert f'<option value="{kind}" selected>' in text(response)
    assert '<option value="sv" selected>' in text(response)
    assert rows() == [0] * 6
    response.close()
    assert files(settings) == []


def test_no_file_is_told(session: Session, as_organiser: Client) -> None:
    response = as_organiser.post(f"{base(session)}upload/", {"upload-kind": "video", "upload-language": "en"})
    assert (response.status_code, errors(response)) == (422, ["Choose a file."])


def test_too_large_a_file_never_reaches_the_disk(
    session: Session, as_organiser: Client, settings: Any
) -> None:
    settings.MAX_FILE_BYTES = 1024
    big = SimpleUploadedFile("big.mp4", b"\0" * 2 * 1024**2)
    fields = {"upload-kind": "video", "upload-language": "en", "upload-file": big}
    response = as_organiser.post(f"{base(session)}upload/", fields)
    assert response.status_code == 422
    assert len(errors(response)) == 1
    assert "too large" in errors(response)[0]
    assert rows() == [0] * 6
    assert files(settings) == []


def test_a_little_too_large_is_found_while_it_is_kept(
    session: Session, as_organiser: Client, settings: Any
) -> None:
    settings.MAX_FILE_BYTES = 1024
    response = upload(as_organiser, session, "whole.mp4")
    assert errors(response) == ["The file is larger than 1,024 bytes."]
    assert rows() == [0] * 6


# --- By address ---------------------------------------------------------------------------------------------------
def paste(client: Client, session: Session, url: str) -> Any:
    fields = {"fetch-kind": "video", "fetch-language": "en", "fetch-url": url}
    return client.post(f"{base(session)}fetch/", fields)


def test_an_address_is_fetched_later(session: Session, as_organiser: Client, organiser: User) -> None:
    response = paste(as_organiser, session, "https://media.example.org/talk.mp4")
    assert (response.status_code, response.url) == (302, base(session))
    assert Arrival.objects.get().asked_by == organiser
    shown = text(as_organiser.get(base(session)))
    assert "https://media.example.org/talk.mp4" in shown
    assert "waits for its turn" in shown


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "Paste the address of a file."),
        ("ftp://x/y", "Give an address that begins with https:// or http://."),
        ("https://zoom.us/j/1", "This is the link to a meeting, not to its recording."),
        ("https://youtu.be/1", "This leads to no single video"),
    ],
)
def test_a_bad_address_is_told_and_kept(url: str, said: str, session: Session, as_organiser: Client) -> None:
    response = paste(as_organiser, session, url)
    assert response.status_code == 422
    assert [each.startswith(said) for each in errors(response)] == [True]
    assert not url or f'value="{url}"' in text(response)
    assert rows() == [0] * 6


def test_a_refused_one_can_be_tried_again_or_removed(session: Session, as_organiser: Client) -> None:
    paste(as_organiser, session, "http://127.0.0.1:9/talk.mp4")
    job = Job.objects.get()
    tasks.fetch(job.pk)
    shown = text(as_organiser.get(base(session)))
    assert "The address leads into a private network." in shown
    assert "every 2s" not in shown
    response = as_organiser.post(f"{base(session)}jobs/{job.uuid}/again/")
    assert response.status_code == 302
    assert Job.objects.get().state == JobState.QUEUED
    as_organiser.post(f"{base(session)}arrivals/{Arrival.objects.get().uuid}/remove/")
    assert rows() == [0] * 6


# --- How far it is ------------------------------------------------------------------------------------------------
def test_progress_says_how_much_and_how_long(session: Session, as_organiser: Client) -> None:
    paste(as_organiser, session, "https://media.example.org/talk.mp4")
    now = timezone.now()
    Arrival.objects.update(state="arriving", bytes_done=25_000_000, bytes_total=100_000_000)
    Job.objects.update(
        state="leased",
        lease_until=now + timedelta(minutes=5),
        progress=25_000_000,
        progress_total=100_000_000,
        paced_at=now - timedelta(minutes=2),
        heartbeat_at=now,
    )
    shown = text(as_organiser.get(f"{base(session)}progress/"))
    assert shown.strip().startswith('<div id="files-panel" hx-get=')
    assert '<progress max="100000000" value="25000000"' in shown
    assert "done in about 6 minutes" in shown


def test_an_edition_that_stopped_can_be_tried_again(
    session: Session, as_organiser: Client, now: datetime
) -> None:
    take(session, "silent.mp4", "video", now)
    Job.objects.update(state="held", reason="The file could not be converted.")
    shown = text(as_organiser.get(base(session)))
    assert "The file could not be converted." in shown
    as_organiser.post(f"{base(session)}jobs/{Job.objects.get().uuid}/again/")
    assert Job.objects.get().state == JobState.QUEUED


def test_an_edition_that_stopped_can_be_skipped_or_its_file_replaced(
    session: Session, as_organiser: Client, organiser: User, as_stranger: Client, now: datetime
) -> None:
    take(session, "silent.mp4", "video", now)
    Job.objects.update(state="held", reason="The file could not be converted.")
    shown = text(as_organiser.get(base(session)))
    assert "What will be missing: The still picture" in shown
    assert f'href="{base(session)}?kind=video#upload-heading"' in shown
    address = f"{base(session)}jobs/{Job.objects.get().uuid}/skip/"
    assert as_stranger.post(address).status_code == 404
    as_organiser.post(address)
    job = Job.objects.get()
    assert (job.state, job.decided_by) == (JobState.SKIPPED, organiser)
    shown = text(as_organiser.get(base(session)))
    assert "skipped" in shown
    assert "pages show the video without one" in shown
    assert "What will be missing" not in shown
    as_organiser.post(f"{base(session)}jobs/{job.uuid}/again/")
    assert Job.objects.get().state == JobState.QUEUED


def test_a_job_of_another_session_is_not_there(
    session: Session, community: Community, as_organiser: Client, now: datetime
) -> None:
    take(session, "silent.mp4", "video", now)
    Job.objects.update(state="held")
    other = make_session(make_series(community))
    for deed in ("again", "skip"):
        address = f"{base(other)}jobs/{Job.objects.get().uuid}/{deed}/"
        assert as_organiser.post(address).status_code == 404
    assert Job.objects.get().state == JobState.HELD


def test_another_file_settles_what_waited_for_a_person(session: Session, now: datetime) -> None:
    take(session, "silent.mp4", "video", now)
    held = Job.objects.get()
    Job.objects.update(state="held", reason="The file could not be converted.")
    assert mooting.let_go(now=now) == 0
    take(session, "whole.mp4", "video", now)
    assert mooting.let_go(now=now) == 1
    held.refresh_from_db()
    assert (held.state, held.decided_by) == (JobState.SKIPPED, None)


def test_an_address_that_was_refused_is_settled_by_an_upload_of_the_same(
    session: Session, as_organiser: Client, now: datetime
) -> None:
    paste(as_organiser, session, "https://media.example.org/talk.mp4")
    Job.objects.update(state="held", reason="This is a web page.")
    later = timezone.now() + timedelta(minutes=1)
    take(session, "silent.mp4", "video", later, language="sv")
    assert mooting.let_go(now=later) == 0  # of another language
    take(session, "silent.mp4", "video", later, language=Arrival.objects.get().language)
    assert mooting.let_go(now=later) == 1


def test_when_all_is_done_it_stops_asking(session: Session, as_organiser: Client, now: datetime) -> None:
    take(session, "silent.mp4", "video", now)
    tasks.make_rendition(Job.objects.get().pk)
    shown = text(as_organiser.get(f"{base(session)}progress/"))
    assert "every 2s" not in shown
    assert "Still picture" in shown
    assert f"{session.slug}-poster-en.webp" in shown


def test_the_panel_stands_on_other_pages_too(session: Session, now: datetime) -> None:
    take(session, "silent.mp4", "video", now)
    template = Template("{% load files %}{% files_panel session %}")
    assert "silent.mp4" in template.render(Context({"session": session}))


def test_queries_do_not_grow_with_files(session: Session, as_organiser: Client, now: datetime) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_organiser.get(base(session)).status_code == 200
        return len(queries)

    take(session, "whole.mp4", "video", now)
    first = count()
    for language in ("sv", "fr", "pt"):
        take(session, "whole.mp4", "video", now, language=language)
        paste(as_organiser, session, f"https://media.example.org/{language}.mp4")
    as_organiser.get(base(session))
    assert count() == first
    assert first <= 25  # files, jobs and forecasts; pages elsewhere, licence, the times of slides


# --- Who may ------------------------------------------------------------------------------------------------------
PLACES = ["", "progress/", "upload/", "fetch/", "jobs/{job}/again/", "arrivals/{arrival}/remove/"]


@pytest.mark.parametrize("place", PLACES)
def test_only_organisers_of_the_community(
    place: str,
    session: Session,
    as_organiser: Client,
    as_member: Client,
    as_stranger: Client,
    as_nobody: Client,
) -> None:
    paste(as_organiser, session, "https://media.example.org/talk.mp4")
    job, arrival = Job.objects.get().uuid, Arrival.objects.get().uuid
    url = base(session) + place.format(job=job, arrival=arrival)
    before = rows()
    for client in (as_member, as_stranger):
        assert client.get(url).status_code in (404, 405)
        assert client.post(url).status_code in (404, 405)
        assert 404 in (client.get(url).status_code, client.post(url).status_code)
    assert as_nobody.post(url).status_code == 302
    assert rows() == before


def test_an_organiser_of_another_community_finds_nothing(as_organiser: Client, now: datetime) -> None:
    elsewhere = make_session(make_series(make_community()))
    assert as_organiser.get(base(elsewhere)).status_code == 404
    assert upload(as_organiser, elsewhere, "silent.mp4").status_code == 404
    assert rows() == [0] * 6


def test_a_job_of_another_session_cannot_be_reached(
    session: Session, as_organiser: Client, now: datetime
) -> None:
    elsewhere = make_session(make_series(make_community()))
    take(elsewhere, "silent.mp4", "video", now)
    Job.objects.update(state="held")
    url = f"{base(session)}jobs/{Job.objects.get().uuid}/again/"
    assert as_organiser.post(url).status_code == 404
    assert Job.objects.get().state == JobState.HELD
