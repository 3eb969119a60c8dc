"""A discussion paper of the South African communities that is out, and one in review. Their words are examples."""

from datetime import datetime, timedelta

from seminars.followups.papers import publishing, reviewing, writing
from seminars.followups.papers.models import Paper
from seminars.followups.papers.outline import Headings, Part, Source
from seminars.people.models import Community, User
from seminars.sessions.models import Session
from seminars.words import say

COMMUNITY = "services-seta"
WORDS = Headings(
    "What we asked",
    "What was said",
    "What follows from it",
    "What is next",
    "No report of this session is out.",
)
SAID = (
    Part(
        "Main arguments",
        "list",
        "Advisors learn from each other when somebody pays for the time\nA visit costs less than a failed loan",
    ),
    Part("Main statements (quotes)", "quotes", "We measured visits. We should have measured what changed."),
)
SUMMARY = (
    "Example: three entities paid advisors for results and not for visits. Two kept it, one went back. "
    "This paper says what they measured, what it cost, and what they would do again."
)
BODY = """## What we asked

What happens when an entity pays its advisors **for results**, and how do the enterprises fare?

## What was said

### Three entities, three ways

| Entity | Paid for | After a year |
|---|---|---|
| Karoo Advisors | a signed order | kept it |
| Limpopo Enterprise Desk | a loan repaid | kept it, with a floor |
| A third | turnover | went back to visits |

> We measured visits. We should have measured what changed.

### What it takes

1. A figure that the owner keeps anyway.
2. A floor: nobody advises for nothing.
3. A second look after six months, by somebody else.

## What follows from it

- Pay for results where the result is the owner's own figure.
- Publish the *failures* too.

## What is next

The next webinar looks at the first year after the advisor has left.
"""


def write_papers(*, now: datetime) -> Paper | None:
    """Return the paper that is out, of the last two sessions held by `now` (aware UTC); another waits for reviewers."""
    community = Community.objects.filter(slug=COMMUNITY).first()
    held = Session.objects.filter(series__community__slug=COMMUNITY, ends_at__lt=now).published()
    sessions = list(held.select_related("series__community").order_by("-ends_at", "pk")[:3])
    if community is None or not sessions:
        return None
    actor = User.objects.filter(email="thandi@seta.example").values_list("pk", flat=True).first()
    paper = _begun(
        community, sessions[:2], "Paying advisors for results: what three entities tried", now, actor
    )
    paper = writing.keep(
        paper=paper,
        seen=paper.revision,
        fields={
            "summary": SUMMARY,
            "body": BODY,
            "authors": "Thandi Example, Services SETA\nKaroo Advisors (Example)",
        },
        now=now,
        actor_id=actor,
    )
    reviewing.approve(paper=paper, seen=paper.revision, now=now, actor_id=actor)
    publishing.publish(paper=paper, seen=paper.revision, now=now, actor_id=actor)
    waiting = _begun(community, sessions[-1:], "Evaluations that people read", now, actor)
    review = reviewing.ask(
        paper=waiting,
        name="Sipho Example",
        email="sipho@seta.example",
        due_at=now + timedelta(days=10),
        now=now,
        actor_id=actor,
    )
    reviewing.comment(
        review=review,
        place="We measured visits. We should have measured what changed.",
        text="Example: whose words are these? A name helps the reader.",
        revision=waiting.revision,
        now=now,
    )
    return paper


def _begun(
    community: Community, sessions: list[Session], title: str, now: datetime, actor: int | None
) -> Paper:
    return writing.begin(
        community=community,
        sessions=sessions,
        sources=[Source(say(each.heading, "en"), SAID) for each in sessions],
        title=title,
        language="en",
        words=WORDS,
        now=now,
        actor_id=actor,
    )
