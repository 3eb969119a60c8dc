"""The mail that brings somebody their certificate, once, when an organiser sends them."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, language_of, post
from seminars.sessions.certificates.certifying import Certified, said, spaced
from seminars.sessions.certificates.models import Certificate, CertificateRule
from seminars.sessions.models import Session

KIND = "certificate"
EXAMPLE = "ABCD2345EFGH6789"
GONE = gettext_noop("The certificate does not hold any more.")


def mail_all(certificates: Iterable[Certificate], *, now: datetime) -> int:
    """Return how many mails are written down: one for each certificate, once. Call it inside `atomic`.

    now: aware UTC. Of whom no address is known nobody is mailed.
    """
    ids = [each.pk for each in certificates]
    rows = Certificate.objects.filter(pk__in=ids).select_related(
        "series", "session", "attendance__registration", "person__user"
    )
    made = 0
    for each in rows.order_by("pk"):
        if to := _recipient(each):
            made += post(
                kind=KIND,
                subject=f"certificate:{each.pk}",
                revision=1,
                letters=[Letter(to)],
                due_at=now,
                now=now,
                community_id=each.series.community_id,
            )
    return made


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless for a certificate that does not hold."""
    number = message.subject.partition(":")[2]
    rows = Certificate.objects.select_related(
        "series__community", "session__series__community", "attendance__session", "person"
    )
    found = rows.filter(pk=int(number) if number.isdecimal() else 0).first()
    if found is None or not (certified := said(found, now=now)).holds:
        raise Pointless(GONE)
    return _context(certified)


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the last session of the site that is over, else any; None where there is none."""
    rows = Session.objects.published().filter(withdrawn_at=None).select_related("series__community")
    past = rows.filter(ends_at__lte=now).order_by("-ends_at", "-pk").first()
    session = past or rows.order_by("pk").first()
    if session is None:
        return None
    made = Certificate(series=session.series, session=session, code=EXAMPLE)
    return _context(Certified(made, "", session.series, session, CertificateRule(), True, None, [session]))


def _recipient(certificate: Certificate) -> Recipient | None:
    row = certificate.attendance
    registration = row.registration if row else None
    user = certificate.person.user if certificate.person else None
    email = certificate.email or (row.email if row else "") or (user.email if user else "")
    own = (registration and registration.language) or (user and user.language) or ""
    where = certificate.session or certificate.series
    zone = (registration and registration.zone) or (user and user.zone) or ""
    return Recipient(email, certificate.person_id, language_of(own, where.language), zone) if email else None


def _context(certified: Certified) -> Context:
    return {
        "session": certified.session,
        "series": certified.series,
        "community": certified.series.community,
        "name": certified.name,
        "address": settings.MERIDIAN_URL + reverse("certificate", args=[spaced(certified.certificate.code)]),
        "reply_to": certified.series.community.contact,
    }
