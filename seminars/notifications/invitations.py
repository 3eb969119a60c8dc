"""The mail that carries an invitation."""

from collections.abc import Sequence
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.bounces.noting import reason_of, troubled
from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message, MessageState
from seminars.notifications.posting import CHUNK, SUPERSEDED, domain_of, drop, language_of, message_id_of
from seminars.people.models import Community, Person, Role
from seminars.series.inviting import inviting
from seminars.series.inviting.models import Invitation
from seminars.series.models import Series

KIND = "invitation"
ENDED = gettext_noop("The invitation was answered or has ended.")
REKEYED = gettext_noop("The site's secret key is another one by now. Send the invitation again.")


def subject_of(invitation: Invitation) -> str:
    """Return what its mails are about."""
    return f"invitation:{invitation.uuid}"


def mail_invitation(invitation: Invitation, *, now: datetime) -> int:
    """Return how many mails are written down: 1, or 0 if this sending of it was before. Call it inside `atomic`."""
    return mail_invitations([invitation], now=now)


def mail_invitations(invitations: Sequence[Invitation], *, now: datetime) -> int:
    """Return how many mails are written down, at most one for each. Call it inside `atomic`.

    A mail of an earlier sending that has not left is dropped. Questions: a few for 500.
    """
    made = 0
    for start in range(0, len(invitations), CHUNK):
        some = {subject_of(each): each for each in invitations[start : start + CHUNK]}
        people = _known([each.email for each in some.values()])
        there = Message.objects.filter(kind=KIND, subject__in=some)
        sent = dict(there.values_list("subject").annotate(last=Max("revision")))
        wanted = {subject: each for subject, each in some.items() if sent.get(subject, 0) < each.sends}
        drop(there.filter(subject__in=[subject for subject in wanted if subject in sent]), SUPERSEDED)
        rows = [_message(each, people.get(each.email), now) for each in wanted.values()]
        stopped = troubled([each.email for each in rows])
        for each in rows:
            if address := stopped.get(each.email.lower()):
                each.state, each.reason = MessageState.DROPPED, reason_of(address)
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        made += sum(each.state == MessageState.WAITING for each in rows)
    return made


def _message(invitation: Invitation, person: Person | None, now: datetime) -> Message:
    subject, revision = subject_of(invitation), invitation.sends
    return Message(
        email=invitation.email,
        domain=domain_of(invitation.email),
        person_id=person.pk if person else None,
        community_id=invitation.community_id,
        kind=KIND,
        subject=subject,
        revision=revision,
        language=language_of(invitation.language),
        zone=person.zone if person else "",
        due_at=now,
        try_at=now,
        message_id=message_id_of(invitation.email, KIND, subject, revision),
        made_at=now,
    )


def _known(emails: list[str]) -> dict[str, Person]:
    """Who is known by an address: of the account that confirmed it, else by it alone."""
    named = Person.objects.annotate(low=Lower("email")).filter(low__in=emails)
    found = {each.email.lower(): each for each in named}
    confirmed = EmailAddress.objects.filter(email__in=emails, verified=True, user__person__isnull=False)
    return found | {each.email.lower(): each.user.person for each in confirmed.select_related("user__person")}


def take_back(invitation: Invitation, *, now: datetime, actor_id: int | None) -> bool:
    """Return whether the invitation ended now; its mail does not leave if it has not left. now: aware UTC."""
    with transaction.atomic():
        done = inviting.revoke(invitation=invitation, now=now, actor_id=actor_id)
        drop(Message.objects.about(kind=KIND, subject=subject_of(invitation)), ENDED)
    return done


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless for an invitation that is no longer open."""
    found = Invitation.objects.select_related("community", "series", "made_by__person")
    invitation = found.filter(uuid=message.subject.partition(":")[2]).first()
    if invitation is None or inviting.state_of(invitation, now) != inviting.State.OPEN:
        raise Pointless(ENDED)
    token = inviting.token_of(invitation)
    if inviting.hash_of(token) != invitation.token_hash:
        raise Pointless(REKEYED)
    return _context(invitation, settings.MERIDIAN_URL + reverse("invitation", args=[token]))


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for a community of the site; None where there is none."""
    series = Series.objects.published().select_related("community").order_by("pk").first()
    community = series.community if series else Community.objects.order_by("pk").first()
    if community is None:
        return None
    role = "host" if series else Role.ORGANISER
    made = Invitation(community=community, series=series, email="reader@example.org", role=role)
    made.expires_at = now + inviting.GOOD_FOR
    return _context(made, settings.MERIDIAN_URL + reverse("invitation", args=["example"]))


def _context(invitation: Invitation, address: str) -> Context:
    by = invitation.made_by
    person = getattr(by, "person", None)
    return {
        "invitation": invitation,
        "community": invitation.community,
        "series": invitation.series,
        "by": person.name if person else (by.email if by else ""),
        "role": inviting.role_words(invitation),
        "duties": inviting.duties(invitation),
        "address": address,
        "reply_to": invitation.community.contact,
    }
