"""A Swedish course in social entrepreneurship (Röstånga, Glokala): weeks, course meetings, other people's events.

Facts: "v 17" as the way of dating, the meeting of 8–9 May 2023, study visits, the list of events with its dates.
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

ZONE = "Europe/Stockholm"
PEOPLE = (
    PersonFacts(
        "Nils Exempel", "nils@glokala.example", ZONE, "SE", role="manager", signs_in=True, language="sv"
    ),
    PersonFacts("Astrid Exempel", "astrid@glokala.example", ZONE, "SE", signs_in=True, language="sv"),
    PersonFacts("Aino Exempel", "aino@glokala.example", "Europe/Helsinki", "FI"),
)
WEEKS = [
    (date(2023, 4, 17), "Read about your neighbourhood", "Läs om din bygd"),
    (date(2023, 4, 24), "Write a business model on one page", "Skriv en affärsmodell på en sida"),
    (date(2023, 5, 15), "Interview three customers", "Intervjua tre kunder"),
]


# The meeting and its days are facts; what was done in which room and hour is invented.
PROGRAMME = (
    PartFacts(
        0,
        time(9, 30),
        45,
        "1.205",
        example("Welcome, and a round", "Välkomna, och en runda"),
        speakers=(("Nils Exempel", "host", ""),),
    ),
    PartFacts(
        0, time(10, 30), 90, "1.205", example("Workshop: who is your customer?", "Verkstad: vem är din kund?")
    ),
    PartFacts(
        0,
        time(10, 30),
        90,
        "1.206",
        example("Workshop: a budget on one page", "Verkstad: en budget på en sida"),
        speakers=(("Astrid Exempel", "speaker", ""),),
    ),
    PartFacts(
        0, time(13), 120, "Lanthandeln", example("A walk through the village", "En vandring genom byn")
    ),
    PartFacts(
        1, time(9), 90, "1.205", example("How a place can own itself", "Hur en bygd kan äga sig själv")
    ),
    PartFacts(1, time(11), 60, "1.205", example("Your next step", "Ditt nästa steg")),
    PartFacts(1, time(11), 60, "1.206", example("Questions about money", "Frågor om pengar")),
)


def community() -> CommunityFacts:
    """Return the course with its plan by week, its meetings and the events of others."""
    return CommunityFacts(
        slug="glokala",
        name={"sv": "Socialt entreprenörskap – Röstånga", "en": "Social entrepreneurship – Röstånga"},
        summary={
            "sv": "En kurs i socialt entreprenörskap: kursplan vecka för vecka, kursmöten på två dagar, studiebesök.",
            "en": "A course in social entrepreneurship: a plan by week, course meetings of two days, study visits.",
        },
        fields={
            "joining": "request",
            "purpose": "experiential",
            "life": "short-term",
            "form": "in-person",
            "home_zone": ZONE,
            "language": "sv",
            "countries": ["SE"],
            "accent": "#0f6b6b",
        },
        people=PEOPLE,
        rooms=(
            RoomFacts(
                name="Lanthandeln (exempel)",
                address="Röstånga",
                access="Exempel: ramp vid baksidan. Ring på klockan.",
                position=(55.996, 13.289),
            ),
        ),
        series=(_plan(), _meeting(), _visit(), _elsewhere()),
    )


def _plan() -> SeriesFacts:
    return SeriesFacts(
        slug="kursplan",
        title={"sv": "Kursplan", "en": "Course plan"},
        abstract={"sv": "Vad vi gör, vecka för vecka.", "en": "What we do, week by week."},
        zone=ZONE,
        first_date=WEEKS[0][0],
        local_time=None,
        days=7,
        rdates=tuple(day for day, _en, _sv in WEEKS[1:]),
        sessions=tuple(
            SessionFacts(on=day, title=example(english, swedish), fields={"precision": "week"})
            for day, english, swedish in WEEKS
        ),
        options={"form": "in-person", "room": "Röstånga", "language": "sv", "owed": {}},
    )


def _meeting() -> SeriesFacts:
    day = date(2023, 5, 8)
    return SeriesFacts(
        slug="kursmote",
        title={"sv": "Kursmöte", "en": "Course meeting"},
        abstract={"sv": "Två dagar tillsammans.", "en": "Two days together."},
        zone=ZONE,
        first_date=day,
        local_time=None,
        days=2,
        sessions=(
            SessionFacts(
                on=day,
                title={"sv": "Kursmöte 8–9 maj", "en": "Course meeting, 8–9 May"},
                abstract=example(
                    "The village shop, the development company, and how a place can own itself.",
                    "Lanthandeln, utvecklingsbolaget och hur en bygd kan äga sig själv.",
                ),
                speakers=(("Nils Exempel", "host", ""),),
                media="rostanga-kursmote",
                parts=PROGRAMME,
            ),
        ),
        options={"form": "in-person", "room": "Röstånga", "language": "sv"},
    )


def _visit() -> SeriesFacts:
    day = date(2023, 5, 10)
    return SeriesFacts(
        slug="studiebesok",
        title={"sv": "Studiebesök", "en": "Study visit"},
        abstract={"sv": "Vi besöker dem som gör det.", "en": "We visit those who do it."},
        zone=ZONE,
        first_date=day,
        local_time=time(10),
        minutes=180,
        sessions=(
            SessionFacts(
                on=day,
                title=example("Study visit to the village shop", "Studiebesök i lanthandeln"),
                abstract=example(
                    "Day and hour are invented; the visit is in the course plan.",
                    "Dag och tid är påhittade; besöket står i kursplanen.",
                ),
            ),
        ),
        options={
            "form": "in-person",
            "room": "Lanthandeln (exempel), Röstånga",
            "language": "sv",
            "owed": {},
        },
    )


OTHERS = (
    SessionFacts(
        on=date(2023, 5, 1),
        title={"en": "Catalysing Change Week"},
        fields={"days": 5, "source_url": "https://catalysingchangeweek.catalyst2030.net/", "zone": "UTC"},
    ),
    SessionFacts(
        on=date(2023, 5, 2),
        title={"en": "Waves"},
        abstract={
            "en": "Hybrid, in Finland. The date is not known yet.",
            "sv": "Hybridevenemang i Finland. Datum är inte känt.",
        },
        fields={"precision": "none", "form": "hybrid", "room": "Finland", "zone": "Europe/Helsinki"},
    ),
    SessionFacts(
        on=date(2023, 5, 3),
        title={"en": "SOCAP"},
        abstract={"en": "The date is not known yet.", "sv": "Datum är inte känt."},
        fields={
            "precision": "none",
            "source_url": "https://socapglobal.com/",
            "zone": "America/Los_Angeles",
        },
    ),
    SessionFacts(
        on=date(2023, 5, 25),
        title={"en": "ChangeNOW Summit"},
        fields={
            "days": 3,
            "form": "in-person",
            "room": "Paris",
            "source_url": "https://www.changenow.world/",
        },
    ),
)


def _elsewhere() -> SeriesFacts:
    return SeriesFacts(
        slug="utblick",
        title={"sv": "Internationella evenemang", "en": "International events"},
        abstract={
            "sv": "Andras evenemang som är värda en resa eller en timme framför skärmen.",
            "en": "Other people's events that are worth a journey or an hour at the screen.",
        },
        zone="Europe/Paris",
        first_date=OTHERS[0].on,
        local_time=None,
        rdates=tuple(event.on for event in OTHERS[1:]),
        sessions=OTHERS,
        options={"external": True, "owed": {}},
    )
