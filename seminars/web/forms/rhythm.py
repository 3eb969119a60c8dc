"""The rhythm of a series, as an organiser chooses it; `series.cadence` writes and checks the rule."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.series import cadence
from seminars.web.forms.inputs import Dates


class Rhythm(models.TextChoices):
    """What the organiser can choose. The value is also what the script looks for when it hides fields."""

    WEEKLY = "weekly", gettext_lazy("Every week, or every few weeks")
    MONTHLY_WEEKDAY = (
        "monthly-weekday",
        gettext_lazy("Each month on a weekday: the second Tuesday, the last Friday"),
    )
    MONTHLY_DAY = "monthly-day", gettext_lazy("Each month on a date: the 15th")
    QUARTERLY_WEEKDAY = "quarterly-weekday", gettext_lazy("Each quarter on a weekday: the third Tuesday")
    QUARTERLY_DAY = "quarterly-day", gettext_lazy("Each quarter on a date: the 8th")
    DATES = "dates", gettext_lazy("On dates that I list")
    ONCE = "once", gettext_lazy("Once: a single event, of one day or several")


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
_REPEATING = {"first_date", "ends", "left_out"}
USES: dict[str, set[str]] = {
    Rhythm.WEEKLY: {"every", "weekdays"} | _REPEATING,
    Rhythm.MONTHLY_WEEKDAY: {"months", "nth", "weekday"} | _REPEATING,
    Rhythm.MONTHLY_DAY: {"months", "day"} | _REPEATING,
    Rhythm.QUARTERLY_WEEKDAY: {"nth", "weekday"} | _REPEATING,
    Rhythm.QUARTERLY_DAY: {"day"} | _REPEATING,
    Rhythm.DATES: {"dates"},
    Rhythm.ONCE: {"first_date", "last_date"},
}
# Beside which field a reason of `series.cadence` is shown, and in which words.
REASONS: dict[str, tuple[str, Any]] = {
    "never": ("rhythm", gettext_lazy("This rhythm never gives a date. Choose another day or month.")),
    "empty": (
        "rhythm",
        gettext_lazy("This rhythm gives no date. Choose a later last date, or leave out fewer dates."),
    ),
    "many": ("count", gettext_lazy("More than 10,000 dates. Choose fewer, or an earlier last date.")),
    "until": ("until", gettext_lazy("The last date is before the first one. Choose a later one.")),
    "rdate": ("dates", gettext_lazy("A date is before the first one. Move the first date.")),
}
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


def day_field(**options: Any) -> forms.DateField:
    """A date as browsers offer it; typed, it is 2027-09-08. At the ends of the calendar zones have no room."""
    return forms.DateField(
        validators=[
            MinValueValidator(EARLIEST, gettext_lazy("Choose a date after the year 1900.")),
            MaxValueValidator(LATEST, gettext_lazy("Choose a date before the year 3000.")),
        ],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Write the date as 2027-09-08.")}
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
    """Chooses the dates. Valid, it has `cleaned_data["cadence"]`, checked: at least one date comes out of it."""

    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=Rhythm.choices,
        initial=Rhythm.MONTHLY_WEEKDAY,
        widget=forms.RadioSelect,
    )
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
    ends = forms.ChoiceField(
        label=gettext_lazy("When does it end?"),
        choices=Ends.choices,
        initial=Ends.OPEN,
        required=False,
        widget=forms.RadioSelect,
    )
    count = number_field(1, 1000, label=gettext_lazy("Number of sessions"))
    until = day_field(label=gettext_lazy("Last date"), required=False)
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
            self.add_error(field if field in self.fields else "rhythm", words)
        return data

    def _forget_unused(self, data: dict[str, Any]) -> None:
        """Drop the mistakes in fields that the chosen rhythm does not read; they may even be hidden."""
        used = set(USES.get(data.get("rhythm") or "", RhythmForm.base_fields))
        used |= {data["ends"]} & {"count", "until"} if "ends" in used and data.get("ends") else set()
        for name in set(RhythmForm.base_fields) - used - {"rhythm"}:
            self.errors.pop(name, None)

    def _ask_for_missing(self, data: dict[str, Any]) -> None:
        """Say what the chosen rhythm needs and does not have. Fields of other rhythms do not count."""
        rhythm, ends = data.get("rhythm"), data.get("ends")
        if rhythm == Rhythm.DATES:
            if not data.get("dates") and "dates" not in self.errors:
                self.add_error("dates", _("Give at least one date."))
        elif not data.get("first_date") and "first_date" not in self.errors:
            self.add_error("first_date", _("Choose the first date."))
        if rhythm in (Rhythm.DATES, Rhythm.ONCE):
            return
        if ends == Ends.COUNT and data.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("Say how many sessions there are."))
        if ends == Ends.UNTIL and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the last date."))

    def _cadence(self, data: dict[str, Any]) -> cadence.Cadence:
        rhythm, left_out = data["rhythm"], tuple(data.get("left_out") or ())
        if rhythm == Rhythm.DATES:
            return cadence.dates(data["dates"])
        if rhythm == Rhythm.ONCE:
            return cadence.Cadence(data["first_date"])
        return cadence.Cadence(data["first_date"], self._rule(data), exdates=left_out)

    def _rule(self, data: dict[str, Any]) -> str:
        ends: dict[str, Any] = {}
        if data.get("ends") == Ends.COUNT:
            ends["count"] = data["count"]
        if data.get("ends") == Ends.UNTIL:
            ends["until"] = data["until"]
        first: date = data["first_date"]
        rhythm, months = data["rhythm"], data.get("months") or 1
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
