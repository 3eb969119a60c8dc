"""Words that organisers give in several languages, kept as `{language: text}`. Plain Python."""

from collections.abc import Mapping

Words = Mapping[str, str]


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
