"""A newsletter of microLINKS that has gone out, and the plan of those to come. Its words are examples."""

from datetime import datetime

from seminars.notifications.newsletter import editing, going
from seminars.notifications.newsletter.items import Choices
from seminars.notifications.newsletter.models import Every, Issue
from seminars.people.models import Community

COMMUNITY = "microlinks"
SUBJECT = {
    "en": "Example: savings groups meet the phone, and what comes next",
    "sv": "Exempel: spargrupper möter telefonen, och vad som kommer",
}
INTRODUCTION = {
    "en": "Dear readers,\n\nthis month the seminar room was full, and more of you listened by phone than ever before. "
    "The recordings are below, each with a small edition for a slow line.\n\n"
    "Ask your questions before the next seminar: they are answered first.\n\nOlive Example, editor",
    "sv": "Kära läsare,\n\nden här månaden var seminarierummet fullt, och fler än någonsin lyssnade per telefon. "
    "Inspelningarna finns nedan, var och en även i en liten utgåva för en långsam uppkoppling.\n\n"
    "Ställ era frågor före nästa seminarium: de besvaras först.\n\nOlive Example, redaktör",
}


def send_letter(*, now: datetime) -> Issue | None:
    """Return the first issue, gone out at `now` (aware UTC); the next one goes on the first of the month."""
    community = Community.objects.filter(slug=COMMUNITY).first()
    if community is None:
        return None
    issue = editing.begin(community=community, due_at=now, now=now)
    found = editing.items_of(issue, now=now)
    picked = [each.ref for each in found if each.section == "ready"][:1]
    editing.keep(
        issue=issue,
        version=issue.version,
        subject=SUBJECT,
        introduction=INTRODUCTION,
        choices=Choices(pinned=picked),
    )
    going.go(issue, now=now)
    while going.write_some(issue, now=now) is not None:
        pass
    editing.set_plan(community=community, every=Every.MONTH, day=1, hour=9, now=now, actor_id=None)
    return issue
