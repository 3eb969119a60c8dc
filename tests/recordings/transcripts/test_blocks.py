"""Cues as paragraphs."""

from hypothesis import given
from hypothesis import strategies as st

from recordings.transcripts.blocks import LATEST, blocks, cue_at
from recordings.transcripts.vtt import Cue


def said(*starts: float, text: str = "and so on") -> list[Cue]:
    """Return cues of one second each."""
    return [Cue(start, start + 1, text) for start in starts]


def test_a_block_ends_with_a_sentence_after_twenty_seconds() -> None:
    cues = [Cue(0, 9, "One."), Cue(10, 19, "Two"), Cue(20, 29, "three."), Cue(30, 39, "Four.")]
    assert [len(block.cues) for block in blocks(cues)] == [3, 1]


def test_a_block_without_an_end_is_cut_in_the_end() -> None:
    assert [block.start for block in blocks(said(0, 20, 40, 60))] == [0, 60]
    assert blocks([]) == []


@given(st.lists(st.floats(0, 5000), max_size=60))
def test_nothing_is_lost_and_no_block_is_long(starts: list[float]) -> None:
    cues = said(*sorted(starts))
    found = blocks(cues)
    assert [cue for block in found for cue in block.cues] == cues
    assert all(block.cues[-1].start - block.start < LATEST for block in found)


def test_the_cue_at_a_second() -> None:
    cues = said(15.5, 83)
    assert cue_at(cues, 15) == cues[0]
    assert cue_at(cues, 82.5) == cues[1]
    assert cue_at(cues, 60) == cues[0]
    assert cue_at(cues, 3) is None
