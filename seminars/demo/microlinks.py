"""USAID microLINKS, Washington: monthly seminars in a room and online, a conference, a monthly e-conference.

Facts: the names and rhythms, the hybrid form with a call-in number, the conference of June 2006, peer assists narrower
than their community. Hours, titles and speakers of this year are examples.
"""

from datetime import date, datetime, time, timedelta

from seminars import clock
from seminars.demo.dates import dates_of, last_before, months_back, next_after
from seminars.demo.facts import (
    CommunityFacts,
    EchoFacts,
    GroupFacts,
    PartFacts,
    PersonFacts,
    RoomFacts,
    SeriesFacts,
    SessionFacts,
    example,
)

ZONE = "America/New_York"
OWED = {"brief": -14, "slides": 0, "recording": 2, "captions": 7, "answers": 7, "report": 10}
"""What each evening owes: days after it, or before."""
PLACE = {
    "form": "hybrid",
    "room": "Example room, 1333 H Street NW, Washington DC",
    "join_url": "https://meet.example/microlinks",
    "view_url": "https://view.example/microlinks",
    "dial_in": "US +1 202 555 0143, code 4417#\nKE +254 20 000 0143, code 4417#\nIN +91 11 0000 0143, code 4417#",
}
ROOM = RoomFacts(
    name="Example room",
    address="1333 H Street NW, Washington DC",
    capacity=60,
    access="Example: the entrance on H Street has no step. Show a card with a photo at the desk, then take the lift "
    "to the fourth floor. A hearing loop is in the first three rows.",
    position=(38.9003, -77.0314),
)
GROUPS = (
    GroupFacts(
        place="Example library, upper room",
        city="Nairobi",
        zone="Africa/Nairobi",
        contact="Wanjiru Example",
        email="wanjiru@microlinks.example",
        expected=25,
        holds=40,
        welcome=True,
    ),
    GroupFacts(
        place="Example training centre",
        city="Dhaka",
        zone="Asia/Dhaka",
        contact="Farida Example",
        email="farida@microlinks.example",
        expected=12,
    ),
)
AFTER_HOURS = [
    (
        "Savings groups and mobile money",
        "What changes when the box with three locks meets a phone.",
        "Grace Example",
    ),
    ("Lending to farmers before the rain", "Seasonal credit, and who carries the risk.", "Miguel Example"),
    ("Insurance in small pieces", "Cover that people buy again.", "Farida Example"),
    ("Remittances after the queue", "What families do with money that arrives at home.", "Jean Example"),
    ("Agents on market day", "Keeping cash where it is needed.", "Grace Example"),
    ("Youth accounts that stay open", "Six years of savings from school to work.", "Ana Example"),
    ("What a repayment diary tells", "Two hundred households, one year, every day.", "Miguel Example"),
]
BREAKFAST = [
    ("Linking small producers to markets", "Tomatoes, a crate, and the hour of handover.", "Wanjiru Example"),
    ("Vouchers for advice", "When buyers choose their own trainers.", "Peter Example"),
    ("A buyer who pays on Friday", "What prompt payment does to quality.", "Wanjiru Example"),
    ("Tools to rent, not to own", "Small machines, shared well.", "Lucía Example"),
    ("Grades and standards without tears", "Groups that certify together.", "Peter Example"),
    ("The broker is not the enemy", "What middlemen do, and at what price.", "Lucía Example"),
]
PEOPLE = (
    PersonFacts("Olive Example", "olive@microlinks.example", ZONE, "US", role="manager", signs_in=True),
    PersonFacts("Grace Example", "grace@microlinks.example", "Africa/Nairobi", "KE", signs_in=True),
    PersonFacts("Miguel Example", "miguel@microlinks.example", "America/La_Paz", "BO", signs_in=True),
    PersonFacts("Farida Example", "farida@microlinks.example", "Asia/Dhaka", "BD"),
    PersonFacts("Peter Example", "peter@microlinks.example", "Europe/London", "GB"),
    PersonFacts("Lucía Example", "lucia@microlinks.example", "America/Lima", "PE"),
    PersonFacts("Ana Example", "ana@microlinks.example", "Asia/Manila", "PH"),
    PersonFacts("Wanjiru Example", "wanjiru@microlinks.example", "Africa/Nairobi", "KE"),
)


