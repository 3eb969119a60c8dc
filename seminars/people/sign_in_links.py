"""A link that signs in once, for somebody who stands at the server but not at its mailbox. Nothing of it is stored."""

from datetime import datetime

from django.core import signing

from seminars.people.models import User

SECONDS = 15 * 60
_SALT = "seminars.people.sign_in_links"


class LinkSpent(Exception):
    """The link is not one of ours, is older than 15 minutes, or was used; or the account signed in since."""


def make(user: User) -> str:
    """Return the token of a link for `user`: good for 15 minutes, once, and only until they next sign in."""
    return signing.dumps([user.pk, _stamp(user)], salt=_SALT)


def holder(token: str) -> User:
    """Return whom the token would sign in. Raises LinkSpent."""
    try:
        user_id, stamp = signing.loads(token, salt=_SALT, max_age=SECONDS)
        user = User.objects.get(pk=user_id, is_active=True)
    except (signing.BadSignature, User.DoesNotExist, TypeError, ValueError) as wrong:
        raise LinkSpent from wrong
    if stamp != _stamp(user):
        raise LinkSpent
    return user


def redeem(token: str, *, now: datetime) -> User:
    """Return the account to sign in, and spend the token: of two clicks at once one wins. Raises LinkSpent."""
    user = holder(token)
    if not User.objects.filter(pk=user.pk, last_login=user.last_login).update(last_login=now):
        raise LinkSpent
    user.last_login = now
    return user


def _stamp(user: User) -> str:
    return user.last_login.isoformat() if user.last_login else ""
