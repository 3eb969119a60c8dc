"""Who may come in by the link of an invitation: it proves an address, but a mail can be passed on.

So it signs in nobody who has been here before, and nobody who may do anything already: they get a code by mail.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from seminars.people.joining import person_known_by, person_of
from seminars.people.models import Role, User
from seminars.series.inviting.inviting import accept
from seminars.series.inviting.models import Invitation


class NeedsCode(Exception):
    """The address belongs to somebody who is known here: they sign in with a code first."""


def owns(user: User, invitation: Invitation) -> bool:
    """Return whether the account is of the very address that was invited, as its name or confirmed."""
    email = invitation.email.lower()
    return user.email.lower() == email or (
        EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()
    )


def is_new(invitation: Invitation) -> bool:
    """Return whether nobody with that address has an account, or a role by which they could plan anything."""
    email = invitation.email
    if User.objects.filter(email__iexact=email).exists() or (
        EmailAddress.objects.filter(email__iexact=email).exists()
    ):
        return False
    person = person_known_by(email)
    if person is None:
        return True
    plans = person.memberships.filter(role__in=Role.organising()).exists() or person.parts.exists()
    return person.user_id is None and not plans


def enter(*, invitation: Invitation, zone: str, now: datetime) -> User:
    """Return a new account of the invited address, its invitation accepted: whole or not at all.

    zone: IANA name or "". now: aware UTC. Raises NeedsCode, or as `inviting.accept`.
    """
    try:
        with transaction.atomic():
            if not is_new(invitation):
                raise NeedsCode
            user = User.objects.create_user(invitation.email, language=invitation.language, zone=zone)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            person = person_of(user)
            if invitation.name and person.name == user.email.partition("@")[0]:
                person.name = invitation.name
                person.save(update_fields=["name"])
            accept(invitation=invitation, user=user, now=now)
    except IntegrityError as twice:  # a double click: the other one made the account
        raise NeedsCode from twice
    return user
