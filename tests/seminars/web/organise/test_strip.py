"""The heat strip as a page shows it."""

from datetime import date, timedelta

import pytest

from seminars.series.fairness import Season, Weights, measure
from seminars.series.suggesting import suggest
from seminars.web.organise.strip import Words, columns_of, halves_of, hour_words, rows_of

DAYS = [date(2027, 1, 13) + timedelta(weeks=4 * number) for number in range(12)]


def words_of(season: Season, language: str = "en") -> Words:
    return Words(season, language=language, locale={"en": "en_GB"}.get(language, language))


def test_zones_that_keep_the_same_hours_are_one_row() -> None:
    counts = {
        "Europe/Berlin": 3,
        "Europe/Stockholm": 2,
        "Europe/Paris": 1,
        "Europe/Rome": 1,
        "Africa/Lagos": 6,
    }
    season = measure(counts, DAYS)
    rows = rows_of(season, words_of(season))
    assert [(row.name, row.members) for row in rows] == [
        ("Berlin, Stockholm, Paris and 1 more", 7),
        ("Lagos", 6),
    ]
    for each in suggest(season):
        for row in rows:
            assert len({each.outcome.ledger[zone] for zone in row.zones}) == 1


def test_lagos_and_berlin_are_one_in_winter_only() -> None:
    counts = {"Europe/Berlin": 3, "Africa/Lagos": 6}
    season = measure(counts, [date(2027, 1, 13), date(2027, 2, 10)])
    assert [row.zones for row in rows_of(season, words_of(season))] == [("Africa/Lagos", "Europe/Berlin")]


def test_two_halves_hold_the_whole_day() -> None:
    season = measure({"Asia/Kathmandu": 4}, DAYS[:1])
    words = words_of(season)
    columns = columns_of(season, words, corridor=[3, 4], chosen=30)
    halves = halves_of(columns, rows_of(season, words))
    assert [(half.first, half.last, len(half.columns)) for half in halves] == [
        ("00:00", "12:00", 24),
        ("12:00", "24:00", 24),
    ]
    assert [column.hour for column in columns if column.in_corridor] == ["01:30", "02:00"]
    assert [column.hour for column in columns if column.chosen] == ["15:00"]
    assert [box.local for half in halves for box in half.rows[0].boxes][:2] == ["05:45", "06:15"]


@pytest.mark.parametrize(
    ("burden", "figure", "shade"),
    [(0, "0", 0), (0.5, "0.5", 1), (1, "1", 1), (2, "2", 2), (4, "4", 3), (7, "7", 4)],
)
def test_each_figure_has_its_shade(burden: float, figure: str, shade: int) -> None:
    words = words_of(measure({"UTC": 1}, DAYS[:1]))
    assert (words.figure(burden), words.shade(burden)) == (figure, shade)


def test_shades_follow_the_weights() -> None:
    words = words_of(measure({"UTC": 1}, DAYS[:1], weights=Weights(night=100)))
    assert (words.shade(10), words.shade(70)) == (1, 4)


def test_figures_in_the_pages_language() -> None:
    assert words_of(measure({"UTC": 1}, DAYS[:1]), "sv").figure(2.54) == "2,5"


@pytest.mark.parametrize(("share", "figure"), [(1, "100"), (0.999, "99"), (0.974, "97"), (0.0, "0")])
def test_only_all_is_a_hundred(share: float, figure: str) -> None:
    assert words_of(measure({"UTC": 1}, DAYS[:1])).percent(share) == figure


def test_minutes_are_said_as_an_hour() -> None:
    assert (hour_words(0), hour_words(23 * 60 + 45)) == ("00:00", "23:45")