# The conference and its month are facts; days, hours, rooms and titles of its parts are invented.
CONFERENCE = tuple(
    PartFacts(day, at, minutes, room, example(title), speakers=((name, "speaker", ""),))
    for day, at, minutes, room, title, name in (
        (11, time(9), 60, "Hall", "Small firms in long chains", "Grace Example"),
        (11, time(10, 30), 75, "Room 1", "What a buyer owes a village", "Wanjiru Example"),
        (11, time(10, 30), 75, "Room 2", "Loans across a border", "Miguel Example"),
        (11, time(10, 30), 75, "Room 3", "Standards that small firms can meet", "Lucía Example"),
        (11, time(14), 90, "Hall", "A debate: does trade reach the poor?", "Peter Example"),
        (12, time(9, 30), 60, "Room 1", "Money sent home", "Ana Example"),
        (12, time(9), 120, "Room 2", "An online discussion, read aloud", "Farida Example"),
        (12, time(14), 60, "Hall", "What we take with us", "Grace Example"),
    )
)


def community(today: date, now: datetime) -> CommunityFacts:
    """Return the community as of `now` (aware UTC), `today` in its own zone."""
    return CommunityFacts(
        slug="microlinks",
        name={"en": "microLINKS"},
        summary={
            "en": "Microenterprise development: monthly seminars, a learning conference, online discussions. "
            "Each seminar is recorded and stays as a permanent resource."
        },
        fields={
            "joining": "open",
            "home_zone": ZONE,
            "form": "hybrid",
            "countries": ["US"],
            "accent": "#1f5f8b",
        },
        people=PEOPLE,
        rooms=(ROOM,),
        series=(
            _seminars(
                today,
                "after-hours",
                "Financial Services After Hours",
                "The monthly seminar on financial services: in a room in Washington, online, and by phone.",
                "FREQ=MONTHLY;BYDAY=2TH",
                time(16),
                AFTER_HOURS,
                "microlinks-after-hours",
            ),
            _seminars(
                today,
                "breakfast",
                "Business Development Services Breakfast",
                "The monthly seminar on services for small businesses, over breakfast.",
                "FREQ=MONTHLY;BYDAY=1WE",
                time(8, 30),
                BREAKFAST,
                "microlinks-breakfast",
            ),
            _conference(),
            _speakers_corner(today),
            _peer_assist(today),
            _open_hour(now),
        ),
    )


def _seminars(
    today: date,
    slug: str,
    title: str,
    abstract: str,
    rrule: str,
    at: time,
    topics: list[tuple[str, str, str]],
    media: str,
) -> SeriesFacts:
    """Return a monthly seminar whose latest session has its recording; the next two have titles, later ones not yet."""
    first = months_back(today, 5)
    dates = dates_of(first, rrule, until=today + timedelta(days=400))
    past, coming = last_before(dates, today), next_after(dates, today)
    days = [past[0], *coming[:2], *past[1:]]
    sessions = tuple(
        SessionFacts(
            on=day,
            title=example(topic),
            abstract=example(text),
            speakers=((name, "speaker", ""), ("Olive Example", "moderator", "microLINKS")),
            media=media if day == past[0] else "",
            groups=GROUPS if slug == "after-hours" and day == coming[0] else (),
            # 16:00 in Washington is night in Asia: the recording is shown there the day after.
            echoes=(
                (EchoFacts(1, time(19), "Asia/Manila", host="Ana Example"),)
                if slug == "after-hours" and day == coming[0]
                else ()
            ),
        )
        for day, (topic, text, name) in zip(days, topics, strict=False)
    )
    return SeriesFacts(
        slug=slug,
        title={"en": title},
        abstract={"en": abstract},
        zone=ZONE,
        first_date=first,
        local_time=at,
        minutes=90,
        rrule=rrule,
        sessions=sessions,
        options=PLACE | {"owed": OWED},
        out_on=past[0] - timedelta(days=1),
    )


