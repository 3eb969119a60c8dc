"""The mail with the secret link of a listening site. It holds nothing that was typed: anybody can type any address."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars import clock
from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, language_of, post
from seminars.sessions.models import Session
from seminars.sessions.sites.models import ListeningSite

KIND = "group-link"
EXAMPLE = "example"  # stands for the secret in a preview
GONE = gettext_noop("The group was withdrawn.")


def mail_link(site: ListeningSite, *, language: str, now: datetime) -> bool:
    """Return whether a mail with the link is written down, once for each site. Call it inside `atomic`.

    language: of the page on which it was registered. now: aware UTC. Load `session__series` with it.
    """
    zone = clock.canonical(site.zone)
    to = Recipient(
        site.email.strip().lower(), language=language_of(language, site.session.language), zone=zone
    )
    return bool(
        post(
            kind=KIND,
            subject=f"listening-site:{site.pk}",
            revision=1,
            letters=[Letter(to)],
            due_at=now,
            now=now,
            community_id=site.session.series.community_id,
        )
    )


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless for a group that was withdrawn."""
    number = message.subject.partition(":")[2]
    rows = ListeningSite.objects.standing().select_related("session__series__community")
    site = rows.filter(pk=int(number) if number.isdecimal() else 0).first()
    if site is None or site.session.withdrawn_at:
        raise Pointless(GONE)
    return _context(site.session, site.token)


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the next session of the site; None where there is none."""
    rows = Session.objects.published().filter(withdrawn_at=None).select_related("series__community")
    session = (
        rows.filter(starts_at__gt=now).order_by("starts_at", "pk").first() or rows.order_by("pk").first()
    )
    return _context(session, EXAMPLE) if session else None


def _context(session: Session, token: str) -> Context:
    return {
        "session": session,
        "community": session.series.community,
        "address": settings.MERIDIAN_URL + reverse("site", args=[token]),
        "reply_to": session.series.community.contact,
    }
