"""Count that something kept of a session was used: one short transaction, and nothing that says by whom."""

import hashlib
import secrets
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from seminars.results.models import Mark, Salt, Use, UseKind

DAYS = 30
"""So long two uses by one device are known as such; then the salt is thrown away."""
START = date(1970, 1, 1)


def window_of(day: date) -> int:
    """Return in which thirty days a day lies."""
    return (day - START).days // DAYS


def note_use(
    *, session_id: int, kind: str, edition: str, who: str, now: datetime, size: int = 0, big: int = 0
) -> bool:
    """Count one use, and return whether it is the first of this session by this device within its thirty days.

    kind: of `UseKind`. who: address and program as they came; only a keyed digest of them is kept, and "" is nobody.
    size, big: bytes of the edition and of the largest there is, which is at least as large. now: aware UTC.
    """
    day = now.date()
    row = Use.objects.filter(session=session_id, day=day, edition=edition, kind=UseKind(kind))
    with transaction.atomic():
        first = bool(who) and _is_first(f"{session_id}\n{who}", window_of(day))
        more = {"number": 1, "first": int(first), "size": size, "big": max(big, size)}
        rises = {name: F(name) + value for name, value in more.items()}
        if not row.update(**rises):
            Use.objects.bulk_create(
                [Use(session_id=session_id, day=day, edition=edition, kind=kind)], ignore_conflicts=True
            )
            row.update(**rises)
    return first


def forget(*, now: datetime) -> int:
    """Return how many marks of thirty days that are over are gone now, with their salts. now: aware UTC."""
    current = window_of(now.date())
    Salt.objects.exclude(window=current).delete()
    return int(Mark.objects.exclude(window=current).delete()[0])


def _is_first(what: str, window: int) -> bool:
    digest = hashlib.blake2b(what.encode(), key=_salt(window), digest_size=16).digest()
    return Mark.objects.get_or_create(window=window, digest=digest)[1]


def _salt(window: int) -> bytes:
    """The secret of these thirty days; whoever needs it first makes it, and throws the one before away."""
    found, made = Salt.objects.get_or_create(window=window, defaults={"secret": secrets.token_bytes(32)})
    if made:
        Salt.objects.exclude(window=window).delete()
        Mark.objects.exclude(window=window).delete()
    return bytes(found.secret)
