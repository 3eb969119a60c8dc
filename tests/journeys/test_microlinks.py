"""microLINKS: monthly seminars in Washington and on the line, a conference, an e-conference, and peers far away."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from time_machine import Traveller

from tests.journeys.founding import found, mailed, visitor
from tests.journeys.hand import Hand
from tests.journeys.test_second_story import MEDIA, run_queue

pytestmark = pytest.mark.django_db
JANUARY = datetime(2006, 1, 9, 15, tzinfo=UTC)
AFTER_HOURS = {
    "title": "Financial Services After Hours",
    "slug": "after-hours",
    "nth": 2,
    "weekday": 3,
    "first_date": "2006-02-01",
    "local_time": "16:00",
    "minutes": "1:30",
    "ends": "count",
    "count": 12,
    "join_url": "https://meet.example/microlinks",
    "view_url": "https://stream.example/microlinks",
    "dial_in": "US +1 202 555 0143, code 4417#\nKE +254 20 000 0143, code 4417#",
}
TITLES = [f"Seminar {n}" for n in range(1, 13)]


@pytest.fixture
def olive(stopped: Traveller) -> Hand:
    hand = found(
        stopped,
        JANUARY,
        leader="olive@microlinks.example",
        zone="America/New_York",
        name_en="microLINKS",
        slug="microlinks",
        form="hybrid",
        contact="olive@microlinks.example",
    )
    hand.open("/organise/communities/microlinks/").follow("Rooms").follow("Add a room")
    hand.press(
        "Save", name="Room 3", address="1333 H Street NW", capacity="2", access="Lift; ring for the door."
    )
    return hand


def room(hand: Hand) -> str:
    """Which choice of the form is the room."""
    offered = next(each.options for each in hand.page.fields if each.name == "place_id")
    return next(value for value, words, _on in offered if "Room 3" in words)


def plan(olive: Hand, kind: str = "", **given: Any) -> Hand:
    """Plan and publish at once."""
    olive.open("/organise/").follow("Plan a series")
    if kind:
        olive.follow(kind)
    return olive.press("Publish", **given).sees("Published.")


def after_hours(olive: Hand) -> None:
    """The monthly seminar, with its room, its numbers and its titles."""
    olive.open("/organise/series/new/?template=monthly-seminar")
    plan(olive, "Monthly seminar, in a room and online", **AFTER_HOURS | {"place_id": room(olive)})
    olive.follow("Sessions as a table").press("Preview", titles="\n".join(TITLES)).sees("12 sessions change.")
    olive.press("Apply all of it").sees("12 sessions changed.")


def test_a_year_of_seminars(olive: Hand, stopped: Traveller) -> None:
    knows_its_audience(olive)
    sees_it_before_it_counts(olive)
    after_hours(olive)
    nairobi = visitor("Africa/Nairobi").open("/sessions/after-hours-1/")
    # 16:00 in Washington is midnight in Nairobi: the next day begins.
    nairobi.sees("Friday 10 February 2006, 00:00–01:30", "Seminar 1", "Kenya: +254 20 000 0143", "Room 3")
    nairobi.sees("The room holds 2 people.", "Lift; ring for the door.", "1333 H Street NW")
    entries = nairobi.feed("/series/after-hours/calendar.ics")
    starts = [entries[f"after-hours-{n}"]["DTSTART"].dt.astimezone(UTC) for n in (1, 2, 3)]
    assert starts == [  # Washington's clocks went forward on 2 April
        datetime(2006, 2, 9, 21, tzinfo=UTC),
        datetime(2006, 3, 9, 21, tzinfo=UTC),
        datetime(2006, 4, 13, 20, tzinfo=UTC),
    ]
    members_come(olive)
    nairobi.open("/series/after-hours/").sees(  # in public, of real members only
        "At 21:00 UTC, 4 of the 10 members whose time zone is known are awake."
    )

    plan(
        olive,
        title="Business Development Services Breakfast",
        slug="breakfast",
        rhythm="monthly-weekday",
        nth=-1,
        weekday=2,
        first_date="2006-02-01",
        local_time="08:30",
        minutes="1:00",
        form="in-person",
        room="Room 3",
        ends="until",
        until="2006-12-31",
        countries=["US"],
        on_holiday="move",
    )
    assert len(nairobi.feed("/series/breakfast/calendar.ics")) == 11
    meets_in_june(olive)
    talks_for_days(olive)
    assists_a_few(olive)
    reaches_far_zones(olive)
    shows_slides_before(olive)


def knows_its_audience(olive: Hand) -> None:
    """Expected members by country; a place that is none is said, and what was typed stays."""
    olive.open("/organise/communities/microlinks/").follow("Expected audience")
    olive.press("Add them all", places="Washington 40\nAtlantis 5", status=400).sees("Atlantis")
    olive.press("Add them all", places="Washington 40\nKenya 25\nPhilippines 20\nIndia 30\nPeru 15")
    olive.follow("Find an hour").sees(
        "best corridor", "Office hours, %", "129 of them are expected. 1 has come."
    )
    olive.follow("16:00").sees("Burden")


def members_come(olive: Hand) -> None:
    """Real members take the place of expected ones, each where they are."""
    olive.open("/organise/communities/microlinks/members/")
    for n in range(9):  # with Olive, who leads it, they are ten
        zone = "Africa/Nairobi" if n < 6 else "America/New_York"
        olive.press("Add the member", name=f"Member {n}", email=f"member{n}@example.org", zone=zone)


def sees_it_before_it_counts(olive: Hand) -> None:
    """Mistakes are said beside their field; gaps and doubled hours of the clock before anything is published."""
    olive.open("/organise/series/new/?template=monthly-seminar")
    wrong = {"title": "Try", "first_date": "2006-02-01"}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"months": 0}, "Give a number from 1 to 24."),
        ({"ends": "until", "until": "2005-12-31"}, "The last date is before the first one."),
        ({"ends": "count", "count": 10_000}, "Give a number from 1 to 1000."),
        ({"rhythm": "once", "local_time": "02:30", "first_date": "2006-04-02"}, "go forward over 02:30"),
    ]
    for given, said in cases:
        olive.press("Show the preview", status=400, **wrong | given).sees(said)
        assert next(each.value for each in olive.page.fields if each.name == "title") == "Try"
        olive.open("/organise/series/new/?template=monthly-seminar")
    given = {"rhythm": "dates", "dates": "2006-04-02\n2006-10-29\n2006-11-05", "zone": "America/New_York"}
    olive.press("Show the preview", title="Night", local_time="01:30", **given).sees("twice")
    olive.press("Show the preview", local_time="02:30").sees("03:30")


def meets_in_june(olive: Hand) -> None:
    """A learning conference of days with rooms side by side."""
    plan(
        olive,
        title="Microenterprise in a Globalizing World",
        slug="conference",
        rhythm="once",
        first_date="2006-06-20",
        last_date="2006-06-22",
        all_day=True,
        form="hybrid",
        room="Example hotel, Washington",
        join_url="https://meet.example/conference",
    )
    olive.open("/organise/sessions/conference-1/").follow("Programme")
    lines = "2006-06-20\n09:00-10:00 | Hall A | Opening\n10:30-12:00 | Hall A | Value chains | Ana Ruiz\n"
    olive.press("Show what would be added", lines=f"{lines}10:30-12:00 | Hall B | Remittances\n").press(
        "Add them all"
    )
    manila = visitor("Asia/Manila").open("/sessions/conference-1/")
    manila.sees("20", "22 June 2006", "Hall A", "Hall B", "Value chains", "Remittances", "22:30–00:00")
    assert len(manila.feed("/series/conference/calendar.ics")) == 4


def talks_for_days(olive: Hand) -> None:
    """Speakers' Corner: an online discussion of three days, every month."""
    plan(
        olive,
        title="Speakers' Corner",
        slug="corner",
        rhythm="monthly-weekday",
        nth=3,
        weekday=1,
        first_date="2006-02-01",
        all_day=True,
        days=3,
        ends="count",
        count=11,
        form="virtual",
    )
    entry = visitor("Asia/Manila").feed("/series/corner/calendar.ics")["corner-2"]
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (date(2006, 3, 21), date(2006, 3, 24))


