"""Editions: made once, of what the original has, and nothing half done when ffmpeg fails."""

import contextlib
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.catalogue.arriving import take_upload
from recordings.catalogue.models import Original
from recordings.renditions import ffmpeg, making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import POSTER, RECIPES, VOICE, VOICE_OPUS, command
from seminars.queue.models import Job
from tests.factories import make_session

pytestmark = pytest.mark.django_db
ZOO = Path(__file__).parents[2] / "zoo" / "media"
DEMO = Path(__file__).parents[3] / "recordings" / "demo" / "media"


def original(path: Path, kind: str, now: datetime) -> Original:
    with path.open("rb") as file:
        return take_upload(
            session=make_session(), kind=kind, uploaded=file, language="en", now=now, actor_id=None
        ).original


def make(given: Original, name: str, now: datetime, told: list[Any] | None = None) -> Rendition:
    said: list[Any] = [] if told is None else told
    made = making.make(
        original=given, recipe=RECIPES[name], clock=lambda: now, progress=lambda *p: said.append(p)
    )
    assert made
    return made


@pytest.mark.parametrize(
    ("name", "kind", "recipes"),
    [
        ("whole.mp4", "video", ["voice", "voice_opus", "poster"]),
        ("silent.mp4", "video", ["poster"]),
        ("sound.ogg", "audio", ["voice", "voice_opus"]),
        ("one-page.pdf", "slides", []),
    ],
)
def test_recipes_suit_what_an_original_has(name: str, kind: str, recipes: list[str], now: datetime) -> None:
    given = original(ZOO / name, kind, now)
    assert [recipe.name for recipe in making.wanted(given)] == recipes
    assert making.ensure([given], now=now) == len(recipes)
    assert making.ensure([given], now=now) == len(recipes)
    jobs = Job.objects.order_by("id")
    own = [recipe for recipe in recipes if recipe != "voice_opus"]
    assert [job.kind for job in jobs] == [f"rendition.{recipe}" for recipe in own]
    assert {job.door for job in jobs} <= {"recordings.tasks.make_rendition"}
    assert [making.ordered(job) for job in jobs] == [(given, RECIPES[recipe]) for recipe in own]


def test_a_recording_gets_a_poster_and_a_voice_edition(now: datetime) -> None:
    given = original(DEMO / "seta-bas-webinar.mp4", "video", now)
    poster, voice = make(given, "poster", now).asset, make(given, "voice", now).asset
    assert (poster.media_type, poster.probe) == ("image/webp", {"width": 640, "height": 360})
    assert poster.size < 60_000
    assert voice.media_type == "audio/mp4"
    assert voice.probe["audio_codec"] == "aac"
    assert voice.probe["seconds"] == pytest.approx(61.0, abs=0.5)
    assert voice.size < 61 * 40_000 / 8
    assert store.path_of(voice.sha256).read_bytes()[4:11] == b"ftypM4A"
    assert making.missing([given]) == []
    assert [p for p in store.staging_folder().iterdir() if p.suffix != ".lock"] == []


