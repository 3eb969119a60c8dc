"""Words that organisers give in several languages, kept as `{language: text}`, and their order. Plain Python."""

import unicodedata
from collections.abc import Mapping

Words = Mapping[str, str]
# Letters that Unicode does not take apart, as people without the key for them type them.
APART = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
)
# The same for a Swedish list, where some are letters of their own, after z.
_AFTER_Z = APART | str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})


def say(words: Words | None, language: str) -> str:
    """Return the text for `language` (a tag such as "sv" or "pt-br"), its base, English, or any; "" if none."""
    if not words:
        return ""
    return words.get(language) or words.get(language_said(words, language), "")


def language_said(words: Words | None, language: str) -> str:
    """Return the tag of the text that `say` returns, so that a page can mark it with `lang`; "" if there is none."""
    given = [tag for tag, text in (words or {}).items() if text]
    wanted = (language, language.split("-")[0], "en", *given)
    return next((tag for tag in wanted if tag in given), "")


def plain(text: str) -> str:
    """Return `text` without case, accents and doubled spaces: "São  Paulo" is compared as "sao paulo"."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).split())


def alphabet(text: str, language: str) -> tuple[str, str]:
    """Return the key by which `sorted` puts texts into the alphabet of `language`.

    Åland stands under A in English and after Z in Swedish. Accents count between texts alike but for them only.
    """
    said = unicodedata.normalize("NFC", text).casefold()
    return plain(said.translate(_AFTER_Z if language.split("-")[0] == "sv" else APART)), said
