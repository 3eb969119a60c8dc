"""MeMoRe: partners of four countries meet, discuss in numbered rooms, and document each discussion on one form."""

import re
from datetime import UTC, datetime

import pytest
from time_machine import Traveller

from seminars.people.models import User
from tests.conftest import signed_in
from tests.journeys.founding import found, mailed, visitor
from tests.journeys.hand import Hand

pytestmark = pytest.mark.django_db
SEPTEMBER = datetime(2013, 9, 2, 8, tzinfo=UTC)
TITLE = "Mentoring initiatives should develop a more social-entrepreneurial mindset"
LINES = f"""09:15-10:15 | 1.201 | Where each partner stands
10:30-12:00 | 1.205 | {TITLE} | Karin Example
10:30-12:00 | 1.206 | Finding mentors who stay | Uwe Example
13:30-15:30 | 1.201 | What we take home"""


@pytest.fixture
def lotte(stopped: Traveller) -> Hand:
    return found(
        stopped,
        SEPTEMBER,
        leader="lotte@memore.example",
        zone="Europe/Brussels",
        name_en="MeMoRe",
        slug="memore",
        joining="request",
        life="short-term",
        form="in-person",
        countries="BE, FI, SE, DE",
        contact="lotte@memore.example",
    )


def test_a_partner_meeting_and_its_reports(lotte: Hand, stopped: Traveller) -> None:
    with_a_room_that_holds_two(lotte)
    lotte.open("/organise/").follow("Plan a series")
    lotte.press(
        "Publish",
        title="Partner meeting",
        slug="meeting",
        rhythm="once",
        first_date="2013-11-14",
        local_time="09:00",
        minutes="8:00",
        form="hybrid",
        room="Meeting centre, Brussels",
        join_url="https://meet.example/memore",
        dial_in="BE +32 2 555 01 43, code 4711#",
        owed=["report"],
    )
    lotte.open("/organise/sessions/meeting-1/").follow("Programme")
    lotte.press("Show what would be added", lines=LINES).sees("4 parts will be added:")
    lotte.press("Add them all")
    helsinki = visitor("Europe/Helsinki").open("/sessions/meeting-1/")
    helsinki.sees("Thursday 14 November 2013, 10:00–18:00", "11:30–13:00", "1.205", "1.206", TITLE)
    helsinki.follow(TITLE).sees("Part of", "At the same time", "Finding mentors who stay", "Karin Example")
    discussion = re.search(r"/sessions/([\w-]+)/", helsinki.page.address)
    assert discussion
    slug = discussion[1]
    entries = helsinki.feed("/series/meeting/calendar.ics")
    assert len(entries) == 5
    assert str(entries[slug]["LOCATION"]).startswith("1.205")

    speaks_by_a_secret_link(lotte, slug)
    moves_as_a_whole(lotte, helsinki, slug)
    runs_the_day(lotte, stopped)
    notes_are_taken(lotte, slug, stopped)


def with_a_room_that_holds_two(lotte: Hand) -> None:
    """A room has its capacity; a number that is none is said beside the field."""
    lotte.open("/organise/communities/memore/").follow("Rooms").follow("Add a room")
    lotte.press("Save", name="1.207", capacity="-3", status=400)
    lotte.press("Save", capacity="2", access="Second floor, left of the lift.").sees("1.207")


def speaks_by_a_secret_link(lotte: Hand, slug: str) -> None:
    """A speaker is asked by one link, and answers without an account, in her own zone."""
    lotte.open(f"/organise/sessions/{slug}/").follow("Add a speaker")
    lotte.press("Add the speaker", name="Aino Example", email="aino@memore.example", role="speaker")
    lotte.follow("Aino Example").press("Mail a link to aino@memore.example")
    link = mailed("aino@memore.example", "/speak/")
    aino = visitor("Europe/Helsinki").open(link).sees("For Aino Example alone", "Still wanted from you")
    aino.press("Send the answer", answer__comes="yes")
    aino.press(
        "Save",
        talk__title="A mindset that can be tried out",
        talk__abstract="With a tool that each fills in.",
    )
    aino.press("Save what may be done", consent__record="yes", consent__publish="no")
    aino.press("Show my times", zone="Europe/Helsinki").sees("11:30–13:00")
    arrival = aino.client.get(f"{link}session.ics").content.decode()
    assert "20131114T091500Z" in arrival  # a quarter of an hour before 10:30 in Brussels
    lotte.open(f"/organise/sessions/{slug}/").sees("A mindset that can be tried out", "no recording")
    lotte.follow("Aino Example").press("End this link")
    aino.open(link, status=410)


