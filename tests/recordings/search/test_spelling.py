"""Typing mistakes: how far two words are apart, and which are near."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.search import vocabulary
from recordings.search.models import SearchWord
from recordings.search.spelling import distance, is_mendable, nearest, slips


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("money", "money", 0),
        ("moeny", "money", 1),
        ("mony", "money", 1),
        ("monney", "money", 1),
        ("nomey", "money", 2),
    ],
)
def test_distance(one: str, other: str, far: int) -> None:
    assert distance(one, other) == distance(other, one) == far


@settings(max_examples=100)
@given(st.text("abc", min_size=4, max_size=9), st.integers(0, 8), st.sampled_from("abcx"))
def test_one_mistake_shares_a_piece(word: str, at: int, letter: str) -> None:
    at = min(at, len(word) - 1)
    for wrong in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
    ):
        assert distance(word, wrong) <= 1
        assert slips(word) & slips(wrong)


def test_what_is_mended() -> None:
    assert is_mendable("money")
    assert not any(map(is_mendable, ("bus", "covid19", "x" * 25, "", "東")))


@pytest.mark.django_db
def test_the_nearest_words_there_are() -> None:
    vocabulary.add(["money", "moneys", "monkey", "receipt", "treasurer"])
    assert nearest(["moeny"]) == {"moeny": ["money"]}
    assert nearest(["mony", "tresurrer"]) == {"mony": ["money"], "tresurrer": ["treasurer"]}
    assert nearest(["bus", "2026"]) == {}


@pytest.mark.django_db
def test_a_word_is_forgotten_with_the_last_that_holds_it() -> None:
    vocabulary.replace(set(), {"money", "receipt"})
    vocabulary.replace(set(), {"money"})
    vocabulary.replace({"money", "receipt"}, {"deposit"})
    assert dict(SearchWord.objects.values_list("word", "number")) == {"money": 1, "deposit": 1}
    assert nearest(["receipts"]) == {"receipts": []}
