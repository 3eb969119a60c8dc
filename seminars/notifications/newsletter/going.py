"""Let issues go: drafts before their date, facts frozen at it, then mails written down some at a time.

A worker may die at any moment: where the writing stands is kept with each piece, in its transaction, and who takes the
next piece claims it by a conditional update. So nothing is lost, and no address gets two.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max

from seminars.notifications.daytime import by_day
from seminars.notifications.newsletter import editing
from seminars.notifications.newsletter.models import Issue, IssueState, LetterPlan
from seminars.notifications.newsletter.rhythm import LEAD
from seminars.notifications.posting import CHUNK, Letter, Recipient, post, recipient_of
from seminars.notifications.readers import telling
from seminars.notifications.readers.models import Subscription
from seminars.people.models import Joining, Membership

KIND = "newsletter"
MEMBERS, READERS, DONE = "members", "readers", "done"
MOST_PIECES = 40
"""Pieces of `CHUNK` that one look writes down; the rest comes with the next."""
log = logging.getLogger(__name__)


class NotGone(Exception):
    """Some letters could not go; the log says why."""


def look(*, now: datetime) -> int:
    """Return how many mails are written down now. Three queries while there is nothing to do. now: aware UTC."""
    failed = []
    begun = Issue.objects.filter(state=IssueState.DRAFT).values("scope")
    plans = (
        LetterPlan.objects.filter(next_at__lte=now + LEAD)
        .exclude(scope__in=begun)
        .select_related("community")
    )
    for plan in plans.order_by("pk"):
        editing.begin(community=plan.community, due_at=plan.next_at, now=now)
    due = Issue.objects.filter(state=IssueState.DRAFT, due_at__lte=now).select_related("community")
    for issue in due.order_by("due_at", "pk"):
        try:
            go(issue, now=now)
        except Exception:  # broad: the letter of one community must not hold up another's
            log.exception("Newsletter %s could not go", issue.pk)
            failed.append(issue.pk)
    made, pieces = 0, MOST_PIECES
    for issue in Issue.objects.filter(state=IssueState.GOING).select_related("community").order_by("pk"):
        while pieces and (written := write_some(issue, now=now)) is not None:
            made, pieces = made + written, pieces - 1
    if failed:
        raise NotGone(f"Newsletters that could not go: {failed}")
    return made


def go(issue: Issue, *, now: datetime) -> bool:
    """Freeze what a due draft says and let it go; leave it out where there is nothing new. Whether it goes.

    Of two workers one does. now: aware UTC.
    """
    items = editing.items_of(issue, now=now)
    if not editing.worth(issue, items):
        with suppress(editing.Changed):  # the editor wrote at this moment: the next look tries again
            editing.leave_out(issue=issue, reason=editing.NOTHING_NEW, now=now)
        return False
    with transaction.atomic():
        rows = Issue.objects.filter(
            pk=issue.pk, state=IssueState.DRAFT, version=issue.version, due_at__lte=now
        )
        last = Issue.objects.filter(scope=issue.scope).aggregate(last=Max("number"))["last"] or 0
        try:
            with transaction.atomic():
                gone = rows.update(
                    state=IssueState.GOING,
                    number=last + 1,
                    items=[each.kept() for each in items],
                    went_at=now,
                )
        except IntegrityError:  # another issue took the number at this moment: the next look tries again
            return False
        if gone:
            editing.roll_on(issue, now)
    return bool(gone)


def write_some(issue: Issue, *, now: datetime) -> int | None:
    """Write down the next piece of an issue's mails; how many. None where nothing is left, or another took it."""
    issue.refresh_from_db(fields=["state", "stage", "cursor"])
    if issue.state != IssueState.GOING:
        return None
    stage, cursor = issue.stage, issue.cursor
    found = list(_members(issue, cursor) if stage == MEMBERS else _readers(issue, cursor))
    if found:
        to_stage, to_cursor = stage, found[-1][0]
    else:
        to_stage, to_cursor = (READERS if stage == MEMBERS else DONE), 0
    with transaction.atomic():
        mine = Issue.objects.filter(pk=issue.pk, state=IssueState.GOING, stage=stage, cursor=cursor)
        if not mine.update(stage=to_stage, cursor=to_cursor):
            return None
        if to_stage == DONE:
            Issue.objects.filter(pk=issue.pk).update(state=IssueState.SENT, sent_at=now)
            return None
        made = _post(issue, [to for _key, to in found if to is not None], now)
        Issue.objects.filter(pk=issue.pk).update(mails=F("mails") + made)
    return made


# Below: how it is done.


def _members(issue: Issue, after: int) -> Iterator[tuple[int, Recipient | None]]:
    community = issue.community
    rows = Membership.objects.filter(editing.audience_of(community), pk__gt=after).order_by("pk")
    for each in rows.select_related("person__user")[:CHUNK]:
        yield each.pk, recipient_of(each.person, language=community.language if community else "")


def _readers(issue: Issue, after: int) -> Iterator[tuple[int, Recipient | None]]:
    """Who asked for it by address; of a closed community only its members may."""
    rows = Subscription.objects.wanting("newsletter").of([issue.scope]).filter(pk__gt=after)
    if issue.community and issue.community.joining == Joining.CLOSED:
        inside = Membership.objects.filter(community=issue.community)
        rows = rows.filter(reader__person_id__in=inside.values("person_id"))
    for each in rows.order_by("pk")[:CHUNK]:
        yield each.pk, telling.recipient(each.reader)


def _post(issue: Issue, recipients: list[Recipient], now: datetime) -> int:
    """One mail each, by day; an address that has one already gets no second."""
    home = issue.community.home_zone if issue.community else settings.TIME_ZONE
    letters = defaultdict[datetime, list[Letter]](list)
    there: set[str] = set()
    for to in recipients:
        if to.email not in there:
            there.add(to.email)
            letters[by_day(now, to.zone or home)].append(Letter(to))
    made = 0
    for due, some in letters.items():
        made += post(
            kind=KIND,
            subject=f"newsletter:{issue.uuid}",
            revision=1,
            letters=some,
            due_at=due,
            now=now,
            community_id=issue.community_id,
        )
    return made
