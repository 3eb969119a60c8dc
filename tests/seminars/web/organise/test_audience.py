"""The expected audience: cities and numbers, a pasted list, what is said of what cannot be read."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.people.expecting import expect, expected_of
from seminars.people.models import Community
from tests.factories import NOW, make_member

pytestmark = pytest.mark.usefixtures("stopped")
HERE = "/organise/communities/savings/audience/"
PASTE = f"{HERE}paste/"


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_numbers_by_city(as_organiser: Client, community: Community) -> None:
    first = {"zone": "Africa/Nairobi", "number": "25"}
    assert as_organiser.post(HERE, first).status_code == 302
    changed = {"at_Africa/Nairobi": "30", "zone": "Asia/Calcutta", "number": "4"}
    assert as_organiser.post(HERE, changed).status_code == 302
    assert expected_of(community) == {"Africa/Nairobi": 30, "Asia/Kolkata": 4}
    page = text(as_organiser.get(HERE))
    # The organiser has come, from Johannesburg: one of those expected.
    assert "The planner counts 34 members. 1 has come and said where they are." in page
    assert "not counted" not in page
    make_member(community)
    assert "1 member has not said where they are, and is not counted." in text(as_organiser.get(HERE))
    as_organiser.post(HERE, {"at_Africa/Nairobi": "", "at_Asia/Kolkata": "0", "zone": "", "number": ""})
    assert expected_of(community) == {}


def test_a_pasted_list(as_organiser: Client, community: Community) -> None:
    expect(community=community, numbers={"Asia/Manila": 1, "Africa/Lagos": 2}, now=NOW, actor_id=None)
    lines = "Kenya 25\n\n20 × Washington\nMexico City, 12;\nmanila: 5\nse 3\nSÃO PAULO 2\nAsia/Calcutta 1\nGermany 9"
    assert as_organiser.post(PASTE, {"places": lines}).status_code == 302
    assert expected_of(community) == {
        "Africa/Nairobi": 25,
        "America/New_York": 20,
        "America/Mexico_City": 12,
        "Asia/Manila": 5,
        "Africa/Lagos": 2,
        "Europe/Stockholm": 3,
        "America/Sao_Paulo": 2,
        "Asia/Kolkata": 1,
        "Europe/Berlin": 9,
    }


def test_places_in_the_pages_language(as_organiser: Client, community: Community) -> None:
    lines, swedish = "Kairo 3\nTyskland 4", {"accept-language": "sv"}
    assert as_organiser.post(PASTE, {"places": lines}, headers=swedish).status_code == 302
    assert expected_of(community) == {"Europe/Berlin": 4, "Africa/Cairo": 3}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("", "Write at least one line"),
        ("Kenya", "Line 1, “Kenya”: add a number."),
        ("Kenya 5\nAtlantis 3", "Line 2, “Atlantis”: no such country or large city is known."),
        ("Mexico 20", "Line 1, “Mexico” has several clocks: name a city, such as Mexico City, "),
        ("USA 20", "Line 1, “USA” has several clocks: name a city, such as New York, Chicago, Los Angeles."),
        ("Kenya 9999999", "Give a number from 0 to 100000."),
    ],
)
def test_lines_that_cannot_be_read_are_named(
    as_organiser: Client, community: Community, lines: str, message: str
) -> None:
    answer = as_organiser.post(PASTE, {"places": lines})
    assert answer.status_code == 400
    assert message in text(answer)
    assert expected_of(community) == {}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"zone": "Africa/Nairobi", "number": ""}, "Say how many members you expect there."),
        ({"zone": "", "number": "3"}, "Choose the city in which you expect them."),
        ({"zone": "Mars/Olympus", "number": "3"}, "is not a time zone"),
        ({"at_Africa/Nairobi": "-3"}, "Give a number from 0 to 100000."),
        ({"at_Africa/Nairobi": "1.5"}, "Give a whole number, such as 25."),
        ({"at_Africa/Nairobi": "100001"}, "Give a number from 0 to 100000."),
    ],
)
def test_numbers_that_cannot_be_are_named(
    as_organiser: Client, community: Community, given: dict[str, str], message: str
) -> None:
    answer = as_organiser.post(HERE, given)
    assert answer.status_code == 400
    assert message in text(answer)
    assert expected_of(community) == {}


@pytest.mark.parametrize("who", ["as_member", "as_stranger"])
@pytest.mark.parametrize("address", [HERE, PASTE])
def test_only_organisers_change_it(
    request: pytest.FixtureRequest, community: Community, who: str, address: str
) -> None:
    client = request.getfixturevalue(who)
    given = {"zone": "Africa/Nairobi", "number": "25", "places": "Kenya 3"}
    assert client.post(address, given).status_code == 404
    assert expected_of(community) == {}


def test_queries_do_not_grow(as_organiser: Client, community: Community) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_organiser.get(HERE).status_code == 200
        return len(queries)

    expect(community=community, numbers={"Asia/Manila": 1}, now=NOW, actor_id=None)
    few = asked()
    many = {"Asia/Manila": 1, "Africa/Lagos": 2, "America/Lima": 3, "Asia/Tokyo": 4, "Europe/Berlin": 5}
    expect(community=community, numbers=many, now=NOW, actor_id=None)
    assert asked() <= few <= 10
