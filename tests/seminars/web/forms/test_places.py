"""Places as people write them."""

from datetime import UTC, datetime

import pytest

from seminars import clock
from seminars.web.forms.places import SHORT, Found, find_place

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Kenya", "Africa/Nairobi"),
        ("  são  PAULO ", "America/Sao_Paulo"),
        ("Delhi", "Asia/Kolkata"),
        ("Washington", "America/New_York"),
        ("SE", "Europe/Stockholm"),
        ("Argentina", "America/Argentina/Buenos_Aires"),  # twelve zones, one clock
        ("Germany", "Europe/Berlin"),
        ("UK", "Europe/London"),
        ("Ivory Coast", "Africa/Abidjan"),
        ("UTC", "UTC"),
        ("Asia/Calcutta", "Asia/Kolkata"),
    ],
)
def test_a_place_has_its_zone(words: str, zone: str) -> None:
    assert find_place(words, "en", NOW) == Found(zone)


@pytest.mark.parametrize(
    ("words", "cities"),
    [
        ("Mexico", ("Mexico City",)),
        ("DR Congo", ("Kinshasa",)),
        ("Australia", ("Sydney",)),
    ],
)
def test_a_country_with_several_clocks_offers_cities(words: str, cities: tuple[str, ...]) -> None:
    found = find_place(words, "en", NOW)
    assert found.zone == ""
    assert cities[0] == found.cities[0]
    assert 2 <= len(found.cities) <= 3


@pytest.mark.parametrize("words", ["Atlantis", "", "12", "Factory", "Africa"])
def test_what_is_no_place(words: str) -> None:
    assert find_place(words, "en", NOW) == Found()


def test_in_another_language_english_is_known_too() -> None:
    assert find_place("Tyskland", "sv", NOW) == find_place("Germany", "sv", NOW) == Found("Europe/Berlin")
    assert find_place("Tyskland", "en", NOW) == Found()


def test_short_names_are_places() -> None:
    for names in SHORT.values():
        for name in names:
            found = find_place(name, "en", NOW)
            assert clock.is_zone(found.zone) or found.cities, name
