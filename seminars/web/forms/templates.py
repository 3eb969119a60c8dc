"""The four usual kinds of series: what *Plan a series* starts with when one is chosen; all of it can be changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from seminars.people.models import Form
from seminars.series.models import Audience
from seminars.sessions.models import MaterialKind
from seminars.web.forms.rhythm import Ends, Rhythm

AHEAD = timedelta(days=28)  # a date that one can still announce


@dataclass(frozen=True)
class Template:
    """A usual kind of series. given: what the form starts with, for an organiser whose date is `today`."""

    name: str
    title: str | Promise
    sentence: str | Promise
    given: Callable[[date], dict[str, Any]]


def _quarterly(today: date) -> dict[str, Any]:
    return {
        "rhythm": Rhythm.QUARTERLY_WEEKDAY,
        "nth": 2,
        "weekday": 1,
        "first_date": _month_after(today),
        "local_time": time(9, 0),
        "minutes": 120,
        "ends": Ends.OPEN,
        "count": 4,  # a year, if one chooses a number instead
        "form": Form.VIRTUAL,
    }


def _monthly(today: date) -> dict[str, Any]:
    return {
        "rhythm": Rhythm.MONTHLY_WEEKDAY,
        "nth": 3,
        "weekday": 3,
        "months": 1,
        "first_date": _month_after(today),
        "local_time": time(16, 0),
        "minutes": 90,
        "ends": Ends.OPEN,
        "count": 12,
        "form": Form.HYBRID,
    }


def _cohort(today: date) -> dict[str, Any]:
    tuesday = _next(today + AHEAD, 1)
    return {
        "rhythm": Rhythm.WEEKLY,
        "every": 1,
        "weekdays": [1],
        "first_date": tuesday,
        "local_time": time(15, 0),
        "minutes": 90,
        "ends": Ends.COUNT,
        "count": 4,
        "form": Form.VIRTUAL,
        "audience": Audience.MEMBERS,
    }


def _meeting(today: date) -> dict[str, Any]:
    first = _next(today + AHEAD * 3, 2)
    return {
        "rhythm": Rhythm.ONCE,
        "first_date": first,
        "last_date": first + timedelta(days=1),
        "all_day": True,
        "form": Form.IN_PERSON,
        "owed": [MaterialKind.SLIDES, MaterialKind.REPORT],
    }


TEMPLATES = (
    Template(
        "quarterly-webinar",
        gettext_lazy("Quarterly community webinar"),
        gettext_lazy("Two hours online on the second Tuesday of every third month, with no end."),
        _quarterly,
    ),
    Template(
        "monthly-seminar",
        gettext_lazy("Monthly seminar, in a room and online"),
        gettext_lazy("An hour and a half on the third Thursday of each month; a room, a link and a number."),
        _monthly,
    ),
    Template(
        "cohort",
        gettext_lazy("Four-week cohort"),
        gettext_lazy("Four Tuesdays in a row for members only, an hour and a half each."),
        _cohort,
    ),
    Template(
        "meeting",
        gettext_lazy("Two-day meeting"),
        gettext_lazy("One event of two whole days in a room, with slides before and a report after it."),
        _meeting,
    ),
)


def started_with(name: str, *, today: date) -> dict[str, Any]:
    """Return what the form starts with under the template `name`; nothing for a name that is none."""
    found = next((each for each in TEMPLATES if each.name == name), None)
    return found.given(today) if found else {}


def _month_after(today: date) -> date:
    """The first of the next month that is not too near."""
    return ((today + AHEAD).replace(day=1) + timedelta(days=32)).replace(day=1)


def _next(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)
