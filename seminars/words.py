"""Words that organisers give in several languages, kept as `{language: text}`. Plain Python."""

from collections.abc import Mapping

Words = Mapping[str, str]


def say(words: Words | None, language: str) -> str:
    """Return the text for `language` (a tag such as "sv" or "pt-br"), its base, English, or any; "" if none."""
    if not words:
        return ""
    for tag in (language, language.split("-")[0], "en"):
        if words.get(tag):
            return words[tag]
    return next((text for text in words.values() if text), "")


def language_said(words: Words | None, language: str) -> str:
    """Return the tag of the text that `say` returns, so that a page can mark it with `lang`; "" if there is none."""
    text = say(words, language)
    return next((tag for tag, given in (words or {}).items() if given and given == text), "")
