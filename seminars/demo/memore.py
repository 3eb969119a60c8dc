"""MeMoRe, a transnational ESF project (Belgium, Finland, Sweden, Germany): a discussion documented on a fixed form.

Facts: the title, room 1.205, ten participants, the self-evaluation tool. The page has no date: that one is an example.
"""

from datetime import date, time

from seminars.demo.facts import (
    CommunityFacts,
    PartFacts,
    PersonFacts,
    RoomFacts,
    SeriesFacts,
    SessionFacts,
    example,
)

ZONE = "Europe/Brussels"
DAY = date(2013, 11, 14)
TITLE = "Mentoring initiatives should develop a more social-entrepreneurial mindset"
REPORT = {
    "title": TITLE,
    "facilitator_room": "Example facilitator, room 1.205",
    "documented_by": "Example note-taker",
    "participants": "10",
    "who": "Example: mentors, project staff and an employment service from four countries.",
    "hypothesis": TITLE + ".",
    "sequence": "A self-evaluation tool was handed out. Example: each filled it in alone, "
    "then in pairs, then all compared.",
    "arguments": "Example: mentoring that earns part of its income can plan beyond the next call for projects.",
    "questions": "Example: who is the customer of mentoring, the mentee or the employer?",
    "results": "Example: three initiatives will fill in the tool with their boards and report at the next meeting.",
    "quotes": "Example: “We know what we cost. We do not know what we are worth.”",
    "laughed": "Example: the tool asked for our competitors, and everyone named the coffee machine.",
    "remarks": "Example: the room was too small for ten people and eleven opinions.",
}


PROGRAMME = (
    PartFacts(
        0, time(9, 15), 60, "1.201", example("Where each partner stands"), fields={"report_only": True}
    ),
    PartFacts(
        0,
        time(10, 30),
        90,
        "1.205",
        {"en": TITLE},
        {
            "en": "A discussion session with a self-evaluation tool. Example: the date and the hour are invented."
        },
        fields={"report_only": True},
        report=REPORT,
    ),
    PartFacts(
        0, time(10, 30), 90, "1.206", example("Finding mentors who stay"), fields={"report_only": True}
    ),
    PartFacts(0, time(13, 30), 120, "1.201", example("What we take home"), fields={"report_only": True}),
)


def community() -> CommunityFacts:
    """Return the project with its documented discussion."""
    people = (
        PersonFacts("Lotte Example", "lotte@memore.example", ZONE, "BE", role="manager", signs_in=True),
        PersonFacts("Jukka Example", "jukka@memore.example", "Europe/Helsinki", "FI"),
        PersonFacts("Karin Example", "karin@memore.example", "Europe/Stockholm", "SE"),
        PersonFacts("Uwe Example", "uwe@memore.example", "Europe/Berlin", "DE"),
    )
    return CommunityFacts(
        slug="memore",
        name={"en": "MeMoRe"},
        summary={
            "en": "A transnational project on mentoring. Partners discuss in rooms and document each session "
            "on one form."
        },
        fields={
            "joining": "request",
            "life": "short-term",
            "form": "in-person",
            "home_zone": ZONE,
            "countries": ["BE", "FI", "SE", "DE"],
            "accent": "#8a2846",
        },
        people=people,
        rooms=(RoomFacts(name="1.205", capacity=12, access="Example: second floor, left of the lift."),),
        series=(
            SeriesFacts(
                slug="partner-meetings",
                title={"en": "Partner meetings"},
                abstract={"en": "Discussion sessions in numbered rooms."},
                zone=ZONE,
                first_date=DAY,
                local_time=time(9),
                minutes=480,
                sessions=(
                    SessionFacts(
                        on=DAY,
                        title=example("Partner meeting"),
                        abstract=example(
                            "A day of discussions in numbered rooms. Day and hours are invented."
                        ),
                        fields={"report_only": True},
                        parts=PROGRAMME,
                    ),
                ),
                options={"form": "in-person", "owed": {"report": 10}},
            ),
        ),
    )
