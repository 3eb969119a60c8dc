"""The first story: plan two series, publish, move one session by two hours, cancel another; calendars follow."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from seminars.people.models import Community, Person, User
from seminars.series.models import Series
from seminars.sessions.models import Session

pytestmark = pytest.mark.usefixtures("stopped")

COMMON = {
    "language": "en",
    "form": "hybrid",
    "room": "Room 1.205",
    "join_url": "https://meet.example.org/room",
    "dial_in": "+27 10 123 4567, code 4711",
    "audience": "everyone",
    "owed": ["slides", "recording", "captions", "report"],
}
QUARTERLY = COMMON | {
    "form_key": "quarterly",
    "title": "RM&E CoP Webinar",
    "community": "savings",
    "slug": "rme",
    "zone": "Africa/Johannesburg",
    "rhythm": "quarterly-weekday",
    "nth": "3",
    "weekday": "1",
    "first_date": "2026-12-01",
    "ends": "count",
    "count": "4",
    "local_time": "09:00",
    "minutes": "2:00",
}
MONTHLY = COMMON | {
    "form_key": "monthly",
    "title": "After Hours",
    "community": "savings",
    "slug": "after-hours",
    "zone": "America/New_York",
    "rhythm": "monthly-weekday",
    "nth": "-1",
    "weekday": "3",
    "first_date": "2026-12-01",
    "ends": "open",
    "local_time": "16:00",
    "minutes": "90",
}


def entries(answer: Any) -> dict[str, Any]:
    """Events of a feed by the slug in their address."""
    calendar = Calendar.from_ical(answer.content)
    return {str(event["URL"]).rstrip("/").rpartition("/")[2]: event for event in calendar.walk("VEVENT")}


def start(event: Any) -> datetime:
    """When an event starts, in UTC."""
    found: datetime = event["DTSTART"].dt.astimezone(UTC)
    return found


def plan(organiser: Client, form: dict[str, Any]) -> Series:
    """Preview, keep as a draft, look at it, publish."""
    preview = organiser.post("/organise/series/new/preview/", form, headers={"HX-Request": "true"})
    assert preview.status_code == 200
    assert preview.context["preview"].lines
    kept = organiser.post("/organise/series/new/", form)
    assert kept.status_code == 302
    series = Series.objects.get(slug=form["slug"])
    assert Client().get(f"/series/{series.slug}/").status_code == 404
    assert "Draft" in organiser.get(kept["Location"]).content.decode()
    organiser.post(f"/organise/series/{series.slug}/publish/")
    series.refresh_from_db()
    return series


def test_the_story(as_organiser: Client, as_nobody: Client, community: Community) -> None:
    quarterly, monthly = plan(as_organiser, QUARTERLY), plan(as_organiser, MONTHLY)
    assert [session.local_date for session in quarterly.sessions.all()] == [
        date(2026, 12, 15),
        date(2027, 3, 16),
        date(2027, 6, 15),
        date(2027, 9, 21),
    ]
    assert monthly.sessions.count() >= 18
    before = entries(as_nobody.get("/communities/savings/calendar.ics"))
    assert start(before["rme-1"]) == datetime(2026, 12, 15, 7, tzinfo=UTC)
    # New York: winter time in February, summer time from March on; the wall clock stays at 16:00.
    assert start(before["after-hours-3"]) == datetime(2027, 2, 25, 21, tzinfo=UTC)
    assert start(before["after-hours-4"]) == datetime(2027, 3, 25, 20, tzinfo=UTC)

    moved = Session.objects.get(slug="rme-1")
    given = {"seen": moved.revision, "date": "2026-12-15", "time": "11:00", "minutes": "2:00", "reason": ""}
    assert as_organiser.post("/organise/sessions/rme-1/move/", given).status_code == 302
    cancelled = Session.objects.get(slug="after-hours-1")
    given = {"seen": cancelled.revision, "reason": "Public holiday in Washington."}
    assert as_organiser.post("/organise/sessions/after-hours-1/cancel/", given).status_code == 302

    for address in ("/communities/savings/calendar.ics", "/calendar.ics", "/series/rme/calendar.ics"):
        after = entries(as_nobody.get(address))
        assert start(after["rme-1"]) == datetime(2026, 12, 15, 9, tzinfo=UTC)
        assert after["rme-1"]["UID"] == before["rme-1"]["UID"]
        assert int(after["rme-1"]["SEQUENCE"]) > int(before["rme-1"]["SEQUENCE"])
    after = entries(as_nobody.get("/series/after-hours/calendar.ics"))
    assert after["after-hours-1"]["STATUS"] == "CANCELLED"
    assert after["after-hours-1"]["UID"] == before["after-hours-1"]["UID"]
    assert {slug: event["UID"] for slug, event in after.items()} == {
        slug: event["UID"] for slug, event in before.items() if slug.startswith("after-hours")
    }
    page = as_nobody.get("/sessions/after-hours-1/").content.decode()
    assert "Public holiday in Washington." in page


def test_a_visitor_subscribes_and_adds_one_session(as_organiser: Client, as_nobody: Client) -> None:
    plan(as_organiser, QUARTERLY)
    page = as_nobody.get("/series/rme/").content.decode()
    assert "/series/rme/subscribe/" in page
    assert as_nobody.get("/series/rme/subscribe/").status_code == 200
    assert list(entries(as_nobody.get("/sessions/rme-2/session.ics"))) == ["rme-2"]


def test_a_closed_community_is_in_the_calendars_of_its_members_only(
    as_organiser: Client,
    as_member: Client,
    as_stranger: Client,
    as_nobody: Client,
    closed_community: Community,
) -> None:
    plan(as_organiser, QUARTERLY | {"community": "cohort"})
    for client in (as_nobody, as_stranger):
        for address in ("/series/rme/", "/sessions/rme-1/", "/sessions/rme-1/session.ics"):
            assert client.get(address).status_code == 404
        assert client.get("/series/rme/calendar.ics").status_code == 404
        assert entries(client.get("/calendar.ics")) == {}
    assert as_member.get("/sessions/rme-1/").status_code == 200
    as_member.post("/me/calendar/")
    address = next(
        word
        for word in as_member.get("/me/").content.decode().split('"')
        if "/me/calendar/" in word and word.endswith(".ics")
    )
    feed = as_nobody.get("/me/calendar/" + address.rpartition("/")[2])
    assert set(entries(feed)) == {"rme-1", "rme-2", "rme-3", "rme-4"}


def test_a_peer_assist_is_narrower_than_its_community(
    as_organiser: Client, as_member: Client, community: Community, member: User
) -> None:
    plan(as_organiser, QUARTERLY | {"audience": "named"})
    assert as_member.get("/sessions/rme-1/").status_code == 404
    session, guest = Session.objects.get(slug="rme-1"), Person.objects.get(user=member)
    as_organiser.post("/organise/sessions/rme-1/invited/", {"seen": session.revision, "persons": [guest.pk]})
    assert as_member.get("/sessions/rme-1/").status_code == 200
    assert as_member.get("/sessions/rme-2/").status_code == 404