def _conference() -> SeriesFacts:
    """Return the learning conference; the page says June 2006 and no day, so the whole month stands for it."""
    return SeriesFacts(
        slug="learning-conference",
        title={"en": "Learning conference"},
        abstract={"en": "A conference with virtual components that is also a permanent online resource."},
        zone=ZONE,
        first_date=date(2006, 6, 1),
        local_time=None,
        days=30,
        sessions=(
            SessionFacts(
                on=date(2006, 6, 1),
                title={"en": "Microenterprise in a Globalizing World"},
                abstract={"en": "The microLINKS learning conference of June 2006, with virtual components."},
                fields={"precision": "month"},
                parts=CONFERENCE,
            ),
        ),
        options={"form": "hybrid", "room": "Washington DC", "owed": {}},
    )


def _speakers_corner(today: date) -> SeriesFacts:
    """Return the monthly e-conference of three days."""
    first = months_back(today, 3)
    rrule = "FREQ=MONTHLY;BYDAY=3TU"
    dates = dates_of(first, rrule, until=today + timedelta(days=400))
    topics = ["Can a value chain be too short?", "Grants that do no harm", "What local staff know"]
    days = [*last_before(dates, today)[:2], *next_after(dates, today)[:1]]
    return SeriesFacts(
        slug="speakers-corner",
        title={"en": "Speakers’ Corner"},
        abstract={"en": "A monthly e-conference: one guest, one question, three days of written discussion."},
        zone=ZONE,
        first_date=first,
        local_time=None,
        days=3,
        rrule=rrule,
        sessions=tuple(
            SessionFacts(
                on=day,
                title=example(topic),
                abstract=example("Write when it suits you: the discussion is open all three days."),
                speakers=(("Peter Example", "host", ""),),
            )
            for day, topic in zip(days, topics, strict=False)
        ),
        options={"join_url": "https://discuss.example/speakers-corner", "owed": {"report": 10}},
    )


def _peer_assist(today: date) -> SeriesFacts:
    """Return a virtual peer assist: fewer people than the community see it."""
    day = today + timedelta(days=12)
    return SeriesFacts(
        slug="peer-assist",
        title={"en": "Virtual peer assist"},
        abstract={"en": "A grantee brings a problem, a few peers help. Only those invited see it."},
        zone="Africa/Nairobi",
        first_date=day,
        local_time=time(15),
        minutes=75,
        sessions=(
            SessionFacts(
                on=day,
                title=example("A savings product that nobody buys"),
                abstract=example("Bring one page about what you tried."),
                named=("grace@microlinks.example", "miguel@microlinks.example"),
            ),
        ),
        options={"audience": "named", "join_url": "https://meet.example/peer-assist", "owed": {"report": 10}},
    )


def _open_hour(now: datetime) -> SeriesFacts:
    """Return a session that runs while you read: it ends a quarter of an hour after the first start."""
    began = clock.to_wall(now - timedelta(minutes=15), ZONE).replace(second=0, microsecond=0)
    return SeriesFacts(
        slug="open-hour",
        title=example("Open hour"),
        abstract=example(
            "Bring a question. It is live when the demo starts, so that you can see how a session ends."
        ),
        zone=ZONE,
        first_date=began.date(),
        local_time=began.time(),
        minutes=30,
        sessions=(
            SessionFacts(
                on=began.date(),
                title=example("Open hour on small loans"),
                speakers=(("Olive Example", "host", ""),),
            ),
        ),
        options={"join_url": "https://meet.example/open-hour"},
    )
