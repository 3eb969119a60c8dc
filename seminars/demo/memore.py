"""MeMoRe, a transnational ESF project (Belgium, Finland, Sweden, Germany): a discussion documented on a fixed form.

Facts: the title, room 1.205, ten participants, the self-evaluation tool. The page has no date: that one is an example.
"""

from datetime import date, time

from seminars.demo.facts import CommunityFacts, PersonFacts, SeriesFacts, SessionFacts

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
        series=(
            SeriesFacts(
                slug="partner-meetings",
                title={"en": "Partner meetings"},
                abstract={"en": "Discussion sessions in numbered rooms."},
                zone=ZONE,
                first_date=DAY,
                local_time=time(10, 30),
                minutes=90,
                sessions=(
                    SessionFacts(
                        on=DAY,
                        title={"en": TITLE},
                        abstract={
                            "en": "A discussion session with a self-evaluation tool. "
                            "Example: the date and the hour are invented."
                        },
                        fields={"report_only": True},
                        report=REPORT,
                    ),
                ),
                options={"form": "in-person", "room": "1.205", "owed": {"report": 10}},
            ),
        ),
    )
