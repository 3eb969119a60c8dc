"""Mails of suggestions: the link by which a vote is confirmed, and the word of what became of a topic, once."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, post, post_link
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.sessions.suggesting.models import Suggestion, SuggestionState, Vote

LINK, ANSWER = "suggestion-link", "suggestion"
EXAMPLE = "example"  # stands for the secret in a preview
MOST = 500
GONE = gettext_noop("The suggestion is gone.")
UNWANTED = gettext_noop("The person does not want these mails any more.")
HIDDEN = gettext_noop("The person may not see the session any more.")


def mail_link(vote: Vote, *, now: datetime) -> bool:
    """Return whether a mail with the link is written down; not while one waits, nor within ten minutes of the last.

    Call it inside `atomic`. now: aware UTC. Load `suggestion` with it.
    """
    return post_link(
        kind=LINK,
        subject=f"vote:{vote.pk}",
        to=Recipient(vote.email, vote.person_id, vote.language, vote.zone),
        now=now,
        community_id=vote.suggestion.community_id,
    )


def look(*, now: datetime) -> int:
    """Return how many mails are written down now about what became of topics. One query while there is nothing.

    Of a planned one all who voted and want it are told, once the session is public; of a declined one the proposer.
    """
    planned = Q(suggestion__state=SuggestionState.PLANNED, suggestion__session__published_at__isnull=False)
    declined = Q(suggestion__state=SuggestionState.DECLINED, proposes=True)
    rows = Vote.objects.filter(planned | declined, confirmed_at__isnull=False, told_at=None, wants_word=True)
    found = list(rows.select_related("suggestion").order_by("suggestion_id", "pk")[:MOST])
    made = 0
    for each in found:
        with transaction.atomic():
            if Vote.objects.filter(pk=each.pk, told_at=None).update(told_at=now):
                made += post(
                    kind=ANSWER,
                    subject=f"vote:{each.pk}",
                    revision=1,
                    letters=[Letter(Recipient(each.email, each.person_id, each.language, each.zone))],
                    due_at=now,
                    now=now,
                    community_id=each.suggestion.community_id,
                )
    return made


def link_facts(message: Message, now: datetime) -> Context:
    """Return what the mail with the link says. It holds nothing that was typed. Raises Pointless."""
    vote = _vote(message)
    return _context(vote.suggestion, vote) | {"stop": ""}


def answer_facts(message: Message, now: datetime) -> Context:
    """Return what became of it. Raises Pointless for who wants no word, or may not see the session."""
    vote = _vote(message)
    if not vote.wants_word or vote.confirmed_at is None:
        raise Pointless(UNWANTED)
    session = vote.suggestion.session
    if session is not None:
        user = vote.person.user_id if vote.person else None
        if not Session.objects.visible_to(Visitor(user)).filter(pk=session.pk).exists():
            raise Pointless(HIDDEN)
    elif vote.suggestion.state != SuggestionState.DECLINED:
        raise Pointless(GONE)
    return _context(vote.suggestion, vote)


def _vote(message: Message) -> Vote:
    number = message.subject.partition(":")[2]
    rows = Vote.objects.select_related(
        "suggestion__community", "suggestion__series", "suggestion__session__series__community", "person"
    )
    found = rows.filter(pk=int(number) if number.isdecimal() else 0).first()
    if found is None:
        raise Pointless(GONE)
    return found


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the next session of the site; None where there is none."""
    rows = Session.objects.published().filter(withdrawn_at=None).select_related("series__community")
    session = (
        rows.filter(starts_at__gt=now).order_by("starts_at", "pk").first() or rows.order_by("pk").first()
    )
    if session is None:
        return None
    community = session.series.community
    made = Suggestion(
        community=community, series=session.series, title="", session=session, state=SuggestionState.PLANNED
    )
    return _context(made, Vote(suggestion=made, token=EXAMPLE, proposes=True))


def _context(suggestion: Suggestion, vote: Vote) -> dict[str, object]:
    community = suggestion.community
    own = settings.MERIDIAN_URL + reverse("vote", args=[vote.token])
    session = suggestion.session
    return {
        "community": community,
        "suggestion": suggestion,
        "session": session,
        "vote": vote,
        "confirmed": vote.confirmed_at is not None,
        "own": own,
        "page": settings.MERIDIAN_URL + reverse("session", args=[session.slug]) if session else own,
        "stop": own,
        "list_name": f"suggestions.{community.slug}",
        "reply_to": community.contact,
    }
