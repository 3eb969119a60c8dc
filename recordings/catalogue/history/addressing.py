"""The last part of a recording's address: whose it is, whose it once was, and which nobody may have."""

import re

from recordings.catalogue.history.models import FormerAddress
from recordings.catalogue.models import Recording

LONGEST = 60
RESERVED = {
    "bags",
    "embed",
    "feed",
    "feeds",
    "files",
    "harvest",
    "new",
    "oai",
    "podcast",
    "search",
    "series",
} | {"sitemap", "speakers", "stick", "sticks", "topics", "verification"}
"""Pages of the archive itself lie at such addresses, or may."""
_SHAPE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def is_fit(slug: str) -> bool:
    """Return whether a slug may stand in an address: small letters, digits, single hyphens; no page's own."""
    return bool(_SHAPE.fullmatch(slug)) and len(slug) <= LONGEST and slug not in RESERVED


def is_free(slug: str, *, mine: Recording | None = None) -> bool:
    """Return whether no other recording has this slug or ever had it. mine: who asks, and may have its own back."""
    now, once = Recording.objects.filter(slug=slug), FormerAddress.objects.filter(slug=slug)
    if mine is not None:
        now, once = now.exclude(pk=mine.pk), once.exclude(recording=mine)
    return slug not in RESERVED and not now.exists() and not once.exists()


def free_slug(wanted: str) -> str:
    """Return `wanted`, or where it is taken the same with the first number that makes it free: talk-2."""
    slug, number = wanted[:LONGEST], 1
    while not is_free(slug):
        number += 1
        slug = f"{wanted[: LONGEST - 1 - len(str(number))]}-{number}"
    return slug
