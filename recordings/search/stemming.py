"""Take words back to their stems: "savings" and "saving" are one. Pure; index and query both go through it.

The rules are Snowball's, of the language of a text; those of both databases would differ. They are given words without
accents (`folding`), since many people type them so: with "économies" and "economies" alike, the stem is the same.
"""

import re
from functools import lru_cache
from threading import Lock

import snowballstemmer

from recordings.search.folding import fold

ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
# Snowball leaves these plurals of Portuguese apart from their singular, and "ção" it knows with its accents only.
_PORTUGUESE = (
    (re.compile("(?<=.)(?:oes|(?<!m)aes|aos)$"), "ao"),
    (re.compile("(?<=..)([aou])is$"), r"\1l"),
    (re.compile("(?<=..)(?:eis|il)$"), "el"),
    (re.compile("(?<=[aeiou])ns$"), "m"),
    (re.compile("cao$"), "ção"),
)
_lock = Lock()  # a stemmer keeps the word it is at in itself, and the site answers in many threads


def language_of(tag: str) -> str:
    """Return the language of a tag such as "pt-BR" as its two letters; "" where its words stay as they are."""
    language = tag.split("-")[0].lower()
    return language if language in ALGORITHMS else ""


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a folded word. language: as `language_of` returns it."""
    if not language or len(word) < 3 or not word.isalpha():
        return word
    if language == "pt":
        for ending, other in _PORTUGUESE:
            word = ending.sub(other, word)
    with _lock:
        found = _stemmer(ALGORITHMS[language]).stemWord(word)
    return str(found) if found.isascii() and found else fold(found).replace(" ", "") or fold(word)


@lru_cache
def _stemmer(algorithm: str) -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer(algorithm)
