"""The picker of zones: every place once, in the reader's language, and old names understood."""

import pytest
import pytz
from django.core.exceptions import ValidationError

from seminars import clock
from seminars.web.forms import zones


def test_each_zone_of_each_country_is_offered_by_its_place() -> None:
    offered = [zone for country, places in zones.groups("en") for zone, place in places]
    assert set(offered) == {zone for found in pytz.country_timezones.values() for zone in found} | {"UTC"}
    assert len(offered) == len(set(offered))
    assert all(clock.is_zone(zone) for zone in offered)


def test_labels_are_places_and_never_offsets() -> None:
    by_country = dict(zones.groups("en"))
    assert by_country["South Africa"] == [
        ("Africa/Johannesburg", "Johannesburg (Cape Town, Durban, Pretoria)")
    ]
    labels = [place for places in by_country.values() for zone, place in places]
    assert not [label for label in labels if "+" in label or "GMT" in label or "/" in label]


def test_countries_speak_the_language_of_the_page_and_keep_its_alphabet() -> None:
    countries = [country for country, places in zones.groups("sv")][:-1]
    assert countries[-2:] == ["Österrike", "Östtimor"]
    assert "Sydafrika" in countries
    assert [country for country, places in zones.groups("en")][:2] == ["Afghanistan", "Åland Islands"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Africa/Johannesburg", "Africa/Johannesburg"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        ("GMT", "UTC"),
    ],
)
def test_old_names_become_the_ones_in_the_list(given: str, kept: str) -> None:
    field = zones.ZoneChoice()
    assert field.clean(given) == kept
    assert field.prepare_value(given) == kept


@pytest.mark.parametrize("given", ["Mars/Olympus", "UTC+2", "Factory"])
def test_a_name_that_is_no_zone_says_what_to_do(given: str) -> None:
    with pytest.raises(ValidationError, match="is not a time zone"):
        zones.ZoneChoice().clean(given)


def test_nothing_is_refused_unless_it_may_be_empty() -> None:
    assert zones.ZoneChoice(required=False).clean("") == ""
    with pytest.raises(ValidationError, match="Choose the city"):
        zones.ZoneChoice().clean("")
