"""What is not WebVTT becomes WebVTT, with its times; a time that runs backwards is named by its line."""

from itertools import pairwise

import pytest

from recordings.transcripts.converting import ESTIMATED, as_vtt
from recordings.transcripts.vtt import CaptionError, parse


def spoken(text: str, seconds: float | None = None) -> list[tuple[float, float, str]]:
    return [(cue.start, cue.end, cue.text) for cue in parse(as_vtt(text, seconds))]


def test_webvtt_stays_as_it_is() -> None:
    text = "WEBVTT\n\nSTYLE\n::cue {}\n\n00:01.000 --> 00:02.000\nHello\n"
    assert as_vtt(text) == text


def test_srt_keeps_its_times() -> None:
    text = "1\r\n00:00:01,500 --> 00:00:03,000\r\nOne & two\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nThree\r\n"
    assert spoken(text) == [(1.5, 3.0, "One & two"), (3.0, 4.0, "Three")]


def test_sbv_keeps_its_times() -> None:
    text = "0:00:01.500,0:00:03.000\r\nOne,\r\ntwo\r\n\r\n0:00:03.000,0:00:04.000\r\nThree\r\n"
    assert spoken(text) == [(1.5, 3.0, "One, two"), (3.0, 4.0, "Three")]


def test_a_backwards_cue_is_named() -> None:
    text = "1\n00:00:01,500 --> 00:00:03,000\nOne\n\n2\n00:00:05,000 --> 00:00:04,000\nTwo\n"
    with pytest.raises(CaptionError, match=r"Line 6: this caption ends before it starts") as caught:
        as_vtt(text)
    assert caught.value.line == 6


@pytest.mark.parametrize("head", ["WEBVTT\n\n", ""])
def test_a_caption_without_end_is_named(head: str) -> None:
    text = head + "00:01.000 --> 00:02.000\nShort.\n\n00:02.000 --> 00:03.000\n"
    assert as_vtt(text + "a" * 2000)
    line = 6 if head else 4
    with pytest.raises(CaptionError, match=f"Line {line}: .* more than 2000 characters") as caught:
        as_vtt(f"{text}{'a' * 1000}\n{'a' * 1000}")
    assert caught.value.line == line
    assert parse(text + "a" * 3000)[1].text == "a" * 3000  # one that came before is read


def test_a_transcript_with_times() -> None:
    text = "Minutes of the session\n[00:00:02] Ana: Good morning.\nAll of you.\n\n1:05 Bo: Thank you.\n01:00:00 - End\n"
    found = spoken(text, 3605)
    assert [(start, words) for start, _end, words in found] == [
        (2.0, "Ana: Good morning. All of you."),
        (65.0, "Bo: Thank you."),
        (3600.0, "End"),
    ]
    assert all(start < end for start, end, _words in found)
    assert found[0][1] < 65


def test_times_that_run_backwards_are_named() -> None:
    with pytest.raises(
        CaptionError, match=r"Line 3: this time is before the one above it: 0:10 Two"
    ) as caught:
        as_vtt("0:20 One\n\n0:10 Two\n")
    assert caught.value.line == 3


def test_a_very_long_paragraph_under_one_time_is_cut_into_its_sentences() -> None:
    found = parse(as_vtt(f"0:10 {'One sentence of words. ' * 150}\n10:00 End", 600))
    assert len(found) == 151
    assert (found[0].start, found[-1].start) == (10, 600)
    assert all(one.end == two.start for one, two in pairwise(found[:-1]))


def test_words_without_times_are_spread_and_say_so() -> None:
    text = as_vtt("One two three. Four five six.\n\nSeven.", 60)
    assert ESTIMATED in text
    cues = parse(text)
    assert [cue.text for cue in cues] == ["One two three.", "Four five six.", "Seven."]
    assert (cues[0].start, cues[-1].end) == (0, 60)
    assert parse(as_vtt("word " * 500, 60))


def test_words_without_times_wait_for_the_recording() -> None:
    with pytest.raises(CaptionError, match="Add the recording first"):
        as_vtt("Only words.")
    with pytest.raises(CaptionError, match="no words"):
        as_vtt(" \n")
