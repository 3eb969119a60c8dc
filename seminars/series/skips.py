"""Rules for dates that do not suit: holidays, weekends, Ramadan evenings, clashes. Decides; no Django.

Each rule says what becomes of a date it objects to: keep it, skip it, or move it to the next working day. A date is
decided from what stands around it in the promise, never from what became of its neighbours: so that topping up a
series later decides as a preview of it did. A date moves only to where it stays before the next one of its series.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from hijridate import Gregorian
from holidays import HolidayBase, country_holidays
from holidays.registry import COUNTRIES

FURTHEST = 40
"""Days that a date is moved at most: past a month of Ramadan and the feast after it."""

EVENING = time(17)
"""When an evening begins, in the series' own clock."""

RAMADAN = 9
_LAST_HIJRI = date(2077, 11, 16)
_FIRST_HIJRI = date(1924, 8, 1)


class Rule(StrEnum):
    """What may speak against a date, in the order in which reasons are given."""

    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    RAMADAN = "ramadan"
    AUDIENCE = "audience"
    ROOM = "room"
    SPEAKER = "speaker"


CLASHES = frozenset({Rule.AUDIENCE, Rule.ROOM, Rule.SPEAKER})
"""Rules about sessions of other series at the same time."""

BY_COUNTRY = frozenset({Rule.HOLIDAY, Rule.WEEKEND})


class Then(StrEnum):
    """What becomes of a date that a rule objects to."""

    KEEP = "keep"
    SKIP = "skip"
    MOVE = "move"


class RuleError(ValueError):
    """Rules that cannot be kept. `code` is unknown, countries or unreadable; `word` what it is about."""

    def __init__(self, code: str, word: str = "") -> None:
        super().__init__(f"{code}: {word}")
        self.code, self.word = code, word


@dataclass(frozen=True)
class Rules:
    """What a series wants; rules that are not in `then` keep.

    countries: ISO 3166 alpha-2. tell: whether subscribers are told why something was moved.
    """

    countries: tuple[str, ...] = ()
    then: Mapping[Rule, Then] = field(default_factory=dict)
    tell: bool = False

    @property
    def acting(self) -> frozenset[Rule]:
        """The rules that skip or move something."""
        return frozenset(rule for rule, then in self.then.items() if then != Then.KEEP)

    def stored(self) -> dict[str, object]:
        """As JSON; `read` gives it back."""
        then = {rule.value: what.value for rule, what in self.then.items()}
        return {"countries": list(self.countries), "then": then, "tell": self.tell} if then else {}


@dataclass(frozen=True)
class Busy:
    """Something else at a time (aware instants). rule: why it counts. name: what it is, for organisers."""

    starts_at: datetime
    ends_at: datetime
    rule: Rule
    name: str = ""


@dataclass(frozen=True)
class Reason:
    """Why a date does not suit, as data. name: of the holiday, in English where known, or of the other series."""

    rule: Rule
    country: str = ""
    name: str = ""


class Outcome(NamedTuple):
    """What became of a promised day: kept (`to` is the day), moved to another, or skipped (None).

    reason: None where nothing spoke against it; on a kept day, the holiday it is. crowded: it was to be moved, and no
    working day is free before the next date.
    """

    day: date
    to: date | None
    reason: Reason | None = None
    crowded: bool = False

    @property
    def moved(self) -> bool:
        """Whether it is on another day."""
        return self.to is not None and self.to != self.day

    @property
    def skipped(self) -> bool:
        """Whether it takes place at all is answered by no."""
        return self.to is None

    def stored(self) -> dict[str, object]:
        """As JSON; `outcome_of` gives it back."""
        found: dict[str, object] = {
            "day": self.day.isoformat(),
            "to": self.to.isoformat() if self.to else None,
        }
        if self.reason:
            found |= {
                "rule": self.reason.rule.value,
                "country": self.reason.country,
                "name": self.reason.name,
            }
        return found | {"crowded": self.crowded}


