"""Words in several languages: which text is said, and in which language it is."""

import pytest

from seminars.words import Words, language_said, say

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
