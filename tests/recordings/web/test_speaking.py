"""Slides by the speaker's link; and a recording that a speaker does not want is not taken in."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from recordings.catalogue import arriving, bringing
from recordings.catalogue.models import Arrival, Original
from seminars.people.models import Community
from seminars.sessions.models import Material, Session, Speaker
from seminars.sessions.speaking import answering
from seminars.sessions.speaking.asking import make_link
from seminars.sessions.speaking.models import SpeakerLink
from tests.factories import make_person, make_series, make_session

pytestmark = pytest.mark.django_db
ZOO = Path(__file__).parents[2] / "zoo" / "media"


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community))


@pytest.fixture
def link(session: Session, now: datetime) -> SpeakerLink:
    person = make_person(name="Ana Ruiz")
    Speaker.objects.create(session=session, person=person)
    return make_link(session=session, person=person, now=now, actor_id=None)


@pytest.fixture(autouse=True)
def standing(stopped: object) -> None:
    """The clock stands at `now`."""


def send(client: Client, link: SpeakerLink, name: str) -> Any:
    file = SimpleUploadedFile(name, (ZOO / name).read_bytes())
    return client.post(f"/speak/{link.token}/slides/", {"file": file})


def test_slides_arrive_and_are_out_at_once(as_nobody: Client, link: SpeakerLink, session: Session) -> None:
    assert as_nobody.get(f"/speak/{link.token}/slides/").status_code == 302
    assert send(as_nobody, link, "one-page.pdf").status_code == 302
    assert Original.objects.get().added_by is None
    assert Material.objects.get(session=session).kind == "slides"
    assert b"Slides" in as_nobody.get(f"/speak/{link.token}/").content


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("whole.mp4", "PDF"),
        ("password.pdf", "The PDF asks for a password."),
        ("empty.mp4", "The file is empty."),
    ],
)
def test_what_are_no_slides_is_told_beside_the_field(
    as_nobody: Client, link: SpeakerLink, name: str, said: str
) -> None:
    response = send(as_nobody, link, name)
    assert response.status_code == 422
    assert said in response.content.decode().partition('id="slides-error"')[2].partition("</p>")[0]
    assert not Original.objects.exists()


def test_no_file_and_too_large_a_file_are_told(as_nobody: Client, link: SpeakerLink, settings: Any) -> None:
    response = as_nobody.post(f"/speak/{link.token}/slides/", {})
    assert (response.status_code, b"Choose a file." in response.content) == (422, True)
    settings.MAX_FILE_BYTES = 1024
    big = SimpleUploadedFile("big.pdf", b"\0" * 2 * 1024**2)
    response = as_nobody.post(f"/speak/{link.token}/slides/", {"file": big})
    assert (response.status_code, b"too large" in response.content) == (422, True)


def test_who_does_not_come_uploads_nothing(as_nobody: Client, link: SpeakerLink, now: datetime) -> None:
    answering.answer(engagement=link.engagement, comes=False, words="", now=now)
    assert send(as_nobody, link, "one-page.pdf").status_code == 422
    assert not Original.objects.exists()


@pytest.mark.parametrize(
    ("kind", "name"), [("video", "whole.mp4"), ("audio", "sound.mp3"), ("captions", "captions.vtt")]
)
def test_a_recording_that_a_speaker_refused_is_not_taken_in(
    as_organiser: Client, link: SpeakerLink, session: Session, now: datetime, kind: str, name: str
) -> None:
    answering.consent(engagement=link.engagement, may_record=True, may_publish=False, licence="", now=now)
    base = f"/organise/sessions/{session.slug}/files/"
    assert b"does not want a recording" in as_organiser.get(base).content
    file = SimpleUploadedFile(name, (ZOO / name).read_bytes())
    fields = {"upload-kind": kind, "upload-language": "en", "upload-file": file}
    assert as_organiser.post(f"{base}upload/", fields).status_code == 422
    fields = {"fetch-kind": kind, "fetch-language": "en", "fetch-url": "https://media.example.org/a.mp4"}
    assert as_organiser.post(f"{base}fetch/", fields).status_code == 422
    assert not Original.objects.exists()
    assert not Arrival.objects.exists()
    answering.consent(
        engagement=link.engagement, may_record=True, may_publish=True, licence="all-rights", now=now
    )
    assert as_organiser.post(f"{base}fetch/", fields).status_code == 302


def test_a_no_while_the_file_is_fetched_counts(
    link: SpeakerLink, session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://media.example.org/a.mp4"
    arrival = arriving.ask_fetch(
        session=session, kind="video", url=url, language="en", now=now, actor_id=None
    )
    answering.consent(engagement=link.engagement, may_record=False, may_publish=False, licence="", now=now)
    came = (ZOO / "whole.mp4").read_bytes()
    monkeypatch.setattr(
        bringing, "download", lambda arrival, *_rest: arriving.staged_path(arrival).write_bytes(came)
    )
    with pytest.raises(arriving.CannotTake, match="Ana Ruiz does not want"):
        bringing.bring(arrival=arrival, clock=lambda: now, progress=lambda _done, _total: None)
    assert not Original.objects.exists()
    assert not arriving.staged_path(arrival).exists()
    arrival.refresh_from_db()
    assert (arrival.state, "Ana Ruiz" in arrival.reason) == ("refused", True)
