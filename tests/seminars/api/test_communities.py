"""/api/communities/ and /api/series/<slug>/: what they are, and who may know of them."""

from datetime import time

import pytest
from django.test import Client

from seminars.people.models import Community
from seminars.series.models import Audience
from tests.factories import make_series
from tests.seminars.api.reading import SAID_404, read

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
ORGANISING = {"as_organiser", "as_manager", "as_administrator"}
SEEING = ORGANISING | {"as_member"}
CAST = [*sorted(SEEING), "as_stranger", "as_nobody"]


def hidden_from(client: Client, address: str, missing: str) -> bool:
    """Whether `address` answers the very 404 that `missing` answers."""
    answer = client.get(address)
    if answer.status_code == 200:
        return False
    assert (answer.status_code, answer.content) == (404, client.get(missing).content)
    assert SAID_404 in read(client, address, 404)["detail"]
    return True


@pytest.mark.parametrize("who", CAST)
class TestWhoReads:
    """The whole cast."""

    def test_a_closed_community(
        self, request: pytest.FixtureRequest, community: Community, closed_community: Community, who: str
    ) -> None:
        client: Client = request.getfixturevalue(who)
        hidden = hidden_from(client, "/api/communities/cohort/", "/api/communities/nothing-here/")
        assert hidden is (who not in SEEING)
        listed = [each["slug"] for each in read(client, "/api/communities/")["communities"]]
        assert listed == (["cohort", "savings"] if who in SEEING else ["savings"])
        assert read(client, "/api/communities/savings/")["slug"] == "savings"

    @pytest.mark.parametrize(
        ("fields", "seeing"),
        [
            ({}, set(CAST)),
            ({"audience": Audience.MEMBERS}, SEEING),
            ({"audience": Audience.NAMED}, ORGANISING),
            ({"published_at": None}, ORGANISING),
        ],
    )
    def test_a_series(
        self,
        request: pytest.FixtureRequest,
        community: Community,
        who: str,
        fields: dict[str, object],
        seeing: set[str],
    ) -> None:
        client: Client = request.getfixturevalue(who)
        series = make_series(community, **fields)
        assert hidden_from(client, f"/api/series/{series.slug}/", "/api/series/x/") is (who not in seeing)
        named = [each["slug"] for each in read(client, "/api/communities/savings/")["series"]]
        shown = who in seeing and "published_at" not in fields  # pages do not list drafts either
        assert named == ([series.slug] if shown else [])

    def test_a_series_of_a_closed_community(
        self, request: pytest.FixtureRequest, closed_community: Community, who: str
    ) -> None:
        client: Client = request.getfixturevalue(who)
        series = make_series(closed_community)
        assert hidden_from(client, f"/api/series/{series.slug}/", "/api/series/x/") is (who not in SEEING)


def test_what_a_community_is(as_member: Client, community: Community) -> None:
    said = read(as_member, "/api/communities/savings/")
    expected = {
        "name": {"en": "Savings groups", "sv": "Spargrupper"},
        "joining": "open",
        "home_zone": "Africa/Johannesburg",
        "page": f"{SITE}/communities/savings/",
        "address": f"{SITE}/api/communities/savings/",
        "calendar": f"{SITE}/communities/savings/calendar.ics",
        "sessions": f"{SITE}/api/sessions/?community=savings",
        "series": [],
    }
    assert {name: said[name] for name in expected} == expected
    assert (
        read(as_member, "/api/communities/cohort/")["calendar"] is None
    )  # it is in the members' own feeds only


def test_what_a_series_promises(as_organiser: Client, community: Community) -> None:
    series = make_series(
        community, slug="after-hours", local_time=time(15, 30), rdates=["2027-01-05"], exdates=["2026-12-29"]
    )
    said = read(as_organiser, "/api/series/after-hours/")
    expected = {
        "zone": "Africa/Johannesburg",
        "first_date": "2026-12-01",
        "local_time": "15:30",
        "minutes": 60,
        "rrule": "FREQ=MONTHLY;BYDAY=1TU",
        "rdates": ["2027-01-05"],
        "exdates": ["2026-12-29"],
        "published": True,
        "calendar": f"{SITE}/series/after-hours/calendar.ics",
        "sessions": f"{SITE}/api/sessions/?series=after-hours",
    }
    assert {name: said[name] for name in expected} == expected
    assert said["community"]["slug"] == "savings"
    series.audience, series.local_time = Audience.MEMBERS, None
    series.save()
    said = read(as_organiser, "/api/series/after-hours/")
    assert (said["calendar"], said["local_time"]) == (None, None)
