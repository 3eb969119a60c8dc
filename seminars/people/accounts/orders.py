"""Ask to be forgotten, and think again: seven days in which nothing changes, and a link that takes it back.

Seven days, because it cannot be undone afterwards, and whoever got hold of a session could ask as well: the mail goes
to the account's own address, and its link works without signing in.
"""

from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError
from seminars.people.accounts.models import Erasure
from seminars.people.models import Community, Membership, Role, User

DAYS = timedelta(days=7)
_SALT = "seminars.people.accounts.orders"


class LinkEnded(Exception):
    """The link is not one of ours, or its order was taken back or carried out."""


def led_alone(user: User) -> list[Community]:
    """Return the communities that nobody would lead without this account: they are handed over first."""
    mine = Membership.objects.filter(person__user=user, role=Role.MANAGER).values("community_id")
    others = Membership.objects.filter(role=Role.MANAGER, person__user__is_active=True)
    led = others.exclude(person__user=user).values("community_id")
    return list(Community.objects.filter(id__in=mine).exclude(id__in=led).order_by("slug"))


def administers_alone(user: User) -> bool:
    """Return whether nobody could administer the site without this account."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and not others.exists()


def ask(*, user: User, keep_names: bool, now: datetime) -> Erasure:
    """Return the order to forget `user` in seven days; asked twice it is one.

    keep_names: on recordings to whose publication they agreed. now: aware UTC. Raises UserError while a community or
    the site hangs on them.
    """
    if led_alone(user) or administers_alone(user):
        raise UserError({"": _("Hand over first what only you lead.")})
    try:
        with transaction.atomic():
            made = Erasure.objects.create(user=user, asked_at=now, due_at=now + DAYS, keep_names=keep_names)
            _tell("erasure-asked", user, now)
            return made
    except IntegrityError:  # the second of two clicks
        return Erasure.objects.standing().get(user=user)


def undo(*, order: Erasure, now: datetime) -> bool:
    """Return whether the order was taken back just now: the account goes on as it was. now: aware UTC."""
    with transaction.atomic():
        standing = Erasure.objects.standing().filter(pk=order.pk)
        if not standing.update(undone_at=now):
            return False
        _tell("erasure-undone", order.user, now)
        return True


def token_of(order: Erasure) -> str:
    """Return the secret of the link that takes the order back. Nothing of it is stored."""
    return signing.dumps(order.pk, salt=_SALT)


def order_of(token: str) -> Erasure:
    """Return the standing order of a link. Raises LinkEnded."""
    try:
        number = signing.loads(token, salt=_SALT)
        return Erasure.objects.standing().select_related("user").get(pk=number)
    except (signing.BadSignature, Erasure.DoesNotExist, TypeError, ValueError) as wrong:
        raise LinkEnded from wrong


def _tell(kind: str, user: User, now: datetime) -> None:
    record(kind=kind, subject=f"user:{user.pk}", scopes=[f"user:{user.pk}"], now=now, actor_id=user.pk)
