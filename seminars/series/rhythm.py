"""The cadence of a stored series, and the words for a rule that cannot be kept."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.series import cadence
from seminars.series.cadence import Cadence, CadenceError


def cadence_of(first_date: date, rrule: str, rdates: Iterable[str], exdates: Iterable[str]) -> Cadence:
    """Return the cadence of a series' columns; `rdates` and `exdates` are ISO 8601 local dates."""
    return Cadence(
        first=first_date,
        rrule=rrule,
        rdates=tuple(sorted(date.fromisoformat(day) for day in rdates)),
        exdates=tuple(sorted(date.fromisoformat(day) for day in exdates)),
    )


def is_open_ended(rrule: str) -> bool:
    """Return whether the rule goes on for ever: such a series is filled some months ahead, again and again."""
    return bool(rrule) and "COUNT=" not in rrule.upper() and "UNTIL=" not in rrule.upper()


def check(asked: Cadence) -> None:
    """Raise UserError, in the reader's language and beside the field, where `asked` cannot be kept."""
    try:
        cadence.check(asked)
    except CadenceError as error:
        raise refusal(error) from error


def refusal(error: CadenceError) -> UserError:
    """Return what to show for a rule that cannot be kept."""
    said = {
        "never": _("This rhythm never gives a date. Choose another day or month."),
        "empty": _("No date is left. Choose a later last date, or leave out fewer dates."),
        "until": _("The last date is before the first one, or is not a date. Choose a later one."),
        "many": _("These are too many dates. Choose fewer, or an earlier last date."),
        "rdate": _("A date is before the first one. Move the first date."),
        "count": _("The number of dates must be 1 or more."),
        "ends": _("Choose either a number of dates, or a last date."),
        "interval": _("Repeat every 1 or more: the interval is a number from 1 to 9999."),
        "day": _("Choose a day that the month has."),
        "unreadable": _("This rule cannot be read. Write it as an RRULE of RFC 5545, by days."),
        "freq": _("A series repeats daily at most. Choose days, weeks, months or years."),
    }
    field = {"rdate": "rdates", "empty": "exdates"}.get(error.code, "rrule")
    return UserError({field: said.get(error.code, str(error))})