@dataclass(frozen=True)
class Promise:
    """What is decided upon. span: a day's start and end (aware). after: the promised day that follows the last one.

    local_time: None for whole days. lasts: days of one session; the first of them is looked at. taken: days on which
    nothing is put.
    """

    days: Sequence[date]
    span: Callable[[date], tuple[datetime, datetime]]
    local_time: time | None
    after: date | None = None
    lasts: int = 1
    taken: Container[date] = frozenset()


def countries() -> frozenset[str]:
    """Return the ISO 3166 alpha-2 codes whose holidays and weekends are known."""
    return frozenset(_countries())


def read(stored: Mapping[str, object]) -> Rules:
    """Return the rules kept as JSON; {} is none. Raises RuleError for what is no rule, or an unknown country."""
    asked, then = stored.get("countries", []), stored.get("then", {})
    if not isinstance(asked, list) or not isinstance(then, dict):
        raise RuleError("unreadable")
    try:
        found = Rules(
            tuple(sorted({str(code) for code in asked})),
            {Rule(rule): Then(what) for rule, what in then.items()},
            bool(stored.get("tell")),
        )
    except ValueError as error:
        raise RuleError("unreadable", str(error)) from error
    for code in found.countries:
        if code not in _countries():
            raise RuleError("unknown", code)
    if found.acting & BY_COUNTRY and not found.countries:
        raise RuleError("countries")
    return found


def outcome_of(stored: Mapping[str, object]) -> Outcome:
    """Return what `Outcome.stored` wrote."""
    to, rule = stored.get("to"), stored.get("rule")
    reason = Reason(Rule(str(rule)), str(stored["country"]), str(stored["name"])) if rule else None
    to = date.fromisoformat(str(to)) if to else None
    return Outcome(date.fromisoformat(str(stored["day"])), to, reason, bool(stored.get("crowded")))


def resolve(promise: Promise, rules: Rules, busy: Iterable[Busy] = ()) -> list[Outcome]:
    """Return what becomes of each promised day (rising, each once), in order.

    What skips goes before what moves. Nothing is moved more than `FURTHEST` days, on another date of the series, or
    past one; what finds no day is skipped, and says that it is crowded.
    """
    if not rules.then:
        return [Outcome(day, day) for day in promise.days]
    judge = _Judge(promise, rules, _Calendar(busy), rules.acting)
    following = [*promise.days[1:], promise.after]
    return [judge.outcome(day, later) for day, later in zip(promise.days, following, strict=True)]


def holiday(country: str, day: date, language: str = "en") -> str:
    """Return the public holiday of a country on `day`, in `language` where its name is known; "" on other days."""
    return _names(country, day.year, language.split("-")[0]).get(day, "")


@lru_cache(maxsize=2**14)
def is_weekend(country: str, day: date) -> bool:
    """Return whether `day` is free in each week of that country, by its law of that year."""
    return _holidays(country, day.year, "en").is_weekend(day)


@lru_cache(maxsize=2**14)
def in_ramadan(day: date) -> bool:
    """Return whether `day` is in Ramadan by the Umm al-Qura calendar, known from August 1924 to November 2077."""
    if not _FIRST_HIJRI <= day <= _LAST_HIJRI:
        return False
    return Gregorian.fromdate(day).to_hijri().month == RAMADAN


# Below: how it is done.


class _Calendar:
    """Busy times, found by when they are."""

    def __init__(self, busy: Iterable[Busy]) -> None:
        self.busy = sorted(busy, key=lambda each: (each.starts_at, each.rule, each.name))
        self.starts = [each.starts_at for each in self.busy]
        self.longest = max((each.ends_at - each.starts_at for each in self.busy), default=timedelta())

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Iterable[Busy]:
        low = bisect_right(self.starts, starts_at - self.longest) - 1
        near = self.busy[max(0, low) : bisect_left(self.starts, ends_at)]
        return (each for each in near if each.ends_at > starts_at and each.starts_at < ends_at)


