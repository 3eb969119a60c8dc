"""Stems: the same function on both sides, whatever is asked or said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.search.folding import fold
from recordings.search.stemming import ALGORITHMS, language_of, stem


@pytest.mark.parametrize(
    ("tag", "language"), [("en", "en"), ("pt-BR", "pt"), ("SV", "sv"), ("nb", "nb"), ("ja", ""), ("", "")]
)
def test_the_language_of_a_tag(tag: str, language: str) -> None:
    assert language_of(tag) == language


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "savings", "saving"),
        ("sv", "spargrupper", "spargruppen"),
        ("fr", "économie", "economies"),
        ("es", "ahorro", "ahorros"),
        ("pt", "reunião", "reuniao"),
        ("pt", "reuniões", "reunião"),
        ("pt", "informacoes", "informação"),
        ("pt", "ações", "acao"),
        ("pt", "homens", "homem"),
        ("pt", "animais", "animal"),
        ("pt", "papéis", "papel"),
        ("pt", "difíceis", "difícil"),
        ("pt", "azuis", "azul"),
        ("pt", "cidadãos", "cidadão"),
        ("pt", "mãos", "mão"),
        ("pt", "alemães", "alemão"),
        ("de", "Häuser", "hauser"),
        ("ru", "деньги", "деньгами"),
        ("ar", "الكتاب", "كتاب"),
    ],
)
def test_forms_of_a_word_are_one(language: str, one: str, other: str) -> None:
    assert stem(fold(one), language) == stem(fold(other), language)


def test_what_has_no_stem_stays() -> None:
    assert [stem(word, "en") for word in ("of", "3rd", "2026")] == ["of", "3rd", "2026"]
    assert stem("savings", "") == "savings"


@settings(max_examples=150)
@given(st.text(max_size=20), st.sampled_from(sorted(ALGORITHMS)))
def test_a_stem_is_one_word_and_as_folded_as_the_word(text: str, language: str) -> None:
    for word in fold(text).split():
        found = stem(word, language)
        assert found
        assert " " not in found
        assert fold(found) == found
