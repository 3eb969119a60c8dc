"""What an e-mail address is: one, plain, that a mail can go to."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

LONGEST = 254


def is_address(email: str) -> bool:
    """Return whether `email` is one plain address. Line breaks, lists and names beside it are none."""
    if len(email) > LONGEST or any(each.isspace() for each in email):
        return False
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True
