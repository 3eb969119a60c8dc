"""The mail that carries an invitation."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, drop, language_of, post
from seminars.people.joining import person_known_by
from seminars.people.models import Community, Role
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
    person = person_known_by(invitation.email)
    to = Recipient(
        invitation.email,
        person.pk if person else None,
        language_of(invitation.language),
        person.zone if person else "",
    )
    return post(
        kind=KIND,
        subject=subject_of(invitation),
        revision=invitation.sends,
        letters=[Letter(to)],
        due_at=now,
        now=now,
        community_id=invitation.community_id,
    )


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
