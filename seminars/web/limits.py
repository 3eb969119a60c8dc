"""How often one address may send a form that needs no account."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600


def within(request: HttpRequest, what: str, *, most: int, seconds: int = HOUR) -> bool:
    """Return whether this address has done `what` (a word) at most `most` times in these seconds, this time included.

    Several people can share one address: choose `most` so that an office full of them is not kept out.
    """
    key = f"within:{what}:{get_adapter().get_client_ip(request)}"
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:  # it ended between the two lines: a new hour begins
        cache.set(key, 1, seconds)
        return True
