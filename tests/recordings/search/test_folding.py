"""Words as search sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.search.folding import LONGEST, fold, spans, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Röstånga", "rostanga"),
        ("STRASSE Straße", "strasse strasse"),
        ("day’s check-in (3.5)", "day s check in 3 5"),
        ("Łódź, Ærø", "lodz aero"),
        ("ﬁnance \uff12\uff10\uff12\uff16", "finance 2026"),
        ("e\u0301tude", "etude"),
        ("مُحَمَّد", "محمد"),
        ("snake_case a+b", "snake case a b"),
        ("\x00\ud800 …!", ""),
        ("東京都の storage", "東 京 都 の storage"),
        ("ประเทศ", "ป ร ะ เ ท ศ"),
        ("㍿ がんばる", "株 式 会 社 か ん は る"),
        ("🎉 ok", "ok"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_and_words_know_their_place(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    for word in words(text):
        assert word.folded in fold(text[word.start : word.end]).split()
    assert spans(text) == [(word.start, word.end) for word in words(text)]


def test_a_word_counts_up_to_its_first_letters() -> None:
    assert fold("a" * 5000) == "a" * LONGEST