@dataclass(frozen=True)
class _Judge:
    promise: Promise
    rules: Rules
    calendar: _Calendar
    acting: frozenset[Rule]

    def outcome(self, day: date, later: date | None) -> Outcome:
        if not (reasons := self.against(day)):
            return Outcome(day, day)
        order = {Then.SKIP: 0, Then.MOVE: 1, Then.KEEP: 2}
        found = min(reasons, key=lambda each: order[self.then(each)])
        if self.then(found) == Then.KEEP:
            return Outcome(day, day, found)
        if self.then(found) == Then.SKIP:
            return Outcome(day, None, found)
        to = self.next_working_day(day, later)
        return Outcome(day, to, found, crowded=to is None)

    def then(self, reason: Reason) -> Then:
        return self.rules.then.get(reason.rule, Then.KEEP)

    def against(self, day: date) -> list[Reason]:
        """What speaks against a day; of rules that keep, only holidays are worth a word."""
        acting, found = self.acting, []
        if name := _first_names(self.rules.countries, day.year).get(day):
            found.append(Reason(Rule.HOLIDAY, *name))
        if Rule.WEEKEND in acting:
            free = [each for each in self.rules.countries if is_weekend(each, day)]
            found += [Reason(Rule.WEEKEND, each) for each in free[:1]]
        if Rule.RAMADAN in acting and self.is_evening and in_ramadan(day):
            found.append(Reason(Rule.RAMADAN))
        if acting & CLASHES:
            near = self.calendar.overlapping(*self.promise.span(day))
            found += sorted(
                (Reason(each.rule, name=each.name) for each in near if each.rule in acting), key=_order
            )
        return found

    @property
    def is_evening(self) -> bool:
        return self.promise.local_time is not None and self.promise.local_time >= EVENING

    def next_working_day(self, day: date, later: date | None) -> date | None:
        """The next day to which nothing speaks, weekends and holidays included even where those are kept."""
        for ahead in range(1, FURTHEST + 1):
            to = day + timedelta(days=ahead)
            if later is not None and to + timedelta(days=self.promise.lasts - 1) >= later:
                return None
            if self.works(to) and to not in self.promise.taken and not self.against(to):
                return to
        return None

    def works(self, day: date) -> bool:
        """Saturday and Sunday are free where no country is chosen."""
        if not self.rules.countries:
            return day.weekday() < 5
        return not any(is_weekend(country, day) for country in self.rules.countries)


@lru_cache(maxsize=2**10)
def _first_names(countries: tuple[str, ...], year: int) -> dict[date, tuple[str, str]]:
    """The holidays of a year in English, each with the first of the countries that keeps it."""
    found: dict[date, tuple[str, str]] = {}
    for country in reversed(countries):
        found |= {day: (country, name) for day, name in _names(country, year, "en").items() if name}
    return found


def _order(reason: Reason) -> tuple[int, str]:
    return list(Rule).index(reason.rule), reason.name


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """By ISO 3166 code. The library's own list would import all 250 countries, which takes it seconds."""
    return {names[1]: names[0] for names in COUNTRIES.values()}


@lru_cache(maxsize=2**12)
def _names(country: str, year: int, language: str) -> dict[date, str]:
    """As a plain table: the library reads each key in five ways, which costs more than all the rest."""
    return {day: str(name) for day, name in _holidays(country, year, language).items()}


@lru_cache(maxsize=2**12)
def _holidays(country: str, year: int, language: str) -> HolidayBase:
    """The public holidays of a year; names in English, or as they are called there, where `language` has none."""
    found = country_holidays(country, years=year)
    known = found.supported_languages
    tag = next((each for wanted in (language, "en") for each in known if each.split("_")[0] == wanted), None)
    return found if tag is None else country_holidays(country, years=year, language=tag)
