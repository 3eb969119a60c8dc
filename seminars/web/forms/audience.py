"""Forms of the expected audience: numbers by city, or a pasted list of countries and cities."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars import clock
from seminars.people.expecting import MOST_EXPECTED
from seminars.web.forms.places import find_place
from seminars.web.forms.rhythm import number_field
from seminars.web.forms.zones import ZoneChoice, city_of

_LINE = re.compile(r"(?P<place>\D.*?)[\s,;:=]+(?P<number>\d{1,7})|(?P<first>\d{1,7})[\s,;:×x]+(?P<last>\D.*)")
BEFORE = "at_"


def _number(label: Any, **options: Any) -> forms.IntegerField:
    field = number_field(0, MOST_EXPECTED, label=label, **options)
    field.error_messages["invalid"] = _("Give a whole number, such as 25.")
    return field


class ExpectedForm(forms.Form):
    """A number for each city that is there, and one more city."""

    zone = ZoneChoice(label=gettext_lazy("City"), required=False)

    def __init__(self, data: Any = None, *, expected: Mapping[str, int]) -> None:
        super().__init__(data)
        self.zones = list(expected)
        if data is not None:
            # Another organiser may have changed the list meanwhile: what stood on this page counts.
            self.zones = [name.removeprefix(BEFORE) for name in data if name.startswith(BEFORE)]
            self.zones = [zone for zone in self.zones if clock.is_zone(zone)]
        language = get_language() or "en"
        for zone in self.zones:
            self.fields[BEFORE + zone] = _number(city_of(zone, language), initial=expected.get(zone))
        self.fields["number"] = _number(_("Members expected there"))

    def rows(self) -> list[forms.BoundField]:
        """The cities that are there."""
        return [self[BEFORE + zone] for zone in self.zones]

    def clean(self) -> dict[str, Any]:
        """A new city and its number belong together."""
        data = super().clean() or {}
        zone, number = data.get("zone"), data.get("number")
        if zone and number is None and "number" not in self.errors:
            self.add_error("number", _("Say how many members you expect there."))
        if number and not zone and "zone" not in self.errors:
            self.add_error("zone", _("Choose the city in which you expect them."))
        return data

    def numbers(self) -> dict[str, int]:
        """Return members by zone; an empty box is none."""
        data = self.cleaned_data
        found = {zone: data.get(BEFORE + zone) or 0 for zone in self.zones}
        if data["zone"] and data["number"]:
            found[data["zone"]] = found.get(data["zone"], 0) + data["number"]
        return found


class PlacesForm(forms.Form):
    """A list: a country or a city and a number on each line."""

    places = forms.CharField(
        label=gettext_lazy("Countries or cities"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One on each line, with a number: Kenya 25, or 25 Kenya. Where a country has several clocks, name a city."
        ),
        error_messages={"required": gettext_lazy("Write at least one line, such as Kenya 25.")},
    )

    def __init__(self, data: Any = None, *, now: datetime) -> None:
        super().__init__(data)
        self.now = now

    def clean_places(self) -> dict[str, int]:
        """Return members by zone. Every line that cannot be read is named, with what to write instead."""
        numbers: dict[str, int] = {}
        wrong: list[str] = []
        for count, line in enumerate(self.cleaned_data["places"].splitlines(), 1):
            if not line.strip():
                continue
            match = _LINE.fullmatch(line.strip().rstrip(",;."))
            place = (match["place"] or match["last"]) if match else line.strip()
            found = find_place(place, get_language() or "en", self.now) if match else None
            if match is None or found is None:
                wrong.append(
                    _("Line %(n)d, “%(line)s”: add a number.") % {"n": count, "line": line.strip()[:60]}
                )
            elif found.zone:
                number = int(match["number"] or match["first"])
                numbers[found.zone] = numbers.get(found.zone, 0) + number
            else:
                wrong.append(_unclear(count, place, found.cities))
        if wrong:
            raise ValidationError(wrong)
        return numbers


def _unclear(line: int, place: str, cities: Iterable[str]) -> str:
    said = {"n": line, "place": place[:60], "cities": ", ".join(cities)}
    if cities:
        return _("Line %(n)d, “%(place)s” has several clocks: name a city, such as %(cities)s.") % said
    return (
        _("Line %(n)d, “%(place)s”: no such country or large city is known. Name a larger city nearby.")
        % said
    )
