"""Captions read from the store."""

from pathlib import Path

import pytest

from recordings.transcripts import reading
from recordings.transcripts.vtt import CaptionError
from tests.factories import make_original, make_recording

MEDIA = Path(__file__).parents[3] / "recordings" / "demo" / "media"
pytestmark = pytest.mark.django_db


def test_the_demos_captions() -> None:
    original = make_original(make_recording(), MEDIA / "rostanga-kursmote.sv.vtt", language="sv")
    found = reading.cues(original)
    assert len(found) == 12
    assert found[0].start < found[-1].start < found[-1].end


@pytest.mark.parametrize(("content", "words"), [(b"\xff\xfe\xff", "UTF-8"), (b"hello", "neither")])
def test_what_is_no_captions(content: bytes, words: str) -> None:
    original = make_original(make_recording(), content)
    with pytest.raises(CaptionError, match=words):
        reading.cues(original)


def test_a_file_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    original = make_original(make_recording(), b"WEBVTT\n\n00:01.000 --> 00:02.000\nwords\n")
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    with pytest.raises(CaptionError, match="8 MB"):
        reading.cues(original)


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xfe\xff", "SAVE THEM"), (b"WEBVTT\n\n" * 2, "IS NOT READ")]
)
def test_what_is_wrong_is_said_in_the_reader_s_language(
    monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    original = make_original(make_recording(), content)
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    monkeypatch.setattr(reading, "_", str.upper)
    with pytest.raises(CaptionError, match=words):
        reading.cues(original)