def test_making_it_again_gives_the_same_row_without_ffmpeg(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = original(ZOO / "silent.mp4", "video", now)
    first = make(given, "poster", now)
    monkeypatch.setattr(ffmpeg, "run", None)
    assert make(given, "poster", now) == first


@pytest.mark.parametrize("name", ["small.webm", "small.mkv", "small.mov"])
def test_every_container_can_be_read(name: str, now: datetime) -> None:
    given = original(ZOO / name, "video", now)
    assert make(given, "voice", now).asset.probe["seconds"] == pytest.approx(3, abs=0.5)
    assert make(given, "poster", now).asset.probe == {"width": 64, "height": 36}


def failing(arguments: list[str], **_named: Any) -> str:
    Path(arguments[-1].removeprefix("file:")).write_bytes(b"half")
    raise ffmpeg.Failed("ended with 1", "no space")


def half(arguments: list[str], **_named: Any) -> str:
    Path(arguments[-1].removeprefix("file:")).write_bytes((ZOO / "sound.m4a").read_bytes()[:4000])
    return ""


def short(arguments: list[str], **_named: Any) -> str:
    Path(arguments[-1].removeprefix("file:")).write_bytes((ZOO / "sound.mp3").read_bytes())
    return ""


def nothing(_arguments: list[str], **_named: Any) -> str:
    return ""


@pytest.mark.parametrize("run", [failing, half, short, nothing])
@pytest.mark.parametrize("recipe", ["poster", "voice"])
def test_a_failure_leaves_no_row_and_no_file(
    run: Any, recipe: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = original(ZOO / "whole.mp4", "video", now)
    monkeypatch.setattr(ffmpeg, "run", run)
    with pytest.raises(making.CannotMake):
        make(given, recipe, now)
    assert Rendition.objects.count() == 0
    assert [a.pk for a in Asset.objects.all()] == [given.asset_id]
    files = [p.name for p in store.staging_folder().parent.rglob("*") if p.is_file() and p.suffix != ".lock"]
    assert files == [given.asset.sha256]


def test_missing_editions_are_found_in_one_query(now: datetime) -> None:
    first = original(ZOO / "whole.mp4", "video", now)
    second = original(ZOO / "silent.mp4", "video", now)
    make(second, "poster", now)
    with CaptureQueriesContext(connection) as queries:
        lacking = making.missing([first, second])
    assert lacking == [(first, VOICE, ""), (first, VOICE_OPUS, ""), (first, POSTER, "")]
    assert len(queries) == 2  # one for what there is, one of a maker: whether slides are known


# --- ffmpeg itself -------------------------------------------------------------------------------------------------
def test_a_script_in_disguise_opens_nothing(tmp_path: Path) -> None:
    arguments = command(
        {VOICE.name: str(tmp_path / "o.m4a")},
        source=str(ZOO / "ffconcat.mp4"),
        media_type="video/mp4",
        seconds=1,
    )
    with pytest.raises(ffmpeg.Failed) as failed:
        ffmpeg.run(arguments, timeout=60, cpu_seconds=60)
    assert "Invalid data" in failed.value.last_words
    assert "passwd" not in failed.value.last_words


ENDLESS = ["-f", "lavfi", "-i", "testsrc=size=64x36:rate=5", "-f", "null", "-"]


def test_it_is_stopped_when_it_takes_too_long() -> None:
    with pytest.raises(ffmpeg.Failed, match="stopped after 1 seconds"):
        ffmpeg.run(ENDLESS, timeout=0.6, cpu_seconds=60)


def test_it_is_stopped_when_it_burns_too_much() -> None:
    with pytest.raises(ffmpeg.Failed, match="ended with"):
        ffmpeg.run(ENDLESS, timeout=300, cpu_seconds=1)


CHILD = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from recordings.renditions import ffmpeg
ffmpeg.run(sys.argv[1:], timeout=300, cpu_seconds=300)
"""


def test_it_dies_with_a_worker_that_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "endless.mkv"
    endless = ["-re", "-f", "lavfi", "-i", "testsrc=size=64x36:rate=5", str(mark)]
    worker = subprocess.Popen([sys.executable, "-c", CHILD, *endless], cwd=Path(__file__).parents[3])

    def runs() -> bool:
        found = False
        for each in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):  # it ended meanwhile
                words = each.read_bytes().split(b"\0")
                found |= os.fsencode(mark) in words and words[1] != b"-c"
        return found

    until = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert mark.exists()
    worker.kill()
    worker.wait()
    while runs() and time.monotonic() < until:
        time.sleep(0.1)
    assert not runs()


def test_what_progress_raises_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost(Exception):
        pass

    def lost(_seconds: float) -> None:
        raise Lost

    monkeypatch.setattr(ffmpeg, "TELL_SECONDS", 0)
    with pytest.raises(Lost):
        ffmpeg.run(ENDLESS, timeout=60, cpu_seconds=60, progress=lost)


def test_a_wrong_setting_is_told(settings: Any) -> None:
    settings.FFMPEG = "/no/such/ffmpeg"
    with pytest.raises(ffmpeg.NoFfmpeg, match="MERIDIAN_FFMPEG"):
        ffmpeg.executable()
