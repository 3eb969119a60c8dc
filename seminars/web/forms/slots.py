"""The question of the page *Slots*: whose clock, which dates, how long, and what each hour of the day weighs."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars import clock
from seminars.people.models import Community
from seminars.series import cadence
from seminars.series.fairness import HEAVIEST, LONGEST_MINUTES, SLOT_MINUTES, Weights
from seminars.series.models import Series
from seminars.web.forms.inputs import Length
from seminars.web.forms.rhythm import number_field
from seminars.web.forms.zones import ZoneChoice
from seminars.words import say

MOST_SESSIONS = 60
WEIGHTS = (
    ("office", gettext_lazy("9–17")),
    ("near", gettext_lazy("8–9 and 17–19")),
    ("early", gettext_lazy("7–8 and 19–21")),
    ("far", gettext_lazy("6–7 and 21–22:30")),
    ("night", gettext_lazy("22:30–6")),
)
EVERY = (
    ("once", gettext_lazy("one date only")),
    ("1w", gettext_lazy("every week")),
    ("2w", gettext_lazy("every two weeks")),
    ("1m", gettext_lazy("every month")),
    ("3m", gettext_lazy("every quarter")),
)


class SeriesChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """One of the community's series, by its title in the page's language."""

    def label_from_instance(self, obj: models.Model) -> str:
        """Name a series."""
        return say(obj.title, get_language() or "en") if isinstance(obj, Series) else str(obj)


class SlotsForm(forms.Form):
    """Asked by GET, so that an answer has an address. What is not given stands as it does on the first visit."""

    series = SeriesChoice(
        label=gettext_lazy("Dates of a series"),
        queryset=Series.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("none: a season of its own"),
        help_text=gettext_lazy(
            "Its coming sessions, its length and its hour take the place of what stands below."
        ),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the community's series.")},
    )
    zone = ZoneChoice(
        label=gettext_lazy("Whose clock counts"),
        help_text=gettext_lazy("The hours below are of this city; sessions keep them when clocks change."),
    )
    first = forms.DateField(
        label=gettext_lazy("First date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Give the first date."),
            "invalid": gettext_lazy("Write the date as 2027-01-31."),
        },
    )
    every = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=EVERY,
        help_text=gettext_lazy("Months and quarters keep the weekday, such as the second Tuesday."),
    )
    sessions = number_field(1, MOST_SESSIONS, label=gettext_lazy("Number of sessions"))
    minutes = Length(label=gettext_lazy("Length"))
    start = forms.TimeField(
        required=False,
        widget=forms.HiddenInput,
        input_formats=["%H:%M"],
        error_messages={"invalid": gettext_lazy("Write the time as 15:00.")},
    )

    def __init__(self, data: Mapping[str, Any], *, community: Community, today: date) -> None:
        given = {
            "zone": community.home_zone,
            "first": (today + timedelta(days=7)).isoformat(),
            "every": "1m",
            "sessions": "12",
            "minutes": "1:00",
        }
        usual = Weights()
        given |= {name: f"{getattr(usual, name):g}" for name, _label in WEIGHTS}
        super().__init__({**given, **{name: value for name, value in data.items() if value}})
        self.changed_weights = any(self.data[name] != given[name] for name, _label in WEIGHTS)
        for name, label in WEIGHTS:
            box = forms.NumberInput(attrs={"min": 0, "max": HEAVIEST, "step": "any", "inputmode": "decimal"})
            self.fields[name] = forms.FloatField(label=label, min_value=0, max_value=HEAVIEST, widget=box)
            self.fields[name].error_messages["invalid"] = _("Give a figure from 0 to %(most)d.") % {
                "most": HEAVIEST
            }
        field = self.fields["series"]
        assert isinstance(field, SeriesChoice)
        field.queryset = Series.objects.filter(community=community, local_time__isnull=False).order_by("slug")

    def weight_fields(self) -> list[forms.BoundField]:
        """The boxes of the weights, from light to heavy."""
        return [self[name] for name, _label in WEIGHTS]

    def clean_first(self) -> date:
        """Return the first date, within the years for which clocks are known."""
        first: date = self.cleaned_data["first"]
        if not 1970 <= first.year <= 2090:
            raise forms.ValidationError(_("Choose a date between 1970 and 2090."), "far")
        return first

    def clean_minutes(self) -> int:
        """Return the length; a meeting of more than half a day has no hour of its own."""
        minutes: int = self.cleaned_data["minutes"]
        if minutes > LONGEST_MINUTES:
            raise forms.ValidationError(_("Give a length of at most 12 hours."), "long")
        return minutes

    def weights(self) -> Weights:
        """Return what each hour weighs."""
        return Weights(**{name: self.cleaned_data[name] for name, _label in WEIGHTS})

    def days(self) -> list[date]:
        """Return the dates of the season."""
        first, every = self.cleaned_data["first"], self.cleaned_data["every"]
        count = 1 if every == "once" else self.cleaned_data["sessions"]
        interval = int(every[0]) if every != "once" else 1
        if every.endswith("m"):
            nth = (first.day - 1) // 7 + 1
            rule = cadence.monthly_weekday(
                nth=nth if nth < 5 else -1, weekday=first.weekday(), interval=interval, count=count
            )
        else:
            rule = cadence.weekly(interval=interval, count=count)
        return list(cadence.occurrences(cadence.Cadence(first, rule)))

    def chosen(self) -> int | None:
        """Return the slot (0 to 47) that the organiser looks at, if any."""
        start: time | None = self.cleaned_data["start"]
        return None if start is None else slot_of(start)

    def address(self, **changed: str) -> dict[str, str]:
        """Return the query of this answer with other values; what is as on the first visit is given all the same."""
        kept = {name: str(self.data[name]) for name in self.fields if self.data.get(name)}
        return kept | changed


def chosen_hour(query: Mapping[str, str]) -> dict[str, Any]:
    """Return what *Plan a series* starts with when one comes from *Slots*; what cannot be read is left out."""
    found: dict[str, Any] = {}
    if clock.is_zone(query.get("zone", "")):
        found["zone"] = query["zone"]
    with suppress(ValueError):
        found["local_time"] = time.fromisoformat(query.get("local_time", "")).replace(tzinfo=None)
    with suppress(ValueError):
        found["first_date"] = date.fromisoformat(query.get("first_date", ""))
    with suppress(ValueError):
        minutes = int(query.get("minutes", ""))
        found |= {"minutes": minutes} if 1 <= minutes <= LONGEST_MINUTES else {}
    return found


def slot_of(start: time) -> int:
    """Return the half-hour (0 to 47) in which a wall time lies."""
    return (start.hour * 60 + start.minute) // SLOT_MINUTES
