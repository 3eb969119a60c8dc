"""The mail with the secret link of a registration: to confirm it, or to change it. It holds nothing that was typed."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Recipient, post_link
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration, SeriesRegistration
from seminars.sessions.registration.terms import terms_by_session, terms_of
from seminars.sessions.registration.whole import open_sessions

KIND, WHOLE = "registration", "series-registration"
EXAMPLE = "example"  # stands for the secret in a preview
LISTED = 12  # sessions that one mail names
GONE = gettext_noop("The registration is gone.")


def mail_link(registration: Registration, *, now: datetime) -> bool:
    """Return whether a mail with the link is written down; not while one waits, nor within ten minutes of the last.

    Call it inside `atomic`. now: aware UTC. Load `session__series` with the registration.
    """
    subject, community = f"registration:{registration.pk}", registration.session.series.community_id
    return _mail(KIND, subject, registration, community, now)


def mail_whole(registration: SeriesRegistration, *, now: datetime) -> bool:
    """Return whether a mail with the link of a registration for a whole series is written down. As `mail_link`."""
    subject, community = f"whole:{registration.pk}", registration.series.community_id
    return _mail(WHOLE, subject, registration, community, now)


def _mail(
    kind: str, subject: str, registration: Registration | SeriesRegistration, community: int, now: datetime
) -> bool:
    to = Recipient(registration.email, registration.person_id, registration.language, registration.zone)
    return post_link(kind=kind, subject=subject, to=to, now=now, community_id=community)


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless for a registration that is gone, or whose session was withdrawn."""
    number = message.subject.partition(":")[2]
    rows = Registration.objects.select_related("session__series__community")
    found = rows.filter(pk=int(number) if number.isdecimal() else 0, removed_at=None).first()
    if found is None or found.session.withdrawn_at:
        raise Pointless(GONE)
    return _context(found)


def whole_facts(message: Message, now: datetime) -> Context:
    """Return what the mail about a whole series says. Raises Pointless for a registration that is gone."""
    number = message.subject.partition(":")[2]
    rows = SeriesRegistration.objects.select_related("series__community")
    found = rows.filter(pk=int(number) if number.isdecimal() else 0, removed_at=None).first()
    if found is None or not found.series.published_at:
        raise Pointless(GONE)
    return _whole_context(found, now)


def whole_sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the first series that has a session to come; None where there is none."""
    rows = Series.objects.published().filter(sessions__starts_at__gt=now, external=False)
    series = rows.select_related("community").order_by("pk").first()
    return _whole_context(SeriesRegistration(series=series, token=EXAMPLE), now) if series else None


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
        "counts": registration.counts,
        "limited": terms_of(session).limited,
        "address": settings.MERIDIAN_URL + reverse("registration", args=[registration.token]),
        "reply_to": session.series.community.contact,
    }


def _whole_context(registration: SeriesRegistration, now: datetime) -> Context:
    series = registration.series
    sessions = open_sessions(series, now=now)
    terms = terms_by_session(sessions)
    return {
        "series": series,
        "community": series.community,
        "sessions": sessions[:LISTED],
        "more": max(0, len(sessions) - LISTED),
        "stands": registration.counts,
        "limited": any(each.limited for each in terms.values()),
        "address": settings.MERIDIAN_URL + reverse("series_registration", args=[registration.token]),
        "reply_to": series.community.contact,
    }
