"""A damaged edition, or picture of a page, comes back by itself; an original does not, and nobody says that it does."""

from datetime import datetime
from typing import Any

import pytest

from recordings import tasks
from recordings.assets import store
from recordings.assets.models import Asset
from recordings.catalogue.models import Original
from recordings.preservation.fixity import nightly
from recordings.publishing import restoring
from recordings.renditions import ffmpeg, making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import RECIPES
from recordings.slides.models import SlidePage
from seminars.queue.models import Job, JobState
from tests.factories import make_session
from tests.recordings.cast import take
from tests.recordings.preservation.fixity.conftest import flip, path_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def voice(now: datetime) -> Rendition:
    """A voice edition, made by its job."""
    take(make_session(), "whole.mp4", "video", now)
    return made("voice")


def made(recipe: str) -> Rendition:
    tasks.make_rendition(Job.objects.get(kind=f"rendition.{recipe}").pk)
    return Rendition.objects.select_related("asset", "original").get(recipe=recipe)


def spoil(asset: Asset, now: datetime) -> Job:
    """Turn a bit of a file over, have it found, and return the job that mends it, run."""
    flip(path_of(asset), 100)
    nightly.look_at(asset, nightly.Where.STORE, copies=None, clock=lambda: now)
    job = Job.objects.get(kind=nightly.MEND_KIND, subject=f"asset:{asset.pk}")
    tasks.mend(job.pk)
    job.refresh_from_db()
    return job


def whole(asset: Asset) -> bool:
    return store.in_place(store.path_of(asset.sha256)).sha256 == asset.sha256


def look_again(asset: Asset) -> None:
    tasks.look_at_file(asset.pk)
    asset.refresh_from_db()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_damaged_edition_is_made_again_at_its_address(
    replaced: bool, voice: Rendition, now: datetime
) -> None:
    if replaced:
        Original.objects.update(superseded_at=now)
    assert spoil(voice.asset, now).state == JobState.DONE
    assert Job.objects.get(kind="rendition.voice").state == JobState.QUEUED
    again = made("voice")
    assert (again.pk, again.uuid, again.recipe_version) == (voice.pk, voice.uuid, RECIPES["voice"].version)
    assert whole(again.asset)
    look_again(again.asset)
    assert again.asset.damaged_at is None
    assert not Job.objects.filter(state=JobState.HELD).exists()


def test_what_was_made_along_with_another_is_made_alone(voice: Rendition, now: datetime) -> None:
    opus = Rendition.objects.get(recipe="voice_opus")
    assert spoil(opus.asset, now).state == JobState.DONE
    assert whole(made("voice_opus").asset)
    assert Job.objects.get(kind="rendition.voice").state == JobState.DONE


def test_a_damaged_picture_of_a_page_is_drawn_again(now: datetime) -> None:
    deck = take(make_session(), "one-page.pdf", "slides", now)
    job = Job.objects.get(kind="slides.pages")
    tasks.make_slide_pages(job.pk)
    page = SlidePage.objects.select_related("asset").get()
    assert page.asset
    Original.objects.update(superseded_at=now)  # its address goes on answering
    assert spoil(page.asset, now).state == JobState.DONE
    tasks.make_slide_pages(job.pk)
    again = SlidePage.objects.select_related("asset").get()
    assert again.asset
    assert (again.pk, again.uuid, again.slides) == (page.pk, page.uuid, deck)
    assert whole(again.asset)


def test_a_damaged_original_waits_for_a_person_and_so_does_what_is_made_of_it(
    voice: Rendition, now: datetime
) -> None:
    original = voice.original.asset
    assert spoil(original, now).state == JobState.HELD
    assert spoil(voice.asset, now).state == JobState.HELD
    assert Job.objects.get(kind="rendition.voice").state == JobState.DONE


def test_where_the_making_waits_for_a_person_so_does_the_mending(voice: Rendition, now: datetime) -> None:
    Job.objects.filter(kind="rendition.voice").update(state=JobState.HELD, reason="no")
    assert spoil(voice.asset, now).state == JobState.HELD


def test_one_that_cannot_be_made_again_waits_for_a_person_and_serves_what_there_is(
    voice: Rendition, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(voice.asset, now)

    def broken(_arguments: list[str], **_named: Any) -> str:
        raise ffmpeg.Failed("ended with 1", "no")

    monkeypatch.setattr(ffmpeg, "run", broken)
    assert made("voice").asset == voice.asset
    assert Job.objects.get(kind="rendition.voice").state == JobState.HELD
    assert not restoring.remake(voice.asset, now=now)


def test_a_replaced_file_has_nothing_made_of_it_that_it_has_not(now: datetime) -> None:
    given = take(make_session(), "whole.mp4", "video", now)
    Original.objects.update(superseded_at=now)
    given.refresh_from_db()
    assert making.missing([given]) == []
    tasks.make_rendition(Job.objects.get(kind="rendition.voice").pk)
    assert not Rendition.objects.exists()
