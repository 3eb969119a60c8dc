"""What members share in the demo: directories, an introduction, resources with deadlines, suggested topics.

Facts: from where members of the course come, and that they share resources and opportunities. Words are examples.
"""

from datetime import datetime, timedelta

from seminars.people.directory.listing import enter
from seminars.people.introducing import introducing
from seminars.people.models import Community, Membership, Person, Role
from seminars.people.welcoming import welcoming
from seminars.series.models import Series
from seminars.series.resources import sharing
from seminars.series.topics.models import Topic
from seminars.sessions.suggesting import suggesting
from seminars.sessions.suggesting.suggesting import Voter

ALUMNI = "sei-alumni"
ENTRIES = {
    "rosa@sei.example": (
        "food",
        ["es", "en"],
        "Farmers' markets, packaging",
        "Housing for our workers, solar power",
    ),
    "celso@sei.example": (
        "housing",
        ["pt", "en"],
        "Housing pilots, savings groups",
        "Packaging, credit lines",
    ),
    "hala@sei.example": ("trade", ["ar", "en"], "Export papers, credit lines for traders", "Mobile payments"),
    "arjun@sei.example": (
        "technology",
        ["hi", "en"],
        "Phones for field staff, mobile payments",
        "Export papers",
    ),
}
RESOURCES = (
    (
        "opportunity",
        "Example: small grants for housing pilots",
        "https://grants.example/housing",
        "Up to 20 000 dollars, two pages to write. We got one in an earlier round.",
        21,
        "celso@sei.example",
    ),
    (
        "opportunity",
        "Example: prize for ventures in food",
        "https://prize.example/food",
        "In Spanish and English; they answer questions by mail.",
        5,
        "rosa@sei.example",
    ),
    (
        "tool",
        "Example: a cash-flow sheet for traders",
        "https://tools.example/cash-flow",
        "",
        None,
        "hala@sei.example",
    ),
    (
        "opportunity",
        "Example: call for proposals, last round",
        "https://grants.example/last-round",
        "It comes every year.",
        -30,
        "celso@sei.example",
    ),
)
WAITING = (
    "document",
    "Example: phones in the field, a handbook",
    "https://books.example/phones",
    "arjun@sei.example",
)
TOPICS = (
    (
        "How to price when customers pay by the day",
        "rosa@sei.example",
        ["celso@sei.example", "hala@sei.example"],
    ),
    ("Credit lines without land titles", "hala@sei.example", ["celso@sei.example"]),
)


def share_some(*, now: datetime) -> None:
    """Let the alumni of the course find each other. now: aware UTC."""
    community = Community.objects.filter(slug=ALUMNI).first()
    if community is None:
        return
    people = {each.email: each for each in Person.objects.filter(memberships__community=community)}
    for email, (sector, languages, offers, seeks) in ENTRIES.items():
        person = people[email]
        member = Membership.objects.get(person=person, community=community)
        said = {"sector": sector, "languages": languages, "offers": offers, "seeks": seeks}
        enter(membership=member, now=now, name=person.name, zone=person.zone, country=person.country, **said)
    _introduce(community, people, now)
    _share(community, people, now)
    _suggest(community, people, now)
    manager = (
        community.memberships.filter(role=Role.MANAGER).values_list("person__user_id", flat=True).first()
    )
    words = {"en": "Welcome! Tell us in the directory what you seek: somebody here offers it."}
    welcoming.keep(community=community, words=words, on=True, now=now, actor_id=manager, too_long="")


def _introduce(community: Community, people: dict[str, Person], now: datetime) -> None:
    """Mexico and Mozambique know each other; Egypt and India are asked."""
    facilitator = community.memberships.select_related("person").get(role=Role.MANAGER).person
    pairs = (
        (
            "rosa@sei.example",
            "celso@sei.example",
            "Rosa seeks housing for her workers; Celso builds it.",
            True,
        ),
        (
            "hala@sei.example",
            "arjun@sei.example",
            "One of you sells, the other lets people pay by phone.",
            False,
        ),
    )
    for one, other, words, agreed in pairs:
        made = introducing.introduce(
            community=community,
            facilitator=facilitator,
            pair=(people[one], people[other]),
            words=words,
            agreed=agreed,
            now=now - timedelta(days=3),
        )
        if agreed:
            for side, text in zip(
                made.parties.order_by("pk"),
                ("How many families does one of your pilots house?", "Twelve. Shall we talk on Thursday?"),
                strict=True,
            ):
                introducing.add_note(party=side, text=text, now=now - timedelta(days=2))


def _share(community: Community, people: dict[str, Person], now: datetime) -> None:
    topics = list(Topic.objects.order_by("slug")[:1])
    for kind, title, url, about, days, email in RESOURCES:
        due = {"due_on": (now + timedelta(days=days)).date(), "zone": people[email].zone} if days else {}
        sharing.post_resource(
            community=community,
            person=people[email],
            topics=topics if kind == "opportunity" else [],
            moderator=True,
            now=now - timedelta(days=4),
            actor_id=None,
            kind=kind,
            title=title,
            url=url,
            about=about,
            **due,
        )
    kind, title, url, email = WAITING
    sharing.post_resource(
        community=community,
        person=people[email],
        moderator=False,
        now=now,
        actor_id=None,
        kind=kind,
        title=title,
        url=url,
    )


def _suggest(community: Community, people: dict[str, Person], now: datetime) -> None:
    series = Series.objects.filter(community=community).first()
    for title, proposer, others in TOPICS:
        voters = [Voter(email, people[email], "en", people[email].zone) for email in (proposer, *others)]
        first = suggesting.suggest(
            community=community,
            series=series,
            voter=voters[0],
            title=title,
            name=people[proposer].name,
            now=now - timedelta(days=6),
        )
        for each in voters[1:]:
            suggesting.vote(suggestion=first.suggestion, voter=each, now=now - timedelta(days=5))
