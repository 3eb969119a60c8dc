"""Services SETA: three communities of practice, each by webinar once a quarter, for entities that ask to join."""

from datetime import UTC, datetime

import pytest
from time_machine import Traveller

from tests.journeys.founding import found, mailed, visitor
from tests.journeys.hand import Hand

pytestmark = pytest.mark.django_db
WINTER = datetime(2020, 7, 6, 8, tzinfo=UTC)
COPS = [("ENO", 2, "8 September 2020"), ("RM&E", 3, "15 September 2020"), ("BAS", 4, "22 September 2020")]


@pytest.fixture
def thandi(stopped: Traveller) -> Hand:
    return found(
        stopped,
        WINTER,
        leader="thandi@seta.example",
        zone="Africa/Johannesburg",
        name_en="Services SETA ECDi",
        slug="seta",
        joining="request",
        eligibility_en="Entities that manage business advisors, rather than individual advisors.",
        countries="ZA",
        discusses_at="https://groups.example/seta",
    )


def plan(thandi: Hand, name: str, nth: int) -> None:
    """As published: two hours from 09h00 on a Tuesday of September, each quarter, for three and a half years."""
    thandi.open("/organise/").follow("Plan a series").follow("Quarterly community webinar")
    filled = {
        "title": f"{name} CoP Webinar",
        "slug": name.lower().replace("&", ""),
        "nth": nth,
        "first_date": "2020-09-01",
        "local_time": "09h00",
        "minutes": "2:00",
        "ends": "until",
        "until": "2023-12-31",
        "countries": ["ZA"],
        "on_holiday": "move",
        "tell": True,
        "join_url": "https://meet.example/seta",
    }
    thandi.press("Show the preview", **filled)
    thandi.sees("every quarter" if nth == 2 else "quarter", "09:00–11:00")
    thandi.press("Save as draft").sees("Nobody else sees it")
    visitor("Africa/Lagos").open(f"/series/{filled['slug']}/", status=404)
    thandi.press("Publish").sees("Published. The sessions are on the site")


def test_a_year_of_three_communities(thandi: Hand, stopped: Traveller) -> None:
    for name, nth, day in COPS:
        plan(thandi, name, nth)
        thandi.sees(day.split()[0].rjust(1) + " Sept 2020, 09:00–11:00")

    # What somebody in Lagos sees, an hour west, on pages and in the calendar.
    lagos = visitor("Africa/Lagos")
    for name, _nth, day in COPS:
        lagos.open(f"/sessions/{name.lower().replace('&', '')}-1/")
        lagos.sees(f"Tuesday {day}, 08:00–10:00", "Lagos", "07:00–09:00 UTC", "CoP Webinar")
    entries = lagos.feed("/communities/seta/calendar.ics")
    first = {
        slug: each["DTSTART"].dt.astimezone(UTC) for slug, each in entries.items() if slug.endswith("-1")
    }
    assert first == {
        slug: datetime(2020, 9, day, 7, tzinfo=UTC)
        for slug, day in [("eno-1", 8), ("rme-1", 15), ("bas-1", 22)]
    }
    assert len(entries) == 3 * 14  # a webinar a quarter, September 2020 to December 2023

    # 21 March 2023 is Human Rights Day: the webinar is a day later, and everybody is told why.
    assert entries["rme-11"]["DTSTART"].dt.astimezone(UTC) == datetime(2023, 3, 22, 7, tzinfo=UTC)
    assert "Human Rights Day" in str(entries["rme-11"]["DESCRIPTION"])
    thandi.open("/organise/sessions/rme-11/").sees("Human Rights Day")
    lagos.open("/series/rme/").sees("Human Rights Day")

    joins_by_request(thandi)
    hands_over(thandi)


def joins_by_request(thandi: Hand) -> None:
    """An entity sees how one comes in; the manager takes it in, and it is counted where it is."""
    visitor("Africa/Johannesburg").open("/communities/seta/").sees(
        "Entities that manage business advisors, rather than individual advisors."
    )
    thandi.open("/organise/communities/seta/members/")
    thandi.press(
        "Add the member", name="Example Incubator", email="desk@incubator.example", zone="Africa/Johannesburg"
    )
    thandi.sees("Example Incubator")
    thandi.press("Add the member", status=400, name="Nowhere", email="not an address")
    assert [each.value for each in thandi.page.fields if each.name == "name"] == [
        "Nowhere"
    ]  # nothing is lost


def hands_over(thandi: Hand) -> None:
    """A host and an owner of one series come in by mail; the pack tells the next one everything."""
    thandi.open("/organise/series/bas/").follow("Roles").follow("Invite by mail")
    thandi.press("Send the invitations", people="Sipho Host <sipho@seta.example>", role="host")
    sipho = visitor("Africa/Johannesburg")
    sipho.open(mailed("sipho@seta.example", "/invitations/")).press("Accept")
    sipho.open("/organise/sessions/bas-1/run-sheet/").sees("Begin with the usual programme")
    sipho.open("/organise/series/bas/change/", status=404)  # a host runs the day and plans nothing
    thandi.open("/organise/series/bas/").sees("Sipho Host: host").follow("Handover pack")
    thandi.sees("Settings", "host: Sipho Host", "BAS CoP Webinar 1: Tuesday 22 September 2020, 09:00–11:00")
    assert "BAS CoP Webinar" in thandi.client.get("/organise/series/bas/handover/pack.md").content.decode()