def moves_as_a_whole(lotte: Hand, helsinki: Hand, slug: str) -> None:
    """The meeting moves by a week and takes its parts along, each with the entry that it has for life."""
    before = helsinki.feed("/series/meeting/calendar.ics")
    lotte.open("/organise/sessions/meeting-1/").follow("Move")
    lotte.press("Show the new time", date="2013-11-21").sees("Thursday 21 November 2013, 09:00–17:00")
    lotte.press("Move the session", reason="The house is full.")
    helsinki.open(f"/sessions/{slug}/").sees("Thursday 21 November 2013, 11:30–13:00")
    after = helsinki.feed("/series/meeting/calendar.ics")
    assert {name: each["UID"] for name, each in after.items()} == {
        name: each["UID"] for name, each in before.items()
    }
    assert all(int(after[name]["SEQUENCE"]) > int(before[name]["SEQUENCE"]) for name in after)


def runs_the_day(lotte: Hand, stopped: Traveller) -> None:
    """The run-sheet is ticked, with hours and names; a question comes by phone and is put; the host ends it."""
    lotte.open("/organise/series/meeting/").follow("Roles").follow("Invite by mail")
    lotte.press("Send the invitations", people="Jukka Host <jukka@memore.example>", role="host")
    jukka = visitor("Europe/Brussels")
    jukka.open(mailed("jukka@memore.example", "/invitations/")).press("Accept")
    stopped.move_to(datetime(2013, 11, 21, 8, 5, tzinfo=UTC))
    jukka = signs_in_again("jukka@memore.example")
    jukka.open("/organise/sessions/meeting-1/run-sheet/").press("Begin with the usual programme")
    jukka.open("/organise/sessions/meeting-1/run-sheet/").sees("Nobody has ticked that the recording runs.")
    jukka.press("Done", which=1).misses("Nobody has ticked that the recording runs.")
    jukka.sees("by jukka@memore.example")
    jukka.press("Add the question", text="Who pays the mentors?", name="Ana, by phone").sees("Ana, by phone")
    jukka.press("Asked").sees("asked 09:05, by jukka@memore.example")
    jukka.follow("End the session")
    jukka.press(next(each.words for each in jukka.page.buttons if each.words.startswith("End")))


def signs_in_again(address: str) -> Hand:
    """Months later the browser has forgotten them: they sign in with a code."""
    return Hand(signed_in(User.objects.get(email=address)))


def notes_are_taken(lotte: Hand, slug: str, stopped: Traveller) -> None:
    """The note-taker writes the fixed form, and everybody reads it on the page of the discussion."""
    stopped.move_to(datetime(2013, 11, 21, 11, 30, tzinfo=UTC))
    lotte = signs_in_again("lotte@memore.example")
    lotte.open("/organise/series/meeting/").follow("Roles").follow("Invite by mail")
    lotte.press("Send the invitations", people="Karin <karin@memore.example>", role="note-taker")
    karin = visitor("Europe/Stockholm").open(mailed("karin@memore.example", "/invitations/")).press("Accept")
    karin.open(f"/organise/sessions/{slug}/move/", status=404)  # a note-taker plans nothing
    written = {
        "title": TITLE,
        "facilitator_room": "Karin Example, room 1.205",
        "documented_by": "Karin",
        "participants": "10",
        "who": "Mentors\nProject staff",
        "hypothesis": "Mentoring needs a market.",
        "sequence": "A self-evaluation tool was handed out.",
        "laughed": "Everyone named the coffee machine.",
    }
    karin.open(f"/organise/sessions/{slug}/report/").press(
        "Put it out", **{f"a-{name}": words for name, words in written.items()}
    )
    visitor("Europe/Berlin").open(f"/sessions/{slug}/").sees(
        "Session report",
        "Karin Example, room 1.205",
        "A self-evaluation tool",
        "Everyone named the coffee machine.",
    )
