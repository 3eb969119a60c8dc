"""Who looks: the one argument of every `visible_to`. Plain data, made by the web layer, a token or a test."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Visitor:
    """A user, a signed link or a token, as the querysets need it.

    user_id: the account's primary key, None for somebody who is not signed in.
    is_admin: may see and do everything.
    """

    user_id: int | None = None
    is_admin: bool = False


NOBODY = Visitor()
