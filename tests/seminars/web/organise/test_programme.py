"""The organiser's programme: a part, many as lines, taking one off; what follows a move; a second hour."""

from datetime import datetime

import pytest
import time_machine
from django.test import Client

from seminars.people.models import Community
from seminars.sessions.models import Echo, Session
from seminars.sessions.programme.parts import add_part
from tests.factories import NOW, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped", "organiser")]
DAY = datetime(2027, 5, 8)


@pytest.fixture
def event(community: Community) -> Session:
    series = make_series(community, slug="meeting", rrule="", local_time=None, days=2)
    return make_session(series, wall=DAY, all_day=True, days=2, title={"en": "Course meeting"})


@pytest.fixture
def lead(community: Community) -> Session:
    return make_session(make_series(community, slug="talks"), title={"en": "Savings"})


def part_of(event: Session, hour: int = 9, title: str = "Opening", room: str = "A") -> Session:
    wall = DAY.replace(hour=hour)
    return add_part(event=event, title=title, wall=wall, minutes=60, room=room, now=NOW, actor_id=None)


def page_of(event: Session, more: str = "") -> str:
    return f"/organise/sessions/{event.slug}/programme/{more}"


ONE = {"title": "Opening", "date": "2027-05-08", "time": "09:30", "minutes": "45", "room": "1.205"}