def assists_a_few(olive: Hand) -> None:
    """A peer assist is for invited people only, and no more than the room holds."""
    olive.open("/organise/series/new/")
    given = {"rhythm": "once", "first_date": "2006-05-02", "local_time": "10:00", "form": "in-person"}
    plan(olive, title="Peer assist", slug="assist", audience="named", place_id=room(olive), **given)
    olive.open("/organise/sessions/assist-1/").follow("Choose who is invited")
    people = [each.value for each in olive.page.fields if each.name == "persons"]
    olive.press("Save", persons=people[:3], status=400).sees("holds 2")
    olive.press("Save", persons=people[:2]).sees("Saved.")
    visitor("Africa/Nairobi").open("/sessions/assist-1/", status=404)
    assert "assist-1" not in visitor("UTC").feed("/calendar.ics")


def reaches_far_zones(olive: Hand) -> None:
    """A twin at a humane hour in Manila; a group in Nairobi says that it follows."""
    olive.open("/organise/sessions/after-hours-3/").follow("Twin or relay")
    olive.press("Add this hour", echo="twin", zone="Asia/Manila", date="2006-04-14", time="14:00")
    manila = visitor("Asia/Manila").open("/sessions/after-hours-3/")
    manila.sees("Held at several hours", "14 Apr 2006, 04:00–05:30", "14 Apr 2006, 14:00–15:30")
    nairobi = visitor("Africa/Nairobi").open("/sessions/after-hours-3/").follow("Register your group")
    nairobi.press(
        "Register our group",
        place="Town library",
        city="Nairobi",
        zone="Africa/Nairobi",
        contact="Grace",
        email="grace@library.example",
        expected="25",
        welcome=True,
    )
    olive.open("/organise/sessions/after-hours-3/").follow("Groups").sees(
        "Town library, Nairobi", "25 people expected"
    )
    manila.open("/sessions/after-hours-3/").sees("Town library, Nairobi")


