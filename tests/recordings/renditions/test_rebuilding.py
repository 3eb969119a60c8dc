"""`manage.py rebuild_editions` orders editions anew and forgets nothing that is there."""

from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from recordings.management.commands import rebuild_editions
from recordings.renditions import making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import RECIPES
from seminars.queue.models import Job, JobState
from tests.factories import make_session
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db


def test_it_has_editions_made_again(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    video = take(make_session(), "whole.mp4", "video", now)
    made = making.make(original=video, recipe=RECIPES["voice"], clock=lambda: now, progress=lambda *_: None)
    assert made
    Job.objects.update(state=JobState.DONE)
    call_command("rebuild_editions", "--missing")
    assert "1 editions" in capsys.readouterr().out
    Job.objects.update(state=JobState.DONE)
    call_command("rebuild_editions", video.recording.slug, recipe=["voice"])
    assert Job.objects.get(kind="rendition.voice").state == JobState.QUEUED
    assert Rendition.objects.get(recipe="voice").asset == made.asset


def test_what_there_is_not_is_said() -> None:
    with pytest.raises(CommandError, match="no recording"):
        call_command("rebuild_editions", "nowhere")


def test_waiting_ends_with_the_queue(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    take(make_session(), "whole.mp4", "video", now)
    left: list[int] = []

    def a_job_ends(_seconds: float) -> None:
        waiting = Job.objects.filter(kind__startswith="rendition.", state=JobState.QUEUED)
        left.append(waiting.count())
        Job.objects.filter(pk=waiting.order_by("pk")[0].pk).update(state=JobState.DONE)

    monkeypatch.setattr(rebuild_editions.time, "sleep", a_job_ends)
    call_command("rebuild_editions", "--wait")
    assert left == list(range(len(left), 0, -1))
    assert left
