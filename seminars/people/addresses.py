"""What an e-mail address is: one, plain, that a mail can go to."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

LONGEST = 254
NOWHERE = ".invalid"
"""Leads nowhere for ever (RFC 6761 §6.4): what stands for somebody who was forgotten ends so."""


def is_address(email: str) -> bool:
    """Return whether `email` is one plain address. Line breaks, lists and names beside it are none."""
    if len(email) > LONGEST or any(each.isspace() for each in email):
        return False
    if email.lower().endswith(NOWHERE):
        return False
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True
