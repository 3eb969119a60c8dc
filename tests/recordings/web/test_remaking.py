"""Editions are made again on request, serving meanwhile; a sent file whose check stopped can be removed."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from recordings.catalogue.models import Recording
from recordings.renditions import making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import RECIPES
from recordings.renditions.wanting import wants_of
from recordings.slides import keeping
from recordings.uploading import finishing, staging
from recordings.uploading.models import Upload, UploadState
from recordings.uploading.receiving import order_check
from recordings.web.panel import panel_of
from seminars.people.models import Community
from seminars.queue.models import Job, JobState
from seminars.sessions.models import Session
from tests.factories import make_series, make_session
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community))


def base(session: Session) -> str:
    return f"/organise/sessions/{session.slug}/files/"


def upload_of(session: Session, now: datetime) -> Upload:
    upload = Upload.objects.create(
        token="t" * 43,
        session=session,
        kind="video",
        filename="talk.mp4",
        length=5,
        offset=5,
        state=UploadState.CHECKING,
        sender="user:1",
        made_at=now,
        expires_at=now + timedelta(days=7),
    )
    staging.begin(upload)
    order_check(upload, now)
    return upload


def test_an_edition_is_made_again_and_serves_meanwhile(session: Session, as_organiser: Client) -> None:
    now = timezone.now()
    video = take(session, "whole.mp4", "video", now)
    made = making.make(original=video, recipe=RECIPES["voice"], clock=lambda: now, progress=lambda *_: None)
    assert made
    Job.objects.filter(kind="rendition.voice").update(state=JobState.DONE)
    address = f"{base(session)}{video.uuid}/editions/voice/again/"
    assert as_organiser.get(address).status_code == 405
    assert as_organiser.post(address).status_code == 302
    [kept] = panel_of(session, now=now).kept
    voice = next(each for each in kept.editions if each.recipe == "voice")
    assert voice.path
    assert voice.work
    assert voice.work.busy
    assert Job.objects.get(kind="rendition.voice").state == JobState.QUEUED
    page = as_organiser.get(base(session)).content.decode()
    assert f'href="{voice.path}"' in page
    assert as_organiser.post(address.replace("voice", "rumour")).status_code == 404


def test_the_loudness_is_a_choice_of_organisers(
    session: Session, as_organiser: Client, now: datetime
) -> None:
    video = take(session, "whole.mp4", "video", now)
    assert "Even out the loudness" in as_organiser.get(base(session)).content.decode()
    assert as_organiser.post(f"{base(session)}loudness/", {"even": "1"}).status_code == 302
    assert Recording.objects.get(pk=video.recording_id).even_sound
    assert "Leave the loudness as it came" in as_organiser.get(base(session)).content.decode()
    jobs = Job.objects.filter(kind="rendition.voice")
    assert len(set(jobs.values_list("input_sha256", flat=True))) == 2
    assert making.ordered(jobs.earliest("pk")) is None
    assert making.ordered(jobs.latest("pk")) == (video, RECIPES["voice"])


def test_strangers_make_nothing_again(
    session: Session, as_nobody: Client, as_stranger: Client, as_member: Client, now: datetime
) -> None:
    video = take(session, "whole.mp4", "video", now)
    for place in (f"{video.uuid}/editions/voice/again/", "loudness/"):
        assert as_nobody.post(base(session) + place, {"even": "1"}).status_code == 302
        for client in (as_stranger, as_member):
            assert client.post(base(session) + place, {"even": "1"}).status_code == 404
    assert not Recording.objects.get().even_sound
    assert Rendition.objects.count() == 0


@pytest.mark.parametrize("state", [JobState.HELD, JobState.SKIPPED])
def test_a_sent_file_whose_check_stopped_can_be_removed(
    state: str, session: Session, as_organiser: Client, now: datetime
) -> None:
    upload = upload_of(session, now)
    remove = f"{base(session)}uploads/{upload.token}/remove/"
    page = as_organiser.get(base(session)).content.decode()
    assert "It is being checked.</p>" in page
    assert remove not in page
    as_organiser.post(remove)
    assert Upload.objects.filter(pk=upload.pk).exists()
    Job.objects.update(state=state, reason="The program that worked on it ended too early.")
    page = as_organiser.get(base(session)).content.decode()
    assert "It is being checked.</p>" not in page
    assert "was not checked to the end" in page
    assert remove in page
    job = Job.objects.get(kind="upload")
    assert f"jobs/{job.uuid}/again/" in page
    assert as_organiser.get(remove).status_code == 405
    as_organiser.post(remove)
    assert not Upload.objects.filter(pk=upload.pk).exists()
    assert not staging.part_of(upload).exists()


def test_its_check_can_be_tried_again_from_the_page(
    session: Session, as_organiser: Client, now: datetime
) -> None:
    upload_of(session, now)
    Job.objects.update(state=JobState.HELD)
    job = Job.objects.get(kind="upload")
    as_organiser.post(f"{base(session)}jobs/{job.uuid}/again/")
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_what_was_skipped_is_forgotten_in_the_end(session: Session, now: datetime) -> None:
    upload = upload_of(session, now)
    later = now + timedelta(days=8)
    assert finishing.sweep(now=later) == 0
    Job.objects.update(state=JobState.SKIPPED)
    assert finishing.sweep(now=now) == 0
    assert finishing.sweep(now=later) == 1
    assert not staging.part_of(upload).exists()


def test_the_page_looks_again_while_slides_are_found_since_an_edition_follows_from_them(
    as_organiser: Client, session: Session, now: datetime
) -> None:
    video, deck = take(session, "whole.mp4", "video", now), take(session, "one-page.pdf", "slides", now)
    for want in wants_of([video]):  # all that can be made of the video alone is there
        Rendition.objects.create(
            original=video,
            recipe=want.recipe.name,
            recipe_version=want.recipe.version,
            asset=video.asset,
            made_at=now,
        )
    pages = Job.objects.get(kind="slides.pages")
    assert panel_of(session, now=now).busy
    assert "Draw the pages of the slides" in as_organiser.get(base(session)).content.decode()
    Job.objects.update(state=JobState.DONE)
    times = Job.objects.create(
        kind="slides.times",
        subject=f"original:{video.pk}",
        input_sha256=deck.asset.sha256,
        recipe_version=keeping.VERSION,
        door=pages.door,
        due_at=now,
        created_at=now,
    )
    shown = as_organiser.get(base(session)).content.decode()
    assert "Find when each slide is shown" in shown
    assert "hx-get" in shown
    for state in (JobState.HELD, JobState.DONE):  # waits for a person; nothing follows
        Job.objects.filter(pk=times.pk).update(state=state)
        assert not panel_of(session, now=now).busy
    Job.objects.filter(pk=times.pk).update(
        state=JobState.QUEUED, input_sha256="0" * 64
    )  # of a deck that went
    assert not panel_of(session, now=now).busy