def test_a_part_is_added_and_shown_in_the_timetable(as_organiser: Client, event: Session) -> None:
    assert "No parts yet" in as_organiser.get(page_of(event)).content.decode()
    answer = as_organiser.post(page_of(event), ONE)
    assert answer.status_code == 302
    part = event.parts.get()
    assert (part.title, part.room, part.minutes) == ({"en": "Opening"}, "1.205", 45)
    page = as_organiser.get(page_of(event)).content.decode()
    assert "<table" in page
    assert "09:30–10:15" in page
    assert 'value="10:15"' in page  # the next one begins where this ends


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": ""}, "Give a title."),
        ({"minutes": ""}, "Give the length"),
        ({"date": "2027-06-08"}, "must lie within the event"),
        ({"time": "09:00", "room": "A"}, "“There” is in room A from 09:00 to 10:00."),
    ],
)
def test_mistakes_are_named_and_nothing_is_lost(
    as_organiser: Client, event: Session, typed: dict[str, str], words: str
) -> None:
    part_of(event, title="There")
    answer = as_organiser.post(page_of(event), ONE | {"abstract": "Kept text"} | typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert "Kept text" in page
    assert event.parts.count() == 1


LINES = """\
09:30-10:15 | room 1.205 | Opening | Astrid Exempel
09:30-10:15 | 1.206 | Workshop
Day 2
10:00-11:00 | 1.205 | End"""


def test_lines_are_shown_first_and_then_added_together(as_organiser: Client, event: Session) -> None:
    shown = as_organiser.post(page_of(event, "lines/"), {"lines": LINES})
    assert shown.status_code == 200
    assert "3 parts will be added" in shown.content.decode()
    assert not event.parts.exists()
    assert as_organiser.post(page_of(event, "lines/"), {"lines": LINES, "save": "1"}).status_code == 302
    assert [each.room for each in event.parts.order_by("starts_at", "room")] == ["1.205", "1.206", "1.205"]
    assert event.parts.get(title={"en": "Opening"}).speakers.get().person.name == "Astrid Exempel"


def test_each_bad_line_is_named_and_nothing_is_added(as_organiser: Client, event: Session) -> None:
    bad = LINES + "\n10:30-11:30 | 1.205 | Clash\nnonsense"
    answer = as_organiser.post(page_of(event, "lines/"), {"lines": bad, "save": "1"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Line 5:" in page
    assert "Line 6:" in page
    assert "Line 1:" not in page
    assert "nonsense</textarea>" in page
    assert not event.parts.exists()
    assert as_organiser.post(page_of(event, "lines/"), {"lines": "# nothing"}).status_code == 400


def test_a_part_is_taken_off_and_the_event_stays(as_organiser: Client, event: Session) -> None:
    part = part_of(event)
    address = f"/organise/sessions/{part.slug}/take-off/"
    assert "marked as cancelled" in as_organiser.get(address).content.decode()
    stale = as_organiser.post(address, {"seen": "0"})
    assert stale.status_code == 409
    answer = as_organiser.post(address, {"seen": str(part.revision)})
    assert answer["Location"] == page_of(event)
    assert Session.objects.get(pk=part.pk).cancelled_at == NOW
    assert Session.objects.get(pk=event.pk).cancelled_at is None
    whole = as_organiser.get(f"/organise/sessions/{event.slug}/take-off/")
    assert whole["Location"] == f"/organise/sessions/{event.slug}/"


def test_the_move_page_says_what_follows(as_organiser: Client, event: Session) -> None:
    part_of(event)
    typed = {"date": "2027-05-15", "days": "2", "reason": "", "seen": str(event.revision)}
    page = as_organiser.post(f"/organise/sessions/{event.slug}/move/preview/", typed).content.decode()
    assert "1 session follows" in page
    assert "Sat 15 May 2027, 09:00–10:00" in page
    assert as_organiser.post(f"/organise/sessions/{event.slug}/move/", typed).status_code == 302
    assert f"{event.parts.get().local_date}" == "2027-05-15"


def test_cancelling_shows_what_goes_with_it_and_asks_about_echoes(
    as_organiser: Client, lead: Session
) -> None:
    address = f"/organise/sessions/{lead.slug}/"
    typed = {"echo": "twin", "zone": "Asia/Manila", "date": "2026-12-02", "time": "09:00", "minutes": "60"}
    assert "Its twins and relays too" not in as_organiser.get(address + "cancel/").content.decode()
    assert as_organiser.post(address + "second-hour/", typed).status_code == 302
    page = as_organiser.get(address + "cancel/").content.decode()
    assert "1 session goes with it" in page
    assert "Its twins and relays too" in page
    seen = str(Session.objects.get(pk=lead.pk).revision)
    as_organiser.post(address + "cancel/", {"reason": "Ill", "seen": seen})  # the box is not ticked
    assert lead.echoes.get().cancelled_at is None
    as_organiser.post(address + "reinstate/", {})
    as_organiser.post(address + "cancel/", {"reason": "Ill", "echoes": "on"})
    assert lead.echoes.get().cancelled_at == NOW


def test_a_relay_needs_its_host_and_its_hour(as_organiser: Client, lead: Session) -> None:
    address = f"/organise/sessions/{lead.slug}/second-hour/"
    typed = {"echo": "relay", "zone": "Asia/Manila", "date": "2026-12-01", "time": "20:00", "minutes": "60"}
    assert "Say who will be present" in as_organiser.post(address, typed).content.decode()
    early = as_organiser.post(address, typed | {"host": "Ana"})
    assert early.status_code == 400
    assert "it starts after 1 December 2026, 22:00" in early.content.decode()
    made = as_organiser.post(address, typed | {"host": "Ana", "date": "2026-12-02"})
    relay = lead.echoes.get()
    assert made["Location"] == f"/organise/sessions/{relay.slug}/"
    assert (relay.echo, relay.speakers.get().person.name) == (Echo.RELAY, "Ana")
    page = as_organiser.get(made["Location"]).content.decode()
    assert "Shows the recording of:" in page
    assert "Its relay" in as_organiser.get(f"/organise/sessions/{lead.slug}/").content.decode()


def test_the_planner_s_suggestion_fills_the_form_in(as_organiser: Client, lead: Session) -> None:
    address = f"/organise/sessions/{lead.slug}/second-hour/?echo=relay&zone=Asia/Manila&time=09:30"
    page = as_organiser.get(address).content.decode()
    assert 'value="09:30"' in page
    assert 'value="09:30"' in as_organiser.get(f"{address}%2B02:00").content.decode()
    assert 'value="2026-12-02"' in page  # after the session has ended at 22:00 in Manila
    broken = as_organiser.get(f"/organise/sessions/{lead.slug}/second-hour/?echo=x&zone=Nowhere&time=late")
    assert broken.status_code == 200


def test_an_hour_that_comes_twice_is_asked_about(as_organiser: Client, lead: Session) -> None:
    address = f"/organise/sessions/{lead.slug}/second-hour/"
    typed = {
        "echo": "twin",
        "zone": "Europe/Stockholm",
        "date": "2027-10-31",
        "time": "02:30",
        "minutes": "60",
    }
    assert 'name="fold"' in as_organiser.post(address, typed).content.decode()
    assert as_organiser.post(address, typed | {"fold": "1"}).status_code == 302


def test_who_cannot_have_a_programme_or_second_hour_reads_why(as_organiser: Client, event: Session) -> None:
    part = part_of(event)
    assert "part of an event itself" in as_organiser.get(page_of(part)).content.decode()
    page = as_organiser.get(f"/organise/sessions/{event.slug}/second-hour/").content.decode()
    assert "Only a session with a date and an hour" in page


def test_a_past_event_can_still_be_documented(as_organiser: Client, event: Session) -> None:
    with time_machine.travel(datetime(2027, 6, 1, tzinfo=NOW.tzinfo), tick=False):
        assert as_organiser.post(page_of(event), ONE).status_code == 302
