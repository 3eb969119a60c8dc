"""World Bank Social Enterprise Innovations: a closed cohort of four weeks whose members live by four clocks."""

import re
from datetime import UTC, datetime

import pytest
from time_machine import Traveller

from seminars.people.membership.models import Cohort
from seminars.people.models import Community
from tests.journeys.founding import found, mailed, visitor
from tests.journeys.hand import Hand

pytestmark = pytest.mark.django_db
AUTUMN = datetime(2025, 11, 10, 14, tzinfo=UTC)
MEMBERS = {
    "rosa@venture.example": ("Rosa", "America/Mexico_City"),
    "celso@housing.example": ("Celso", "Africa/Maputo"),
    "hala@trade.example": ("Hala", "Africa/Cairo"),
    "arjun@mobile.example": ("Arjun", "Asia/Kolkata"),
}


@pytest.fixture
def erin(stopped: Traveller) -> Hand:
    return found(
        stopped,
        AUTUMN,
        leader="erin@sei.example",
        zone="America/New_York",
        name_en="Social Enterprise Innovations",
        slug="sei",
        joining="closed",
        life="short-term",
        purpose="experiential",
        contact="erin@sei.example",
    )


def test_a_cohort_from_invitation_to_the_next_one(erin: Hand, stopped: Traveller) -> None:
    hands = invited(erin)
    finds_an_hour(erin)
    erin.open("/organise/").follow("Four-week cohort")
    erin.press(
        "Publish",
        title="Social enterprise in four weeks",
        slug="course",
        first_date="2026-02-10",
        zone="Africa/Cairo",
        local_time="16:30",
        minutes="1:30",
        join_url="https://meet.example/course",
    )
    erin.sees("Published.", "Tue 10 Feb 2026", "Tue 3 Mar 2026").misses("Tue 10 Mar 2026")

    seen_in_four_zones(hands)
    away = visitor("Asia/Kolkata")
    for address in (
        "/series/course/",
        "/sessions/course-1/",
        "/communities/sei/",
        "/series/course/subscribe/",
    ):
        away.open(address, status=404)
    assert away.client.get("/series/course/calendar.ics").status_code == 404
    assert away.feed("/calendar.ics") == {}

    closes_the_course_to_its_cohort(erin, hands)
    keeps_weekends_and_ramadan_free(erin, hands)
    asks_for_a_date(erin, hands)
    begins_again(erin)


def invited(erin: Hand) -> dict[str, Hand]:
    """Each gets a link by mail and is in; the community is closed, so nobody else is."""
    erin.open("/organise/communities/sei/members/").follow("Invite by mail")
    lines = "\n".join(f"{name} <{email}>" for email, (name, _zone) in MEMBERS.items())
    erin.press("Send the invitations", people=lines + "\nnot an address", status=400)
    erin.sees("Line 5, “not an address”")
    erin.press("Send the invitations", only_good=True)
    hands = {}
    for email, (name, zone) in MEMBERS.items():
        hands[name] = visitor(zone).open(mailed(email, "/invitations/")).press("Accept")
    return hands


def finds_an_hour(erin: Hand) -> None:
    """The strip counts those who came, in the zones that their browsers told."""
    erin.open("/organise/communities/sei/slots/")
    erin.sees("members in 5 zones", "Mexico City", "Maputo", "Cairo", "Kolkata")


def seen_in_four_zones(hands: dict[str, Hand]) -> None:
    """16:30 in Cairo, on the page and in each member's own calendar."""
    own = {"Rosa": "08:30–10:00", "Celso": "16:30–18:00", "Hala": "16:30–18:00", "Arjun": "20:00–21:30"}
    for name, hours in own.items():
        hand = hands[name].open("/sessions/course-1/").sees(f"Tuesday 10 February 2026, {hours}")
        hand.sees("14:30–16:00 UTC")
        hand.open("/me/")
        hand.press("Make my calendar's address")
        address = re.search(r"/me/calendar/[\w-]+\.ics", hand.html)
        assert address
        entries = visitor("UTC").feed(address[0])
        starts = {slug: each["DTSTART"].dt.astimezone(UTC) for slug, each in entries.items()}
        assert starts == {
            f"course-{week}": datetime(2026, 2, 10, 14, 30, tzinfo=UTC).replace(day=day, month=month)
            for week, (month, day) in enumerate([(2, 10), (2, 17), (2, 24), (3, 3)], 1)
        }


