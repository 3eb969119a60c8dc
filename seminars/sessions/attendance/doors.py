"""The door of a session: the poster's secret, when it works, and the short code on a registered person's ticket."""

import hashlib
from collections import defaultdict
from datetime import datetime, timedelta

from seminars.sessions.attendance.models import Headcount, new_secret
from seminars.sessions.attendance.noting import headcount_of
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 7
STAYS_OPEN = timedelta(minutes=30)
"""So long after the end people can say by the poster that they are here: who leaves late sees it at the door."""
HOST_BEFORE = timedelta(hours=12)
"""So long before the start a host can check people in: the room is prepared, the first are early."""


def code_of(registration: Registration) -> str:
    """Return the short code of a ticket. It is made of the secret, and does not give it away: 34 bits of a digest."""
    number = int.from_bytes(hashlib.sha256(f"ticket:{registration.token}".encode()).digest()[:8], "big")
    letters = []
    for _each in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def plain_code(text: str) -> str:
    """Return a typed code as `code_of` writes it; "" for what cannot be one."""
    found = "".join(each for each in text.upper() if each.isalnum())
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else ""


def with_code(session: Session, code: str) -> list[Registration]:
    """Return who holds a ticket with this code: one, none, or, once in thousands of sessions, two."""
    wanted = plain_code(code)
    if not wanted:
        return []
    by_code: dict[str, list[Registration]] = defaultdict(list)
    for each in Registration.objects.standing().filter(session=session).select_related("person"):
        by_code[code_of(each)].append(each)
    return by_code[wanted]


def opened(secret: str) -> Session:
    """Return the session of a poster. Raises DoesNotExist for a secret that is unknown or was changed.

    It is random, 144 bits, and looked up in a unique index: nothing about it is learned by trying.
    """
    rows = Headcount.objects.select_related("session__series__community", "session__place")
    return rows.get(poster=secret).session


def turn(session: Session) -> Headcount:
    """Return the numbers with another secret: posters from before lead nowhere."""
    heads = headcount_of(session)
    heads.poster = new_secret()
    heads.save(update_fields=["poster"])
    return heads


def is_open(session: Session, now: datetime) -> bool:
    """Return whether people can say by the poster that they are here: from the doors to half an hour after the end."""
    if session.starts_at is None or session.ends_at is None or _is_off(session):
        return False
    return session.starts_at - timedelta(minutes=session.doors) <= now < session.ends_at + STAYS_OPEN


def has_begun(session: Session, now: datetime) -> bool:
    """Return whether there is somebody to check in: from half a day before the start."""
    return session.starts_at is not None and not _is_off(session) and now >= session.starts_at - HOST_BEFORE


def _is_off(session: Session) -> bool:
    return bool(
        session.cancelled_at or session.postponed_at or session.withdrawn_at or not session.published_at
    )
