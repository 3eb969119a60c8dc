"""Captions in pieces: nothing is lost, and a phrase across two of them is in the first."""

from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.search.cutting import OVER, WORDS, pieces_of, said


@settings(max_examples=60)
@given(st.lists(st.integers(1, 40), max_size=60))
def test_each_phrase_is_in_a_piece_and_each_cue_at_its_mark(lengths: list[int]) -> None:
    cues = said(
        [(float(at), " ".join(f"w{at}x{n}" for n in range(count))) for at, count in enumerate(lengths)]
    )
    pieces = pieces_of(cues, field="caption", language="en")
    words = [word for cue in cues for word in cue.words]
    whole = [" ".join(piece.folded) for piece in pieces]
    for at in range(0, len(words), 7):
        phrase = " ".join(words[at : at + OVER])
        assert any(phrase in each for each in whole)
    for piece in pieces:
        for seconds, character, word in piece.marks:
            cue = cues[int(seconds)]
            assert piece.text[character:].startswith(cue.text)
            assert piece.folded[word : word + len(cue.words)] == cue.words
    assert [piece.seconds for piece in pieces] == sorted(piece.seconds or 0 for piece in pieces)


def test_a_piece_is_about_a_minute() -> None:
    cues = said([(at * 4.0, "ten words " * 5) for at in range(100)])
    pieces = pieces_of(cues, field="caption", language="en")
    assert {len(piece.folded) for piece in pieces[:-1]} == {WORDS + OVER}
    assert pieces_of([], field="caption", language="en") == []
