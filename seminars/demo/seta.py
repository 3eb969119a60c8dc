"""Services SETA ECDi, South Africa: three Communities of Practice that meet each quarter by webinar.

Facts: the three webinars of September 2020, their hours, the meaning of BAS and RM&E, entities as members by request.
"""

from datetime import date, time

from seminars.demo.dates import all_but, dates_of, last_before, next_after
from seminars.demo.facts import CommunityFacts, PersonFacts, SeriesFacts, SessionFacts, example

ZONE = "Africa/Johannesburg"
TOPICS = {
    "eno": [
        ("Opening doors: incubators that share their mentors", "How three hubs share one list of mentors."),
        ("A province without a hub", "What a network can do where there is no office."),
        ("Who pays for the first year?", "Four ways to fund the start of an enterprise network."),
    ],
    "rme": [
        (
            "Counting what matters to a spaza shop",
            "Five figures that an owner keeps because they are useful.",
        ),
        ("Evaluations that people read", "Two pages, one picture, and a meeting."),
        ("When the baseline is missing", "Careful ways to look back."),
    ],
    "bas": [
        ("Advisors on the road", "How entities support advisors who are rarely in the office."),
        ("A handbook in one afternoon", "Writing down what good advice looks like."),
        ("Paying advisors for results, fairly", "What three entities have tried."),
    ],
}
PEOPLE = (
    PersonFacts("Thandi Example", "thandi@seta.example", ZONE, "ZA", role="manager", signs_in=True),
    PersonFacts("Sipho Example", "sipho@seta.example", ZONE, "ZA", signs_in=True),
    PersonFacts("Karoo Advisors (Example)", "office@karoo.example", ZONE, "ZA"),
    PersonFacts("Limpopo Enterprise Desk (Example)", "desk@limpopo.example", ZONE, "ZA"),
)
SAID = {
    "joining": "request",
    "takes": "organisations",
    "questions": {"en": "How many advisors do you manage?"},
    "rhythm": {"en": "Every quarter"},
    "rhythmic": "rhythmic",
    "tied": "free",
    "mandate": "voluntary",
    "agenda": example(
        "How entities support advisors across provinces.\n\nWhat support achieves, and how we know.\n\n"
        "Networks that carry an enterprise through its first years."
    ),
    "eligibility": {
        "en": "Members are entities: organisations that manage business advisors, "
        "rather than individual advisors."
    },
    "discussing": {"en": "Through the group page elsewhere, or by e-mail."},
    "home_zone": ZONE,
    "countries": ["ZA"],
    "provinces": [
        "Eastern Cape",
        "Free State",
        "Gauteng",
        "KwaZulu-Natal",
        "Limpopo",
        "Mpumalanga",
        "North West",
        "Northern Cape",
        "Western Cape",
        "Elsewhere",
    ],
    "accent": "#1e6b45",
    "contact": "cop@seta.example",
}


def community(today: date) -> CommunityFacts:
    """Return the community with its three series, as of `today`."""
    return CommunityFacts(
        slug="services-seta",
        name={"en": "Services SETA ECDi"},
        summary={
            "en": "Communities of Practice of the Entrepreneurship and Cooperative Development Institute. "
            "Each meets every quarter by webinar, across the provinces of South Africa."
        },
        fields=SAID,
        people=PEOPLE,
        series=(
            _series(today, "eno", "ENO CoP Webinar", "ENO Community of Practice.", date(2020, 9, 8), 2),
            _series(
                today,
                "rme",
                "RM&E CoP Webinar",
                "Research, Monitoring and Evaluation: what support for enterprises achieves, and how we know.",
                date(2020, 9, 15),
                3,
                media="seta-rme-webinar",
            ),
            _series(
                today,
                "bas",
                "BAS CoP Webinar",
                "Business Advisory Services: entities that manage advisors learn from each other.",
                date(2020, 9, 22),
                4,
                media="seta-bas-webinar",
            ),
        ),
    )


def _series(
    today: date, slug: str, title: str, abstract: str, first: date, nth: int, media: str = ""
) -> SeriesFacts:
    """Return a quarterly series: its published webinar of 2020, and this year's as examples."""
    rrule = f"FREQ=MONTHLY;INTERVAL=3;BYDAY={nth}TU"
    dates = dates_of(first, rrule, until=today.replace(year=today.year + 3, day=1))
    recent = last_before(dates, today)[:2]
    coming = next_after(dates, today)
    known = SessionFacts(
        on=first,
        title={"en": title},
        abstract={"en": f"The {title} of {first:%d %B %Y}, 09h00–11h00."},
        speakers=(("Example speaker", "speaker", ""),) if media else (),
        media=media,
    )
    near = [*reversed(recent), *coming[:1]]
    invented = tuple(
        SessionFacts(
            on=day, title=example(topic), abstract=example(text), speakers=(("Nomsa Example", "speaker", ""),)
        )
        for day, (topic, text) in zip(near, TOPICS[slug], strict=False)
    )
    return SeriesFacts(
        slug=slug,
        title={"en": title},
        abstract={"en": abstract},
        zone=ZONE,
        first_date=first,
        local_time=time(9),
        minutes=120,
        rrule=rrule,
        exdates=all_but([day for day in dates if day < today], [first, *recent]),
        sessions=(known, *invented),
        options={"join_url": f"https://meet.example/{slug}"},
    )
