"""The rules of a stored series for dates that do not suit, and the words for what they did."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.series.models import Series
from seminars.series.skips import Outcome, Reason, Rule, RuleError, Rules, holiday, outcome_of, read


def rules_of(series: Series) -> Rules:
    """Return the rules of a series, saved or not. Raises UserError, beside "countries", where they cannot be kept."""
    try:
        return read(series.date_rules)
    except RuleError as error:
        raise refusal(error) from error


def refusal(error: RuleError) -> UserError:
    """Return what to show for rules that cannot be kept."""
    if error.code == "unknown":
        words = _("We know no holidays of “%(country)s”. Choose countries from the list.")
        return UserError({"countries": words % {"country": error.word[:40]}})
    if error.code == "countries":
        return UserError({"countries": _("Choose the countries whose holidays and weekends count.")})
    return UserError({"countries": _("These rules cannot be read. Choose them again.")})


def skipped_of(series: Series) -> list[Outcome]:
    """Return the dates that were skipped when sessions were made, in order."""
    return sorted((outcome_of(each) for each in series.skipped), key=lambda each: each.day)


def outcome_words(found: Outcome, language: str, *, open_names: bool = False) -> str:
    """Return what became of a date and why, in `language`, which must be active; "" where there is nothing to say.

    open_names: also the name of what it clashes with, which is for organisers only.
    """
    if found.reason is None:
        return ""
    why = reason_words(found.reason, found.day, language, open_names=open_names)
    said = {"day": _day(found.day, language), "reason": why}
    if found.crowded:
        return _("%(day)s is skipped: %(reason)s; no working day is free before the next date.") % said
    if found.skipped:
        return _("%(day)s is skipped: %(reason)s.") % said
    if found.moved:
        return _("Moved from %(day)s: %(reason)s.") % said
    return _("Kept on %(day)s: %(reason)s.") % said


def reason_words(reason: Reason, day: date, language: str, *, open_names: bool = False) -> str:
    """Return why `day` does not suit, in `language`, as part of a sentence: "Heritage Day in South Africa"."""
    country = country_name(reason.country, language)
    if reason.rule == Rule.HOLIDAY:
        name = holiday(reason.country, day, language) or reason.name
        return _("%(holiday)s in %(country)s") % {"holiday": name, "country": country}
    if reason.rule == Rule.WEEKEND:
        return _("weekend in %(country)s") % {"country": country}
    words: dict[Rule, str] = {
        Rule.RAMADAN: _("an evening in Ramadan"),
        Rule.AUDIENCE: _("another session for the same people at that time"),
        Rule.ROOM: _("another session in the same room at that time"),
        Rule.SPEAKER: _("another session with the same speaker at that time"),
    }
    found = words[reason.rule]
    return f"{found} ({reason.name})" if open_names and reason.name else found


def country_name(code: str, language: str) -> str:
    """Return a country's name in `language`; the code where it has none."""
    return str(_locale(language).territories.get(code, code))


def moved_words(ruled: Mapping[str, object] | None, day: date | None, language: str, **asked: bool) -> str:
    """Return why a session is on `day`, from the outcome stored with it; "" once it is elsewhere, or never moved."""
    found = outcome_of(ruled) if ruled else None
    if found is None or not found.moved or found.to != day:
        return ""
    return outcome_words(found, language, **asked)


class Placed(Protocol):
    """What stands on a day, and what a rule did to it: a session."""

    ruled: Any
    local_date: date | None


def unsuited_words(
    series: Series,
    sessions: Iterable[Placed],
    language: str,
    *,
    since: date = date.min,
    open_names: bool = False,
) -> list[str]:
    """Return, by date, what was moved of `sessions` and what the series skipped from `since` on, and why."""
    found = [each for each in skipped_of(series) if each.day >= since]
    stored = [(each, outcome_of(each.ruled)) for each in sessions if each.ruled]
    found += [outcome for each, outcome in stored if outcome.moved and outcome.to == each.local_date]
    found.sort(key=lambda each: each.day)
    return [outcome_words(each, language, open_names=open_names) for each in found]


# Below: how it is done.


def _day(day: date, language: str) -> str:
    return str(format_date(day, "d MMMM y", locale=_locale(language)))


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
