"""A series' rhythm in words, in the page's language: "the second Tuesday of every month, 15:00–16:00 in Lisbon"."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from babel.dates import format_date, get_month_names
from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from seminars.series.cadence import CadenceError, Description, describe, occurrences
from seminars.series.cadence import Rhythm as Kind
from seminars.series.models import Precision, Series
from seminars.series.rhythm import cadence_of
from seminars.web.times import city, hours_words

DATES_SHOWN = 4


def rhythm_words(series: Series, locale: str) -> str:
    """Return when a series meets, with its hours in its own zone; "" for a single event."""
    found = describe(series.rrule)
    words = _cadence_words(found, series, locale)
    if not words:
        return ""
    if series.days > 1 and series.precision == Precision.DAY:
        days = ngettext("%(n)d day each", "%(n)d days each", series.days) % {"n": series.days}
        words = _("%(rhythm)s, %(days)s") % {"rhythm": words, "days": days}
    if series.local_time is None:
        return words
    first = datetime.combine(series.first_date, series.local_time)
    hours = hours_words(first, first + timedelta(minutes=series.minutes), locale)
    place = city(series.zone, locale)
    return _("%(rhythm)s, %(hours)s in %(city)s") % {"rhythm": words, "hours": hours, "city": place}


def bounds_words(series: Series, locale: str) -> str:
    """Return where the rhythm ends and what is beside it: "6 dates; also on 9 March 2027"; "" for nothing to say.

    Dates that were left out count among those of the rule (RFC 5545 §3.8.5.3), so they are taken off here.
    """
    found = describe(series.rrule)
    if found.kind == Kind.DATES:
        return ""
    said, ruled = [], cadence_of(series.first_date, series.rrule, [], [])
    left_out = [date.fromisoformat(day) for day in series.exdates]
    if found.count:
        with suppress(CadenceError):  # broken by hand in the admin: the page is still there
            dates = set(occurrences(ruled)) - set(left_out)
            said.append(ngettext("%(n)d date", "%(n)d dates", len(dates)) % {"n": len(dates)})
    if found.until:
        said.append(_("until %(day)s") % {"day": _date(found.until, locale)})
    if series.rdates:
        days = _dates([date.fromisoformat(day) for day in series.rdates], locale)
        said.append(_("also on %(days)s") % {"days": days})
    # A rhythm that was cut begins with a date of before the cut, left out: nobody misses it.
    if gone := [day for day in left_out if day > series.first_date]:
        said.append(_("not on %(days)s") % {"days": _dates(gone, locale)})
    return "; ".join(said)


def in_full(series: Series, locale: str) -> str:
    """Return the rhythm in words, with its end and the dates beside it."""
    return "; ".join(words for words in (rhythm_words(series, locale), bounds_words(series, locale)) if words)


def _date(day: date, locale: str) -> str:
    return str(format_date(day, "d MMMM y", locale=locale))


def _dates(days: list[date], locale: str) -> str:
    """The first few, and how many more."""
    shown = [_date(day, locale) for day in sorted(days)[:DATES_SHOWN]]
    if more := len(days) - len(shown):
        shown.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
    return str(format_list(shown, locale=locale))


def _cadence_words(found: Description, series: Series, locale: str) -> str:
    n = found.interval
    if found.kind == Kind.DAILY:
        return _("Every 2 days") if n == 2 else ngettext("Every day", "Every %(n)d days", n) % {"n": n}
    if found.kind == Kind.WEEKLY:
        days = found.weekdays or (series.first_date.weekday(),)
        names = format_list([_weekday(day) for day in days], locale=locale)
        weeks = ngettext("Every week on %(days)s", "Every %(n)d weeks on %(days)s", n)
        return (_("Every 2 weeks on %(days)s") if n == 2 else weeks) % {"n": n, "days": names}
    if found.kind == Kind.MONTHLY_WEEKDAY:
        day = {"nth": _nth(found.nth or 1), "weekday": _weekday_of_month(found.weekdays[0])}
        return _months(n, series, locale) % {"day": _("The %(nth)s %(weekday)s") % day}
    if found.kind == Kind.MONTHLY_DAY:
        said = _("The last day") if found.day == 31 else _("Day %(number)d") % {"number": found.day or 1}
        return _months(n, series, locale) % {"day": said}
    if found.kind == Kind.YEARLY and found.month and found.day:
        day_of_year = format_date(
            series.first_date.replace(month=found.month, day=found.day), "d MMMM", locale
        )
        years = ngettext("Every year on %(day)s", "Every %(n)d years on %(day)s", n)
        return years % {"n": n, "day": day_of_year}
    if series.precision == Precision.NONE or (found.kind == Kind.DATES and not series.rdates):
        return ""
    if series.precision == Precision.WEEK:
        return _("In chosen weeks")
    return _("On chosen dates")


def _months(n: int, series: Series, locale: str) -> str:
    """Two has a sentence of its own, there and above: some languages have a word for every second one.

    What comes in the same few months each year names them, from the month it begins in.
    """
    if n == 2:
        return _("%(day)s of every 2 months")
    words = ngettext("%(day)s of every month", "%(day)s of every %(n)d months", n).replace("%(n)d", str(n))
    if n not in (3, 4, 6, 12):
        return words
    names = get_month_names("wide", locale=locale)
    there = sorted((series.first_date.month - 1 + n * place) % 12 + 1 for place in range(12 // n))
    months = str(format_list([names[month] for month in there], locale=locale))
    if n == 12:
        return _("%(day)s of %(month)s, every year").replace("%(month)s", months)
    words = _("%(day)s of every quarter") if n == 3 else words
    return _("%(rhythm)s (%(months)s)").replace("%(rhythm)s", words).replace("%(months)s", months)


def _nth(nth: int) -> str:
    return {1: _("first"), 2: _("second"), 3: _("third"), 4: _("fourth"), -1: _("last")}[nth]


def _weekday(day: int) -> str:
    """After "on": each name for itself, since languages bend them."""
    return [
        pgettext("every week on", "Monday"),
        pgettext("every week on", "Tuesday"),
        pgettext("every week on", "Wednesday"),
        pgettext("every week on", "Thursday"),
        pgettext("every week on", "Friday"),
        pgettext("every week on", "Saturday"),
        pgettext("every week on", "Sunday"),
    ][day]


def _weekday_of_month(day: int) -> str:
    return [
        pgettext("the second … of the month", "Monday"),
        pgettext("the second … of the month", "Tuesday"),
        pgettext("the second … of the month", "Wednesday"),
        pgettext("the second … of the month", "Thursday"),
        pgettext("the second … of the month", "Friday"),
        pgettext("the second … of the month", "Saturday"),
        pgettext("the second … of the month", "Sunday"),
    ][day]
