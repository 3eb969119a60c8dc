"""All countries and all languages to choose from, as CLDR names them in the page's language, by its alphabet."""

from collections.abc import Iterable, Mapping

from django.utils.translation import get_language

from seminars.web.forms.zones import locale_of
from seminars.words import alphabet

# What has two letters besides countries: unions, places without a country, and two languages to test with.
NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


def countries() -> list[tuple[str, str]]:
    """Return (ISO 3166 code, name) of every country."""
    names = locale_of(get_language() or "en").territories
    return by_name([each for each in _of_two_letters(names) if each[0] not in NO_COUNTRIES])


def languages() -> list[tuple[str, str]]:
    """Return (ISO 639-1 code, name) of every language that has a code of two letters."""
    return by_name(_of_two_letters(locale_of(get_language() or "en").languages))


def by_name(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (value, name) by the names, in the alphabet of the page's language."""
    language = get_language() or "en"
    return sorted(choices, key=lambda each: alphabet(each[1], language))


def _of_two_letters(names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in names.items() if len(code) == 2 and code.isalpha()]
