"""The picker of time zones: places grouped by country, in the page's language, never bare offsets.

The groups come from pytz's country table, names from CLDR. Without a script it is one grouped list; with
`organise.js` a box above it finds a city, a country, or a larger city that shares the zone.
"""

from collections import defaultdict
from functools import lru_cache
from typing import Any

import pytz
from babel import Locale, UnknownLocaleError
from babel.dates import get_timezone_location
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars import clock
from seminars.words import alphabet

# Cities people look for that tzdata does not name, because a larger or older one stands for the zone.
ALSO = {
    "Africa/Johannesburg": "Cape Town, Durban, Pretoria",
    "Africa/Lagos": "Abuja",
    "Africa/Dar_es_Salaam": "Dodoma",
    "Africa/Cairo": "Alexandria",
    "Africa/Casablanca": "Rabat",
    "America/Bogota": "Medellín",
    "America/Chicago": "Dallas, Houston, Minneapolis",
    "America/Guayaquil": "Quito",
    "America/La_Paz": "Santa Cruz",
    "America/Los_Angeles": "San Francisco, Seattle",
    "America/Mexico_City": "Guadalajara",
    "America/New_York": "Washington, Boston, Atlanta, Miami",
    "America/Sao_Paulo": "Brasília, Rio de Janeiro",
    "America/Toronto": "Ottawa, Montréal",
    "Asia/Almaty": "Astana",
    "Asia/Dubai": "Abu Dhabi",
    "Asia/Ho_Chi_Minh": "Hanoi",
    "Asia/Karachi": "Islamabad, Lahore",
    "Asia/Kolkata": "Delhi, Mumbai, Bengaluru, Chennai",
    "Asia/Riyadh": "Jeddah",
    "Asia/Shanghai": "Beijing, Shenzhen",
    "Asia/Yangon": "Naypyidaw",
    "Australia/Sydney": "Canberra",
    "Europe/Berlin": "Frankfurt, Hamburg, Munich",
    "Europe/Istanbul": "Ankara",
    "Europe/London": "Edinburgh, Cardiff",
    "Europe/Madrid": "Barcelona",
    "Europe/Rome": "Milan",
    "Europe/Stockholm": "Göteborg, Malmö",
    "Europe/Zurich": "Geneva, Bern",
    "Pacific/Auckland": "Wellington",
}

# Names by region that pytz counts as common, though its country table says a city for each.
OLD = {
    "Canada/Atlantic": "America/Halifax",
    "Canada/Central": "America/Winnipeg",
    "Canada/Eastern": "America/Toronto",
    "Canada/Mountain": "America/Edmonton",
    "Canada/Newfoundland": "America/St_Johns",
    "Canada/Pacific": "America/Vancouver",
    "Etc/UTC": "UTC",
    "GMT": "UTC",
    "US/Alaska": "America/Anchorage",
    "US/Arizona": "America/Phoenix",
    "US/Central": "America/Chicago",
    "US/Eastern": "America/New_York",
    "US/Hawaii": "Pacific/Honolulu",
    "US/Mountain": "America/Denver",
    "US/Pacific": "America/Los_Angeles",
}

Group = tuple[str, list[tuple[str, str]]]


def locale_of(language: str) -> Locale:
    """Return CLDR's locale for a language tag such as "sv" or "pt-br"; English for one it does not know."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


@lru_cache(maxsize=4096)
def city_of(zone: str, language: str) -> str:
    """Return the place that stands for `zone`, in `language`: "Johannesburg", "Kairo", "UTC"."""
    if zone in ("UTC", "Etc/UTC"):
        return "UTC"
    city = str(get_timezone_location(zone, locale=locale_of(language), return_city=True))
    return city.rpartition("/")[2].replace("_", " ")


@lru_cache(maxsize=16)
def groups(language: str) -> list[Group]:
    """Return (country, [(zone, place)]) in the alphabet of `language`; UTC closes the list."""
    territories = locale_of(language).territories
    by_country: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, zones in pytz.country_timezones.items():
        country = str(territories.get(code, code))
        by_country[country] += [(zone, _label(zone, language)) for zone in zones]
    found = [
        (country, sorted(zones, key=lambda pair: alphabet(pair[1], language)))
        for country, zones in sorted(by_country.items(), key=lambda pair: alphabet(pair[0], language))
    ]
    return [*found, (_("Everywhere"), [("UTC", _("UTC, the same all year"))])]


def zone_choices() -> list[Group]:
    """Return the groups in the language of the page; a form field calls it each time it is shown."""
    return groups(get_language() or "en")


class ZoneSelect(forms.Select):
    """A grouped list, marked for the script that puts a search box above it."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__(
            {"data-zone-picker": gettext_lazy("Find a city or country")} | (attrs or {}), choices
        )


class ZoneChoice(forms.ChoiceField):
    """A time zone by place. Takes old names too (`Asia/Calcutta`) and gives the one in use."""

    widget = ZoneSelect
    default_error_messages = {
        "required": gettext_lazy("Choose the city whose clock counts."),
        "invalid_choice": gettext_lazy("“%(value)s” is not a time zone. Choose a city from the list."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=self._offered, **options)

    def _offered(self) -> list[Any]:
        blank = [("", _("Choose a city"))]
        return [*blank, *zone_choices()]

    def prepare_value(self, value: Any) -> Any:
        """Show an old name as the one in use, so that it stands in the list."""
        return _in_use(value) if isinstance(value, str) and clock.is_zone(value) else value

    def to_python(self, value: Any) -> str:
        """Return the zone's name as we store it; "" for nothing."""
        name = super().to_python(value)
        return _in_use(name) if clock.is_zone(name) else name

    def validate(self, value: Any) -> None:
        """Raise ValidationError for nothing where something is needed, and for a name that is no zone."""
        forms.Field.validate(self, value)
        if value and not clock.is_zone(value):
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value})


def _in_use(name: str) -> str:
    """The picker's own name for `name`."""
    return OLD.get(name) or clock.canonical(name)


def _label(zone: str, language: str) -> str:
    city = city_of(zone, language)
    return f"{city} ({ALSO[zone]})" if zone in ALSO else city
