"""Hours and lengths as meeting programs write them, in the words of several languages. Plain Python."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

_UNITS = (
    # Hours first: "Std." begins as "s" does.
    (3600, ("h", "t", "std", "stund", "u", "ч", "ساع", "小时", "時間")),
    (60, ("m", "м", "دق", "分")),
    (1, ("s", "\u0441", "ث", "秒")),
)
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,]\d+)?")
_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d+)?")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*([ap])?\.?\s?(m\b)?", re.I)
_YEAR_FIRST = re.compile(r"(\d{4})\s?[./\-年]\s?(\d{1,2})\s?[./\-月]\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?[./\-]\s?(\d{1,2})\s?[./\-]\s?(\d{4}|\d{2})")
_WORDY = re.compile(
    r"(?:(\d{1,2})\.?\s*(?:de )?([^\W\d_]{3,})|([^\W\d_]{3,})\.?\s*(\d{1,2}))\.?,?\s*(?:de )?(\d{4})"
)
_MONTHS = {
    1: ("jan", "ene", "gen"),
    2: ("feb", "fév", "fev"),
    3: ("mar", "mär", "mrz", "maa", "mrt"),
    4: ("apr", "avr", "abr"),
    5: ("may", "mai", "maj", "mei", "mag"),
    6: ("jun", "juin", "giu"),
    7: ("jul", "juil", "lug"),
    8: ("aug", "aoû", "aou", "ago"),
    9: ("sep", "set"),
    10: ("oct", "okt", "out", "ott"),
    11: ("nov",),
    12: ("dec", "déc", "dez", "dic"),
}
NEAR = timedelta(days=2)


def seconds_of(text: str, *, minutes: bool = False) -> int | None:
    """Return a length in seconds: `1h 2m 3s`, `1 tim 2 min`, `01:02:03`; None for what is none.

    minutes: whether a bare number means minutes, else seconds.
    """
    text = text.strip().casefold()
    if found := _CLOCK.fullmatch(text):
        hours, first, last = (int(each or 0) for each in found.groups())
        return hours * 3600 + first * 60 + last
    if _NUMBER.fullmatch(text):
        return round(float(text.replace(",", ".")) * (60 if minutes else 1))
    parts = _PART.findall(text)
    sizes = [next((size for size, words in _UNITS if unit.startswith(words)), 0) for _n, unit in parts]
    if not parts or not all(sizes):
        return None
    return round(
        sum(float(n.replace(",", ".")) * size for (n, _unit), size in zip(parts, sizes, strict=True))
    )


class Calendar:
    """How one file writes its days: whether the month or the day stands first, as all its hours together tell."""

    def __init__(self, texts: Iterable[str], *, near: datetime | None) -> None:
        """Look at all hours of the file. near: when the session was, by a clock, without a zone."""
        texts = list(texts)
        best = max(
            (False, True),
            key=lambda first: (self._fits(texts, first, near), not first),
        )
        self.day_first = best

    def moment(self, text: str) -> datetime | None:
        """Return day and hour as a clock shows them, without a zone; None for what is none."""
        return _moment(text, self.day_first)

    @staticmethod
    def _fits(texts: list[str], day_first: bool, near: datetime | None) -> tuple[int, int]:
        read = [found for text in texts[:200] if (found := _moment(text, day_first))]
        close = sum(abs(each - near) <= NEAR for each in read) if near else 0
        return close, len(read)


def _moment(text: str, day_first: bool) -> datetime | None:
    text = " ".join(text.replace("T", " ").split()) if re.match(r"\d{4}-\d\d-\d\dT", text) else text
    day = _day(text, day_first)
    if day is None:
        return None
    (year, month, date), rest = day
    found = _TIME.search(rest)
    hour, minute, second = (int(each or 0) for each in found.groups()[:3]) if found else (0, 0, 0)
    half = (found[4] or "").casefold() if found else ""
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime(year, month, date, hour, minute, second)  # noqa: DTZ001  # as a clock shows it: no zone yet
    except ValueError:
        return None


def _day(text: str, day_first: bool) -> tuple[tuple[int, int, int], str] | None:
    """Year, month and day, and the text without them."""
    if found := _YEAR_FIRST.search(text):
        return (int(found[1]), int(found[2]), int(found[3])), _without(text, found)
    if found := _YEAR_LAST.search(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        day, month = (first, second) if day_first or "." in found[0] else (second, first)
        return (year + 2000 if year < 100 else year, month, day), _without(text, found)
    if (found := _WORDY.search(text)) and (month := _month(found[2] or found[3])):
        return (int(found[5]), month, int(found[1] or found[4])), _without(text, found)
    return None


def _without(text: str, found: "re.Match[str]") -> str:
    return text[: found.start()] + " " + text[found.end() :]


def _month(word: str) -> int:
    word = word.casefold()
    return next((number for number, begins in _MONTHS.items() if word.startswith(begins)), 0)
