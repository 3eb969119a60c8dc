"""Ask somebody who appears at a session, by a secret link: made, found again, revoked."""

import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError
from seminars.people.models import Person
from seminars.sessions.models import Session
from seminars.sessions.revising import subject_of
from seminars.sessions.speaking.models import Engagement, SpeakerLink

GOOD_FOR = timedelta(days=90)


class UnknownLink(ObjectDoesNotExist):
    """No such link was ever made."""


class LinkEnded(Exception):
    """The link was good once. `why` says in words why it no longer is, and `contact` whom to ask ("" if unknown)."""

    def __init__(self, why: str, contact: str) -> None:
        super().__init__(why)
        self.why, self.contact = why, contact


def link_of(session: Session, person: Person) -> SpeakerLink | None:
    """Return the person's valid link to the session, whatever its age; None until one is made."""
    links = SpeakerLink.objects.filter(engagement__session=session, engagement__person=person)
    return links.filter(revoked_at=None).select_related("engagement__session", "engagement__person").first()


def make_link(*, session: Session, person: Person, now: datetime, actor_id: int | None) -> SpeakerLink:
    """Return the person's link to the session, made now (aware UTC) if none works. Asked twice, it is the same.

    What they answered before stays. Raises UserError for somebody who is not among those who appear, or a session that
    was withdrawn.
    """
    if session.withdrawn_at:
        raise UserError({"": _("This session was withdrawn. It stays as it is.")})
    if not session.speakers.filter(person=person).exists():
        raise UserError({"": _("Add this person to the speakers first.")})
    known = link_of(session, person)
    if known and now < known.works_until:
        return known
    try:
        with transaction.atomic():
            engagement, _new = Engagement.objects.get_or_create(
                session=session, person=person, defaults={"asked_at": now}
            )
            engagement.links.filter(revoked_at=None).update(revoked_at=now)
            made = SpeakerLink.objects.create(
                engagement=engagement, token=secrets.token_urlsafe(24), made_at=now, expires_at=now + GOOD_FOR
            )
            tell("speaker-asked", engagement, now=now, actor_id=actor_id, note=person.name)
    except IntegrityError:  # a double click: the other one won
        return SpeakerLink.objects.get(
            engagement__session=session, engagement__person=person, revoked_at=None
        )
    return made


def revoke_link(*, session: Session, person: Person, now: datetime, actor_id: int | None) -> bool:
    """Return whether a link ended now; what the person answered stays."""
    with transaction.atomic():
        links = SpeakerLink.objects.filter(engagement__session=session, engagement__person=person)
        if not links.filter(revoked_at=None).update(revoked_at=now):
            return False
        engagement = Engagement.objects.select_related("person", "session").get(
            session=session, person=person
        )
        tell("speaker-link-ended", engagement, now=now, actor_id=actor_id, note=person.name)
    return True


def opened(token: str, *, now: datetime) -> SpeakerLink:
    """Return the link of `token`, and remember that it was seen. now: aware UTC. Raises UnknownLink or LinkEnded."""
    rows = SpeakerLink.objects.select_related(
        "engagement__person__user", "engagement__session__series__community"
    )
    link = rows.filter(token=token).first()
    if link is None:
        raise UnknownLink
    session = link.engagement.session
    contact = session.series.community.contact
    if session.withdrawn_at:
        raise LinkEnded(_("The session was withdrawn. Nothing is asked of you any more."), contact)
    if link.revoked_at:
        raise LinkEnded(_("The organisers ended this link. Perhaps they sent you a newer one."), contact)
    if now >= link.works_until:
        raise LinkEnded(_("This link is too old."), contact)
    if not session.speakers.filter(person=link.engagement.person_id).exists():
        raise LinkEnded(_("You are no longer on the list of those who appear at this session."), contact)
    if link.opened_at is None:
        SpeakerLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=now)
        link.opened_at = now
    return link


def tell(kind: str, engagement: Engagement, *, now: datetime, actor_id: int | None, note: str = "") -> None:
    """Write the Change. No feed shows it, so no scope but the site's rises; without an actor the person did it."""
    record(
        kind=kind,
        subject=subject_of(engagement.session),
        scopes=(),
        now=now,
        actor_id=actor_id,
        after={"person": engagement.person.name},
        note=note,
    )
