"""The mail with the secret link of a registration: to confirm it, or to change it. It holds nothing that was typed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message, MessageState
from seminars.notifications.posting import Letter, Recipient, post
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration

KIND = "registration"
EXAMPLE = "example"  # stands for the secret in a preview
NOT_AGAIN = timedelta(minutes=10)
"""Anybody can type any address: it gets one such mail in so long."""
GONE = gettext_noop("The registration is gone.")


def mail_link(registration: Registration, *, now: datetime) -> bool:
    """Return whether a mail with the link is written down; not while one waits, nor within ten minutes of the last.

    Call it inside `atomic`. now: aware UTC. Load `session__series` with the registration.
    """
    subject = f"registration:{registration.pk}"
    known = Message.objects.about(kind=KIND, subject=subject).first()
    if known and (known.state in MessageState.unsent() or known.made_at > now - NOT_AGAIN):
        return False
    to = Recipient(registration.email, registration.person_id, registration.language, registration.zone)
    return bool(
        post(
            kind=KIND,
            subject=subject,
            revision=known.revision + 1 if known else 1,
            letters=[Letter(to)],
            due_at=now,
            now=now,
            community_id=registration.session.series.community_id,
        )
    )


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless for a registration that is gone, or whose session was withdrawn."""
    number = message.subject.partition(":")[2]
    rows = Registration.objects.select_related("session__series__community")
    found = rows.filter(pk=int(number) if number.isdecimal() else 0, removed_at=None).first()
    if found is None or found.session.withdrawn_at:
        raise Pointless(GONE)
    return _context(found)


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the next session of the site; None where there is none."""
    rows = Session.objects.published().filter(withdrawn_at=None).select_related("series__community")
    ahead = rows.filter(starts_at__gt=now).order_by("starts_at", "pk").first()
    session = ahead or rows.order_by("pk").first()
    return _context(Registration(session=session, token=EXAMPLE)) if session else None


def _context(registration: Registration) -> Context:
    session = registration.session
    return {
        "session": session,
        "community": session.series.community,
        "stands": registration.stands,
        "address": settings.MERIDIAN_URL + reverse("registration", args=[registration.token]),
        "reply_to": session.series.community.contact,
    }
