"""Numbers to dial in by, one on each line, by country: read, said in words, and as addresses a phone can dial. Pure.

A line is `ZA +27 11 123 4567, code 123456#`: country (optional; ISO 3166 code or name), number, code (optional).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import pytz
from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext as _

from seminars.words import plain

MOST_LINES = 60
MOST_DIGITS = 15  # ITU-T E.164
FEWEST_DIGITS = 5
LANGUAGES = ("en", "sv", "fr", "es", "pt", "ar")
"""Those of the site: a country may be written in any of them."""
# What people write for countries that CLDR calls otherwise.
ALSO = {
    "uk": "GB",
    "england": "GB",
    "usa": "US",
    "uae": "AE",
    "drc": "CD",
    "ivory coast": "CI",
    "holland": "NL",
}
_PARTS = re.compile(
    r"(?P<country>[^0-9+(]*)"
    r"(?P<number>\+?[0-9(][0-9 ().\-\u2011/]*[0-9])"
    r"(?:\s*[,;:]?\s*(?P<word>[^\W\d][^\d*#,;]{0,20}?)?\s*[:=]?\s*(?P<code>[0-9*][0-9 *]*#?))?"
    r"\s*(?P<rest>.*)"
)


class NotANumber(ValueError):
    """A line cannot be dialled. `line` counts from 1; the message names it and says what to do."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(_("Line %(line)d: %(why)s") % {"line": line, "why": why})
        self.line = line


@dataclass(frozen=True)
class Number:
    """One number. country: ISO 3166 code, "" if not said. number: as it is written, one space between groups.

    code: what to key in after the call is answered, digits, `*` and a last `#`; "" where nothing is asked.
    words: what stood before it and is no country, in lines of an older time only.
    """

    country: str
    number: str
    code: str = ""
    words: str = ""

    @property
    def uri(self) -> str:
        """The `tel:` address (RFC 3966); two pauses stand before the code, as phones understand it."""
        digits = re.sub(r"[^\d+]", "", self.number)
        code = self.code and f",,{self.code.removesuffix('#')}#"
        return f"tel:{digits}{quote(code, safe=',*')}"

    @property
    def line(self) -> str:
        """The line that reads back as this number."""
        return " ".join([*filter(None, [self.country]), self.number]) + (
            f", code {self.code}" if self.code else ""
        )

    def say(self, language: str) -> str:
        """The same with the country's name in `language`: "South Africa: +27 11 123 4567, code 123456#"."""
        words = (
            _("%(number)s, code %(code)s") % {"number": self.number, "code": self.code}
            if self.code
            else self.number
        )
        name = country_name(self.country, language)
        return f"{name}: {words}" if name else f"{self.words}{words}"


def parse(text: str) -> list[Number]:
    """Return the numbers of `text`, in its order; empty lines are left out.

    Raises NotANumber at the first line that has no number, an unknown country, words that mean nothing, or that is
    there twice.
    """
    found: list[Number] = []
    for at, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        number = _parsed(at, line.strip())
        if number in found:
            raise NotANumber(at, _("this number is there twice. Remove one of them."))
        found.append(number)
        if len(found) > MOST_LINES:
            raise NotANumber(at, _("use at most %(most)d numbers.") % {"most": MOST_LINES})
    return found


def read(text: str) -> list[Number | str]:
    """Return what is stored, for showing. A line of an older time keeps its words, and is text if none can dial it."""
    found: list[Number | str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            found.append(_parsed(1, line))
        except NotANumber:
            found.append(_dialled(line))
    return found


def written(numbers: Iterable[Number]) -> str:
    """Return the text that `parse` reads back as `numbers`."""
    return "\n".join(each.line for each in numbers)


def nearest_first(numbers: Iterable[Number | str], zone: str) -> list[Number | str]:
    """Return the same, those of the country of `zone` (IANA name, "" if unknown) first."""
    country = country_of(zone)
    return sorted(
        numbers, key=lambda each: not (country and isinstance(each, Number) and each.country == country)
    )


def say_all(text: str, language: str) -> str:
    """Return all numbers of stored `text` in one line of words."""
    said = (each.say(language) if isinstance(each, Number) else each for each in read(text))
    return "; ".join(said)


def country_name(code: str, language: str) -> str:
    """Return a country's name in `language`; "" for "", the code where there is no name."""
    if not code:
        return ""
    try:
        return str(Locale.parse(language.replace("-", "_")).territories.get(code, code))
    except (UnknownLocaleError, ValueError):
        return str(Locale("en").territories.get(code, code))


@lru_cache(maxsize=1024)
def country_of(zone: str) -> str:
    """Return the ISO 3166 code of the country whose clock `zone` is; "" where it is none's."""
    return next((code for code, zones in _zones().items() if zone in zones), "")


# Below: how it is done.


@lru_cache(maxsize=1)
def _zones() -> dict[str, frozenset[str]]:
    return {code: frozenset(pytz.country_timezones[code]) for code in sorted(pytz.country_timezones)}


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Codes by name, in every language of the site; two letters stand for themselves."""
    codes = [str(code) for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", str(code))]
    named: dict[str, str] = {plain(code): code for code in codes} | ALSO
    for language in LANGUAGES:
        names = Locale.parse(language).territories
        named |= {plain(str(names[code])): code for code in codes if code in names and code != "ZZ"}
    return named


def _in_our_digits(line: str) -> str:
    """An Arabic keyboard writes other digits; a phone dials the same."""
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in line)


def _parsed(at: int, line: str) -> Number:
    found = _PARTS.fullmatch(_in_our_digits(line))
    if found is None:
        raise NotANumber(at, _("there is no phone number. Write it as ZA +27 11 123 4567, code 123456#."))
    number = " ".join(found["number"].split())
    digits = sum(each.isdecimal() for each in number)
    if not FEWEST_DIGITS <= digits <= MOST_DIGITS:
        words = _(
            "a phone number has %(fewest)d to %(most)d digits; this has %(n)d. Put a comma before a code."
        )
        raise NotANumber(at, words % {"fewest": FEWEST_DIGITS, "most": MOST_DIGITS, "n": digits})
    if found["rest"]:
        words = _("“%(rest)s” cannot be dialled. Write the code with digits, * and # after a comma.")
        raise NotANumber(at, words % {"rest": found["rest"].lstrip(" ,;:")[:40]})
    return Number(_country(at, found["country"]), number, (found["code"] or "").replace(" ", ""))


def _dialled(line: str) -> Number | str:
    found = _PARTS.fullmatch(_in_our_digits(line))
    digits = sum(each.isdecimal() for each in found["number"]) if found else 0
    if found is None or found["rest"] or not FEWEST_DIGITS <= digits <= MOST_DIGITS:
        return line
    return Number(
        "", " ".join(found["number"].split()), (found["code"] or "").replace(" ", ""), found["country"]
    )


def _country(at: int, words: str) -> str:
    name = words.strip(" \t:;,–—-.")
    if not name:
        return ""
    if (code := _countries().get(plain(name))) is None:
        words = _("no country is called “%(name)s”. Write its name or its two letters, such as ZA.")
        raise NotANumber(at, words % {"name": name[:40]})
    return code
