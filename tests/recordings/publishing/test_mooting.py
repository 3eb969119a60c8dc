"""What is made again of a replaced file waits for a person like any other; what was never finished is let go."""

from datetime import datetime

import pytest

from recordings import tasks
from recordings.catalogue.models import Original
from recordings.publishing import mooting, restoring
from recordings.renditions import choosing
from recordings.renditions.models import Rendition
from recordings.renditions.wanting import STALE
from recordings.slides.models import SlidePage
from seminars.queue import jobs
from seminars.queue.models import Job, JobState
from tests.factories import make_original, make_session, make_user
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db


def hold(kind: str) -> Job:
    """Have the job of this kind wait for a person."""
    Job.objects.filter(kind=kind).update(state=JobState.HELD, reason="no")
    return Job.objects.get(kind=kind)


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def test_an_edition_of_a_replaced_file_that_cannot_be_made_again_is_seen(now: datetime) -> None:
    take(make_session(), "whole.mp4", "video", now)
    for recipe in ("voice", "poster"):
        tasks.make_rendition(Job.objects.get(kind=f"rendition.{recipe}").pk)
    Original.objects.update(superseded_at=now)
    Rendition.objects.filter(recipe="voice").update(recipe_version=STALE)  # its bytes are lost
    voice, poster = hold("rendition.voice"), hold("rendition.poster")
    assert mooting.let_go(now=now) == 1
    assert (state(voice), state(poster)) == (JobState.HELD, JobState.SKIPPED)
    assert jobs.try_again(voice, now)
    tasks.make_rendition(voice.pk)
    assert state(voice) == JobState.DONE
    hold("rendition.voice")
    assert mooting.let_go(now=now) == 1


def test_old_ones_are_let_go_though_many_newer_ones_wait(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STEP", 2)
    old = take(make_session(), "whole.mp4", "video", now)
    old.superseded_at = now
    old.save()
    newer = take(make_session(wall=datetime(2026, 3, 2, 9, 0)), "sound.mp3", "audio", now)
    moot = [f"rendition.{name}" for name in ("voice", "poster")]
    assert set(Job.objects.filter(subject=f"original:{old.pk}").values_list("kind", flat=True)) == set(moot)
    for number in range(5):  # still needed, however often they fail
        jobs.ensure(kind=f"slides.{number}", subject=f"original:{newer.pk}", door="-", now=now)
    Job.objects.filter(kind__startswith="slides.").update(state=JobState.HELD)
    Job.objects.filter(subject=f"original:{old.pk}").update(state=JobState.HELD)
    assert mooting.let_go(now=now) == 2
    assert not Job.objects.filter(subject=f"original:{old.pk}").exclude(state=JobState.SKIPPED).exists()
    assert Job.objects.filter(kind__startswith="slides.", state=JobState.HELD).count() == 5


def test_pages_of_a_replaced_deck_too(now: datetime) -> None:
    take(make_session(), "one-page.pdf", "slides", now)
    tasks.make_slide_pages(Job.objects.get(kind="slides.pages").pk)
    Original.objects.update(superseded_at=now)
    SlidePage.objects.update(made_version=STALE)
    pages = hold("slides.pages")
    assert mooting.let_go(now=now) == 0
    SlidePage.objects.update(made_version=1)
    assert mooting.let_go(now=now) == 1
    assert state(pages) == JobState.SKIPPED


def test_times_of_a_deck_that_was_replaced_are_waited_for_no_more(now: datetime) -> None:
    session = make_session()
    video = take(session, "whole.mp4", "video", now)
    deck = take(session, "one-page.pdf", "slides", now)
    tasks.make_slide_pages(Job.objects.get(kind="slides.pages").pk)
    times = hold("slides.times")
    assert mooting.let_go(now=now) == 0
    newer = make_original(video.recording, b"%PDF-1.7", kind="slides", media_type="application/pdf")
    deck.superseded_at = now
    deck.save()
    assert mooting.let_go(now=now) == 1
    assert state(times) == JobState.SKIPPED
    Job.objects.filter(pk=times.pk).update(state=JobState.HELD, input_sha256=newer.asset.sha256)
    assert mooting.let_go(now=now) == 0
    video.superseded_at = now
    video.save()
    assert mooting.let_go(now=now) == 1


def test_one_that_is_to_be_made_of_something_else_by_now_is_let_go(now: datetime) -> None:
    video = take(make_session(), "whole.mp4", "video", now)
    voice, poster = hold("rendition.voice"), hold("rendition.poster")
    assert mooting.let_go(now=now) == 0
    choosing.even_out(recording=video.recording, even=True, now=now)
    assert mooting.let_go(now=now) == 1
    assert (state(voice), state(poster)) == (JobState.SKIPPED, JobState.HELD)
    assert Job.objects.get(kind="rendition.voice", state=JobState.QUEUED).input_sha256 != voice.input_sha256
    choosing.even_out(recording=video.recording, even=False, now=now)
    assert state(voice) == JobState.QUEUED, "needed again"


@pytest.mark.parametrize("kind", ["rendition.voice", "slides.pages"])
def test_what_was_let_go_is_taken_up_when_it_is_needed_again(kind: str, now: datetime) -> None:
    deck = kind == "slides.pages"
    take(make_session(), "one-page.pdf" if deck else "whole.mp4", "slides" if deck else "video", now)
    job = Job.objects.get(kind=kind)
    (tasks.make_slide_pages if deck else tasks.make_rendition)(job.pk)
    Original.objects.update(superseded_at=now)
    hold(kind)
    assert mooting.let_go(now=now) == 1
    asset = SlidePage.objects.get().asset if deck else Rendition.objects.get(recipe="voice").asset
    assert asset
    assert restoring.remake(asset, now=now)
    assert state(job) == JobState.QUEUED
    Job.objects.filter(pk=job.pk).update(state=JobState.SKIPPED, decided_by=make_user())
    assert not restoring.remake(asset, now=now), "a person gave it up"
