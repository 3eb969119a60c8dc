"""How often one address may send a form that needs no account."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

HOUR = 3600


def within(request: HttpRequest, what: str, *, most: int, seconds: int = HOUR) -> bool:
    """Return whether this address may do `what` (a word) now: fewer than `most` times in these seconds before.

    Several people can share one address: choose `most` so that an office full of them is not kept out.
    """
    key, now = f"within:{what}:{get_adapter().get_client_ip(request)}", timezone.now().timestamp()
    before: list[float] = [each for each in cache.get(key, []) if each > now - seconds]
    if len(before) >= most:
        return False
    cache.set(key, [*before, now], seconds)  # not `incr`: it would end after the cache's own five minutes
    return True
