"""Whoever signs in gets their person: the one that an organiser already knows by a confirmed address, else a new one.

So a member who was added by address sees the closed community's sessions from the first sign-in on.
"""

from typing import Any

from django.contrib.auth.signals import user_logged_in

from seminars.people.joining import person_of
from seminars.people.models import User


def welcome(sender: object, user: User, **_rest: Any) -> None:
    """Link the account that signs in with its person."""
    person_of(user)


def register() -> None:
    """Listen to sign-ins; called once, when the app is ready."""
    user_logged_in.connect(welcome, dispatch_uid="seminars.welcome")
