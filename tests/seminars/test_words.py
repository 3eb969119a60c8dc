"""Words in several languages: which text is said, and in which language it is."""

import unicodedata

import pytest

from seminars.words import Words, alphabet, language_said, plain, say

BOTH = {"sv": "Spargrupper", "en": "Savings groups"}


@pytest.mark.parametrize(
    ("words", "language", "text", "tag"),
    [
        (BOTH, "sv", "Spargrupper", "sv"),
        (BOTH, "en-gb", "Savings groups", "en"),
        (BOTH, "pt-br", "Savings groups", "en"),
        ({"pt": "Grupos", "pt-br": "Grupos BR"}, "pt-br", "Grupos BR", "pt-br"),
        ({"fr": "Groupes"}, "sv", "Groupes", "fr"),
        ({"sv": "", "en": "Groups"}, "sv", "Groups", "en"),
        ({"sv": "Meridian", "en": "Meridian"}, "en", "Meridian", "en"),
        ({"en": ""}, "en", "", ""),
        ({}, "en", "", ""),
        (None, "en", "", ""),
    ],
)
def test_the_nearest_text_is_said(words: Words | None, language: str, text: str, tag: str) -> None:
    assert (say(words, language), language_said(words, language)) == (text, tag)


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("sv", "Cote côte Ede Élan Eva Łódź Lund zorn Årsta Ärende Ödeshög Östtimor"),
        ("en", "Ärende Årsta Cote côte Ede Élan Eva Ödeshög Östtimor zorn"),
        ("fr-ca", "Ærø Åland Cote côte élan Eva Łódź Lund"),
    ],
)
def test_words_stand_where_readers_look_for_them(language: str, order: str) -> None:
    wanted = order.split()
    for given in (wanted, wanted[::-1], [unicodedata.normalize("NFD", word) for word in wanted]):
        found = sorted(given, key=lambda word: alphabet(word, language))
        assert [unicodedata.normalize("NFC", word) for word in found] == wanted


def test_what_is_compared_has_no_case_accents_or_doubled_spaces() -> None:
    assert plain("  São   PAULO ") == "sao paulo"
