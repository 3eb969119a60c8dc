"""Recipes hold on odd media: what comes out plays, is small, and is of the shape that was asked for."""

import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.assets.probing import inspect
from recordings.catalogue.arriving import take_upload
from recordings.catalogue.models import Original
from recordings.publishing import releasing
from recordings.publishing.editions import shelf_of
from recordings.renditions import encoding, evening, ffmpeg, making, wanting
from recordings.renditions.choosing import even_out
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import DEMUXERS, RECIPES, SMALL_BITS, VIDEO_360, VOICE, VOICE_OPUS, command
from seminars.queue.models import Job, JobState
from seminars.sessions.models import Material
from tests.factories import make_session

pytestmark = pytest.mark.django_db
ZOO = Path(__file__).parents[2] / "zoo" / "media"
STEREO = "sine=f=300:d=3:sample_rate=48000,aformat=channel_layouts=stereo"
SURROUND = "sine=f=300:d=3:sample_rate=48000,aformat=channel_layouts=5.1"


def film(path: Path, size: str, *more: str, sound: str = STEREO, rate: int = 10) -> Path:
    """Write three noisy seconds, so that the file is larger than any edition of it."""
    picture = f"testsrc2=size={size}:rate={rate}:duration=3,noise=alls=40:allf=t"
    voice = ["-f", "lavfi", "-i", sound, "-c:a", "aac"] if sound else []
    run = [ffmpeg.executable(), "-v", "error", "-y", "-f", "lavfi", "-i", picture, *voice]
    subprocess.run(
        [*run, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-t", "3", *more, str(path)],
        check=True,
    )
    return path


def original(path: Path, now: datetime, kind: str = "video") -> Original:
    with path.open("rb") as file:
        return take_upload(
            session=make_session(), kind=kind, uploaded=file, language="en", now=now, actor_id=None
        ).original


def make(given: Original, name: str, now: datetime) -> Rendition | None:
    return making.make(original=given, recipe=RECIPES[name], clock=lambda: now, progress=lambda *_: None)


@pytest.mark.parametrize(
    ("size", "more", "width", "height"),
    [
        ("1280x720", [], 640, 360),
        ("640x480", [], 480, 360),
        ("720x1280", [], 360, 640),
        ("641x361", ["-pix_fmt", "yuv444p"], 638, 360),
        ("320x180", [], 320, 180),
        ("720x576", ["-vf", "setsar=64/45"], 640, 360),
    ],
)
@pytest.mark.one_database
def test_the_small_video_is_of_the_right_shape(
    size: str, more: list[str], width: int, height: int, tmp_path: Path, now: datetime
) -> None:
    given = original(film(tmp_path / "film.mp4", size, *more), now)
    made = make(given, "video_360", now)
    assert made
    facts = made.asset.probe
    assert facts["video_codec"] == "h264"
    assert facts["audio_codec"] == "aac"
    assert abs(facts["width"] - width) <= 2
    assert abs(facts["height"] - height) <= 2
    assert facts["width"] % 2 == facts["height"] % 2 == 0
    assert facts["seconds"] == pytest.approx(3, abs=0.3)
    assert made.asset.size < given.asset.size
    data = store.path_of(made.asset.sha256).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(
    ("more", "sound", "name"),
    [
        (["-vf", "select='not(mod(n,3))*lt(n,15)+gte(n,15)'", "-fps_mode", "vfr"], STEREO, "film.mp4"),
        ([], SURROUND, "film.mp4"),
        ([], "", "film.mp4"),
        ([], STEREO, "film.mkv"),
    ],
    ids=["varying rate", "5.1", "no sound", "mkv"],
)
@pytest.mark.one_database
def test_odd_sources_become_editions(
    more: list[str], sound: str, name: str, tmp_path: Path, now: datetime
) -> None:
    given = original(film(tmp_path / name, "640x360", *more, sound=sound), now)
    assert [recipe.name for recipe in making.wanted(given)] == [
        *(["voice", "voice_opus"] if sound else []),
        "poster",
        "video_360",
    ]
    for recipe in making.wanted(given):
        assert make(given, recipe.name, now)
    assert making.missing([given]) == []


@pytest.mark.one_database
def test_a_file_damaged_in_its_middle_still_becomes_editions(tmp_path: Path, now: datetime) -> None:
    whole = bytearray(film(tmp_path / "film.mp4", "640x360", "-g", "10").read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 20_000] = bytes(20_000)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(whole)
    given = original(broken, now)
    for name in ("voice", "video_360"):
        made = make(given, name, now)
        assert made
        assert made.asset.probe["seconds"] == pytest.approx(3, abs=0.7)


def test_both_voices_come_from_one_decoding(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[list[str]] = []
    real = ffmpeg.run

    def run(arguments: Any, **named: Any) -> Any:
        runs.append(arguments)
        return real(arguments, **named)

    monkeypatch.setattr(ffmpeg, "run", run)
    given = original(ZOO / "whole.mp4", now)
    voice = make(given, "voice", now)
    opus = make(given, "voice_opus", now)
    assert voice
    assert opus
    assert len(runs) == 1
    assert opus.asset.media_type == "audio/ogg"
    assert opus.asset.probe["audio_codec"] == "opus"
    shelf = shelf_of(given.recording)
    assert [each.recipe for each in shelf.voices] == sorted(
        ("voice", "voice_opus"), key={"voice": voice.asset.size, "voice_opus": opus.asset.size}.__getitem__
    )
    assert shelf.voice
    assert shelf.voice.recipe == "voice"


def test_where_one_of_two_fails_the_other_is_made(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ffmpeg.run

    def no_opus(arguments: list[str], **named: Any) -> str:
        if "libopus" in arguments:
            raise ffmpeg.Failed("ended with 1", "Unknown encoder 'libopus'")
        return real(arguments, **named)

    monkeypatch.setattr(ffmpeg, "run", no_opus)
    given = original(ZOO / "whole.mp4", now)
    made = make(given, "voice", now)
    assert made
    assert made.recipe == "voice"
    assert making.missing([given])[0].recipe == VOICE_OPUS
    making.ensure([given], now=now)
    assert Job.objects.filter(kind="rendition.voice_opus").exists()


def test_one_that_is_no_smaller_is_not_kept_and_not_asked_for_again(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = original(film(tmp_path / "film.mp4", "640x360"), now)
    large = tmp_path / "large.mp4"
    large.write_bytes(store.path_of(given.asset.sha256).read_bytes() + bytes(8))
    monkeypatch.setattr(
        ffmpeg,
        "run",
        lambda arguments, **_: Path(arguments[-1].removeprefix("file:")).write_bytes(large.read_bytes()),
    )
    assert make(given, "video_360", now) is None
    assert VIDEO_360 not in making.wanted(Original.objects.get(pk=given.pk))
    assert Rendition.objects.count() == 0


def test_a_full_disk_is_a_reason_to_try_later(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_arguments: list[str], **_named: Any) -> str:
        raise ffmpeg.Failed("ended with 1", "av_interleaved_write_frame(): No space left on device")

    monkeypatch.setattr(ffmpeg, "run", full)
    with pytest.raises(store.DiskFull):
        make(original(ZOO / "whole.mp4", now), "voice", now)


def test_a_newer_recipe_takes_the_place_at_the_same_address(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = original(ZOO / "whole.mp4", now)
    releasing.release(recording=given.recording, now=now)
    old = make(given, "voice", now)
    assert old
    Rendition.objects.update(recipe_version=wanting.STALE)  # what an older version looks like
    before = old.asset
    releasing.release(recording=given.recording, now=now)
    told = Material.objects.get(kind="voice")
    assert (told.state, told.source) == ("published", old.uuid)
    assert {want.recipe.name for want in making.missing([given])} >= {"voice"}
    louder = VOICE.arguments.replace("-b:a 32k", "-b:a 24k")
    monkeypatch.setitem(
        RECIPES, "voice", VOICE.__class__(**{**VOICE.__dict__, "arguments": louder, "version": 2})
    )
    new = make(given, "voice", now)
    assert new
    assert (new.pk, new.uuid, new.recipe_version) == (old.pk, old.uuid, 2)
    assert new.asset != before
    releasing.release(recording=given.recording, now=now)
    assert Material.objects.get(kind="voice").path == told.path


def test_again_makes_it_again_and_wakes_what_was_given_up(now: datetime) -> None:
    given = original(ZOO / "whole.mp4", now)
    making.ensure([given], now=now)
    assert make(given, "voice", now)
    Job.objects.filter(kind="rendition.voice").update(state=JobState.DONE)
    Job.objects.filter(kind="rendition.poster").update(state=JobState.HELD, reason="no")
    assert making.again([given], recipes=["voice", "poster"], now=now, by_id=None) == 2
    states = dict(Job.objects.values_list("kind", "state"))
    assert states["rendition.voice"] == states["rendition.poster"] == JobState.QUEUED


def test_what_takes_long_lets_others_go_first(tmp_path: Path, now: datetime) -> None:
    first = original(film(tmp_path / "film.mp4", "640x360"), now)
    making.ensure([first], now=now)
    jobs = {job.kind: job.pk for job in Job.objects.all()}
    heavy = jobs["rendition.video_360"]
    assert making.more_urgent(heavy, now=now) == jobs["rendition.voice"]
    assert making.more_urgent(jobs["rendition.poster"], now=now) is None
    Job.objects.exclude(pk=heavy).update(state=JobState.DONE)
    assert making.more_urgent(heavy, now=now) is None


def test_a_maker_says_what_goes_in_and_writes_it(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    given, other = original(ZOO / "whole.mp4", now), original(ZOO / "silent.mp4", now)
    inputs = {given.pk: "times-1"}

    def write(_original: Original, _recipe: Any, draft: Path, _progress: Any) -> None:
        draft.write_bytes((ZOO / "sound.m4a").read_bytes())

    monkeypatch.setitem(wanting.MAKERS, "voice", wanting.Maker(inputs=lambda _given: inputs, write=write))
    assert VOICE not in making.wanted(other)
    monkeypatch.setattr(encoding, "check", lambda *_: {"seconds": 3})
    monkeypatch.setattr(making, "check", lambda *_: {"seconds": 3})
    made = make(given, "voice", now)
    assert made
    assert made.input == "times-1"
    assert VOICE not in [want.recipe for want in making.missing([given])]
    inputs[given.pk] = "times-2"
    assert VOICE in [want.recipe for want in making.missing([given])]


# --- Loudness -----------------------------------------------------------------------------------------------------
def loudness(path: Path) -> float:
    said = ffmpeg.run(evening.measuring(source=str(path), media_type="audio/mp4"), timeout=60, cpu_seconds=60)
    return evening.read(said)["measured_I"]


@pytest.mark.one_database
def test_quiet_sound_is_evened_out_where_it_is_chosen(tmp_path: Path, now: datetime) -> None:
    quiet = "sine=f=440:d=5:sample_rate=48000,volume=-20dB,aformat=channel_layouts=stereo"
    path = tmp_path / "quiet.mp4"
    run = [ffmpeg.executable(), "-v", "error", "-f", "lavfi", "-i", quiet, "-c:a", "aac", str(path)]
    subprocess.run(run, check=True)
    given = original(path.rename(tmp_path / "quiet.m4a"), now, "audio")
    plain = make(given, "voice", now)
    assert plain
    before = loudness(store.path_of(plain.asset.sha256))
    assert even_out(recording=given.recording, even=True, now=now) == 2
    assert even_out(recording=given.recording, even=True, now=now) == 0
    given = Original.objects.get(pk=given.pk)
    louder = make(given, "voice", now)
    assert louder
    assert (louder.uuid, louder.input) == (plain.uuid, "even")
    after = loudness(store.path_of(louder.asset.sha256))
    assert after == pytest.approx(-16, abs=1.5)
    assert before < after - 5
    assert evening.FACT in Asset.objects.get(pk=given.asset_id).probe
    assert even_out(recording=given.recording, even=False, now=now) > 0
    assert making.missing([Original.objects.get(pk=given.pk)])


@pytest.mark.parametrize("said", ["", "{", "{}", '{"input_i": "-inf"}', "no { json }", '{"input_i": []}'])
def test_what_cannot_be_measured_is_left_alone(said: str) -> None:
    assert evening.read(said) == {}
    assert evening.filter_of({}) == ""


def test_silence_is_left_alone() -> None:
    facts = '"input_tp": "-inf", "input_lra": "0.00", "input_thresh": "-70.00", "target_offset": "-inf"'
    assert evening.read('{"input_i": "-inf", ' + facts + "}") == {}


# --- Properties ---------------------------------------------------------------------------------------------------
@given(
    names=st.lists(st.sampled_from(sorted(RECIPES)), min_size=1, unique=True),
    media_type=st.sampled_from(sorted(DEMUXERS)),
    seconds=st.floats(0, 1e5),
    even=st.sampled_from(["", "loudnorm=I=-16"]),
)
@settings(max_examples=60, deadline=None)
def test_a_command_reads_one_file_and_writes_what_was_asked(
    names: list[str], media_type: str, seconds: float, even: str
) -> None:
    targets = {name: f"/drafts/with space/{name}" for name in names}
    arguments = command(targets, source="/store/a b", media_type=media_type, seconds=seconds, even=even)
    assert arguments[:4] == ["-protocol_whitelist", "file,pipe", "-f", DEMUXERS[media_type]]
    assert arguments.count("-i") == 1
    assert arguments[arguments.index("-i") + 1] == "file:/store/a b"
    assert [each for each in arguments if each.startswith("file:/drafts")] == [
        f"file:{path}" for path in targets.values()
    ]
    assert arguments.count("-af") == (sum(RECIPES[name].sound for name in names) if even else 0)
    assert "" not in arguments


@given(size=st.integers(1, 10**10), seconds=st.floats(1, 1e5), width=st.integers(1, 8000))
@settings(max_examples=60, deadline=None)
def test_a_small_video_is_made_only_of_what_is_larger(size: int, seconds: float, width: int) -> None:
    probe = {"video_codec": "h264", "seconds": seconds, "width": width}
    if VIDEO_360.suits("video/mp4", probe, size):
        assert size * 8 / seconds > SMALL_BITS
    assert not VIDEO_360.suits("video/mp4", {"audio_codec": "aac", "seconds": 1}, 10**10)
    assert not VIDEO_360.suits("application/pdf", probe, size)


def test_the_zoo_is_probed_like_editions() -> None:
    assert inspect(ZOO / "sound.ogg", "audio").media_type == "audio/ogg"
