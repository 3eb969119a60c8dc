"""Whoever signs in gets their person: the one that an organiser already knows by a confirmed address, else a new one.

So a member who was added by address sees the closed community's sessions from the first sign-in on. A sign-in at
another service that waited for a code is joined; what is theirs follows to a new address.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import timezone

from seminars.leaving.readdressing import readdress
from seminars.people.joining import person_of
from seminars.people.models import User
from seminars.web.accounts.adapters import join_waiting


def welcome(sender: object, user: User, request: HttpRequest | None = None, **_rest: Any) -> None:
    """Link the account that signs in with its person, and with the other sign-in that waited."""
    person_of(user)
    if request is not None:
        join_waiting(request, user)


def follow(
    sender: object,
    user: User,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **_rest: Any,
) -> None:
    """Carry what is theirs to the address that the account has just confirmed."""
    if from_email_address:
        old, new = from_email_address.email, to_email_address.email
        readdress(user=user, old=old, new=new, now=timezone.now())


def register() -> None:
    """Listen to sign-ins and to new addresses; called once, when the app is ready."""
    user_logged_in.connect(welcome, dispatch_uid="seminars.welcome")
    email_changed.connect(follow, dispatch_uid="seminars.follow")
