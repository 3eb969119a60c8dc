"""Times in words for one reader: whose hour it is, which day, which week. Pure: a reader and dates in, words out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_time, get_timezone_location
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seminars import clock
from seminars.sessions.models import Precision, Session

NEAR = timedelta(hours=48)
WEEKS = {"sv": "v {}"}  # languages whose readers name weeks by their ISO number, and how


@dataclass(frozen=True)
class Reader:
    """Who reads a time.

    zone: the reader's IANA zone, "" while unknown: then the event's zone is shown. chosen: where it comes from
    ("profile", "cookie" or ""). locale: a Babel locale such as "en_GB"; it decides names, order, and 12 or 24 hours.
    """

    zone: str = ""
    chosen: str = ""
    locale: str = "en_GB"


@dataclass(frozen=True)
class When:
    """A session's time in words; see "Time, the same component everywhere" in the design.

    own: the reader's time, large. whose: whose time that is. others: the same in UTC and where the event is.
    near: relative, within 48 hours. notes: a differing day, a shift of clocks. starts, ends: ISO instants, "" for
    what has no hour (whole days, weeks, undated), which no script may rewrite. event: for a reader whose zone is not
    known, the same in UTC and where the event is (zone, an IANA name), for the script to take its pick.
    """

    own: str
    short: str
    whose: str = ""
    others: list[str] = field(default_factory=list)
    near: str = ""
    notes: list[str] = field(default_factory=list)
    starts: str = ""
    ends: str = ""
    event: str = ""
    zone: str = ""


def locale_of(language: str, accepted: str = "") -> str:
    """Return the Babel locale for a page's language; `accepted` (an Accept-Language header) may name the country.

    English without a country reads the day first and 24 hours.
    """
    base = language.split("-")[0]
    for part in accepted.split(","):
        tag = part.split(";")[0].strip().replace("-", "_")
        if tag.lower().startswith(base + "_"):
            try:
                return str(Locale.parse(tag))
            except (UnknownLocaleError, ValueError):
                continue
    return "en_GB" if base == "en" else base


def city(zone: str, locale: str) -> str:
    """Return the name of a zone's city in the reader's language: "Kolkata", "Köpenhamn"."""
    return (
        "UTC" if zone in {"UTC", "Etc/UTC"} else get_timezone_location(zone, locale=locale, return_city=True)
    )


def day_words(day: date, locale: str, *, short: bool = False) -> str:
    """Return weekday, day, month and year; with the ISO week where people use it (not when short)."""
    found = Locale.parse(locale)
    words = format_skeleton("yMMMEd", day, locale=found) if short else format_date(day, "full", locale=found)
    if found.language == "en" and "US" not in locale:
        words = words.replace(",", "")
    return words if short else words + _week(day, found)


def hours_words(first: datetime, last: datetime, locale: str) -> str:
    """Return "15:00–16:00", or "3:00–4:00 PM" where the locale counts to twelve."""
    found = Locale.parse(locale)
    twelve = "a" in found.time_formats["short"].pattern
    words = format_interval(first, last, "hm" if twelve else "Hm", locale=found)
    return words.replace("\u2009", "")


def hour_words(wall: datetime, locale: str) -> str:
    """Return "15:00", or "3:00 PM" where the locale counts to twelve."""
    return format_time(wall.time(), "short", locale=Locale.parse(locale)).replace("\u202f", " ")


def moment_words(at: datetime, session: Session, reader: Reader) -> str:
    """Say a moment (aware UTC) by the reader's clock, else the session's: day, hour, and whose clock that is."""
    zone = reader.zone or session.zone
    wall = clock.to_wall(at, zone)
    day = day_words(wall.date(), reader.locale, short=True)
    return f"{day}, {hour_words(wall, reader.locale)} ({city(zone, reader.locale)})"


def span_words(first: datetime, last: datetime, locale: str, *, short: bool = False) -> str:
    """Return date and hours of a span of wall times; the last weekday past midnight, both dates from a day on."""
    opening = day_words(first.date(), locale, short=short)
    if first.date() == last.date():
        return f"{opening}, {hours_words(first, last, locale)}"
    from_hour, to_hour = (format_time(each, "short", locale=locale) for each in (first, last))
    if last - first < timedelta(days=1):
        night = format_date(last.date(), "EEE" if short else "EEEE", locale=locale)
        return f"{opening}, {from_hour}–{to_hour} ({night})"
    closing = day_words(last.date(), locale, short=short)
    return f"{opening}, {from_hour} – {closing}, {to_hour}"


def days_words(first: date, days: int, locale: str, *, short: bool = False) -> str:
    """Return one date, or the first and last of several: "Saturday 8 – Sunday 9 May 2027"."""
    last = first + timedelta(days=days - 1)
    if days <= 1:
        return day_words(first, locale, short=short)
    closing = day_words(last, locale, short=short).split(" (")[0]
    found = Locale.parse(locale)
    if first.year != last.year or "US" in locale:
        opening = day_words(first, locale, short=short).split(" (")[0]
    else:
        weekday, month = ("EEE", "MMM") if short else ("EEEE", "MMMM")
        pattern = f"{weekday} d" if first.month == last.month else f"{weekday} d {month}"
        opening = format_date(first, pattern, locale=found)
    return f"{opening} – {closing}" + ("" if short else _week(first, found))


def _week(day: date, locale: Locale) -> str:
    """The ISO week of a day, in brackets, where people speak of weeks by number: " (v 17)"."""
    words = WEEKS.get(locale.language)
    return f" ({words.format(day.isocalendar().week)})" if words else ""


def week_span_words(monday: date, locale: str) -> str:
    """Return a week with its days: "Week 18, 1–7 May 2023"."""
    found = Locale.parse(locale)
    sunday = monday + timedelta(days=6)
    pattern = "d" if monday.month == sunday.month else "d MMMM" if monday.year == sunday.year else "d MMMM y"
    days = f"{format_date(monday, pattern, found)}–{format_date(sunday, 'd MMMM y', found)}"
    return _("Week %(number)d, %(days)s") % {"number": monday.isocalendar().week, "days": days}


def span_of_time(length: timedelta) -> str:
    """Return a length in hours and minutes: "2 h 5 min"; days from two on."""
    minutes = max(0, int(length.total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}
    if not hours:
        return _("%(m)d min") % {"m": rest}
    return _("%(h)d h %(m)d min") % {"h": hours, "m": rest} if rest else _("%(h)d h") % {"h": hours}


def when_of(session: Session, reader: Reader, now: datetime) -> When:
    """Return the time of a session in words for `reader` at `now` (aware UTC)."""
    if session.local_date is None or session.precision == Precision.NONE:
        words = _("Date to be announced")
        return When(words, words)
    if session.precision == Precision.WEEK:
        words = week_span_words(session.local_date, reader.locale)
        return When(words, words, whose=open_day(session, now))
    if session.precision == Precision.MONTH:
        words = format_skeleton("yMMMM", session.local_date, locale=Locale.parse(reader.locale))
        return When(words, words, whose=open_day(session, now))
    if session.all_day or session.starts_at is None or session.ends_at is None:
        own = days_words(session.local_date, session.days, reader.locale)
        short = days_words(session.local_date, session.days, reader.locale, short=True)
        place = city(session.zone, reader.locale)
        whole = ngettext("Whole day, %(city)s time", "Whole days, %(city)s time", session.days)
        return When(own, short, whose=whole % {"city": place})
    return _timed(session, session.starts_at, session.ends_at, reader, now)


def open_day(session: Session, now: datetime) -> str:
    """Return that the day follows, for what is ahead and known by week or month; "" once it is past."""
    return "" if session.ends_at and session.ends_at <= now else _("The day is not yet set.")


def _timed(session: Session, starts: datetime, ends: datetime, reader: Reader, now: datetime) -> When:
    zone = reader.zone or session.zone
    first, last = clock.to_wall(starts, zone), clock.to_wall(ends, zone)
    place = f"{city(zone, reader.locale)} ({clock.offset_words(starts, zone)})"
    if zone in {"UTC", "Etc/UTC"}:
        place = "UTC"
    whose = _("your time – %(place)s") if reader.zone else _("time in %(place)s")
    there, where = _("%(hours)s in %(city)s"), city(session.zone, reader.locale)
    short = span_words(first, last, reader.locale, short=True)
    if not reader.zone:
        short = there % {"hours": short, "city": where}
    return When(
        own=span_words(first, last, reader.locale),
        short=short,
        whose=whose % {"place": place},
        others=_others(starts, ends, zone, session.zone, reader.locale),
        near=near_words(starts, ends, now),
        notes=_notes(starts, zone, session.zone, reader, now),
        starts=starts.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        ends=ends.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        event="" if reader.zone else " · ".join(_by_day(starts, ends, session.zone, reader.locale)),
        zone=session.zone,
    )


def members_words(session: Session, zones: Iterable[str], locale: str) -> str:
    """Return when a session starts in the cities where members are: "18:30 in Kolkata · 16:00 in Nairobi".

    For a reader whose zone is not known. The weekday is named where it differs from the event's. "" without an hour.
    """
    if session.starts_at is None or session.all_day:
        return ""
    said = []
    for zone in zones:
        wall = clock.to_wall(session.starts_at, zone)
        hour = format_time(wall, "short", locale=locale)
        if wall.date() != session.local_date:
            hour = f"{hour} {format_date(wall.date(), 'EEEE', locale=locale)}"
        said.append(_("%(hours)s in %(city)s") % {"hours": hour, "city": city(zone, locale)})
    return " · ".join(said)


def _by_day(starts: datetime, ends: datetime, event: str, locale: str) -> list[str]:
    """UTC and the event's own hours, each with its weekday: the script's reader may be in another day."""
    zones = dict.fromkeys(["UTC", event])
    return [_elsewhere(starts, ends, zone, locale, with_day=True) for zone in zones]


def was_words(was: date | None, zone: str, reader: Reader) -> str:
    """Return `was_at` a session in the reader's time; "" for one that never moved. zone: the session's."""
    if was is None:
        return ""
    if not isinstance(was, datetime):
        return day_words(was, reader.locale, short=True)
    own = clock.to_wall(was, reader.zone or zone)
    return f"{day_words(own.date(), reader.locale, short=True)}, {format_time(own, 'short', locale=reader.locale)}"


def was_at(session: Session) -> date | None:
    """Return when a moved session was announced first, aware UTC or the day of whole days; None if it never moved."""
    was: dict[str, Any] | None = session.moved_from
    if not was:
        return None
    day = date.fromisoformat(was["date"])
    if not was.get("time"):
        return day
    wall = datetime.combine(day, time.fromisoformat(was["time"])).replace(fold=was.get("fold") or 0)
    return clock.to_instant(wall, was["zone"])


def near_words(starts: datetime, ends: datetime, now: datetime) -> str:
    """Return the distance to a start less than 48 hours off, or since it while it runs; "" otherwise."""
    if now < starts <= now + NEAR:
        return _("Starts in %(time)s") % {"time": span_of_time(starts - now)}
    if starts <= now < ends:
        return _("Started %(time)s ago") % {"time": span_of_time(now - starts)}
    return ""


def _others(starts: datetime, ends: datetime, own: str, event: str, locale: str) -> list[str]:
    """The span in UTC and in the event's zone, each with its weekday where that differs from the reader's."""
    day = clock.to_wall(starts, own).date()
    found = []
    for zone in dict.fromkeys(["UTC", event]):
        if clock.offset(starts, zone) == clock.offset(starts, own) and zone in {own, "UTC"}:
            continue
        differs = clock.to_wall(starts, zone).date() != day
        found.append(_elsewhere(starts, ends, zone, locale, with_day=differs))
    return found


def _elsewhere(starts: datetime, ends: datetime, zone: str, locale: str, *, with_day: bool) -> str:
    """The span by another clock: "09:00–10:00 Wednesday in New York"; with both dates from a day on."""
    first, last = clock.to_wall(starts, zone), clock.to_wall(ends, zone)
    if ends - starts >= timedelta(days=1):
        hours = span_words(first, last, locale, short=True)
    else:
        hours = hours_words(first, last, locale)
        if with_day:
            hours = f"{hours} {format_date(first.date(), 'EEEE', locale=locale)}"
    return (
        f"{hours} UTC"
        if zone == "UTC"
        else _("%(hours)s in %(city)s") % {"hours": hours, "city": city(zone, locale)}
    )


def shifted_words(session: Session, reader: Reader, last: datetime, now: datetime) -> str:
    """Return that the reader's hour is not the usual one, that of `last`, since clocks have changed; "" where it is.

    last, now: aware UTC. Of clocks that change only after `now` the notes of `when_of` tell.
    """
    starts, event = session.starts_at, session.zone
    own = reader.zone or event
    if starts is None or session.all_day:
        return ""
    apart, usual, today = (
        clock.offset(each, own) - clock.offset(each, event) for each in (starts, last, now)
    )
    if apart == usual or apart != today:
        return ""
    zones = [zone for zone in dict.fromkeys([event, own]) if clock.shifts(zone, last, starts)]
    walls = clock.to_wall(starts, own), clock.to_wall(starts, event) + usual
    this, before = (format_time(each, "short", locale=reader.locale) for each in walls)
    words = _("%(this)s this time, not the usual %(usual)s: clocks have changed in %(cities)s.")
    return words % {
        "this": this,
        "usual": before,
        "cities": " / ".join(city(zone, reader.locale) for zone in zones),
    }


def _notes(starts: datetime, own: str, event: str, reader: Reader, now: datetime) -> list[str]:
    first, there = clock.to_wall(starts, own), clock.to_wall(starts, event)
    notes = []
    if first.date() != there.date():
        notes.append(_("%(day)s for you") % {"day": format_date(first.date(), "EEEE", locale=reader.locale)})
    apart_then = clock.offset(starts, own) - clock.offset(starts, event)
    apart_now = clock.offset(now, own) - clock.offset(now, event)
    if starts > now and apart_then != apart_now:
        zones = [zone for zone in dict.fromkeys([event, own]) if clock.shifts(zone, now, starts)]
        cities = " / ".join(city(zone, reader.locale) for zone in zones)
        usual = there + apart_now
        words = _(
            "%(this)s this time, not %(usual)s as it would be today: clocks change in %(cities)s before then."
        )
        hour, today = (format_time(each, "short", locale=reader.locale) for each in (first, usual))
        notes.append(words % {"this": hour, "usual": today, "cities": cities})
    return notes