def closes_the_course_to_its_cohort(erin: Hand, hands: dict[str, Hand]) -> None:
    """The course is for three of the four; the fourth stays a member and sees the rest of the community."""
    erin.open("/organise/communities/sei/").follow("Cohorts")
    erin.press("Make the cohort", name_en="Spring 2026", starts_on="2026-02-10", ends_on="2026-03-03")
    course = Community.objects.get(slug="sei")
    inside = [str(each.pk) for each in course.memberships.filter(person__name__in=["Rosa", "Celso", "Hala"])]
    erin.press("Put them in", member=inside).sees("Rosa", "Hala")
    erin.open("/organise/series/course/edit/").press("Save", audience="cohort", cohort_id=_only_cohort())
    hands["Arjun"].open("/sessions/course-1/", status=404)
    hands["Arjun"].open("/communities/sei/").misses("Social enterprise in four weeks")
    hands["Rosa"].open("/sessions/course-1/").sees("Social enterprise in four weeks")
    erin.open("/organise/series/course/edit/").press("Save", audience="members")
    hands["Arjun"].open("/sessions/course-1/")


def _only_cohort() -> str:
    return str(Cohort.objects.get().pk)


def keeps_weekends_and_ramadan_free(erin: Hand, hands: dict[str, Hand]) -> None:
    """A daily clinic: Friday and Saturday are Egypt's weekend; evenings of Ramadan (from 18 February) are free."""
    erin.open("/organise/").follow("Plan a series")
    erin.press(
        "Publish",
        title="Evening clinic",
        slug="clinic",
        zone="Africa/Cairo",
        rhythm="daily",
        first_date="2026-02-12",
        ends="until",
        until="2026-02-19",
        local_time="19:00",
        audience="members",
        countries=["EG"],
        on_weekend="skip",
        on_ramadan="skip",
        tell=True,
    )
    hala = hands["Hala"].open("/series/clinic/")
    hala.sees(
        "Thursday 12 February 2026, 19:00–20:00", "Sun 15 Feb", "Tue 17 Feb", "weekend in Egypt", "Ramadan"
    )
    dates = sorted(
        each.value for each in erin.follow("Sessions as a table").page.fields if each.name.endswith("-date")
    )
    assert dates == ["2026-02-12", "2026-02-15", "2026-02-16", "2026-02-17"]


def asks_for_a_date(erin: Hand, hands: dict[str, Hand]) -> None:
    """Hours are proposed; people answer by the link in their mail, in their own time; one click makes the session."""
    erin.open("/organise/communities/sei/").follow("Date polls").follow("Propose hours")
    erin.press(
        "Open the poll",
        title="Alumni meet",
        minutes="1:00",
        closes="2026-01-15",
        zone="Africa/Cairo",
        form__0__date="2026-01-20",
        form__0__time="10:00",
        form__1__date="2026-01-20",
        form__1__time="17:00",
    )
    erin.press("Mail it to all members")
    answers = {
        "Rosa": ("no", "yes"),
        "Celso": ("yes", "yes"),
        "Hala": ("yes", "maybe"),
        "Arjun": ("yes", "yes"),
    }
    hours = {"Rosa": "09:00", "Celso": "17:00", "Hala": "17:00", "Arjun": "20:30"}
    for email, (name, zone) in MEMBERS.items():
        hand = visitor(zone).open(mailed(email, "/poll/")).sees(hours[name])  # without an account
        slots = sorted(
            {each.name for each in hand.page.fields if each.name.startswith("slot")}, key=lambda n: int(n[4:])
        )
        hand.press("Send my answer", name=name, **dict(zip(slots, answers[name], strict=True)))
        hand.sees(f"The answer of {name}")
    erin.open("/organise/communities/sei/polls/").follow("Alumni meet").sees("Rosa", "Arjun")
    chosen = [each.words for each in erin.page.buttons if each.words == "Make the session"]
    assert len(chosen) == 2
    erin.press("Make the session", which=1)
    erin.open("/organise/series/alumni-meet/").press("Publish").sees("Published.")
    for name, email in (("Rosa", "rosa@venture.example"), ("Arjun", "arjun@mobile.example")):
        hands[name].open(mailed(email, "/poll/"))
        hands[name].sees("It became this session", "20 January 2026", hours[name]).follow("See the session")
    late = visitor("Africa/Cairo").open(mailed("hala@trade.example", "/poll/"))
    late.sees("This poll is closed.")


def begins_again(erin: Hand) -> None:
    """The next cohort is the same course a year later, as a draft that only organisers see."""
    erin.open("/organise/series/course/").follow("Plan it once more").press("Make the draft")
    erin.sees("Here is the draft for next year.", "Tue 16 Feb 2027").press("Publish")
    erin.sees("Published.", "Tue 16 Feb 2027", "Tue 9 Mar 2027")
