"""Withdrawn: every address that once answered says what was there, when it went, why, who decided, and its hash."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from recordings.assets import store
from recordings.catalogue.history.models import Event
from recordings.catalogue.models import Decider, Original, Recording
from recordings.preservation.events import events_of
from recordings.publishing.moving import move
from recordings.publishing.releasing import retire, withdraw
from recordings.renditions.models import Rendition
from seminars.people.models import User
from seminars.sessions.models import Material, Session
from tests.factories import make_session
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db
REASON = "A speaker took their consent back."


@pytest.fixture
def session(now: datetime) -> Session:
    """A session with video, captions and a still picture."""
    session = make_session(slug="rain", title={"en": "Rain & maize"})
    video = take(session, "whole.mp4", "video", now)
    take(session, "captions.vtt", "captions", now)
    body = BytesIO()
    Image.new("RGB", (16, 9)).save(body, "WEBP")
    with store.staging([body.getvalue()]) as staged:
        picture = store.keep(staged, media_type="image/webp", probe={"width": 16, "height": 9}, now=now)
    Rendition.objects.create(original=video, recipe="poster", recipe_version=1, asset=picture, made_at=now)
    return session


def files(recording: Recording) -> dict[str, str]:
    """Addresses of its files, with what their hashes are."""
    found = {
        f"/archive/{recording.slug}/files/{each.uuid}/file": each.asset.sha256
        for each in Original.objects.select_related("asset")
    }
    for each in Rendition.objects.select_related("asset"):
        found[f"/archive/{recording.slug}/files/{each.uuid}/poster.webp"] = each.asset.sha256
    return found


def test_every_address_says_it_the_oldest_too(session: Session, now: datetime, client: Client) -> None:
    recording = Recording.objects.get()
    oldest = files(recording)
    assert len(oldest) == 3
    for address in oldest:
        assert client.head(address).status_code == 200
    recording = move(recording=recording, slug="maize", now=now, actor_id=None)
    withdraw(recording=recording, reason=REASON, now=now, actor_id=None, by=Decider.ADMINISTRATOR)
    for address, sha256 in (oldest | files(Recording.objects.get())).items():
        answer = client.get(address, follow=True)
        said = answer.content.decode()
        assert (answer.status_code, answer["Content-Type"]) == (410, "text/plain; charset=utf-8")
        assert said.splitlines() == [
            "Rain & maize",
            f"Withdrawn on 2026-11-16. {REASON}",
            "Decided by: an administrator",
            f"SHA-256 of what was here: {sha256}",
        ]
        assert "no-store" not in answer.get("Cache-Control", "")
    for address in ("/archive/rain/", "/archive/maize/"):
        answer = client.get(address, follow=True)
        assert answer.status_code == 410
        said = answer.content.decode()
        for words in (
            "Rain &amp; maize",
            "16 November 2026",
            REASON,
            "an administrator",
            *list(oldest.values())[:2],
        ):
            assert words in said
    for address in ("/api/archive/rain/", "/api/archive/maize/"):
        answer = client.get(address, follow=True)
        told: dict[str, Any] = answer.json()
        assert (answer.status_code, told["status"]) == (410, 410)
        gone = told["withdrawn"]
        assert (gone["title"], gone["reason"], gone["by"]) == (
            {"en": "Rain & maize"},
            REASON,
            "an administrator",
        )
        assert [each["kind"] for each in gone["files"]] == ["video", "captions"]
        assert {each["sha256"] for each in gone["files"]} < set(oldest.values())
    assert client.get("/archive/maize/verification/").status_code == 200


def test_nobody_is_named_to_the_public(
    session: Session, now: datetime, organiser: User, client: Client
) -> None:
    withdraw(recording=Recording.objects.get(), reason=REASON, now=now, actor_id=organiser.pk)
    told = client.get("/archive/rain/").content + client.get("/archive/rain/verification.json").content
    assert organiser.email.encode() not in told
    assert Event.objects.get(kind="withdrawn").actor == organiser


def test_what_happens_is_written_down_where_it_happens(session: Session, now: datetime) -> None:
    recording = Recording.objects.get()
    newer = take(session, "one-page.pdf", "slides", now)
    assert newer.recording == recording
    video = Original.objects.get(kind="video")
    retire(original=video, now=now, actor_id=None)
    retire(original=video, now=now, actor_id=None)
    withdraw(recording=recording, reason=REASON, now=now, actor_id=None)
    withdraw(recording=recording, reason="again", now=now, actor_id=None)
    kinds = [each.kind.value for each in events_of(recording)]
    assert kinds == ["kept", "kept", "kept", "retired", "withdrawn", "verified"]


def test_a_version_says_what_it_took_the_place_of(now: datetime) -> None:
    session = make_session()
    first = take(session, "sound.mp3", "audio", now)
    second = take(session, "sound.m4a", "audio", now)
    event = Event.objects.get(kind="version added")
    assert event.facts["before"] == first.asset.sha256
    assert event.facts["sha256"] == second.asset.sha256
    with pytest.raises(TypeError, match="never changed"):
        event.save()
    with pytest.raises(TypeError, match="never deleted"):
        event.delete()


def test_it_is_all_or_nothing(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event is of the same transaction: where it cannot be written, nothing happens."""

    def fails(**_: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("recordings.publishing.releasing.materials.withdraw", fails)
    with pytest.raises(RuntimeError):
        withdraw(recording=Recording.objects.get(), reason=REASON, now=now, actor_id=None)
    assert Recording.objects.get().withdrawn_at is None
    assert not Event.objects.filter(kind="withdrawn").exists()
    assert Material.objects.filter(state="published").exists()
