"""A Swedish course: weeks by number, a meeting of two days, a study visit, other people's events."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from time_machine import Traveller

from tests.journeys.founding import found, visitor
from tests.journeys.hand import Hand

pytestmark = pytest.mark.django_db
SPRING = datetime(2023, 2, 6, 8, tzinfo=UTC)


@pytest.fixture
def nils(stopped: Traveller) -> Hand:
    return found(
        stopped,
        SPRING,
        leader="nils@glokala.example",
        zone="Europe/Stockholm",
        name_en="Social entrepreneurship",
        name_sv="Socialt entreprenörskap",
        slug="glokala",
        language="sv",
        countries="SE",
        form="in-person",
    )


def plan(nils: Hand, **given: Any) -> None:
    """Plan and publish at once, in Swedish."""
    nils.open("/organise/").follow("Plan a series")
    nils.press("Publish", **{"language": "sv", "form": "in-person"} | given).sees("Published.")


def test_a_spring_by_weeks_days_and_places(nils: Hand) -> None:
    by_weeks(nils)
    in_two_days(nils)
    at_a_place(nils)
    of_others(nils)


def by_weeks(nils: Hand) -> None:
    """Week 16 is all that is known; a week gets its title, and later its day."""
    nils.open("/organise/").follow("Plan a series")
    nils.press("Publish", title="Kursplan", slug="kursplan", rhythm="weeks", weeks="v 99 2023", status=400)
    nils.press("Publish", language="sv", form="in-person", weeks="2023-W16\nv 17 2023\nv 20 2023")
    nils.follow("Sessions as a table")
    nils.press("Preview", titles="Läs om din bygd\nSkriv en affärsmodell på en sida\nIntervjua tre kunder")
    nils.press("Apply all of it").sees("3 sessions changed.")
    astrid = visitor("Europe/Stockholm", "sv")
    astrid.open("/series/kursplan/").sees(
        "Läs om din bygd", "Vecka 16, 17–23 april 2023", "Vecka 17", "Vecka 20"
    )
    astrid.open("/sessions/kursplan-2/").sees(
        "Vecka 17, 24–30 april 2023", "Skriv en affärsmodell på en sida"
    )
    entries = astrid.feed("/series/kursplan/calendar.ics")
    assert entries["kursplan-2"]["DTSTART"].dt == date(2023, 4, 24)
    assert entries["kursplan-2"]["DTEND"].dt == date(2023, 5, 1)
    undated(nils, astrid)


def undated(nils: Hand, astrid: Hand) -> None:
    """What has no date yet is on the page and in no calendar; then it has its day."""
    nils.open("/organise/series/kursplan/").follow("Add a session")
    nils.press("Add the session", title="Avslutning", precision="none").sees("Added.")
    assert "kursplan-4" not in astrid.feed("/series/kursplan/calendar.ics")
    astrid.open("/sessions/kursplan-4/").sees("Avslutning")
    nils.follow("Move").press("Move the session", date="2023-06-02")
    assert astrid.feed("/series/kursplan/calendar.ics")["kursplan-4"]["DTSTART"].dt == date(2023, 6, 2)


def in_two_days(nils: Hand) -> None:
    """8 and 9 May: an event of whole days that contains its programme, some of it at the same time."""
    nils.open("/organise/").follow("Plan a series").follow("Two-day meeting")
    nils.press(
        "Publish",
        title="Kursmöte",
        slug="kursmote",
        language="sv",
        first_date="2023-05-08",
        last_date="2023-05-09",
    )
    nils.open("/organise/sessions/kursmote-1/").follow("Programme")
    nils.press("Show what would be added", lines="2023-05-08\n09.30 Välkomna", status=400)
    nils.sees("Nothing is added yet.")
    lines = [
        "2023-05-08",
        "09:30-10:15 | 1.205 | Välkomna, och en runda | Nils Exempel",
        "10:30-12:00 | 1.205 | Vem är din kund?",
        "10:30-12:00 | 1.206 | En budget på en sida | Astrid Exempel",
        "2023-05-09",
        "09:00-10:30 | 1.205 | Hur en bygd kan äga sig själv",
    ]
    nils.press("Show what would be added", lines="\n".join(lines)).sees("4 parts will be added:")
    nils.press("Add them all")
    aino = visitor("Europe/Helsinki", "sv").open("/sessions/kursmote-1/")
    aino.sees(
        "måndag 8 – tisdag 9 maj 2023 (v 19)",
        "1.205",
        "1.206",
        "Vem är din kund?",
        "En budget på en sida",
        "Astrid Exempel",
    )
    aino.sees("11:30–13:00")  # 10:30 in Stockholm
    entries = aino.feed("/series/kursmote/calendar.ics")
    assert (entries["kursmote-1"]["DTSTART"].dt, entries["kursmote-1"]["DTEND"].dt) == (
        date(2023, 5, 8),
        date(2023, 5, 10),
    )
    parts = {
        str(each["SUMMARY"]): each for each in entries.values() if "T" in each["DTSTART"].to_ical().decode()
    }
    assert {str(each["SUMMARY"]): each["DTSTART"].dt.astimezone(UTC) for each in parts.values()} == {
        "Välkomna, och en runda": datetime(2023, 5, 8, 7, 30, tzinfo=UTC),
        "Vem är din kund?": datetime(2023, 5, 8, 8, 30, tzinfo=UTC),
        "En budget på en sida": datetime(2023, 5, 8, 8, 30, tzinfo=UTC),
        "Hur en bygd kan äga sig själv": datetime(2023, 5, 9, 7, 0, tzinfo=UTC),
    }
    assert "1.206" in str(parts["En budget på en sida"]["LOCATION"])


def at_a_place(nils: Hand) -> None:
    """A study visit of a whole day at a place with its access notes."""
    nils.open("/organise/communities/glokala/").follow("Rooms").follow("Add a room")
    nils.press(
        "Save",
        name="Lanthandeln",
        address="Röstånga",
        position="55.996, 13.289",
        access="Ramp vid baksidan.",
        capacity="12",
    )
    nils.open("/organise/").follow("Plan a series")
    room = next(
        value
        for each in nils.page.fields
        if each.name == "place_id"
        for value, words, _on in each.options
        if "Lanthandeln" in words
    )
    nils.press(
        "Publish",
        title="Studiebesök",
        slug="besok",
        language="sv",
        form="in-person",
        rhythm="once",
        first_date="2023-05-10",
        all_day=True,
        place_id=room,
    )
    astrid = visitor("Europe/Stockholm", "sv").open("/sessions/besok-1/")
    astrid.sees("onsdag 10 maj 2023", "Lanthandeln", "Ramp vid baksidan.")
    entry = astrid.feed("/series/besok/calendar.ics")["besok-1"]
    assert entry["DTSTART"].dt == date(2023, 5, 10)
    assert "Lanthandeln" in str(entry["LOCATION"])


def of_others(nils: Hand) -> None:
    """The hand-kept list of other people's events: their source is named, and nothing is promised in their name."""
    given = {"rhythm": "once", "external": True, "all_day": True, "form": "hybrid", "language": "en"}
    nils.open("/organise/").follow("Plan a series")
    nils.press("Publish", title="ChangeNOW Summit", first_date="2023-05-25", status=400, **given)
    nils.sees("Give the address where they announce it.")
    nils.press(
        "Publish",
        last_date="2023-05-27",
        zone="Europe/Paris",
        room="Paris",
        source_url="https://changenow.example/",
    )
    plan(nils, title="SOCAP", **given | {"rhythm": "undated", "source_url": "https://socap.example/"})
    seen = visitor("Europe/Stockholm", "sv").open("/sessions/changenow-summit-1/")
    seen.sees("torsdag 25 – lördag 27 maj 2023 (v 21)", "changenow.example", "Paris")
    assert "https://changenow.example/" in seen.html
    seen.open("/sessions/socap-1/").sees("SOCAP", "socap.example")
    entries = seen.feed("/elsewhere/calendar.ics")
    assert [(slug, each["DTSTART"].dt, each["DTEND"].dt) for slug, each in entries.items()] == [
        ("changenow-summit-1", date(2023, 5, 25), date(2023, 5, 28))
    ]
    nils.open("/organise/series/changenow-summit/").sees("Nothing is owed.")
