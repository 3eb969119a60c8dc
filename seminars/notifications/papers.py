"""Mails of discussion papers: the reviewer's link, the editor told of reviews, and everybody that a paper is out."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.followups.papers.models import Paper, PaperReview, PaperState, PaperVersion
from seminars.notifications.daytime import by_day
from seminars.notifications.letters import Context, Pointless
from seminars.notifications.membership import NO_PLANNER
from seminars.notifications.models import Message
from seminars.notifications.newsletter.editing import audience_of
from seminars.notifications.posting import (
    UNDO,
    Letter,
    Recipient,
    language_of,
    post,
    post_link,
    recipient_of,
)
from seminars.notifications.readers import telling
from seminars.notifications.readers.models import Subscription, SubscriptionQuerySet, scope_of, scopes_of
from seminars.notifications.readers.stopping import NEWSLETTER, READY, stop_address
from seminars.people.models import Joining, Membership, Person
from seminars.people.visitors import NOBODY, Visitor

REVIEW, ANSWERED, OUT = "paper-review", "paper-reviewed", "paper"
EXAMPLE = "example"  # stands for the secret in a preview
BEFORE = timedelta(days=2)
"""So long before the deadline a reviewer who has not answered is reminded, once."""
ENDED = gettext_noop("The review has ended.")
GONE = gettext_noop("The paper was withdrawn.")
UNWANTED = gettext_noop("The person does not want these mails any more.")


def mail_review(review: PaperReview, *, now: datetime) -> bool:
    """Return whether a mail with the reviewer's link is written down; not while one waits, nor minutes after the last.

    Call it inside `atomic`. now: aware UTC. Load `paper__community` and `person__user` with the review.
    """
    return post_link(
        kind=REVIEW,
        subject=f"paper-review:{review.pk}",
        to=_reviewer(review),
        now=now,
        community_id=review.paper.community_id,
    )


def look(*, now: datetime) -> int:
    """Return how many mails are written down: reminders, answers for editors, papers that are out. now: aware UTC."""
    return _remind(now) + _tell_editors(now) + sum(_tell(each, now) for each in _untold(now))


def review_facts(message: Message, now: datetime) -> Context:
    """Return what the mail to a reviewer says. Raises Pointless for a review that is answered or ended."""
    rows = PaperReview.objects.select_related("paper__community", "asked_by__person")
    review = rows.filter(pk=_number(message)).first()
    if review is None or review.revoked_at or review.answered_at or review.paper.is_closed:
        raise Pointless(ENDED)
    return _review(review)


def answered_facts(message: Message, now: datetime) -> Context:
    """Return what the editor is told of one review. Raises Pointless, also for who works on the paper no more."""
    review = (
        PaperReview.objects.select_related("paper__community", "asked_by").filter(pk=_number(message)).first()
    )
    if review is None or review.revoked_at or review.answered_at is None:
        raise Pointless(ENDED)
    editor = review.asked_by
    visitor = Visitor(editor.pk, editor.is_superuser) if editor and editor.is_active else NOBODY
    if not Paper.objects.edited_by(visitor).filter(pk=review.paper_id).exists():
        raise Pointless(NO_PLANNER)
    return _answered(review)


def out_facts(message: Message, now: datetime) -> Context:
    """Return what everybody is told of a version that is out. Raises Pointless."""
    rows = PaperVersion.objects.select_related("paper__community")
    version = rows.filter(pk=_number(message)).first()
    if version is None or version.paper.withdrawn_at:
        raise Pointless(GONE)
    kind = _wanted_as(message, version.paper)
    if not kind:
        raise Pointless(UNWANTED)
    community = version.paper.community
    stop = stop_address(email=message.email, person_id=message.person_id, kind=kind, community=community)
    return _out(version, stop=stop, member=kind == NEWSLETTER)


def review_sample(now: datetime, zone: str) -> Context | None:
    """Return the same for a review of the site, or as one could be; None where there is no paper."""
    paper = _example()
    if paper is None:
        return None
    review = paper.reviews.select_related("paper__community", "asked_by__person").first()
    made = review or PaperReview(paper=paper, name="Amina Diallo", due_at=now + timedelta(days=14))
    made.token = EXAMPLE
    return _review(made)


def answered_sample(now: datetime, zone: str) -> Context | None:
    """Return the same for any paper; None where there is none."""
    paper = _example()
    if paper is None:
        return None
    return _answered(PaperReview(paper=paper, name="Amina Diallo", due_at=now, verdict="small"))


def out_sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the latest paper that is out; None where there is none."""
    version = PaperVersion.objects.select_related("paper__community").order_by("-out_at", "-pk").first()
    stop = settings.MERIDIAN_URL + reverse("stop_mails", args=["example"])
    return _out(version, stop=stop, member=True) if version else None


# Below: how it is done.


def _remind(now: datetime) -> int:
    rows = PaperReview.objects.filter(answered_at=None, revoked_at=None, reminded_at=None)
    due = rows.filter(due_at__gt=now, due_at__lte=now + BEFORE, asked_at__lte=now - BEFORE)
    due = due.exclude(paper__state__in=[PaperState.SUPERSEDED, PaperState.WITHDRAWN])
    made = 0
    for review in due.select_related("paper__community", "person__user").order_by("pk"):
        with transaction.atomic():
            if PaperReview.objects.filter(pk=review.pk, reminded_at=None).update(reminded_at=now):
                made += mail_review(review, now=now)
    return made


