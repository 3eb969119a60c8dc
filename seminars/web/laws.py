"""A new law of the clocks in words: what a country changed, and what it means for one reader. No request in here."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

import pytz
from babel import Locale
from babel.dates import format_date, format_time
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from seminars import clock
from seminars.notifications.seeing import wall_before
from seminars.sessions.keeping import kept_laws
from seminars.sessions.laws import Law, Turn, turn_between
from seminars.sessions.models import LawChange, Session
from seminars.web.times import Reader, city, span_of_time

TURNS = {
    Turn.SUMMER_KEPT: gettext_lazy("%(place)s keeps summer time all year."),
    Turn.SUMMER_ENDED: gettext_lazy("%(place)s no longer has summer time."),
    Turn.SUMMER_BEGUN: gettext_lazy("%(place)s has summer time now."),
    Turn.DAYS: gettext_lazy("%(place)s changes its clocks on other days."),
}
Laws = Mapping[str, Law]


def law_words(finding: LawChange, laws: Laws, locale: str) -> str:
    """Return in a sentence what changed where `finding.zone` is. laws: those kept, by release (`keeping.kept_laws`)."""
    place = {"place": place_of(finding.zone, locale)}
    before, after = (
        laws.get(name, {}).get(finding.zone) for name in (finding.release_from, finding.release_to)
    )
    turn = turn_between(before, after, finding.found_at) if before and after else Turn.OFFSET
    if turn in TURNS:
        return str(TURNS[turn]) % place
    shift = timedelta(seconds=finding.offset_after - finding.offset_before)
    place["span"] = span_of_time(abs(shift))
    if shift > timedelta():
        return _("%(place)s sets its clocks %(span)s forward from what they would have been.") % place
    return _("%(place)s sets its clocks %(span)s back from what they would have been.") % place


def place_of(zone: str, locale: str) -> str:
    """Return the country that has only this zone, else the zone's city, in the reader's language."""
    code = _lone_countries().get(zone)
    name = Locale.parse(locale).territories.get(code) if code else None
    return str(name or city(zone, locale))


@lru_cache(maxsize=1)
def _lone_countries() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for code, zones in pytz.country_timezones.items():
        if len(zones) == 1:
            found.setdefault(zones[0], []).append(code)
    return {zone: codes[0] for zone, codes in found.items() if len(codes) == 1}


def wall_after(finding: LawChange, zone: str) -> datetime:
    """Return what they show at it now (naive)."""
    return clock.to_wall(finding.starts_after, zone)


def hour_words(wall: datetime, session: Session, locale: str) -> str:
    """Return "18:00", with the weekday where it is not the session's own date."""
    hour = str(format_time(wall, "short", locale=locale))
    return hour if wall.date() == session.local_date else f"{format_date(wall, 'EEE', locale=locale)} {hour}"


def earlier_or_later(shift: timedelta) -> str:
    """Return "1 h later", "30 min earlier"."""
    span = {"span": span_of_time(abs(shift))}
    if shift > timedelta():
        return pgettext("an hour on the clock", "%(span)s later") % span
    return pgettext("an hour on the clock", "%(span)s earlier") % span


def line_for(session: Session, reader: Reader, now: datetime) -> str:
    """Return for one reader that a new law moved their hour of a session to come; "" for whom it did not.

    One question to the database for a reader whose zone is known, two more where there is something to say.
    """
    if not reader.zone or session.all_day or not session.ends_at or session.ends_at <= now:
        return ""
    zones = [session.zone, clock.canonical(reader.zone)]
    findings = LawChange.objects.filter(session=session, zone__in=zones).standing(now=now)
    for finding in sorted(findings, key=lambda each: not each.moved):
        before = wall_before(finding, reader.zone, kept_laws([finding]))
        after = wall_after(finding, reader.zone)
        if before == after:
            continue
        words = {"new": hour_words(after, session, reader.locale)}
        words["old"] = hour_words(before, session, reader.locale)
        words["place"] = place_of(finding.zone, reader.locale)
        return (
            _("%(new)s for you now, no longer %(old)s: the law of the clocks has changed in %(place)s.")
            % words
        )
    return ""
