"""A series' rhythm in words, in the page's language: "the second Tuesday of every month, 15:00–16:00 in Lisbon"."""

from datetime import datetime, timedelta

from babel.dates import format_date
from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from seminars.series.cadence import Description, describe
from seminars.series.cadence import Rhythm as Kind
from seminars.series.models import Series
from seminars.web.times import city, hours_words


def rhythm_words(series: Series, locale: str) -> str:
    """Return when a series meets, with its hours in its own zone; "" for a single event."""
    found = describe(series.rrule)
    words = _cadence_words(found, series, locale)
    if not words:
        return ""
    if series.local_time is None:
        return words
    first = datetime.combine(series.first_date, series.local_time)
    hours = hours_words(first, first + timedelta(minutes=series.minutes), locale)
    place = city(series.zone, locale)
    return _("%(rhythm)s, %(hours)s in %(city)s") % {"rhythm": words, "hours": hours, "city": place}


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
        return _months(n) % {"day": _("The %(nth)s %(weekday)s") % day}
    if found.kind == Kind.MONTHLY_DAY:
        return _months(n) % {"day": _("Day %(number)d") % {"number": found.day or 1}}
    if found.kind == Kind.YEARLY and found.month and found.day:
        day_of_year = format_date(
            series.first_date.replace(month=found.month, day=found.day), "d MMMM", locale
        )
        return _("Every year on %(day)s") % {"day": day_of_year}
    if found.kind == Kind.DATES and not series.rdates:
        return ""
    return _("On chosen dates")


def _months(n: int) -> str:
    """Two has a sentence of its own, there and above: some languages have a word for every second one."""
    if n == 2:
        return _("%(day)s of every 2 months")
    if n == 3:
        return _("%(day)s of every quarter")
    words = ngettext("%(day)s of every month", "%(day)s of every %(n)d months", n)
    return words.replace("%(n)d", str(n))


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
