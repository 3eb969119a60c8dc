"""A file is what its bytes say; what is not what it is said to be is refused in words."""

from pathlib import Path

import pytest

from recordings.assets.probing import BROKEN, Unacceptable, inspect
from recordings.assets.sniffing import sniff
from recordings.transcripts.converting import as_vtt

ZOO = Path(__file__).parents[2] / "zoo" / "media"
DEMO = Path(__file__).parents[3] / "recordings" / "demo" / "media"


@pytest.mark.parametrize(
    ("name", "kind", "media_type", "probe"),
    [
        (
            "whole.mp4",
            "video",
            "video/mp4",
            {"width": 64, "height": 36, "video_codec": "h264", "audio_codec": "aac"},
        ),
        ("silent.mp4", "video", "video/mp4", {"width": 64, "height": 36, "video_codec": "h264"}),
        ("small.mov", "video", "video/quicktime", {"width": 64, "video_codec": "h264"}),
        ("small.webm", "video", "video/webm", {"width": 64, "video_codec": "vp9", "audio_codec": "opus"}),
        ("small.mkv", "video", "video/x-matroska", {"width": 64, "video_codec": "h264"}),
        ("sound.m4a", "audio", "audio/mp4", {"audio_codec": "aac"}),
        ("sound.ogg", "audio", "audio/ogg", {"audio_codec": "opus"}),
        ("sound.mp3", "audio", "audio/mpeg", {"audio_codec": "mp3float"}),
        ("sound.wav", "audio", "audio/wav", {"audio_codec": "pcm_s16le"}),
        ("one-page.pdf", "slides", "application/pdf", {"pages": 1, "width": 200, "height": 100}),
        ("captions.vtt", "captions", "text/vtt", {}),
    ],
)
def test_good_files_are_known_by_their_bytes(
    name: str, kind: str, media_type: str, probe: dict[str, object], tmp_path: Path
) -> None:
    misnamed = tmp_path / "file.bin"
    misnamed.write_bytes((ZOO / name).read_bytes())
    facts = inspect(misnamed, kind, read_captions=as_vtt)
    assert facts.media_type == media_type
    assert probe.items() <= facts.probe.items()
    if kind in ("video", "audio"):
        assert 0.9 < facts.probe["seconds"] < 13


def test_the_demo_recordings_are_read_whole() -> None:
    facts = inspect(DEMO / "seta-bas-webinar.mp4", "video")
    assert (facts.probe["seconds"], facts.probe["width"]) == (61.0, 640)
    assert inspect(DEMO / "seta-bas-webinar.pdf", "slides").probe["pages"] == 5


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("ffconcat.mp4", "video", "This is a playlist for ffmpeg. Choose a video (MP4, MOV, WebM or MKV)."),
        ("playlist.mp4", "video", "This is a streaming playlist. Choose a video"),
        ("page.mp4", "video", "This is a web page. Choose a video"),
        ("page.mp4", "handout", "This is a web page. Choose a PDF document or a plain text."),
        (
            "drawing.pdf",
            "slides",
            "This is an SVG drawing. Choose a PDF document or a PowerPoint presentation (PPTX).",
        ),
        ("program.mp4", "video", "This is a Windows program."),
        (
            "no-index.mp4",
            "video",
            "This looks like an MP4 video, but it cannot be read: it is broken or incomplete.",
        ),
        ("bomb.pptx", "slides", "This Office document is no presentation."),
        ("noise.mp4", "video", "This looks like an MP4 video, but it cannot be read"),
        ("cut.mp4", "video", str(BROKEN["cut"])),
        ("password.pdf", "slides", "The PDF asks for a password. Save it without one, then choose it again."),
        ("no-pages.pdf", "slides", "This looks like a PDF document, but it cannot be read"),
        ("broken.pdf", "paper", "This looks like a PDF document, but it cannot be read"),
        ("whole.mp4", "audio", "This is an MP4 video. Choose a sound file"),
        ("sound.m4a", "video", "This is an M4A sound file. Choose a video"),
        (
            "whole.mp4",
            "slides",
            "This is an MP4 video. Choose a PDF document or a PowerPoint presentation (PPTX).",
        ),
        ("one-page.pdf", "video", "This is a PDF document. Choose a video"),
        (
            "backwards.vtt",
            "captions",
            "The captions cannot be read. Line 6: this caption ends before it starts",
        ),
        ("no-cues.vtt", "captions", "The caption file has no captions"),
        ("latin1.vtt", "captions", "Line 4 is not UTF-8 text."),
        ("captions.srt", "captions", "This is an SRT caption file. Save it as WebVTT (.vtt)"),
    ],
)
def test_others_are_refused_with_what_was_found(name: str, kind: str, said: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        inspect(ZOO / name, kind, read_captions=as_vtt)
    assert str(refused.value).startswith(said)


def test_a_probe_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = tmp_path / "child.py"
    child.write_text("while True: pass\n")
    monkeypatch.setattr("recordings.assets.probing.CHILD", child)
    monkeypatch.setattr("recordings.assets.probing.PROBE_CPU_SECONDS", 1)
    with pytest.raises(Unacceptable, match="cannot be read"):
        inspect(ZOO / "whole.mp4", "video")


def test_a_probe_that_eats_memory_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = tmp_path / "child.py"
    child.write_text("x = bytearray(600 * 1024**2)\nprint('{}')\n")
    monkeypatch.setattr("recordings.assets.probing.CHILD", child)
    monkeypatch.setattr("recordings.assets.probing.PROBE_MEMORY", 500 * 1024**2)
    with pytest.raises(Unacceptable, match="cannot be read"):
        inspect(ZOO / "whole.mp4", "video")


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"\xef\xbb\xbfWEBVTT\n", "a WebVTT caption file"),
        (b"\xef\xbb\xbf  <HTML>", "a web page"),
        (b"WEBVTTX\n", "a text file"),
        (b"PK\x03\x04rest", "a ZIP archive or an Office document"),
        (b"#!/bin/sh\n", "a script"),
        (b"\0\0\0\x18ftypheic", "a picture"),
        (b"\x00\x01\x02\x03", "of a kind that is not known here"),
        ("å".encode() * 2048 + b"x", "a text file"),
        (b"x" + "å".encode() * 2048, "a text file"),
    ],
)
def test_first_bytes(head: bytes, words: str) -> None:
    assert str(sniff(head).words) == words
