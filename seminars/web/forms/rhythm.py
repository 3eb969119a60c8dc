"""The rhythm of a series, as an organiser chooses it; `series.cadence` writes and checks the rule."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.series import cadence
from seminars.sessions.models import Precision
from seminars.sessions.spans import YEARS
from seminars.web.forms.inputs import Dates, Weeks


class Rhythm(models.TextChoices):
    """What the organiser can choose. The value is also what the script looks for when it hides fields."""

    DAILY = "daily", gettext_lazy("Every day, or every few days")
    WEEKLY = "weekly", gettext_lazy("Every week, or every few weeks")
    MONTHLY_WEEKDAY = (
        "monthly-weekday",
        gettext_lazy("Each month on a weekday: the second Tuesday, the last Friday"),
    )
    MONTHLY_DAY = "monthly-day", gettext_lazy("Each month on a date: the 15th")
    QUARTERLY_WEEKDAY = "quarterly-weekday", gettext_lazy("Each quarter on a weekday: the third Tuesday")
    QUARTERLY_DAY = "quarterly-day", gettext_lazy("Each quarter on a date: the 8th")
    YEARLY = "yearly", gettext_lazy("Each year on a date: 8 March")
    DATES = "dates", gettext_lazy("On dates that I list")
    WEEKS = "weeks", gettext_lazy("In weeks that I list; the day is still open")
    ONCE = "once", gettext_lazy("Once: a single event, of one day or several")
    UNDATED = "undated", gettext_lazy("Once, without a date yet")


class Ends(models.TextChoices):
    """When a rhythm ends."""

    OPEN = "open", gettext_lazy("It goes on; we plan 18 months ahead")
    COUNT = "count", gettext_lazy("After a number of sessions")
    UNTIL = "until", gettext_lazy("On a date")


WEEKDAYS = [
    (0, gettext_lazy("Monday")),
    (1, gettext_lazy("Tuesday")),
    (2, gettext_lazy("Wednesday")),
    (3, gettext_lazy("Thursday")),
    (4, gettext_lazy("Friday")),
    (5, gettext_lazy("Saturday")),
    (6, gettext_lazy("Sunday")),
]
NTH = [
    (1, gettext_lazy("first")),
    (2, gettext_lazy("second")),
    (3, gettext_lazy("third")),
    (4, gettext_lazy("fourth")),
    (-1, gettext_lazy("last")),
]
# Which fields a rhythm reads. What stands in the others was typed for another choice and is not looked at.
_ENDING = {"first_date", "ends", "extra", "left_out"}
USES: dict[str, set[str]] = {
    Rhythm.DAILY: {"every_days"} | _ENDING,
    Rhythm.WEEKLY: {"every", "weekdays"} | _ENDING,
    Rhythm.MONTHLY_WEEKDAY: {"months", "nth", "weekday"} | _ENDING,
    Rhythm.MONTHLY_DAY: {"months", "day"} | _ENDING,
    Rhythm.QUARTERLY_WEEKDAY: {"nth", "weekday"} | _ENDING,
    Rhythm.QUARTERLY_DAY: {"day"} | _ENDING,
    Rhythm.YEARLY: {"years"} | _ENDING,
    Rhythm.DATES: {"dates"},
    Rhythm.WEEKS: {"weeks"},
    Rhythm.ONCE: {"first_date", "last_date"},
    Rhythm.UNDATED: set(),
}
REPEATING = frozenset(rhythm for rhythm, used in USES.items() if "ends" in used)
# Beside which field a reason of `series.cadence` is shown, and in which words.
REASONS: dict[str, tuple[str, Any]] = {
    "never": ("rhythm", gettext_lazy("This rhythm never gives a date. Choose another day or month.")),
    "empty": (
        "rhythm",
        gettext_lazy("This rhythm gives no date. Choose a later last date, or leave out fewer dates."),
    ),
    "many": ("count", gettext_lazy("More than 10,000 dates. Choose fewer, or an earlier last date.")),
    "until": ("until", gettext_lazy("The last date is before the first one. Choose a later one.")),
    "rdate": ("extra", gettext_lazy("A date is before the first one. Move the first date.")),
    "ends": ("ends", gettext_lazy("Choose either a number of dates, or a last date.")),
}
EARLIEST, LATEST = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)


def day_field(**options: Any) -> forms.DateField:
    """A date as browsers offer it; typed, it is 2027-09-08. At the ends of the calendar zones have no room."""
    return forms.DateField(
        validators=[
            MinValueValidator(EARLIEST, gettext_lazy("Choose a date after the year 1900.")),
            MaxValueValidator(LATEST, gettext_lazy("Choose a date before the year 2200.")),
        ],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Write the date as 2027-09-08.")}
        | options.pop("error_messages", {}),
        **options,
    )


def hour_field(**options: Any) -> forms.TimeField:
    """An hour as browsers offer it, or as people write it."""
    return forms.TimeField(
        input_formats=["%H:%M", "%H.%M", "%Hh%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Write the time as 15:00.")}
        | options.pop("error_messages", {}),
        **options,
    )


def number_field(low: int, high: int, **options: Any) -> forms.IntegerField:
    """A whole number; out of range says the range."""
    field = forms.IntegerField(
        required=False, error_messages={"invalid": gettext_lazy("Give a whole number.")}, **options
    )
    text = format_lazy(gettext_lazy("Give a number from {low} to {high}."), low=low, high=high)
    field.validators += [MinValueValidator(low, text), MaxValueValidator(high, text)]
    field.widget.attrs |= {"min": low, "max": high, "inputmode": "numeric"}
    return field


class RhythmForm(forms.Form):
    """Chooses the dates. Valid, it has `cleaned_data["cadence"]`, checked: at least one date comes out of it.

    today: where what has no date yet stands in its series; whoever shows the form sets it.
    """

    today: date = date(2000, 1, 1)
    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=Rhythm.choices,
        initial=Rhythm.MONTHLY_WEEKDAY,
        widget=forms.RadioSelect,
    )
    every_days = number_field(1, 365, label=gettext_lazy("Days apart"), initial=1)
    every = number_field(1, 52, label=gettext_lazy("Weeks apart"), initial=1)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Without a tick, the weekday of the first date."),
    )
    nth = forms.TypedChoiceField(
        label=gettext_lazy("Which one of the month"), choices=NTH, coerce=int, required=False, initial=1
    )
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Weekday"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        initial=1,
        empty_value=None,
    )
    months = number_field(1, 24, label=gettext_lazy("Months apart"), initial=1)
    years = number_field(1, 20, label=gettext_lazy("Years apart"), initial=1)
    day = number_field(
        1,
        31,
        label=gettext_lazy("Day of the month"),
        initial=1,
        help_text=gettext_lazy("29, 30 and 31 mean the last day of a shorter month."),
    )
    first_date = day_field(
        label=gettext_lazy("First date"),
        required=False,
        help_text=gettext_lazy("The first session is on this day, or on the next that fits the rhythm."),
    )
    last_date = day_field(
        label=gettext_lazy("Last day of the event"),
        required=False,
        help_text=gettext_lazy("For an event of several days. Empty: it ends on the first."),
    )
    dates = Dates(
        label=gettext_lazy("Dates"),
        required=False,
        help_text=gettext_lazy("One on each line, as 2027-09-08."),
        error_messages={"required": gettext_lazy("Give at least one date.")},
    )
    weeks = Weeks(
        label=gettext_lazy("Weeks"),
        required=False,
        help_text=gettext_lazy(
            "One on each line, as 2027-W17 or v 17 2027. Give each its day later: “Move it”."
        ),
    )
    ends = forms.ChoiceField(
        label=gettext_lazy("When does it end?"),
        choices=Ends.choices,
        initial=Ends.OPEN,
        required=False,
        widget=forms.RadioSelect,
    )
    count = number_field(1, 1000, label=gettext_lazy("Number of sessions"))
    until = day_field(label=gettext_lazy("Last date"), required=False)
    extra = Dates(
        label=gettext_lazy("Extra dates"),
        required=False,
        help_text=gettext_lazy("Beside the rhythm, one on each line, as 2027-09-08."),
    )
    left_out = Dates(
        label=gettext_lazy("Dates to leave out"),
        required=False,
        help_text=gettext_lazy("Holidays and the like, one on each line, as 2027-12-25."),
    )

    def clean(self) -> dict[str, Any]:
        """Return the data with `cadence`; a rhythm without a date is an error beside the field to change."""
        data = super().clean() or {}
        self._forget_unused(data)
        self._ask_for_missing(data)
        if self.errors.keys() & RhythmForm.base_fields.keys():
            return data
        try:
            found = self._cadence(data)
            cadence.check(found)
            data["cadence"] = found
        except cadence.CadenceError as error:
            field, words = REASONS.get(error.code, (error.code, str(error)))
            if error.code == "many" and data.get("ends") == Ends.UNTIL:
                field = "until"
            self.add_error(field if field in self.fields else "rhythm", words)
        return data

    @property
    def when_repeating(self) -> str:
        """For `data-when` of the fields that every repeating rhythm has."""
        return _when(REPEATING)

    @property
    def when_begins(self) -> str:
        """For `data-when` of the first date."""
        return _when({*REPEATING, Rhythm.ONCE})

    @property
    def when_ruled(self) -> str:
        """For `data-when` of what counts for rhythms and for listed dates: their days were not chosen one by one."""
        return _when({*REPEATING, Rhythm.DATES})

    @property
    def when_timed(self) -> str:
        """For `data-when` of the hour: weeks and what has no date have none."""
        return _when(set(USES) - {Rhythm.WEEKS, Rhythm.UNDATED})

    @property
    def precision(self) -> Precision:
        """How much is known of the dates that are chosen."""
        found: dict[str, Precision] = {Rhythm.WEEKS: Precision.WEEK, Rhythm.UNDATED: Precision.NONE}
        return found.get(self.cleaned_data.get("rhythm", ""), Precision.DAY)

    def _forget_unused(self, data: dict[str, Any]) -> None:
        """Drop the mistakes in fields that the chosen rhythm does not read; they may even be hidden."""
        used = set(USES.get(data.get("rhythm") or "", RhythmForm.base_fields))
        used |= {data["ends"]} & {"count", "until"} if "ends" in used and data.get("ends") else set()
        for name in set(RhythmForm.base_fields) - used - {"rhythm"}:
            self.errors.pop(name, None)

    def _ask_for_missing(self, data: dict[str, Any]) -> None:
        """Say what the chosen rhythm needs and does not have. Fields of other rhythms do not count."""
        rhythm, ends = data.get("rhythm"), data.get("ends")
        listed = {Rhythm.DATES: _("Give at least one date."), Rhythm.WEEKS: _("Give at least one week.")}
        if rhythm in listed:
            if not data.get(rhythm) and rhythm not in self.errors:
                self.add_error(rhythm, listed[rhythm])
        elif rhythm != Rhythm.UNDATED and not data.get("first_date") and "first_date" not in self.errors:
            self.add_error("first_date", _("Choose the first date."))
        if rhythm not in REPEATING:
            return
        if ends == Ends.COUNT and data.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("Say how many sessions there are."))
        if ends == Ends.UNTIL and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the last date."))

    def _cadence(self, data: dict[str, Any]) -> cadence.Cadence:
        rhythm, left_out = data["rhythm"], tuple(data.get("left_out") or ())
        if rhythm == Rhythm.DATES:
            return cadence.dates(data["dates"])
        if rhythm == Rhythm.WEEKS:
            return cadence.dates(data["weeks"])
        if rhythm == Rhythm.UNDATED:
            return cadence.Cadence(self.today)
        if rhythm == Rhythm.ONCE:
            return cadence.Cadence(data["first_date"])
        extra = tuple(data.get("extra") or ())
        return cadence.Cadence(data["first_date"], self._rule(data), rdates=extra, exdates=left_out)

    def _rule(self, data: dict[str, Any]) -> str:
        ends: dict[str, Any] = {}
        if data.get("ends") == Ends.COUNT:
            ends["count"] = data["count"]
        if data.get("ends") == Ends.UNTIL:
            ends["until"] = data["until"]
        first: date = data["first_date"]
        rhythm, months = data["rhythm"], data.get("months") or 1
        if rhythm == Rhythm.DAILY:
            return cadence.daily(interval=data.get("every_days") or 1, **ends)
        if rhythm == Rhythm.YEARLY:
            return cadence.yearly(month=first.month, day=first.day, interval=data.get("years") or 1, **ends)
        if rhythm == Rhythm.WEEKLY:
            return cadence.weekly(
                interval=data.get("every") or 1, weekdays=data.get("weekdays") or (), **ends
            )
        if rhythm in (Rhythm.MONTHLY_DAY, Rhythm.QUARTERLY_DAY):
            interval = 3 if rhythm == Rhythm.QUARTERLY_DAY else months
            return cadence.monthly_day(day=data.get("day") or first.day, interval=interval, **ends)
        interval = 3 if rhythm == Rhythm.QUARTERLY_WEEKDAY else months
        weekday = data.get("weekday")
        weekday = first.weekday() if weekday is None else weekday
        return cadence.monthly_weekday(nth=data.get("nth") or 1, weekday=weekday, interval=interval, **ends)


def _when(rhythms: Collection[str]) -> str:
    """The choices as the script reads them, in the order of the form."""
    return "rhythm=" + ",".join(value for value in Rhythm.values if value in rhythms)