def _tell_editors(now: datetime) -> int:
    rows = PaperReview.objects.filter(
        answered_at__lte=now - UNDO, told_at=None, revoked_at=None, asked_by__isnull=False
    )
    made = 0
    for review in rows.select_related("paper__community", "asked_by__person").order_by("pk"):
        with transaction.atomic():
            if not PaperReview.objects.filter(pk=review.pk, told_at=None).update(told_at=now):
                continue
            person = Person.objects.select_related("user").filter(user=review.asked_by).first()
            to = recipient_of(person, language=review.paper.community.language) if person else None
            if to and review.answered_at:
                made += post(
                    kind=ANSWERED,
                    subject=f"paper-review:{review.pk}",
                    revision=int(review.answered_at.timestamp()),
                    letters=[Letter(to)],
                    due_at=by_day(now, to.zone or review.paper.community.home_zone),
                    now=now,
                    community_id=review.paper.community_id,
                )
    return made


def _untold(now: datetime) -> Iterable[PaperVersion]:
    rows = PaperVersion.objects.filter(tell=True, told_at=None, out_at__lte=now)
    return rows.select_related("paper__community").order_by("pk")


def _tell(version: PaperVersion, now: datetime) -> int:
    with transaction.atomic():
        if not PaperVersion.objects.filter(pk=version.pk, told_at=None).update(told_at=now):
            return 0
        home = version.paper.community.home_zone
        letters = defaultdict[datetime, list[Letter]](list)
        for to in _recipients(version.paper).values():
            letters[by_day(now + UNDO, to.zone or home)].append(Letter(to))
        return sum(
            post(
                kind=OUT,
                subject=f"paper:{version.pk}",
                revision=version.version,
                letters=some,
                due_at=due,
                now=now,
                community_id=version.paper.community_id,
            )
            for due, some in letters.items()
        )


def _recipients(paper: Paper) -> dict[str, Recipient]:
    """Members who get its letters, and who asked for what is ready; each address once."""
    community = paper.community
    found: dict[str, Recipient] = {}
    members = Membership.objects.filter(audience_of(community)).select_related("person__user").order_by("pk")
    for each in members.iterator(chunk_size=500):
        if to := recipient_of(each.person, language=community.language):
            found.setdefault(to.email, to)
    for row in _readers(paper).order_by("pk").iterator(chunk_size=500):
        if reader := telling.recipient(row.reader):
            found.setdefault(reader.email, reader)
    return found


def _readers(paper: Paper) -> SubscriptionQuerySet:
    rows: SubscriptionQuerySet = Subscription.objects.wanting(READY).of(_scopes(paper))
    if _is_inside(paper):
        inside = Membership.objects.filter(community=paper.community)
        rows = rows.filter(reader__person_id__in=inside.values("person_id"))
    return rows


def _scopes(paper: Paper) -> list[str]:
    """All that somebody may follow to be told of this paper."""
    found = {scope_of(None), scope_of(paper.community)}
    for session in paper.sessions.select_related("series"):
        found.update(scopes_of(session))
    return sorted(found)


def _is_inside(paper: Paper) -> bool:
    return paper.community.joining == Joining.CLOSED and not paper.for_everybody


def _wanted_as(message: Message, paper: Paper) -> str:
    """As what the mail is still wanted: a member's, a reader's, or "" not at all."""
    if message.person_id:
        mine = Membership.objects.filter(audience_of(paper.community), person_id=message.person_id)
        if mine.exists():
            return NEWSLETTER
    rows = _readers(paper).filter(telling.whose(message, "reader__"))
    return READY if rows.exists() else ""


def _reviewer(review: PaperReview) -> Recipient:
    language = language_of(review.paper.language, review.paper.community.language)
    known = recipient_of(review.person, language=language) if review.person else None
    return Recipient(
        review.email, review.person_id, known.language if known else language, known.zone if known else ""
    )


def _example() -> Paper | None:
    return Paper.objects.select_related("community").order_by("-changed_at", "-pk").first()


def _number(message: Message) -> int:
    return int(message.subject.partition(":")[2])


def _review(review: PaperReview) -> Context:
    asker = getattr(review.asked_by, "person", None) if review.asked_by else None
    return {
        "review": review,
        "paper": review.paper,
        "community": review.paper.community,
        "asker": asker.name if asker else "",
        "address": settings.MERIDIAN_URL + reverse("paper_review", args=[review.token]),
        "reply_to": review.paper.community.contact,
    }


def _answered(review: PaperReview) -> Context:
    return {
        "review": review,
        "paper": review.paper,
        "community": review.paper.community,
        "comments": review.comments.count() if review.pk else 3,
        "address": settings.MERIDIAN_URL + reverse("paper_reviews", args=[review.paper.uuid]),
    }


def _out(version: PaperVersion, *, stop: str, member: bool) -> Context:
    paper, community = version.paper, version.paper.community
    return {
        "paper": paper,
        "version": version,
        "community": community,
        "member": member,
        "address": settings.MERIDIAN_URL + reverse("paper", args=[paper.slug]),
        "stop": stop,
        "list_name": f"{'newsletter' if member else 'ready'}.{community.slug}",
        "reply_to": community.contact,
    }
