"""World Bank Social Enterprise Innovations: a four-week course in a closed cohort, then a community for its alumni.

Facts: the form of the course, and where its members come from. Names, hours and titles are examples.
"""

from datetime import date, time, timedelta

from seminars.demo.dates import dates_of, monday, next_after
from seminars.demo.facts import CommunityFacts, EchoFacts, PersonFacts, SeriesFacts, SessionFacts, example

COURSE_ZONE = "America/New_York"
WEEKS = [
    ("Week 1: What makes an enterprise social?", "Meet each other; one page about your venture."),
    ("Week 2: Customers who cannot pay", "Prices, subsidies and dignity."),
    ("Week 3: Growing without losing the way", "Partners, staff, and the second town."),
    ("Week 4: Money that fits", "Grants, loans, and what comes after the course."),
]
PEOPLE = (
    PersonFacts("Rosa Example", "rosa@sei.example", "America/Mexico_City", "MX", signs_in=True),
    PersonFacts("Celso Example", "celso@sei.example", "Africa/Maputo", "MZ", signs_in=True),
    PersonFacts("Hala Example", "hala@sei.example", "Africa/Cairo", "EG", signs_in=True),
    PersonFacts("Arjun Example", "arjun@sei.example", "Asia/Kolkata", "IN", signs_in=True),
)
FACILITATOR = PersonFacts(
    "Erin Example", "erin@sei.example", COURSE_ZONE, "US", role="manager", signs_in=True
)


def communities(today: date) -> list[CommunityFacts]:
    """Return the closed cohort and the community of alumni, as of `today`."""
    return [_cohort(today), _alumni(today)]


def _cohort(today: date) -> CommunityFacts:
    first = monday(today, weeks=-2) + timedelta(days=2)
    return CommunityFacts(
        slug="sei-cohort",
        name={"en": "Social Enterprise Innovations: course"},
        summary={
            "en": "A free, facilitated online course of four weeks, with webinars, forums and group discussions."
        },
        fields={
            "joining": "closed",
            "purpose": "task",
            "life": "short-term",
            "home_zone": COURSE_ZONE,
            "countries": ["MX", "MZ", "EG", "IN"],
            "accent": "#4b4a9e",
        },
        people=(FACILITATOR, *PEOPLE),
        series=(
            SeriesFacts(
                slug="sei-course",
                title={"en": "Four-week course"},
                abstract={"en": "One webinar a week for a closed group."},
                zone=COURSE_ZONE,
                first_date=first,
                local_time=time(9),
                minutes=75,
                rrule="FREQ=WEEKLY;COUNT=4",
                sessions=tuple(
                    SessionFacts(
                        on=first + timedelta(weeks=week),
                        title=example(topic),
                        abstract=example(text),
                        speakers=(("Erin Example", "host", "World Bank"),),
                    )
                    for week, (topic, text) in enumerate(WEEKS)
                ),
                options={"join_url": "https://meet.example/sei-course", "audience": "members"},
            ),
        ),
    )


def _alumni(today: date) -> CommunityFacts:
    first = date(today.year, 1, 1)
    rrule = "FREQ=MONTHLY;INTERVAL=2;BYDAY=3WE"
    coming = next_after(dates_of(first, rrule, until=today + timedelta(days=200)), today)
    return CommunityFacts(
        slug="sei-alumni",
        name={"en": "Social Enterprise Innovations: community"},
        summary={
            "en": "Alumni of the course and Development Marketplace grantees share resources and opportunities."
        },
        fields={"joining": "request", "home_zone": "UTC", "countries": [], "accent": "#4b4a9e"},
        people=(FACILITATOR, *PEOPLE),
        series=(
            SeriesFacts(
                slug="sei-exchange",
                title=example("Exchange of alumni"),
                abstract=example("Every second month, at an hour that suits Mexico and India."),
                zone="UTC",
                first_date=coming[0],
                local_time=time(14),
                rrule=rrule,
                sessions=(
                    SessionFacts(
                        on=coming[0],
                        title=example("Frontline workers and their phones"),
                        abstract=example("A firm in India shows what its staff in the field use every day."),
                        speakers=(("Arjun Example", "speaker", ""),),
                        echoes=(EchoFacts(1, time(10), "Africa/Cairo"),),
                    ),
                ),
                options={"join_url": "https://meet.example/sei-exchange"},
            ),
        ),
    )