def shows_slides_before(olive: Hand) -> None:
    """Who listens by phone has the slides before the start."""
    olive.open("/organise/sessions/after-hours-1/").follow("Files")
    pdf = (MEDIA / "microlinks-after-hours.pdf").read_bytes()
    file = SimpleUploadedFile("slides.pdf", pdf, "application/pdf")
    olive.press("Upload", upload__kind="slides", upload__language="en", upload__file=file)
    run_queue()
    visitor("Africa/Nairobi").open("/sessions/after-hours-1/").sees("Before the session", "Slides (PDF")


def test_the_year_changes(olive: Hand, stopped: Traveller) -> None:
    after_hours(olive)
    subscriber = visitor("Asia/Kolkata")
    before = subscriber.feed("/series/after-hours/calendar.ics")
    stopped.shift(60)
    one_moves_and_all_that_follow(olive, stopped)
    after = subscriber.feed("/series/after-hours/calendar.ics")
    assert {slug: each["UID"] for slug, each in after.items()} == {
        slug: each["UID"] for slug, each in before.items()
    }
    hours = [after[f"after-hours-{n}"]["DTSTART"].dt.astimezone(UTC) for n in (2, 5, 6)]
    assert hours == [
        datetime(2006, 3, 16, 21, tzinfo=UTC),  # moved alone, by a week
        datetime(2006, 6, 8, 21, tzinfo=UTC),  # an hour later, and all that follow
        datetime(2006, 7, 13, 21, tzinfo=UTC),
    ]
    subscriber.open("/sessions/after-hours-2/").sees("New time", "Friday 17 March 2006, 02:30–04:00")
    stopped.shift(60)
    is_cancelled_and_taken_back(olive, subscriber)
    stopped.shift(60)
    changes_places(olive, subscriber)
    two_plan_at_once(olive)


