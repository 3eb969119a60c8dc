"""Countries and languages to choose from: each once, by name, in the alphabet of the page's language."""

from collections.abc import Callable

import pytest
import pytz
from django.utils.translation import override

from seminars.web.accounts.forms import country_choices as of_a_profile
from seminars.web.forms.directory import country_choices as of_a_directory
from seminars.web.forms.inputs import language_choices
from seminars.web.forms.joining import country_choices as of_an_organisation
from seminars.web.forms.naming import NO_COUNTRIES, countries, languages


def test_every_country_and_nothing_else() -> None:
    codes = [code for code, _name in countries()]
    assert len(codes) == len(set(codes))
    assert not NO_COUNTRIES & set(codes)
    assert set(pytz.country_names) <= set(codes)


@pytest.mark.parametrize(
    ("language", "first", "last"), [("en", "Åland Islands", "Zimbabwe"), ("sv", "Albanien", "Östtimor")]
)
@pytest.mark.parametrize("choices", [of_a_profile, of_a_directory, of_an_organisation])
def test_wherever_one_says_a_country_it_stands_where_one_looks(
    choices: Callable[[], list[tuple[str, str]]], language: str, first: str, last: str
) -> None:
    with override(language):
        nothing, afghanistan, second, *_rest, end = choices()
    assert (nothing[0], afghanistan[1], second[1], end[1]) == ("", "Afghanistan", first, last)


def test_languages_of_the_site_come_first_and_only_there() -> None:
    with override("sv"):
        (_ours, first), (_all, rest) = language_choices()
    assert [code for code, _name in first] == ["en", "sv"]
    assert not {"en", "sv"} & dict(rest).keys()
    assert [name for _code, name in rest][-1] == "zulu"
    assert len(first) + len(rest) == len(languages())
