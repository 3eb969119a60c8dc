"""Whom one may want to meet: by words, across clocks and sectors, with the reason."""

import pytest

from seminars.people.directory.matching import Match, Says, in_order, match, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I offer savings groups, and teaching.", ["saving", "group", "teaching"]),
        ("Looking for people who work with us", []),
        ("Vivienda y crédito", ["vivienda", "crédito"]),
        ("住房 合作", ["住房", "合作"]),
        ("", []),
    ],
)
def test_words_that_say_something(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def says(offers: str = "", seeks: str = "", zone: str = "", sector: str = "", languages: str = "") -> Says:
    return Says(
        frozenset(words_of(offers)), frozenset(words_of(seeks)), zone, sector, frozenset(languages.split())
    )


MEXICO = says("solar lamps", "housing pilots", "America/Mexico_City", "energy", "es en")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (
            says("housing", "solar", "Africa/Maputo", "housing", "pt en"),
            Match(("housing",), ("solar",), True, True),
        ),
        (says("housing", "", "America/Mexico_City", "housing"), Match(("housing",), (), False, True)),
        (says("housing", "", "America/Mexico_City", "Energy"), None),  # a neighbour of the same trade
        (says("housing", "", "", ""), None),  # of whom nothing is known
        (says("bread", "water", "Africa/Maputo", "food"), None),
        (says("housing", "", "Africa/Maputo", "housing", "pt"), None),  # no language in common
    ],
)
def test_who_may_want_to_meet(other: Says, found: Match | None) -> None:
    assert match(MEXICO, other) == found


def test_those_of_use_to_each_other_come_first() -> None:
    one_way = Match(("housing", "pilot"), (), True, True)
    both = Match(("housing",), ("solar",), True, False)
    assert in_order([(1, one_way), (2, both), (3, both)]) == [(2, both), (3, both), (1, one_way)]