def one_moves_and_all_that_follow(olive: Hand, stopped: Traveller) -> None:
    """One by a week; then, from the fifth on, an hour later, seen before it counts."""
    olive.open("/organise/sessions/after-hours-2/").follow("Move")
    olive.press("Move the session", date="2006-03-16", reason="Snow.").sees("It can be undone until")
    olive.open("/organise/sessions/after-hours-5/").follow("Change this and all that follow")
    olive.press("Show what would change", local_time="17:00").sees("8 sessions move.", "UTC")
    olive.press("Back to the form")
    assert next(each.value for each in olive.page.fields if each.name == "local_time") == "17:00"
    stopped.shift(60)
    olive.press("Show what would change").press("Apply all of it")
    olive.open("/organise/series/after-hours/").press("Undo it").sees("Undone.")
    olive.open("/organise/sessions/after-hours-5/").follow("Change this and all that follow")
    olive.press("Show what would change", local_time="17:00").press("Apply all of it")


def is_cancelled_and_taken_back(olive: Hand, subscriber: Hand) -> None:
    """Cancelled with its reason, undone; postponed, reinstated; a reason is asked for."""
    olive.open("/organise/sessions/after-hours-6/").follow("Cancel")
    olive.press("Cancel the session", status=400)
    olive.press("Cancel the session", reason="The speaker is ill.")
    subscriber.open("/sessions/after-hours-6/").sees("Cancelled", "The speaker is ill.")
    assert subscriber.feed("/series/after-hours/calendar.ics")["after-hours-6"]["STATUS"] == "CANCELLED"
    olive.press("Undo it").sees("Undone.")
    subscriber.open("/sessions/after-hours-6/").misses("The speaker is ill.")
    olive.open("/organise/sessions/after-hours-7/").follow("Postpone")
    olive.press("Postpone the session", reason="A new date follows.")
    subscriber.open("/sessions/after-hours-7/").sees("Postponed", "A new date follows.")
    olive.follow("Reinstate")
    olive.press(next(each.words for each in olive.page.buttons if each.words.startswith("Reinstate")))
    subscriber.open("/sessions/after-hours-7/").misses("Postponed")


def changes_places(olive: Hand, subscriber: Hand) -> None:
    """Two swap their dates; three move by a week at once, with a preview."""
    olive.open("/organise/sessions/after-hours-3/").follow("Swap").press("Swap them", other="after-hours-4")
    subscriber.open("/sessions/after-hours-3/").sees("Seminar 3", "12 May 2006")
    subscriber.open("/sessions/after-hours-4/").sees("Seminar 4", "14 April 2006")
    olive.open("/organise/series/after-hours/").follow("Sessions as a table")
    ticks = [each.value for each in olive.page.fields if each.name == "pick"][-3:]
    olive.press("Preview", pick=ticks, deed="edit", do=["shift"], shift="1").sees("3 sessions move.")
    olive.press("Apply all of it").sees("3 sessions changed.")
    subscriber.open("/sessions/after-hours-12/").sees("Friday 19 January 2007")


def two_plan_at_once(olive: Hand) -> None:
    """The later of two organisers sees what the first did, and loses nothing."""
    olive.open("/organise/communities/microlinks/members/").follow("Invite by mail")
    olive.press("Send the invitations", people="Paul <paul@microlinks.example>", role="organiser")
    paul = visitor("America/Lima").open(mailed("paul@microlinks.example", "/invitations/")).press("Accept")
    paul.open("/organise/sessions/after-hours-8/edit/")
    olive.open("/organise/sessions/after-hours-8/edit/").press("Save", title_en="Olive's title").sees(
        "Saved."
    )
    paul.press("Save", title_en="Paul's title", abstract_en="Paul's abstract", status=409)
    paul.sees("olive@microlinks.example", "Olive's title", "Paul's title")
    assert next(each.value for each in paul.page.fields if each.name == "abstract_en") == "Paul's abstract"
    olive.open("/organise/sessions/after-hours-8/").sees("changed its details", "Seminar 8 → Olive's title")
    assert re.search(r"Title: .*Olive's title", olive.page.text)
