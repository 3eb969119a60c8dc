"""Places as people write them, "Kenya" or "Manila" or "Washington", and the zone each stands for."""

import importlib.resources
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from seminars import clock
from seminars.web.forms.zones import ALSO, city_of, locale_of
from seminars.words import plain

SHOWN = 3
# What people write for countries that CLDR calls otherwise.
SHORT = {
    "GB": ("uk", "england", "great britain"),
    "US": ("usa",),
    "AE": ("uae",),
    "CD": ("drc", "dr congo"),
    "CI": ("ivory coast",),
    "CV": ("cabo verde",),
    "CZ": ("czech republic",),
    "MM": ("burma",),
    "NL": ("holland",),
    "SZ": ("swaziland",),
    "TL": ("east timor",),
    "TR": ("turkey",),
}


@dataclass(frozen=True)
class Found:
    """What a word stands for: one `zone`, or "" and the cities to choose from; nothing at all where it is no place."""

    zone: str = ""
    cities: tuple[str, ...] = ()


def find_place(words: str, language: str, now: datetime) -> Found:
    """Return the zone of a city, a country or an IANA name, in `language` or English.

    A country whose clocks agree for a year from `now` (aware) stands for its most populous zone; else its cities are
    offered.
    """
    wanted = plain(words)
    cities, countries = _index(language)
    if wanted in cities:
        zones: tuple[str, ...] = cities[wanted]
    elif clock.is_zone(words.strip()):
        zones = (clock.canonical(words.strip()),)
    else:
        zones = countries.get(wanted, ())
    if not zones or len({_year(zone, now) for zone in zones}) == 1:
        return Found(zones[0] if zones else "")
    return Found(cities=tuple(city_of(zone, language) for zone in _apart(zones, now)[:SHOWN]))


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    """Zones by ISO 3166 code, the most populous first as `zone.tab` has them; pytz sorts them by name."""
    found: dict[str, list[str]] = defaultdict(list)
    table = importlib.resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, _place, zone, *_remark = line.split("\t")
            found[code].append(zone)
    return found


@lru_cache(maxsize=16)
def _index(language: str) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    cities: dict[str, list[str]] = defaultdict(list)
    countries: dict[str, list[str]] = defaultdict(list)
    for code, zones in _countries().items():
        names = [str(locale_of(tag).territories.get(code, code)) for tag in {language, "en"}]
        for name in {plain(each) for each in [code, *names, *SHORT.get(code, ())]}:
            countries[name] += zones
        for zone in zones:
            known = [city_of(zone, tag) for tag in {language, "en"}] + ALSO.get(zone, "").split(", ")
            for name in {plain(each) for each in known} - {""}:
                cities[name].append(zone)
    cities["utc"] = ["UTC"]
    return _fixed(cities), _fixed(countries)


def _fixed(found: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(dict.fromkeys(zones)) for name, zones in found.items()}


def _apart(zones: Iterable[str], now: datetime) -> list[str]:
    """The first zone of each clock; those of large cities, as the picker knows them, come first."""
    found: dict[tuple[object, ...], str] = {}
    for zone in sorted(zones, key=lambda each: each not in ALSO):
        found.setdefault(_year(zone, now), zone)
    return list(found.values())


def _year(zone: str, now: datetime) -> tuple[object, ...]:
    """What a clock shows for a year: zones where it is the same are one clock."""
    return clock.offset(now, zone), *clock.shifts(zone, now, now + timedelta(days=366))
